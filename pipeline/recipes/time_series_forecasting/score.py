"""Measures the model and its baselines on the held-out times, all through predict.py.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
from pathlib import Path

from config import BundleConfig
from forecast_scoring import (
    Measurement,
    backed_by,
    blocks_of,
    details_of,
    errors_of,
    figures_of,
    measure,
    steps_of,
    write_heldout,
)
from judging import Kind
from metrics import value_of
from predict import load
from progress import run, say
from scoring import Reached, arguments, conclude
from serving import write_answers
from tables import Table, load_table

METRICS = ("mase", "smape", "rmse", "mae")
TOO_MANY_MISSED = 0.8  # least coverage of a band that is meant to hold 90 %
FEW = 20  # rows below which the coverage says little
APART = 3.0  # times the middle error of a series, from which on it is named


def main() -> None:
    """Write metrics.json, figures.json, heldout.csv and predictions.csv."""
    config, paths = arguments()
    model = load(paths.model)
    heldout = load_table(paths.heldout / "test.jsonl")
    content = write_heldout(heldout, model, paths.out / "heldout.csv")
    measured = measure(model, content, heldout)
    write_answers(measured.answers, paths.out / "predictions.csv")
    say("score", "measuring the baselines", done=0.5)
    conclude(
        config,
        paths.out,
        measured.outcome,
        _reached(config, paths.baselines, content, heldout),
        names=METRICS,
        warnings=_warnings(measured),
        figures=figures_of(model, measured, ", ".join(model.outline.shape.targets[:3])),
        details=details_of(model, measured),
        steps=steps_of(model, measured),
        blocks=blocks_of(model, measured),
        backed=backed_by(model),
    )


def _reached(config: BundleConfig, folder: Path, content: bytes, heldout: Table) -> list[Reached]:
    """What each baseline reached on the same rows."""
    titles: dict[str, str] = json.loads((folder / "baselines.json").read_text("utf-8"))
    found = []
    for name, title in titles.items():
        outcome = measure(load(folder / name), content, heldout).outcome
        value = value_of(config.metric, outcome)
        kind: Kind = "trivial" if name.startswith("trivial") else "simple"
        found.append(Reached(kind, title, value, outcome))
    return found


def _warnings(measured: Measurement) -> list[str]:
    """What the score alone does not say."""
    told = []
    if measured.coverage < TOO_MANY_MISSED and len(measured.outcome) >= FEW:
        told.append(
            f"Only {measured.coverage:.0%} of the held-out values lie between lower and upper,"
            " which are meant to hold 90 %."
        )
    errors = errors_of(measured)
    middle = float(str(errors[len(errors) // 2][1]["mase"]))
    far = [name for name, one in errors if float(str(one["mase"])) > APART * max(middle, 0.1)]
    if far and len(errors) >= 5:  # noqa: PLR2004 - few series have no middle
        told.append(
            f"{len(far):,} of {len(errors):,} series are foretold much worse than the rest."
        )
    return told


if __name__ == "__main__":
    run(main)
