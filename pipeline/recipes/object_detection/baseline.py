"""What is reached without looking at a picture: nothing at all, and boxes at the usual places.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
from pathlib import Path

from box_model import save_plain
from box_rows import labels_of, shown
from box_usual import usual_boxes
from config import load_config
from progress import run, say
from tables import load_fit

TITLES = {
    "trivial_none": "no boxes",
    "trivial_usual": "the same boxes at the usual places",
}


def main() -> None:
    """Write both as model folders, and their titles."""
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config = load_config(told.config)
    pictures = shown(load_fit(told.fit), told.fit)
    column, labels = config.column("image"), labels_of(pictures)
    save_plain(told.out / "trivial_none", "none", column, labels)
    usual = usual_boxes(pictures, labels, config.seed)
    save_plain(told.out / "trivial_usual", "usual", column, labels, usual)
    (told.out / "baselines.json").write_text(json.dumps(TITLES, indent=1), "utf-8")
    say("baseline", f"{len(usual)} usual places", done=1)


if __name__ == "__main__":
    run(main)
