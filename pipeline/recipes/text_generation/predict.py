"""Write on from texts; the only way in which this model ever answers.

    python predict.py --text "Once upon a time"
    python predict.py --text ""                       a text from its beginning
    python predict.py --input beginnings.csv --output written.jsonl

The same beginning always goes on in the same way.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

from progress import run
from serving import serve
from writing_model import TextWriter
from writing_store import load_writer


def load(folder: Path) -> TextWriter:
    """The model of a folder that train.py wrote."""
    return load_writer(folder)


if __name__ == "__main__":
    run(lambda: serve(load))
