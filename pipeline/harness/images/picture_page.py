"""What the page of a picture model shows: its answer for one picture, and how sure that is."""

import json
import tempfile
from pathlib import Path

from picture_model import PictureModel
from picture_serving import Pictures
from PIL.Image import Image
from serving import Answers

NAME = "picture.png"


def answered(model: PictureModel, picture: Image) -> Answers:
    """What predict.py says of the picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        picture.save(path)
        return model.predict(Pictures((NAME,), (path,)))


def usual_error(path: Path) -> str:
    """How far answers are off in the mean, where it was measured."""
    if not path.exists():
        return "not measured"
    reached = json.loads(path.read_text("utf-8"))["metrics"].get("mae")
    return "not measured" if reached is None else f"off by {reached:.3g} in the mean"
