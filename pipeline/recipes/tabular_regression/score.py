"""Measures the model and its baselines on the held-out rows, all through predict.py.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from alarms import told
from config import BundleConfig
from predict import load
from progress import run
from scoring import score
from tables import Table
from telling_numbers import telling_numbers

METRICS = ("rmse", "mae", "r2")


def alarms(config: BundleConfig, fit: Table, heldout: Table) -> tuple[str, ...]:
    """A sentence for each column that alone gives the answer away."""
    features = config.columns_of("features")
    return told(telling_numbers(fit, heldout, features, config.column("target")))


def main() -> None:
    """Write metrics.json, heldout.csv and predictions.csv."""
    score(load, METRICS, alarms)


if __name__ == "__main__":
    run(main)
