"""Little pictures made up for the checks, and a lesson of them."""

# mypy: ignore-errors

from collections.abc import Callable
from pathlib import Path

import numpy as np
from config import BundleConfig
from picture_rows import Lesson
from PIL import Image
from progress import Problem

CONFIG = BundleConfig(
    task_type="image_classification",
    backbone="plain_views",
    columns={"image": "image", "target": "label"},
    ignored={},
    kinds={},
    metric="accuracy",
    better="higher",
    positive=None,
    seed=1,
    budget_seconds=120,
    threads=1,
    split={"train": 0.6, "validation": 0.2, "test": 0.2},
    split_chosen=True,
    files=(),
    hyperparameters={},
)


def lesson(folder: Path, count: int = 40, side: int = 16) -> Lesson:
    """Dark stripes that lie or stand, a class each, on pictures of odd sizes."""
    draw, paths = np.random.default_rng(0), []
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        pixels = draw.integers(150, 256, (side + number % 3, side, 3), dtype=np.uint8)
        at = int(draw.integers(2, side - 5))
        (pixels if number % 2 else pixels.swapaxes(0, 1))[at : at + 3] = draw.integers(0, 60)
        paths.append(folder / f"{number}.png")
        Image.fromarray(pixels).save(paths[-1])
    truth = np.arange(count) % 2
    return Lesson("image", tuple(paths), ("stands", "lies"), truth.astype(float))


def refused(attempt: Callable[[], object]) -> Problem:
    """The problem that an attempt ends with."""
    try:
        attempt()
    except Problem as problem:
        return problem
    raise AssertionError("it was not refused")
