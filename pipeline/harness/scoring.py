"""The shared half of score.py: every number through predict.py's code, for model and baselines.

Writes metrics.json, heldout.csv (inputs and truth) and predictions.csv (what predict.py answers
for heldout.csv). The answers are made from heldout.csv as it was written, so anybody can repeat
every number.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from config import BundleConfig, Json, load_config
from metrics import Classified, Measured, by_chance, classified, interval, value_of
from progress import say
from serving import TRUTH, Answers, Model, read_input
from tables import Table, label_of, load_fit, load_table, write_csv
from verdict import Score, judge

Load = Callable[[Path], Model]
Outcome = Classified | Measured
Alarms = Callable[[BundleConfig, Table, Table], Sequence[str]]
MOST_SHOWN_CLASSES = 20
FEW_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The folders that score.py is told."""

    fit: Path
    heldout: Path
    model: Path
    baselines: Path
    out: Path


@dataclass(frozen=True, slots=True)
class Held:
    """The held-out rows as heldout.csv gives them back, and what is true of them."""

    content: bytes
    truth: tuple[str, ...]

    def answers(self, model: Model) -> Answers:
        """What predict.py answers for heldout.csv."""
        return model.predict(read_input(model, self.content, "heldout.csv"))


def score(load: Load, names: Sequence[str], alarms: Alarms) -> None:
    """Main of every score.py: `names` are the metrics, `alarms` looks for leaks."""
    config, paths = _arguments()
    paths.out.mkdir(parents=True, exist_ok=True)
    model = load(paths.model)
    heldout = load_table(paths.heldout / "test.jsonl")
    fit = load_fit(paths.fit)
    held = write_heldout(heldout, model.inputs, config.column("target"), paths.out / "heldout.csv")
    answers = held.answers(model)
    with (paths.out / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        write_csv(file, answers.names, answers.rows)
    positive = config.positive or _rarest(fit.column(config.column("target")))
    outcome = outcome_of(held.truth, answers, positive)
    baselines = _baselines(load, held, config, outcome, paths.baselines)
    told = {
        **_headline(config, outcome, baselines, alarms(config, fit, heldout)),
        "metrics": {name: value_of(name, outcome) for name in _fitting(names, outcome)},
        "baselines": [{"name": title, "value": value} for _, title, value in baselines],
    }
    (paths.out / "metrics.json").write_text(json.dumps(told, indent=1), "utf-8")
    say("score", done=1, numbers={config.metric: value_of(config.metric, outcome)})


def write_heldout(heldout: Table, inputs: Sequence[str], target: str, path: Path) -> Held:
    """Write inputs, unchanged, and truth; returns what is in the file now."""
    truth = tuple(label_of(cell) for cell in heldout.column(target))
    rows = heldout.select(inputs).rows
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, [*inputs, TRUTH], ([*row, t] for row, t in zip(rows, truth, strict=True)))
    return Held(path.read_bytes(), truth)


def outcome_of(truth: Sequence[str], answers: Answers, positive: str | None) -> Outcome:
    """Truth against answers: classes where the answers have probabilities, else numbers."""
    if not answers.classes:
        return Measured(np.array(truth, float), np.asarray(answers.said, float))
    said = [str(label) for label in answers.said]
    known = sorted({*answers.classes, *truth})
    named = positive if len(known) <= 2 else None  # noqa: PLR2004 - one of two classes
    return classified(truth, said, answers.chances, answers.classes, named)


def _headline(
    config: BundleConfig,
    outcome: Outcome,
    baselines: Sequence[tuple[str, str, float]],
    alarms: Sequence[str],
) -> dict[str, object]:
    """The reported number with its interval, the verdict and the warnings."""
    best = max if config.better == "higher" else min
    trivial = [value for folder, _, value in baselines if folder.startswith("trivial")]
    simple = [value for folder, _, value in baselines if not folder.startswith("trivial")]
    measured = Score(
        metric=config.metric,
        better=config.better,
        value=value_of(config.metric, outcome),
        interval=interval(config.metric, outcome, config.seed),
        rows=len(outcome),
        trivial=best(trivial),
        simple=best(simple) if simple else None,
    )
    level, verdict = judge(measured, alarms)
    return {
        "metric": {
            "name": config.metric,
            "value": measured.value,
            "better": config.better,
            "split": "test",
            "n": len(outcome),
            "ci95": measured.interval,
            "positive": _positive(outcome),
        },
        "verdict": verdict,
        "verdict_level": level,
        "warnings": [*alarms, *_warnings(outcome)],
        "details": {"skill": measured.skill, **_details(outcome)},
    }


def _baselines(
    load: Load, held: Held, config: BundleConfig, outcome: Outcome, folder: Path
) -> list[tuple[str, str, float]]:
    """Folder, title and headline value of each, measured exactly as the model is.

    Guessing at random comes first where it counts; it has no folder, as its value is known.
    """
    titles: dict[str, str] = json.loads((folder / "baselines.json").read_text("utf-8"))
    values = []
    chance = by_chance(config.metric, outcome)
    if chance is not None:
        values.append(("trivial_chance", "each class at random, as often as it occurs", chance))
    for name, title in titles.items():
        reached = outcome_of(held.truth, held.answers(load(folder / name)), _positive(outcome))
        values.append((name, title, value_of(config.metric, reached)))
    return values


def _fitting(names: Sequence[str], outcome: Outcome) -> list[str]:
    """Metrics that exist for these rows: F1 of one class needs a positive class."""
    single = isinstance(outcome, Classified) and outcome.positive is not None
    return [name for name in names if name != "f1" or single]


def _positive(outcome: Outcome) -> str | None:
    if not isinstance(outcome, Classified) or outcome.positive is None:
        return None
    return outcome.classes[outcome.positive]


def _rarest(labels: Sequence[str | None]) -> str | None:
    """The rarer of two classes, by name where both are as common."""
    counts = Counter(label_of(label) for label in labels)
    return min(counts, key=lambda label: (counts[label], label)) if len(counts) == 2 else None  # noqa: PLR2004


def _warnings(outcome: Outcome) -> list[str]:
    rows = len(outcome)
    return (
        [f"Only {rows} held-out rows: the score is uncertain; see its interval."]
        if rows < FEW_ROWS
        else []
    )


def _details(outcome: Outcome) -> dict[str, Json]:
    """Which class is taken for which: rows are true classes, columns answers."""
    if not isinstance(outcome, Classified) or len(outcome.classes) > MOST_SHOWN_CLASSES:
        return {}
    size = len(outcome.classes)
    counts = np.bincount(outcome.truth * size + outcome.said, minlength=size * size)
    return {
        "classes": list(outcome.classes),
        "confusion": [list(row) for row in counts.reshape(size, size).tolist()],
    }


def _arguments() -> tuple[BundleConfig, Paths]:
    parser = argparse.ArgumentParser(description="Score a model and its baselines.")
    for name in ("config", "fit", "heldout", "model", "baselines", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    return load_config(told.config), Paths(
        fit=told.fit,
        heldout=told.heldout,
        model=told.model,
        baselines=told.baselines,
        out=told.out,
    )
