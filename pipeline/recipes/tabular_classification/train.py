"""Trains an ensemble of tabular models within the budget of config.json.

python train.py --config config.json --fit PREPARED/fit --out MODEL [--rehearse]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # members that gain by threads are told how many

import argparse
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from config import BundleConfig, load_config
from progress import run, say
from tables import Cell, Table, load_fit
from tabular import TabularModel, matter_of_classes, train_tabular

# Strong and different members: trees for jumps and interactions, the others for what is smooth.
LIGHT = (
    "linear",
    "lightgbm",
    "extra_trees",
    "lightgbm_shallow",
    "lightgbm_random",
    "lightgbm_whole",
    "random_forest",
    "bent_linear",
    "kernel",
    "network",
)
MEMBERS = {
    "light_ensemble": LIGHT,
    "light_ensemble_catboost": (*LIGHT, "catboost"),
    "lightgbm": ("lightgbm",),
    "linear": ("linear",),
}
REHEARSAL_ROWS = 200
LEAST_OF_A_CLASS = 3
REHEARSAL_SECONDS = 3.0


def main() -> None:
    """Read, train, save."""
    parser = argparse.ArgumentParser(description="Train the model.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="few rows, a few seconds")
    told = parser.parse_args()
    started = time.monotonic() - time.process_time()  # the imports count too
    config, table = load_config(told.config), load_fit(told.fit)
    if told.rehearse:
        config, table = rehearsal(config, table)
    model = train_tabular(
        matter_of_classes(table, config),
        MEMBERS[config.backbone],
        started=started,
        repeats=1 if told.rehearse else None,
    )
    model.save(told.out)
    say("train", f"won: {won(model)}", done=1)


def rehearsal(config: BundleConfig, table: Table) -> tuple[BundleConfig, Table]:
    """The first rows of every class, and a few seconds."""
    labels = table.column(config.column("target"))
    counts, taken = Counter(labels), Counter[Cell]()
    places = []
    for place, label in enumerate(labels):
        if taken[label] < max(LEAST_OF_A_CLASS, REHEARSAL_ROWS * counts[label] // len(labels)):
            taken[label] += 1
            places.append(place)
    budget = min(config.budget_seconds, REHEARSAL_SECONDS)
    return replace(config, budget_seconds=budget), table.take(places[:REHEARSAL_ROWS])


def won(model: TabularModel) -> str:
    """The members that count, with their share of the answer."""
    shares = model.ensemble.weights.items()
    return ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in shares)


if __name__ == "__main__":
    run(main)
