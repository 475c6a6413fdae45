"""Trains an ensemble of forecasters within the budget of config.json.

python train.py --config config.json --fit PREPARED/fit --out MODEL [--rehearse]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from dataclasses import replace
from pathlib import Path

from auto_models import AUTO
from config import BundleConfig, load_config
from forecast_training import train_forecaster
from forecasting import ForecastModel
from members import LIGHT
from outline import load_outline
from process_age import process_age
from progress import run, say
from tables import Table, load_fit

MEMBERS = {
    "light_forecast": LIGHT,
    "light_forecast_stats": (*LIGHT, *AUTO),
    "exponential_smoothing": ("smoothing", "log_smoothing"),
}
REHEARSAL_SERIES = 10
REHEARSAL_SECONDS = 3.0
MOST_NAMED = 6


def main() -> None:
    """Read, train, save."""
    parser = argparse.ArgumentParser(description="Train the model.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="few series, a few seconds")
    told = parser.parse_args()
    started = time.monotonic() - process_age()
    config, table = load_config(told.config), load_fit(told.fit)
    if told.rehearse:
        config, table = rehearsal(config, table, told.fit)
    model = train_forecaster(
        config,
        told.fit,
        table,
        MEMBERS[config.backbone],
        started=started,
        windows=2 if told.rehearse else 10,
    )
    model.save(told.out)
    say("train", f"won: {won(model)}", done=1)


def rehearsal(config: BundleConfig, table: Table, fit: Path) -> tuple[BundleConfig, Table]:
    """The first few series, and a few seconds."""
    shape = load_outline(fit).shape
    at = [table.names.index(name) for name in shape.identity]
    names: dict[str, int] = {}
    kept = [
        place
        for place, row in enumerate(table.rows)
        if names.setdefault(shape.name_of([row[one] for one in at]), len(names)) < REHEARSAL_SERIES
    ]
    budget = min(config.budget_seconds, REHEARSAL_SECONDS)
    return replace(config, budget_seconds=budget), table.take(kept)


def won(model: ForecastModel) -> str:
    """The members that count most, with their mean share of the answer."""
    shares = model.shares()
    ranked = sorted(shares, key=lambda name: -shares[name])[:MOST_NAMED]
    return ", ".join(f"{name.replace('_', ' ')} {shares[name]:.0%}" for name in ranked)


if __name__ == "__main__":
    run(main)
