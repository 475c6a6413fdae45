"""Which class is said, given the probabilities: the likeliest, unless the metric asks otherwise.

F1 counts rare classes as much as common ones, and the likeliest class is seldom a rare one. So
each class may count by a power of its rarity, one knob, set on answers by models that never saw
the row.
"""

import numpy as np
from metrics import Classified, Codes, Floats, value_of

DECIDED = frozenset(("f1", "macro_f1"))  # metrics that gain when rare classes are said more often
TILTS = np.linspace(0.0, 1.0, 21)
NEIGHBOURS = 3  # on either side: the single best tilt is mostly luck of a few rows
LEAST_GAIN = 0.005  # for less, the likeliest class is said, as anybody expects


def learn_favour(metric: str, rows: Classified) -> tuple[float, ...]:
    """A factor for each class's probability, by `rows` of unseen answers; () to change nothing."""
    if metric not in DECIDED:
        return ()
    share = np.bincount(rows.truth, minlength=len(rows.classes)) / len(rows)
    rarity = share.max() / np.maximum(share, 1.0 / len(rows))
    values = [_reached(metric, rows, rarity**tilt) for tilt in TILTS]
    padded = np.pad(np.array(values), NEIGHBOURS, mode="edge")
    smooth = np.convolve(padded, np.full(2 * NEIGHBOURS + 1, 1 / (2 * NEIGHBOURS + 1)), "valid")
    best = int(smooth.argmax())
    if smooth[best] < values[0] + LEAST_GAIN:
        return ()
    return tuple((rarity ** TILTS[best]).tolist())


def said_of(chances: Floats, favour: tuple[float, ...]) -> Codes:
    """The place of the class that is said in each row of (rows, classes) probabilities."""
    return np.asarray((chances * (favour or 1.0)).argmax(axis=1), dtype=np.int64)


def _reached(metric: str, rows: Classified, factors: Floats) -> float:
    said = said_of(rows.chances, tuple(factors.tolist()))
    return value_of(metric, Classified(rows.classes, rows.truth, said, rows.chances, rows.positive))
