"""What a member learns from, the folds, and the inner part on which it chooses its rounds.

Rows of one group are never in two folds; where time orders the rows, folds are stretches of it.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from metrics import Codes, Floats

INNER_FOLDS = 7
RANGES = 50  # more different values than this are spread by their ranges


@dataclass(frozen=True)
class Apart:
    """Which rows belong together: a code a row; `ordered` where the codes are stretches of time."""

    codes: Codes
    ordered: bool

    def take(self, rows: Codes | npt.NDArray[np.bool_]) -> "Apart":
        """The same for some of the rows."""
        return Apart(self.codes[rows], self.ordered)


@dataclass(frozen=True)
class Pace:
    """How far boosting went and in what steps: found in one fold, it serves the others."""

    rounds: int
    rate: float


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What a member learns from: `target` is class codes, or values in some scale (0 classes)."""

    rows: Floats
    target: Floats
    classes: int
    categories: tuple[int, ...]
    deadline: float
    threads: int
    seed: int
    patience: int
    learning_rate: float | None
    apart: Apart | None = None
    pace: Pace | None = None

    def part(
        self, rows: npt.NDArray[np.bool_], deadline: float, number: int, pace: Pace | None
    ) -> "Lesson":
        """The same for some of the rows, until a deadline, by another seed."""
        return replace(
            self,
            rows=self.rows[rows],
            target=self.target[rows],
            apart=self.apart.take(rows) if self.apart else None,
            deadline=deadline,
            seed=self.seed + number,
            pace=pace,
        )

    @property
    def late(self) -> bool:
        """Whether the time for this fit is over."""
        return time.monotonic() >= self.deadline


def spread_folds(target: Floats, count: int, seed: int, apart: Apart | None = None) -> Codes:
    """The fold, 0 to count - 1, of each row; classes or ranges of values are spread evenly.

    Rows that belong together come into one fold, as long as there are enough of such groups.
    """
    draw = np.random.default_rng(seed)
    if apart is not None and len(np.unique(apart.codes)) >= count:
        return _block_folds(apart, count, draw)
    many = len(np.unique(target)) > RANGES
    places = np.argsort(np.argsort(target, kind="stable"))
    level = places * RANGES // len(target) if many else target
    order = np.lexsort((draw.random(len(target)), level))
    fold = np.empty(len(target), dtype=np.int64)
    fold[order] = (np.arange(len(target)) + draw.integers(count)) % count
    return fold


def _block_folds(apart: Apart, count: int, draw: np.random.Generator) -> Codes:
    """Stretches of time as long as each other, or groups so that the folds are about as large."""
    _, block, sizes = np.unique(apart.codes, return_inverse=True, return_counts=True)
    if apart.ordered:
        turned = (block + draw.integers(len(sizes))) % len(sizes)
        return np.asarray(turned * count // len(sizes), dtype=np.int64)
    order = draw.permutation(len(sizes))
    fold_of, filled = np.empty(len(sizes), dtype=np.int64), np.zeros(count)
    for at in order[np.argsort(-sizes[order], kind="stable")]:
        fold_of[at] = filled.argmin()
        filled[fold_of[at]] += sizes[at]
    return np.asarray(fold_of[block], dtype=np.int64)


def inner_part(lesson: Lesson) -> tuple[Codes, Codes]:
    """Rows to learn from and, about a seventh of them, rows to choose rounds on."""
    fold = spread_folds(lesson.target, INNER_FOLDS, lesson.seed, lesson.apart)
    return np.flatnonzero(fold != 0), np.flatnonzero(fold == 0)


def inner_loss(target: Floats, told: Floats, classes: int) -> float:
    """Log loss of probabilities, or mean squared error."""
    if classes == 0:
        return float(np.mean((target - told[:, 0]) ** 2))
    chance = told[np.arange(len(target)), target.astype(int)]
    return float(-np.log(np.clip(chance, 1e-9, 1.0)).mean())
