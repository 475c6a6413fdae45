"""Answer for pictures; the only way in which this model ever answers.

    python predict.py --input picture.jpg
    python predict.py --input FOLDER --output answers.csv

A model folder holds JSON, plain arrays, and native text or safetensors. Nothing in it can run code.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the same sums in the same order, whoever asks

from pathlib import Path

from picture_model import PictureModel, load_pictures
from picture_serving import serve_pictures
from progress import run


def load(folder: Path) -> PictureModel:
    """The model of a folder that train.py or baseline.py wrote."""
    return load_pictures(folder)


if __name__ == "__main__":
    run(lambda: serve_pictures(load))
