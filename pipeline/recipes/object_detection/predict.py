"""Find the boxes on pictures; the only way in which this model ever answers.

    python predict.py --input picture.jpg
    python predict.py --input FOLDER --output boxes.jsonl

One JSON object a line: the picture's name and its boxes, in pixels of the picture the right way up,
the surest first. Nothing in a model folder can run code.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the same sums in the same order, whoever asks

from pathlib import Path

from box_model import BoxModel, load_boxes
from picture_serving import serve_pictures
from progress import run


def load(folder: Path) -> BoxModel:
    """The model of a folder that train.py or baseline.py wrote."""
    return load_boxes(folder)


if __name__ == "__main__":
    run(lambda: serve_pictures(load))
