"""The shared half of train.py and baseline.py for tables: arguments in, a saved model out."""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from config import BundleConfig, load_config
from process_age import process_age
from progress import say
from tables import Cell, Table, load_fit
from tabular import Matter, TabularModel, linear_model, prior_model, train_tabular

# Strong and different members: trees for jumps and interactions, the others for what is smooth.
LIGHT = (
    "linear",
    "lightgbm",
    "extra_trees",
    "lightgbm_shallow",
    "lightgbm_random",
    "lightgbm_whole",
    "lightgbm_turned",
    "lightgbm_large",
    "random_forest",
    "bent_linear",
    "kernel",
    "network",
)
MEMBERS: Mapping[str, Sequence[str]] = {
    "light_ensemble": LIGHT,
    "light_ensemble_catboost": (*LIGHT, "catboost"),
    "lightgbm": ("lightgbm",),
    "linear": ("linear",),
}
REHEARSAL_ROWS = 200
LEAST_OF_A_VALUE = 3
REHEARSAL_SECONDS = 3.0

MatterOf = Callable[[Table, BundleConfig], Matter]


def train(matter_of: MatterOf) -> None:
    """Main of train.py: read, train within the budget, save, say which members won."""
    parser = argparse.ArgumentParser(description="Train the model.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="few rows, a few seconds")
    told = parser.parse_args()
    started = time.monotonic() - process_age()
    config, table = load_config(told.config), load_fit(told.fit)
    if told.rehearse:
        config, table = rehearsal(config, table)
    model = train_tabular(
        matter_of(table, config),
        MEMBERS[config.backbone],
        started=started,
        repeats=1 if told.rehearse else None,
    )
    model.save(told.out)
    say("train", f"won: {won(model)}", done=1)


def write_baselines(matter_of: MatterOf, titles: Callable[[str], Mapping[str, str]]) -> None:
    """Main of baseline.py: a model without learning and a linear one; `titles` by the metric."""
    parser = argparse.ArgumentParser(description="Train the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config = load_config(told.config)
    matter, named = matter_of(load_fit(told.fit), config), titles(config.metric)
    say("baseline", named["trivial"])
    prior_model(matter).save(told.out / "trivial")
    say("baseline", named["simple"], done=0.5)
    linear_model(matter).save(told.out / "simple")
    (told.out / "baselines.json").write_text(json.dumps(dict(named), indent=1), "utf-8")
    say("baseline", done=1)


def rehearsal(config: BundleConfig, table: Table) -> tuple[BundleConfig, Table]:
    """The first rows of every class, or just the first, and a few seconds."""
    labels = table.column(config.column("target"))
    counts, taken = Counter(labels), Counter[Cell]()
    places = []
    for place, label in enumerate(labels):
        if taken[label] < max(LEAST_OF_A_VALUE, REHEARSAL_ROWS * counts[label] // len(labels)):
            taken[label] += 1
            places.append(place)
    budget = min(config.budget_seconds, REHEARSAL_SECONDS)
    return replace(config, budget_seconds=budget), table.take(places[:REHEARSAL_ROWS])


def won(model: TabularModel) -> str:
    """The members that count, with their share of the answer."""
    shares = model.ensemble.weights.items()
    return ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in shares)
