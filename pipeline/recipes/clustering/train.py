"""Finds groups of rows within the budget of config.json, and says what is typical of each.

python train.py --config config.json --fit PREPARED/fit --out MODEL [--rehearse]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from dataclasses import replace
from pathlib import Path

from config import load_config
from group_training import MOST_SEARCHED, train_groups
from process_age import process_age
from progress import run, say
from tables import load_fit

REHEARSAL_ROWS = 200
REHEARSAL_SECONDS = 3.0


def main() -> None:
    """Read, find groups, save."""
    parser = argparse.ArgumentParser(description="Find groups of rows.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="few rows, a few seconds")
    told = parser.parse_args()
    started = time.monotonic() - process_age()
    config, table, searched = load_config(told.config), load_fit(told.fit), MOST_SEARCHED
    if told.rehearse:
        budget = min(config.budget_seconds, REHEARSAL_SECONDS)
        config, searched = replace(config, budget_seconds=budget), REHEARSAL_ROWS
        table = table.take(range(min(len(table), REHEARSAL_ROWS)))
    model = train_groups(table, config, started_at=started, rows=searched)
    model.save(told.out)
    groups = ", ".join(f"{one.name} {one.share:.0%}" for one in model.profiles)
    say("train", f"{len(model.profiles)} groups: {groups}", done=1)


if __name__ == "__main__":
    run(main)
