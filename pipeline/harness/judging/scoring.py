"""The shared half of score.py: every number through predict.py's code, for model and baselines.

Writes metrics.json and figures.json, heldout.csv (inputs and truth) and predictions.csv (what
predict.py answers for heldout.csv).
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from alarms import columns_of
from config import BundleConfig, Json, load_config
from figures import Figure, write_figures
from findings import Material, blocks_of, findings_of
from guesses import baselines_of
from heldout import outcome_of, write_heldout
from judging import Reached, Told, judged
from metrics import Codes, Outcome, value_of
from next_steps import Known
from progress import say
from serving import Model, write_answers
from tables import Cell, Table, label_of, load_fit, load_table
from verdict import Level

__all__ = ["Paths", "Reached", "arguments", "conclude", "score", "write_heldout"]

Load = Callable[[Path], Model]
Alarms = Callable[[BundleConfig, Table, Table], Sequence[str]]
Explain = Callable[[Path], Mapping[str, Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The folders that score.py is told."""

    fit: Path
    heldout: Path
    model: Path
    baselines: Path
    out: Path


def arguments() -> tuple[BundleConfig, Paths]:
    """--config, --fit, --heldout, --model, --baselines and --out of score.py; makes the last."""
    parser = argparse.ArgumentParser(description="Score a model and its baselines.")
    for name in ("config", "fit", "heldout", "model", "baselines", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    return load_config(told.config), Paths(
        fit=told.fit,
        heldout=told.heldout,
        model=told.model,
        baselines=told.baselines,
        out=told.out,
    )


def score(load: Load, names: Sequence[str], alarms: Alarms, explain: Explain | None = None) -> None:
    """Main of score.py for classes and numbers: `names` are metrics, `alarms` looks for leaks.

    `explain` gives further details of a model folder.
    """
    config, paths = arguments()
    model = load(paths.model)
    heldout, fit = load_table(paths.heldout / "test.jsonl"), load_fit(paths.fit)
    target = config.column("target")
    held = write_heldout(heldout, model.inputs, target, paths.out / "heldout.csv")
    answers = held.answers(model)
    write_answers(answers, paths.out / "predictions.csv")
    outcome = outcome_of(held.truth, answers, config.positive or _rarest(fit.column(target)))
    reached = baselines_of(load, held, config.metric, outcome, paths.baselines)
    say("score", "looking for what decides", done=0.5)
    doubts = alarms(config, fit, heldout)
    found = findings_of(
        Material(
            config=config,
            model=model,
            held=held,
            fit=fit,
            heldout=heldout,
            outcome=outcome,
            reached=reached,
        )
    )
    conclude(
        config,
        paths.out,
        outcome,
        reached,
        names=names,
        alarms=doubts,
        warnings=found.warnings,
        figures=found.figures,
        details={**found.details, **(explain(paths.model) if explain else {})},
        blocks=blocks_of(config, heldout),
        known=replace(found.known, leaking=columns_of(doubts)),
    )


def conclude(
    config: BundleConfig,
    out: Path,
    outcome: Outcome,
    reached: Sequence[Reached],
    *,
    names: Sequence[str],
    alarms: Sequence[str] = (),
    warnings: Sequence[str] = (),
    figures: Sequence[Figure | None] = (),
    details: Mapping[str, Json] | None = None,
    steps: Sequence[str] = (),
    blocks: Codes | None = None,
    known: Known | None = None,
    verdict: tuple[Level, str] | None = None,
    backed: str = "",
) -> None:
    """Judge `outcome` against what was `reached` without it, write what was found, and say it.

    `names` are the metrics to count, the config's among them; `alarms` are reasons why a very good
    score may not be real; rows of one number in `blocks` are alike. `steps` come before those that
    follow from what is `known`. A `verdict` given here stands, whatever the score is; `backed` says
    where else the model was surely better than guessing, which makes up for few held-out rows.
    """
    told = Told(
        alarms=alarms,
        warnings=warnings,
        details=details or {},
        steps=steps,
        known=known or Known(),
        verdict=verdict,
        backed=backed,
    )
    found = judged(config, outcome, reached, names, told=told, blocks=blocks)
    (out / "metrics.json").write_text(json.dumps(found, indent=1, allow_nan=False), "utf-8")
    write_figures(figures, out / "figures.json")
    say("score", done=1, numbers={config.metric: value_of(config.metric, outcome)})


def _rarest(labels: Sequence[Cell]) -> str | None:
    """The rarer of two classes, by name where both are as common."""
    counts = Counter(label_of(label) for label in labels)
    return min(counts, key=lambda label: (counts[label], label)) if len(counts) == 2 else None  # noqa: PLR2004
