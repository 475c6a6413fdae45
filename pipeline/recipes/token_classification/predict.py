"""Say which words of a text are entities; the only way in which this model ever answers.

    python predict.py --text "Ada Lovelace was born in London"
    python predict.py --input texts.csv --output answers.jsonl

Texts are read from a column named text, or a text a line; words that are cut already from a JSON
list or from lines of words (CoNLL). Places of entities are counted in letters of the text.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Mapping
from pathlib import Path

from config import Json
from progress import run
from serving import serve
from tagging_model import TaggingModel, load_model
from tagging_reading import read_texts
from tagging_taggers import Tagger


def load(folder: Path) -> TaggingModel:
    """The model of a folder that train.py or baseline.py wrote."""
    return load_model(folder, _network)


def _network(folder: Path, told: Mapping[str, Json]) -> Tagger:
    """A fine-tuned network; its libraries are only there where one is needed."""
    from deep_machine import deep_quiet  # noqa: PLC0415

    deep_quiet()
    from tagging_network import Network  # noqa: PLC0415

    return Network.load(folder, told)


if __name__ == "__main__":
    run(lambda: serve(load, read_texts))
