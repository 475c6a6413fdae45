"""Metrics by their fixed names, on weighted rows, so that a bootstrap is a change of weights.

Every metric takes outcomes and one weight a row (how often the row was drawn, 1 for the plain
value). With all weights 1 the values equal scikit-learn's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from ranking import mean_area
from resampling import count_of_blocks, resampled

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int64]
Weighed: TypeAlias = Callable[[Floats], Floats]
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
    """True and predicted numbers of n rows, each of shape (n,).

    `scale` is what an error of each row is measured against: how far the row's series usually
    goes in a season.
    """

    truth: Floats
    said: Floats
    scale: Floats | None = None

    def __len__(self) -> int:
        return len(self.truth)


@dataclass(frozen=True, slots=True)
class Grouped:
    """n rows put into groups: the silhouette of each, and what is known of all rows together."""

    silhouettes: Floats
    fixed: Mapping[str, float]

    def __len__(self) -> int:
        return len(self.silhouettes)


@dataclass(frozen=True, slots=True)
class Counted:
    """n rows of which something was counted: boxes found, words in common, nats.

    `by` gives each metric as a function of row weights, shape (…, rows), with values of shape (…).
    `tallies.py` makes such functions.
    """

    rows: int
    by: Mapping[str, Weighed]

    def __len__(self) -> int:
        return self.rows


Outcome: TypeAlias = Classified | Measured | Grouped | Counted


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


def accuracy(rows: Classified, weights: Floats) -> Floats:
    """Share of right answers."""
    return _mean(rows.truth == rows.said, weights)


def f1(rows: Classified, weights: Floats) -> Floats:
    """F1 of the positive class; ValueError when there is none."""
    if rows.positive is None:
        raise ValueError("f1 needs a positive class")
    return np.asarray(_f1s(rows, weights)[0][..., rows.positive])


def macro_f1(rows: Classified, weights: Floats) -> Floats:
    """Mean F1 of the classes that occur, each class counting the same."""
    values, occurs = _f1s(rows, weights)
    return np.asarray((values * occurs).sum(axis=-1) / occurs.sum(axis=-1))


def log_loss(rows: Classified, weights: Floats) -> Floats:
    """Mean negative log of the probability given to what was true."""
    least = np.finfo(np.float64).eps
    given = rows.chances[np.arange(len(rows)), rows.truth]
    return _mean(-np.log(np.clip(given, least, 1 - least)), weights)


def rmse(rows: Measured, weights: Floats) -> Floats:
    """Root of the mean squared error, in the target's unit."""
    return np.sqrt(_mean((rows.truth - rows.said) ** 2, weights))


def mae(rows: Measured, weights: Floats) -> Floats:
    """Mean absolute error, in the target's unit."""
    return _mean(np.abs(rows.truth - rows.said), weights)


def r2(rows: Measured, weights: Floats) -> Floats:
    """Share of the target's variance that is explained; 0 for always saying the mean."""
    centred = rows.truth - rows.truth.mean()
    spread = _mean(centred**2, weights) - _mean(centred, weights) ** 2
    # What is left where all are alike is rounding, not spread.
    alike = spread <= 1e-12 * float(np.max(centred**2, initial=0.0))
    errors = _mean((rows.truth - rows.said) ** 2, weights)
    return np.where(alike, np.nan, 1 - errors / np.where(alike, 1.0, spread))


def mase(rows: Measured, weights: Floats) -> Floats:
    """Mean absolute error in steps of each row's series; rows of series that never move are out."""
    if rows.scale is None:
        raise ValueError("mase needs the scale of each row's series")
    moves = rows.scale > 0
    errors = np.abs(rows.truth - rows.said)[moves] / rows.scale[moves]
    return _mean(errors, weights[..., moves])


def smape(rows: Measured, weights: Floats) -> Floats:
    """Mean error as a fraction of the mean of truth and answer, 0 to 2."""
    sizes = np.abs(rows.truth) + np.abs(rows.said)
    return _mean(2 * np.abs(rows.truth - rows.said) / np.where(sizes > 0, sizes, 1.0), weights)


def silhouette(rows: Grouped, weights: Floats) -> Floats:
    """How much nearer rows are to their own group than to the next, -1 to 1."""
    return _mean(rows.silhouettes, weights)


BETTER: dict[str, Better] = {
    "accuracy": "higher",
    "macro_f1": "higher",
    "f1": "higher",
    "roc_auc": "higher",
    "log_loss": "lower",
    "rmse": "lower",
    "mae": "lower",
    "r2": "higher",
    "mase": "lower",
    "smape": "lower",
    "silhouette": "higher",
    "davies_bouldin": "lower",
    "calinski_harabasz": "higher",
    "stability": "higher",
    "map": "higher",
    "map50": "higher",
    "span_f1": "higher",
    "rouge1": "higher",
    "rouge2": "higher",
    "rougeL": "higher",
    "bleu": "higher",
    "chrf": "higher",
    "nats_per_char": "lower",
    "perplexity": "lower",
    "eval_loss": "lower",
}
OF_CLASSES: dict[str, Callable[[Classified, Floats], Floats]] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "f1": f1,
    "log_loss": log_loss,
}
OF_NUMBERS: dict[str, Callable[[Measured, Floats], Floats]] = {
    "rmse": rmse,
    "mae": mae,
    "r2": r2,
    "mase": mase,
    "smape": smape,
}


def value_of(name: str, rows: Outcome, weights: Floats | None = None) -> float:
    """A metric by its name; KeyError when it is not one for such rows."""
    return float(weighed(name, rows)(np.ones(len(rows)) if weights is None else weights))


def weighed(name: str, rows: Outcome) -> Weighed:
    """The metric as a function of weights of shape (…, rows) alone, with values of shape (…)."""
    if isinstance(rows, Classified):
        return _ranked(rows) if name == "roc_auc" else partial(OF_CLASSES[name], rows)
    if isinstance(rows, Measured):
        return partial(OF_NUMBERS[name], rows)
    if isinstance(rows, Counted):
        return rows.by[name]
    if name == "silhouette":
        return partial(silhouette, rows)
    value = rows.fixed[name]
    return lambda weights: np.full(weights.shape[:-1], value)


def by_chance(name: str, rows: Outcome) -> float | None:
    """What answers drawn at random reach where that is more than the same answer for every row.

    Only so for macro F1: drawing each class as often as it occurs gives each class its share as
    F1, so 1 / classes in the mean, and no way of guessing gives more.
    """
    if name != "macro_f1" or not isinstance(rows, Classified):
        return None
    return 1.0 / len(np.unique(rows.truth))


def drawn(
    name: str, rows: Outcome, seed: int, draws: int = 1000, blocks: Codes | None = None
) -> Floats:
    """The metric on each draw of a bootstrap, NaN where it is undefined.

    The draws are the same for all outcomes of the same rows; rows of one block come together.
    """
    metric = weighed(name, rows)
    return np.concatenate([metric(some) for some in resampled(len(rows), seed, draws, blocks)])


def interval(
    name: str, rows: Outcome, seed: int, draws: int = 1000, blocks: Codes | None = None
) -> tuple[float, float] | None:
    """95 % bootstrap interval of a metric; None when it is undefined on most draws.

    What is known of all rows only has no interval, nor has anything known of one block alone.
    """
    whole = isinstance(rows, Grouped) and name != "silhouette"
    if whole or count_of_blocks(len(rows), blocks) < 2:  # noqa: PLR2004 - one cannot vary
        return None
    values = drawn(name, rows, seed, draws, blocks)
    known = values[np.isfinite(values)]
    if len(known) < len(values) / 2:
        return None
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def _mean(values: Floats | npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """The weighted mean, NaN where nothing has any weight."""
    total = np.asarray(weights.sum(axis=-1))
    return np.asarray(weights @ values) / np.where(total > 0, total, np.nan)


def _f1s(rows: Classified, weights: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """F1 of each class, and which classes occur in truth or answers; shape (…, classes)."""
    right = _sums(rows, rows.truth, weights * (rows.truth == rows.said))
    both = _sums(rows, rows.truth, weights) + _sums(rows, rows.said, weights)
    return 2 * right / np.maximum(both, 1e-300), both > 0


def _sums(rows: Classified, places: Codes, weights: Floats) -> Floats:
    """The weight of each class, shape (…, classes)."""
    order = np.argsort(places, kind="stable")
    occurring, starts = np.unique(places[order], return_index=True)
    sums = np.zeros((*weights.shape[:-1], len(rows.classes)))
    sums[..., occurring] = np.add.reduceat(weights[..., order], starts, axis=-1)
    return sums


def _ranked(rows: Classified) -> Weighed:
    """Area under the ROC curve; with more than two classes the mean of each against the rest."""
    columns = range(len(rows.classes)) if rows.positive is None else (rows.positive,)
    return mean_area([(rows.chances[:, at], rows.truth == at) for at in columns])
