"""What is reached without learning: the source itself, and the nearest known translation.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import argparse
import json
from pathlib import Path

from config import load_config
from pairs_model import save_pairs
from pairs_training import learned_pairs
from progress import run, say
from retrieving_memory import Memory
from tables import load_fit

TITLES = {
    "trivial_copy": "the source as it is",
    "simple_memory": "the translation of the most similar known source",
}


def main() -> None:
    """Write each baseline as a model folder, and their titles."""
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config, rows = load_config(told.config), load_fit(told.fit)
    for name in TITLES:
        kind = name.partition("_")[2]
        source = config.column("source")
        save_pairs(told.out / name, kind, columns=rows.names, source=source, settings={})
    Memory(learned_pairs(rows)).save(told.out / "simple_memory")
    (told.out / "baselines.json").write_text(json.dumps(TITLES, indent=1), "utf-8")
    say("baseline", f"{len(TITLES)} baselines", done=1)


if __name__ == "__main__":
    run(main)
