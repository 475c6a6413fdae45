"""The shared half of train.py and baseline.py for tables: arguments in, a saved model out."""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from config import BundleConfig, load_config
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
START_TICKS = 19  # the place of the start time in /proc/self/stat, behind the name of the program

MatterOf = Callable[[Table, BundleConfig], Matter]


def train(matter_of: MatterOf) -> None:
    """Main of train.py: read, train within the budget, save, say which members won."""
    parser = argparse.ArgumentParser(description="Train the model.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="few rows, a few seconds")
    told = parser.parse_args()
    started = time.monotonic() - age()
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


def age() -> float:
    """Seconds since this process began: its start and its imports count too."""
    try:
        words = Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        ticks = int(words[START_TICKS]) / os.sysconf("SC_CLK_TCK")
        return max(time.clock_gettime(time.CLOCK_BOOTTIME) - ticks, time.process_time())
    except (OSError, AttributeError, ValueError, IndexError):
        return time.process_time()  # not on Linux, or not to be seen in here


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
