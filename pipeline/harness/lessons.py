"""What a member learns from, the folds, and the inner part on which it chooses its rounds."""

import time
from dataclasses import dataclass

import numpy as np
from metrics import Codes, Floats

INNER_FOLDS = 7
RANGES = 50  # more different values than this are spread by their ranges


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What a member learns from: `target` is class codes, or standardised values (0 classes)."""

    rows: Floats
    target: Floats
    classes: int
    categories: tuple[int, ...]
    deadline: float
    threads: int
    seed: int
    patience: int
    learning_rate: float | None

    @property
    def late(self) -> bool:
        """Whether the time for this fit is over."""
        return time.monotonic() >= self.deadline


def spread_folds(target: Floats, count: int, seed: int) -> Codes:
    """The fold, 0 to count - 1, of each row; classes or ranges of values are spread evenly."""
    draw = np.random.default_rng(seed)
    many = len(np.unique(target)) > RANGES
    places = np.argsort(np.argsort(target, kind="stable"))
    level = places * RANGES // len(target) if many else target
    order = np.lexsort((draw.random(len(target)), level))
    fold = np.empty(len(target), dtype=np.int64)
    fold[order] = (np.arange(len(target)) + draw.integers(count)) % count
    return fold


def inner_part(lesson: Lesson) -> tuple[Codes, Codes]:
    """Rows to learn from and, about a seventh of them, rows to choose rounds on."""
    fold = spread_folds(lesson.target, INNER_FOLDS, lesson.seed)
    return np.flatnonzero(fold != 0), np.flatnonzero(fold == 0)


def inner_loss(target: Floats, told: Floats, classes: int) -> float:
    """Log loss of probabilities, or mean squared error."""
    if classes == 0:
        return float(np.mean((target - told[:, 0]) ** 2))
    chance = told[np.arange(len(target)), target.astype(int)]
    return float(-np.log(np.clip(chance, 1e-9, 1.0)).mean())
