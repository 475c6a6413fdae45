"""What there is to beat: k-means where there are no groups, and plain k-means on the real rows.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES

How many groups there will be is not known yet, so there is a model for each number of them.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
from pathlib import Path

from config import load_config
from group_scores import TITLES, plain_models
from group_training import asked_for, read_rows
from progress import run, say
from tables import load_fit


def main() -> None:
    """Train all and name the kinds."""
    parser = argparse.ArgumentParser(description="Train the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config = load_config(told.config)
    read = read_rows(load_fit(told.fit), config)
    say("baseline", ", ".join(TITLES.values()), done=0.2)
    for kind, models in plain_models(read, asked_for(config), config.seed).items():
        for groups, model in models.items():
            model.save(told.out / kind / str(groups))
    (told.out / "baselines.json").write_text(json.dumps(dict(TITLES), indent=1), "utf-8")
    say("baseline", done=1)


if __name__ == "__main__":
    run(main)
