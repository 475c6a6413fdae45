"""What is reached without learning: the beginning of a text, and its most central sentences.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
from pathlib import Path

from config import Json, load_config
from pairs_model import save_pairs
from pairs_reading import references_of
from progress import run, say
from tables import Table, load_fit


def main() -> None:
    """Write each baseline as a model folder, and their titles."""
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config, rows = load_config(told.config), load_fit(told.fit)
    words = usual_words(rows)
    made: tuple[tuple[str, str, str, dict[str, Json]], ...] = (
        ("trivial_lead", "lead", "the first three sentences or turns", {}),
        ("trivial_start", "start", f"the first {words} words", {"words": words}),
        ("simple_central", "central", "the most central sentences", {"words": words}),
    )
    for name, kind, _, settings in made:
        save_pairs(
            told.out / name,
            kind,
            columns=rows.names,
            source=config.column("source"),
            settings=settings,
        )
    titles = {name: title for name, _, title, _ in made}
    (told.out / "baselines.json").write_text(json.dumps(titles, indent=1), "utf-8")
    say("baseline", f"{len(titles)} baselines", done=1)


def usual_words(rows: Table) -> int:
    """How many words the mean summary has."""
    lengths = [len(one.split()) for _, cell in rows.rows for one in references_of(cell)]
    return max(1, round(sum(lengths) / max(len(lengths), 1)))


if __name__ == "__main__":
    run(main)
