"""Two models to beat: one that only knows how common each class is, and a logistic regression.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
from pathlib import Path

from config import load_config
from progress import run, say
from tables import load_fit
from tabular import linear_model, matter_of_classes, prior_model

TITLES = {"trivial": "always the commonest class", "simple": "logistic regression"}


def main() -> None:
    """Train both and name them."""
    parser = argparse.ArgumentParser(description="Train the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    matter = matter_of_classes(load_fit(told.fit), load_config(told.config))
    say("baseline", TITLES["trivial"])
    prior_model(matter).save(told.out / "trivial")
    say("baseline", TITLES["simple"], done=0.5)
    linear_model(matter).save(told.out / "simple")
    (told.out / "baselines.json").write_text(json.dumps(TITLES, indent=1), "utf-8")
    say("baseline", done=1)


if __name__ == "__main__":
    run(main)
