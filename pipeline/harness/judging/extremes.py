"""A few rows so far off that they alone decide a squared error, and how the others do."""

from dataclasses import dataclass

import numpy as np
from figures_form import number, rows_of, share
from metrics import Measured

FEWEST = 20
PART = 0.01  # of the rows, the farthest off
WEIGHT = 0.5  # of all squared error that they make up
FAR = 10.0  # times as far off as three of four rows
DECIDED = ("rmse", "r2")


@dataclass(frozen=True, slots=True)
class Extremes:
    """The rows farthest off: how many, their share of the squared error, and what is typical."""

    rows: int
    share: float
    typical: float

    @property
    def told(self) -> str:
        """What that means for the score."""
        some = "1 row makes" if self.rows == 1 else f"{rows_of(self.rows)} make"
        return (
            f"{some} up {share(self.share)} of the squared error: the score is theirs. Half of all"
            f" rows are off by less than {number(self.typical)}."
        )


def extremes_of(outcome: Measured) -> Extremes | None:
    """None where the error is spread over the rows as usual."""
    errors = np.sort(np.abs(outcome.truth - outcome.said))
    if len(errors) < FEWEST:
        return None
    count = max(1, int(PART * len(errors)))
    far, usual = errors[-count:], float(np.quantile(errors, 0.75))
    whole = float(np.sum((errors / (errors[-1] or 1.0)) ** 2))
    part = float(np.sum((far / (errors[-1] or 1.0)) ** 2)) / (whole or 1.0)
    if part < WEIGHT or far[-1] <= FAR * usual:
        return None
    return Extremes(count, part, float(np.median(errors)))


def with_the_middle(outcome: Measured) -> Measured:
    """The best that one number for all rows can do for the mean error."""
    return Measured(outcome.truth, np.full(len(outcome), float(np.median(outcome.truth))))
