"""Measure the model and its baselines on the held-out pictures, all through predict.py.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the same sums in the same order, whoever asks

from picture_scoring import score_pictures
from predict import load
from progress import run

METRICS = ("accuracy", "macro_f1", "f1", "roc_auc", "log_loss")


def main() -> None:
    """Write metrics.json, figures.json, heldout.csv with its pictures, and predictions.csv."""
    score_pictures(load, METRICS)


if __name__ == "__main__":
    run(main)
