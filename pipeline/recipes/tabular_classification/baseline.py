"""Two models to beat: one that only knows how common each class is, and a logistic regression.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from progress import run
from tabular import matter_of_classes
from tabular_run import write_baselines


def titles(metric: str) -> dict[str, str]:
    """The same for every metric."""
    del metric
    return {"trivial": "always the commonest class", "simple": "logistic regression"}


if __name__ == "__main__":
    run(lambda: write_baselines(matter_of_classes, titles))
