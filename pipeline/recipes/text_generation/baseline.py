"""What is reached by counting alone: characters, pairs of them, and runs of five.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
from pathlib import Path

from config import load_config
from progress import run, say
from tables import load_fit
from writing_counting import count
from writing_form import read_form
from writing_pieces import texts_in
from writing_store import save_writer, writer_for
from writing_training import MOST_COUNTED, some_of

KINDS = {
    "trivial_unigram": (0, "letter frequencies (unigram)"),
    "simple_bigram": (1, "pairs of letters (bigram)"),
    "simple_five_gram": (4, "runs of five letters (5-gram, Kneser-Ney)"),
}


def main() -> None:
    """Count each and name them."""
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config = load_config(told.config)
    ends = not read_form(told.fit)
    texts = some_of(texts_in(load_fit(told.fit), config.column("text")), MOST_COUNTED)
    texts = texts if ends else ["".join(texts)]
    for at, (name, (order, title)) in enumerate(KINDS.items()):
        say("baseline", title, done=(at + 1) / (len(KINDS) + 1))
        model = count(texts, ends=ends, order=order, words=False)
        save_writer(writer_for(config, model, ends=ends), told.out / name)
    titles = {name: title for name, (_, title) in KINDS.items()}
    (told.out / "baselines.json").write_text(json.dumps(titles, indent=1), "utf-8")
    say("baseline", f"{len(KINDS)} baselines", done=1)


if __name__ == "__main__":
    run(main)
