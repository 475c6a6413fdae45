"""A model folder that finds boxes: a trained network, or a baseline that only knows usual places.

model.json says which `kind` it is: `none` finds nothing, `usual` says the same boxes for every
picture, `network` has weights (safetensors) and a processor beside it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from box_forms import MOST_FOUND, Boxes, from_json
from config import Json
from picture_files import opened
from picture_serving import Pictures
from PIL.Image import Image
from serving import Objects

MODEL = "model.json"
Kind = Literal["none", "usual", "network"]
Find = Callable[[Image], Boxes]


@dataclass(frozen=True, slots=True)
class BoxModel:
    """Finds boxes on pictures; those less sure than the threshold are not said."""

    kind: Kind
    column: str
    labels: tuple[str, ...]
    threshold: float
    find: Find
    training: Mapping[str, Json] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The one column that is read: it names pictures."""
        return (self.column,)

    def predict(self, pictures: Pictures) -> Objects:
        """The boxes on each picture, in pixels of the picture the right way up."""
        every = [self.all_found(path).above(self.threshold) for path in pictures.paths]
        return answered(pictures.names, every)

    def on(self, picture: Image) -> Boxes:
        """What is said of one picture."""
        return _tidy(self.find(picture), picture).above(self.threshold)

    def all_found(self, path: Path) -> Boxes:
        """Everything found on one picture, however unsure, the surest first."""
        picture = opened(path)
        return _tidy(self.find(picture), picture)


def answered(names: tuple[str, ...], every: list[Boxes]) -> Objects:
    """The boxes of pictures as predict.py writes them."""
    return Objects(
        [{"file": name, "boxes": boxes.found()} for name, boxes in zip(names, every, strict=True)]
    )


def save_plain(
    folder: Path, kind: Kind, column: str, labels: tuple[str, ...], usual: Boxes | None = None
) -> None:
    """Write a baseline; the `usual` boxes are shares of the picture's sides."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"kind": kind, "column": column, "labels": labels, "threshold": 0.0}
    boxes = usual.found() if usual else []
    (folder / MODEL).write_text(json.dumps({**told, "usual": boxes}, indent=1), "utf-8")


def save_about_network(
    folder: Path,
    column: str,
    labels: tuple[str, ...],
    threshold: float,
    training: Mapping[str, Json],
) -> None:
    """Write model.json beside a network's own files; `training` says how that went."""
    told = {"kind": "network", "column": column, "labels": labels, "threshold": threshold}
    (folder / MODEL).write_text(json.dumps({**told, "training": dict(training)}, indent=1), "utf-8")


def load_boxes(folder: Path) -> BoxModel:
    """The model of a folder that train.py or baseline.py wrote."""
    told = json.loads((folder / MODEL).read_text("utf-8"))
    kind: Kind = told["kind"]
    return BoxModel(
        kind=kind,
        column=told["column"],
        labels=tuple(told["labels"]),
        threshold=float(told["threshold"]),
        find=_network(folder) if kind == "network" else _usual(from_json(told["usual"])),
        training=told.get("training", {}),
    )


def _usual(shares: Boxes) -> Find:
    return lambda picture: shares.scaled(picture.width, picture.height)


def _network(folder: Path) -> Find:
    from box_network import loaded  # noqa: PLC0415 - torch only for those who need it

    return loaded(folder).find


def _tidy(found: Boxes, picture: Image) -> Boxes:
    """Inside the picture, as finely as answers are written, the surest first."""
    rounded = found.inside(picture.width, picture.height).rounded()
    sized = rounded.inside(picture.width, picture.height)  # none that rounding left without area
    return sized.take(np.arange(min(len(sized), MOST_FOUND)))
