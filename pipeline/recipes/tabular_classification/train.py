"""Trains an ensemble of tabular models within the budget of config.json.

python train.py --config config.json --fit PREPARED/fit --out MODEL [--rehearse]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # members that gain by threads are told how many

from progress import run
from tabular import matter_of_classes
from tabular_run import train

if __name__ == "__main__":
    run(lambda: train(matter_of_classes))
