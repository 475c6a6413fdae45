"""Which class is said, given the probabilities: the likeliest, unless there is reason not to.

F1 counts rare classes as much as common ones, and the likeliest class is seldom a rare one. So
each class may count by a power of its rarity, one knob. And where a person says which mistake is
worse, the positive of two classes is said from another probability on. Both are set on answers by
models that never saw the row.
"""

import numpy as np
import numpy.typing as npt
from config import Care
from metrics import Classified, Codes, Floats, value_of

DECIDED = frozenset(("f1", "macro_f1"))  # metrics that gain when rare classes are said more often
TILTS = np.linspace(0.0, 1.0, 21)
NEIGHBOURS = 3  # on either side: the single best tilt is mostly luck of a few rows
LEAST_GAIN = 0.005  # for less, the likeliest class is said, as anybody expects
WEIGHT = {"misses": 2.0, "false_alarms": 0.5}  # beta: how many times recall counts as precision
CUTS = 1 / (1 + np.exp(-np.linspace(-5.0, 5.0, 101)))
NEAR_CUTS = 5
EVEN = 0.5
NUDGE = 1.5  # times the odds: whoever asks for fewer mistakes of a kind gets fewer
WORTH_IT = 0.02  # of F-beta: what looking at the row has to add
EQUAL = 1e-9


def learn_favour(metric: str, rows: Classified, care: Care | None = None) -> tuple[float, ...]:
    """A factor for each class's probability, by `rows` of unseen answers; () to change nothing."""
    favour = _for_metric(metric, rows)
    if care is None or rows.positive is None or len(rows.classes) != 2:  # noqa: PLR2004
        return favour
    factors = np.array(favour or (1.0, 1.0))
    odds = factors[1 - rows.positive] / factors[rows.positive]
    cut = careful_cut(rows, care, usual=odds / (1 + odds))
    factors[rows.positive], factors[1 - rows.positive] = (1 - cut) / cut, 1.0
    return tuple(factors.tolist())


def careful_cut(rows: Classified, care: Care, usual: float = EVEN) -> float:
    """The probability from which the positive class is said so that the worse mistake is rarer.

    It is where F-beta is best on these unseen answers, and at least a little off the usual one.
    Where always saying the positive class is as good, a miss counts as so many false alarms.
    """
    if rows.positive is None:
        raise ValueError("a cut needs a positive class")
    chance, true = rows.chances[:, rows.positive], rows.truth == rows.positive
    beta = WEIGHT[care] ** 2
    smooth = _smooth(np.array([_f_beta(chance >= cut, true, beta) for cut in CUTS]), NEAR_CUTS)
    best = CUTS[smooth >= smooth.max() - EQUAL]
    cut = float(best[np.abs(best - usual).argmin()])
    if smooth.max() < _f_beta(np.ones_like(true), true, beta) + WORTH_IT:
        cut = 1 / (1 + beta)
    if care == "misses":
        return min(cut, _moved(usual, 1 / NUDGE))
    wanted = max(cut, _moved(usual, NUDGE))
    return wanted if np.any(chance >= wanted) else usual


def _f_beta(said: npt.NDArray[np.bool_], true: npt.NDArray[np.bool_], beta_squared: float) -> float:
    hits = (1 + beta_squared) * float(np.sum(said & true))
    misses, alarms = float(np.sum(~said & true)), float(np.sum(said & ~true))
    return hits / max(hits + beta_squared * misses + alarms, EQUAL)


def _moved(cut: float, times: float) -> float:
    """The probability with so many times the odds."""
    odds = times * cut / max(1 - cut, EQUAL)
    return odds / (1 + odds)


def said_of(chances: Floats, favour: tuple[float, ...]) -> Codes:
    """The place of the class that is said in each row of (rows, classes) probabilities."""
    return np.asarray((chances * (favour or 1.0)).argmax(axis=1), dtype=np.int64)


def _for_metric(metric: str, rows: Classified) -> tuple[float, ...]:
    if metric not in DECIDED:
        return ()
    share = np.bincount(rows.truth, minlength=len(rows.classes)) / len(rows)
    rarity = share.max() / np.maximum(share, 1.0 / len(rows))
    values = [_reached(metric, rows, rarity**tilt) for tilt in TILTS]
    smooth = _smooth(np.array(values), NEIGHBOURS)
    best = int(smooth.argmax())
    if smooth[best] < values[0] + LEAST_GAIN:
        return ()
    return tuple((rarity ** TILTS[best]).tolist())


def _smooth(values: Floats, near: int) -> Floats:
    """Each value as the mean of its neighbourhood."""
    padded = np.pad(values, near, mode="edge")
    return np.convolve(padded, np.full(2 * near + 1, 1 / (2 * near + 1)), "valid")


def _reached(metric: str, rows: Classified, factors: Floats) -> float:
    said = said_of(rows.chances, tuple(factors.tolist()))
    return value_of(metric, Classified(rows.classes, rows.truth, said, rows.chances, rows.positive))
