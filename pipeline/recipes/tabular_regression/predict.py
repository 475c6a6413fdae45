"""Answers for new rows: the only way in which this model predicts.

python predict.py --input rows.csv [--output answers.csv] [--model model/]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

from progress import run
from serving import serve
from tabular import TabularModel, load_tabular


def load(folder: Path) -> TabularModel:
    """The model of a folder that train.py or baseline.py wrote."""
    return load_tabular(folder)


if __name__ == "__main__":
    run(lambda: serve(load))
