"""Translate texts; the only way in which this model ever answers.

python predict.py --text "A text in the source language."
python predict.py --input texts.jsonl --output translations.jsonl
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

from pairs_model import Loaders, PairsModel, load_pairs, network_in
from progress import run
from retrieving_memory import load_copy, load_memory
from retrieving_model import load_book
from serving import serve


def load(folder: Path) -> PairsModel:
    """The model of a folder that train.py or baseline.py wrote."""
    kinds: Loaders = {
        "phrases": load_book,
        "copy": load_copy,
        "memory": load_memory,
        "network": network_in,
    }
    return load_pairs(folder, kinds)


if __name__ == "__main__":
    run(lambda: serve(load))
