"""What is reached without a real model: the same answer for all, and a line on colours alone.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from picture_run import baselines
from progress import run

if __name__ == "__main__":
    run(baselines)
