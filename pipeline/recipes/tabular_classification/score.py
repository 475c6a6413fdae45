"""Measures the model and its baselines on the held-out rows, all through predict.py.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from alarms import copies
from predict import load
from progress import run
from scoring import score

METRICS = ("accuracy", "macro_f1", "f1", "roc_auc", "log_loss")


def main() -> None:
    """Write metrics.json, figures.json, heldout.csv and predictions.csv."""
    score(load, METRICS, copies)


if __name__ == "__main__":
    run(main)
