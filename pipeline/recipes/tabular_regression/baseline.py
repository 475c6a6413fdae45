"""Two models to beat: one that says the same number for every row, and a ridge regression.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from progress import run
from tabular import matter_of_numbers
from tabular_run import write_baselines


def titles(metric: str) -> dict[str, str]:
    """The best that needs no learning is another one for absolute errors."""
    trivial = "always the median" if metric == "mae" else "always the mean"
    return {"trivial": trivial, "simple": "ridge regression"}


if __name__ == "__main__":
    run(lambda: write_baselines(matter_of_numbers, titles))
