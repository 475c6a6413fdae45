"""The group of each new row: the only way in which this model answers.

python predict.py --input rows.csv [--output answers.csv] [--model model/]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

from group_model import GroupModel, load_groups
from progress import run
from serving import serve


def load(folder: Path) -> GroupModel:
    """The model of a folder that train.py wrote."""
    return load_groups(folder)


if __name__ == "__main__":
    run(lambda: serve(load))
