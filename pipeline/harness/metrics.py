"""Metrics by their fixed names, on weighted rows, so that a bootstrap is a change of weights.

Every metric takes outcomes and one weight a row (how often the row was drawn, 1 for the plain
value). With all weights 1 the values equal scikit-learn's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int64]
Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Classified:
    """What was true and what was said, for n rows and k classes.

    `truth` and `said` are places in `classes`, shape (n,); `chances` are probabilities, shape
    (n, k), and `positive` the place of the positive class where there are two.
    """

    classes: tuple[str, ...]
    truth: Codes
    said: Codes
    chances: Floats
    positive: int | None = None

    def __len__(self) -> int:
        return len(self.truth)


@dataclass(frozen=True, slots=True)
class Measured:
    """True and predicted numbers of n rows, each of shape (n,)."""

    truth: Floats
    said: Floats

    def __len__(self) -> int:
        return len(self.truth)


def classified(
    truth: Sequence[str],
    said: Sequence[str],
    chances: Floats,
    classes: Sequence[str],
    positive: str | None = None,
) -> Classified:
    """Turn labels into codes; a true label that the model never saw gets a class of its own."""
    unseen = sorted(set(truth) - set(classes))
    known = (*classes, *unseen)
    place = {label: at for at, label in enumerate(known)}
    return Classified(
        classes=known,
        truth=np.array([place[label] for label in truth], dtype=np.int64),
        said=np.array([place[label] for label in said], dtype=np.int64),
        chances=np.pad(chances, ((0, 0), (0, len(unseen)))),
        positive=None if positive is None else place.get(positive),
    )


def accuracy(rows: Classified, weights: Floats) -> float:
    """Share of right answers."""
    return float(np.average(rows.truth == rows.said, weights=weights))


def f1(rows: Classified, weights: Floats) -> float:
    """F1 of the positive class; ValueError when there is none."""
    if rows.positive is None:
        raise ValueError("f1 needs a positive class")
    return float(_f1s(rows, weights)[0][rows.positive])


def macro_f1(rows: Classified, weights: Floats) -> float:
    """Mean F1 of the classes that occur, each class counting the same."""
    values, occurs = _f1s(rows, weights)
    return float(values[occurs].mean())


def log_loss(rows: Classified, weights: Floats) -> float:
    """Mean negative log of the probability given to what was true."""
    least = np.finfo(np.float64).eps
    given = rows.chances[np.arange(len(rows)), rows.truth]
    return float(np.average(-np.log(np.clip(given, least, 1 - least)), weights=weights))


def roc_auc(rows: Classified, weights: Floats) -> float:
    """Area under the ROC curve; with more than two classes the mean of each against the rest."""
    columns = range(len(rows.classes)) if rows.positive is None else (rows.positive,)
    areas = [_area(rows.chances[:, at], rows.truth == at, weights) for at in columns]
    known = [area for area in areas if area is not None]
    return float(np.mean(known)) if known else float("nan")


def rmse(rows: Measured, weights: Floats) -> float:
    """Root of the mean squared error, in the target's unit."""
    return float(np.sqrt(np.average((rows.truth - rows.said) ** 2, weights=weights)))


def mae(rows: Measured, weights: Floats) -> float:
    """Mean absolute error, in the target's unit."""
    return float(np.average(np.abs(rows.truth - rows.said), weights=weights))


def r2(rows: Measured, weights: Floats) -> float:
    """Share of the target's variance that is explained; 0 for always saying the mean."""
    spread = np.average(
        (rows.truth - np.average(rows.truth, weights=weights)) ** 2, weights=weights
    )
    return float(1 - rmse(rows, weights) ** 2 / spread) if spread else float("nan")


BETTER: dict[str, Better] = {
    "accuracy": "higher",
    "macro_f1": "higher",
    "f1": "higher",
    "roc_auc": "higher",
    "log_loss": "lower",
    "rmse": "lower",
    "mae": "lower",
    "r2": "higher",
}
OF_CLASSES: dict[str, Callable[[Classified, Floats], float]] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "f1": f1,
    "roc_auc": roc_auc,
    "log_loss": log_loss,
}
OF_NUMBERS: dict[str, Callable[[Measured, Floats], float]] = {"rmse": rmse, "mae": mae, "r2": r2}


def value_of(name: str, rows: Classified | Measured, weights: Floats | None = None) -> float:
    """A metric by its name; KeyError when it is not one for such rows."""
    plain = np.ones(len(rows)) if weights is None else weights
    if isinstance(rows, Classified):
        return OF_CLASSES[name](rows, plain)
    return OF_NUMBERS[name](rows, plain)


def by_chance(name: str, rows: Classified | Measured) -> float | None:
    """What answers drawn at random reach where that is more than the same answer for every row.

    Only so for macro F1: drawing each class as often as it occurs gives each class its share as
    F1, so 1 / classes in the mean, and no way of guessing gives more.
    """
    if name != "macro_f1" or isinstance(rows, Measured):
        return None
    return 1.0 / len(np.unique(rows.truth))


def interval(
    name: str, rows: Classified | Measured, seed: int, draws: int = 1000
) -> tuple[float, float] | None:
    """95 % bootstrap interval of a metric; None when it is undefined on most draws."""
    draw = np.random.default_rng(seed)
    count = len(rows)
    values = [value_of(name, rows, _drawn(draw, count)) for _ in range(draws)]
    known = [value for value in values if np.isfinite(value)]
    if len(known) < draws / 2:
        return None
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def _drawn(draw: np.random.Generator, count: int) -> Floats:
    """How often each row is in a sample of as many rows, drawn with putting back."""
    return np.bincount(draw.integers(count, size=count), minlength=count).astype(np.float64)


def _f1s(rows: Classified, weights: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """F1 of each class, and which classes occur in truth or answers."""
    size = len(rows.classes)
    right = np.bincount(rows.truth, weights * (rows.truth == rows.said), minlength=size)
    both = np.bincount(rows.truth, weights, minlength=size) + np.bincount(
        rows.said, weights, minlength=size
    )
    return 2 * right / np.maximum(both, 1e-300), both > 0


def _area(scores: Floats, hits: npt.NDArray[np.bool_], weights: Floats) -> float | None:
    """Chance that a hit scores above a miss, ties counting half; None without both."""
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)
    up = np.add.reduceat((weights * hits)[order], starts)
    down = np.add.reduceat((weights * ~hits)[order], starts)
    pairs = up.sum() * down.sum()
    below = np.cumsum(down) - down
    return float((up * (below + down / 2)).sum() / pairs) if pairs else None
