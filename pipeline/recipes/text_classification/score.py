"""Score the model and its baselines on the held-out texts, all through predict.py.

python score.py --config config.json --fit PREPARED/fit --heldout PREPARED/heldout \
        --model model --baselines BASELINES --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine

import json
from pathlib import Path

import numpy as np
from config import BundleConfig, Json
from labelling_contest import FOLDER, RECORD
from predict import load
from progress import run
from scoring import score
from tables import Table, label_of

METRICS = ("accuracy", "macro_f1", "f1", "roc_auc", "log_loss")
MOST_LABELS = 20
MOST_TERMS = 10
NEARLY_ALL = 0.9  # of the texts name their own label: then it is read, not learned


def alarms(config: BundleConfig, fit: Table, heldout: Table) -> list[str]:
    """A sentence where the texts hold their own labels."""
    labels = [label_of(cell).casefold() for cell in heldout.column(config.column("target"))]
    texts = [(cell or "").casefold() for cell in heldout.column(config.column("text"))]
    every = {label_of(cell).casefold() for cell in fit.column(config.column("target"))}
    telling = sum(
        label in text and not any(other in text for other in every - {label})
        for label, text in zip(labels, texts, strict=True)
    )
    if telling < len(labels) * NEARLY_ALL:
        return []
    return ["Nearly every text holds its own label, so the label is only read off: remove it."]


def explained(folder: Path) -> dict[str, Json]:
    """What was tried, and of a linear model the words that say most."""
    record = folder / RECORD
    tried: dict[str, Json] = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    return tried if (folder / FOLDER).is_dir() else {**tried, **terms(folder)}


def terms(folder: Path) -> dict[str, Json]:
    """The words that speak most for each label, with what each weighs."""
    model = load(folder)
    found: dict[str, Json] = {}
    start = 0
    for view in model.views:
        weights = model.weights[start : start + len(view.terms)]
        start += len(view.terms)
        if view.unit != "words" and found:
            continue  # pieces of words are hard to read, and say what whole ones say
        if weights.shape[1] == 1:
            weights = np.hstack([-weights, weights])
        for at, label in enumerate(model.labels[:MOST_LABELS]):
            most = np.argsort(-weights[:, at], kind="stable")[:MOST_TERMS]
            found[label] = [[view.terms[n], float(weights[n, at])] for n in most]
    return {"terms": found}


def main() -> None:
    """Write metrics.json, figures.json, heldout.csv and predictions.csv."""
    score(load, METRICS, alarms, explained)


if __name__ == "__main__":
    run(main)
