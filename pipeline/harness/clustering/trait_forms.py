"""How one column of numbers is best compared, and whether it says what others do not."""

from collections.abc import Iterator

import numpy as np
from group_fitting import Fitted, Matter, can_have, fit, matter_of, started
from group_means import k_means
from group_shapes import TILTED
from group_valleys import valley
from metrics import Codes, Floats
from mixtures import Rows

EDGE = 0.02  # this share of the rows at either end does not set the scale
BEYOND = 1.5  # times the range of the others: what lies farther is cut there
SKEWED = 1.0  # a normal column has a skewness of 0, an exponential one of 2
SURELY = 10.0  # a difference in BIC that counts as very strong
MOST_GROUPS = 4
FEW_VALUES = 15
MOST_ROWS = 1_000
ROUNDS = 60
REPEATED = 0.98  # correlation from which a column only repeats another
DEEP = 0.6  # a valley that parts two heaps


def bounds(values: Floats) -> tuple[float, float]:
    """Values beyond these are so far off that they would decide everything."""
    low, high = np.quantile(values, (EDGE, 1 - EDGE))
    if low == high:  # nearly all are one value: cutting would take the rest
        return float(values.min()), float(values.max())
    return float(low - BEYOND * (high - low)), float(high + BEYOND * (high - low))


def shift_for_log(values: Floats) -> float | None:
    """What to add before taking logarithms; None where the column is better as it is.

    Logarithms are taken of skewed columns that a few clouds describe much better then. So groups
    of unequal size, which also look skewed, stay where they are.
    """
    if len(np.unique(values)) < FEW_VALUES or values.min() < 0 or skewness(values) < SKEWED:
        return None
    shift = 0.0 if values.min() > 0 else float(np.quantile(values[values > 0], 0.1)) / 2
    some = values[_spread(len(values))]
    logs = np.log(some + shift)
    stretched = 2 * float(logs.sum())  # densities of logarithms, told in the column's own unit
    return shift if described(logs)[0] + stretched < described(some)[0] - SURELY else None


def has_groups(values: Floats) -> bool:
    """Whether several clouds describe a column much better than one."""
    best, alone = described(values[_spread(len(values))])
    return best < alone - SURELY


def tells_more(told: Floats, rest: Floats) -> bool:
    """Whether what is left of a column, `rest`, shows groups, alone or beside what others told.

    What goes with nothing and has no heaps of its own is noise, however it is spread.
    """
    some = _spread(len(told))
    both = np.column_stack([_scaled(told[some]), _scaled(rest[some])])
    best, alone = described(both[:, 1])
    if best < alone - SURELY and _is_parted(both[:, 1]):
        return True
    rows = Rows(both, np.empty((len(both), 0), np.int64), ())
    matter = matter_of(rows, np.array([step_of(column) for column in both.T]), np.ones(2))
    apart = described(both[:, 0])[0] + best
    return any(one.bic < apart - SURELY for one in _joint(matter))


def _joint(matter: Matter) -> Iterator[Fitted]:
    """Clouds in two columns together."""
    for groups in range(2, MOST_GROUPS + 1):
        start = started(k_means(matter.rows.numbers, groups, seed=0, tries=2).labels, groups)
        for shape in TILTED:
            if can_have(shape, matter, groups):
                yield fit(matter, start, shape, rounds=ROUNDS)


def _is_parted(values: Floats) -> bool:
    """Whether a column falls into two heaps with hardly a row between."""
    left = _by_gaps(values, 2) == 0
    return valley(values[left, None], values[~left, None]) < DEEP


def _scaled(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (float(values.std()) or 1.0))


def described(values: Floats) -> tuple[float, float]:
    """BIC of the best of up to four clouds along one column, and of one alone."""
    scale = float(values.std()) or 1.0
    scaled = (values - values.mean()) / scale
    rows = Rows(scaled[:, None], np.empty((len(values), 0), np.int64), ())
    matter = matter_of(rows, np.array([step_of(scaled)]), np.ones(1))
    order = np.argsort(np.argsort(scaled, kind="stable"), kind="stable")
    unit = 2 * len(values) * float(np.log(scale))
    found = []
    for groups in range(1, MOST_GROUPS + 1):
        starts = [order * groups // len(values), _by_gaps(scaled, groups)]
        fits = [fit(matter, started(one, groups), "balls", rounds=ROUNDS) for one in starts]
        found.append(min(one.bic for one in fits) + unit)
    return min(found), found[0]


def skewness(values: Floats) -> float:
    """Third moment over the third power of the deviation; 0 where all are alike."""
    away = values - values.mean()
    deviation = float(values.std())
    return float((away**3).mean() / deviation**3) if deviation else 0.0


def step_of(values: Floats) -> float:
    """The usual distance between neighbouring different values: how finely they are told."""
    different = np.unique(values)
    return float(np.median(np.diff(different))) if len(different) > 1 else 0.0


def _by_gaps(values: Floats, groups: int) -> Codes:
    """Parts of equal width, which find a small group far off."""
    edges = np.linspace(values.min(), values.max(), groups + 1)[1:-1]
    return np.searchsorted(edges, values).astype(np.int64)


def _spread(count: int) -> Codes:
    """Places of at most MOST_ROWS rows, spread evenly."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_ROWS)).astype(np.int64))


def same_codes(codes: Codes, others: Codes) -> bool:
    """Whether every value of one category goes with one value of the other, and back."""
    both = (codes >= 0) & (others >= 0)
    if both.sum() < len(codes) / 2:
        return False
    pairs, counts = np.unique(codes[both] * 1000 + others[both], return_counts=True)
    usual = pairs[counts > (1 - REPEATED) * both.sum() / len(pairs)]
    size = max(len(np.unique(codes[both])), len(np.unique(others[both])))
    alone = len(np.unique(usual // 1000)) == len(np.unique(usual % 1000)) == len(usual)
    return alone and len(usual) == size
