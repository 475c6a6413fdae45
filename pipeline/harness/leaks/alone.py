"""How exactly one column alone tells another: the share explained, or the mistakes made."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from metrics import Codes, Floats

NEAR = 5  # neighbours on each side that say what a row is
FARTHEST = 0.03  # of the rows, the worst told: odd cells hide no copy
EDGES = (0.005, 0.995)  # numbers beyond are cut: one giant must not decide
SLIPS = 0.01  # of the rows that may stand in another range than their number says
USUAL_STEPS = 10  # a wider step is a gap that was there before anybody cut
NO_SPREAD = 1e-12  # of numbers between -1 and 1
_AROUND = 10


@dataclass(frozen=True)
class Views:
    """A column of numbers cut at its edges, and its ranks from -1 to 1."""

    plain: Floats
    ranked: Floats

    @property
    def both(self) -> Floats:
        """(rows, 2)."""
        return np.stack((self.plain, self.ranked), axis=1)


def views_of(numbers: Floats) -> Views:
    """Both views of finite numbers."""
    low, high = np.quantile(numbers, EDGES)
    return Views(np.clip(numbers, low, high), ranks(numbers))


def ranks(numbers: Floats) -> Floats:
    """Ranks from -1 to 1, equal numbers in the middle of theirs."""
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    spread = max(len(numbers) - 1, 1)
    found = 2 * middle[place] / spread - 1
    return np.asarray(found)


def explained(truth: Floats, said: Floats) -> Floats:
    """Share of the variance of each column that is explained, but for the worst told rows.

    (rows, columns) twice.
    """
    errors = (truth - said) ** 2
    kept = np.sort(errors, axis=0)[: max(1, round(len(errors) * (1 - FARTHEST)))]
    variance = truth.var(axis=0)
    return np.asarray(1 - kept.mean(axis=0) / np.where(variance > 0, variance, 1.0))


def told_of_numbers(column: Floats, target: Views) -> Floats:
    """Shares of the target's two views that a column of finite numbers explains, by any curve."""
    own = views_of(column)
    order = np.argsort(column, kind="stable")
    near = np.empty_like(target.both)
    near[order] = around(target.both[order], NEAR)
    lines = np.stack((_line(own.plain, target.plain), _line(own.ranked, target.ranked)), axis=1)
    found = np.maximum(explained(target.both, near), explained(target.both, lines))
    return np.asarray(found, dtype=float)


def around(rows: Floats, near: int) -> Floats:
    """Mean of the rows before and after each, itself left out; (rows, columns) in order."""
    sums = np.vstack((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))
    places = np.arange(len(rows))
    low = np.maximum(places - near, 0)
    high = np.minimum(places + near + 1, len(rows))
    return np.asarray((sums[high] - sums[low] - rows) / (high - low - 1)[:, None])


def off_the_curve(column: Floats, target: Floats, near: int) -> Floats:
    """How far each row is off a smooth curve over the target, a line through its neighbours."""
    order = np.argsort(target, kind="stable")
    own, along = column[order] - column.mean(), target[order] - target.mean()
    along /= max(float(np.abs(along).max()), 1e-300)
    means = _mean_near(np.stack((own, along, own * along, along * along), axis=1), near)
    spread = means[:, 3] - means[:, 1] ** 2
    slope = (means[:, 2] - means[:, 0] * means[:, 1]) / np.where(spread > NO_SPREAD, spread, np.inf)
    found = np.empty(len(column))
    found[order] = own - means[:, 0] - slope * (along - means[:, 1])
    return found


def _mean_near(rows: Floats, near: int) -> Floats:
    """Mean over the rows before and after each and itself; (rows, columns) in order."""
    sums = np.vstack((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))
    places = np.arange(len(rows))
    low, high = np.maximum(places - near, 0), np.minimum(places + near + 1, len(rows))
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None])


def _line(column: Floats, target: Floats) -> Floats:
    centred = column - column.mean()
    slope = centred @ target / max(float(centred @ centred), 1e-300)
    return np.asarray(target.mean() + slope * centred)


def wrong_by_number(column: Floats, classes: Codes, count: int) -> float:
    """Share of each class, on average, outside the one range of numbers that suits it best."""
    present = [at for at in range(count) if np.any(classes == at)]
    middle = {at: float(np.median(column[classes == at])) for at in present}
    order = sorted(present, key=lambda at: middle[at])
    cuts = [
        _cut(column[classes == one], column[classes == other]) for one, other in pairwise(order)
    ]
    edges = np.maximum.accumulate(np.array(cuts)) if cuts else np.empty(0)
    said = np.array(order)[np.searchsorted(edges, column, side="left")]
    return float(np.mean([np.mean(said[classes == at] != at) for at in present]))


def _cut(low: Floats, high: Floats) -> float:
    """The number up to which a row is of the lower class with the fewest mistakes."""
    values = np.unique(np.concatenate((low, high)))
    below = np.searchsorted(np.sort(low), values, side="right") / len(low)
    above = np.searchsorted(np.sort(high), values, side="right") / len(high)
    best = int(np.argmax(below - above))
    after = values[min(best + 1, len(values) - 1)]
    return float((values[best] + after) / 2)


def spoken(codes: Codes, levels: int, classes: Codes, count: int) -> Codes:
    """The class that each code mostly stands for, every class weighing the same; (levels,)."""
    table = np.zeros((count, levels))
    np.add.at(table, (classes, codes), 1.0)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(share.argmax(axis=0))


def wrong_by_code(said: Codes, classes: Codes, count: int) -> float:
    """Share of each class, on average, that is taken for another."""
    present = [at for at in range(count) if np.any(classes == at)]
    return float(np.mean([np.mean(said[classes == at] != at) for at in present]))


def is_cut_from(numbers: Floats, codes: Codes, levels: int) -> bool:
    """Whether codes are ranges of numbers, cut where the numbers go on without a gap."""
    medians = [float(np.median(numbers[codes == at])) for at in range(levels)]
    wanted = np.argsort(medians, kind="stable")
    place = np.argsort(wanted)[codes]  # of each row's range among the ranges
    order = np.lexsort((place, numbers))
    if np.mean(np.sort(place) != place[order]) > SLIPS:
        return False
    values = np.unique(numbers)
    cuts = [_cut(numbers[place == at], numbers[place == at + 1]) for at in range(levels - 1)]
    seamless = sum(_is_seamless(values, int(np.searchsorted(values, cut))) for cut in cuts)
    return seamless > len(cuts) / 2


def _is_seamless(values: Floats, at: int) -> bool:
    """Whether the step to this place is like those around it, with many values on both sides."""
    low, high = values[max(at - _AROUND, 0) : at], values[at : at + _AROUND]
    if min(len(low), len(high)) < _AROUND // 2:
        return False
    usual = (low[-1] - low[0] + high[-1] - high[0]) / (len(low) + len(high) - 2)
    return bool(high[0] - low[-1] <= USUAL_STEPS * usual)
