"""Missing numbers from the others: one ridge regression a column."""

from collections.abc import Sequence

import numpy as np
from metrics import Floats

STIFF = 1.0  # rows that a regression is held back by


def learn_fill(numbers: Sequence[Floats], rows: int) -> Floats:
    """Weights (columns, columns) that tell each column with gaps by the others.

    `numbers` are scaled columns of `rows` values; while learning, gaps count as the mean.
    """
    count = len(numbers)
    fill = np.zeros((count, count))
    filled = np.nan_to_num(np.column_stack(numbers)) if numbers else np.empty((rows, 0))
    for at, values in enumerate(numbers):
        known = ~np.isnan(values)
        others = [other for other in range(count) if other != at]
        if known.all() or not others:
            continue
        given = filled[known][:, others]
        held = given.T @ given + STIFF * np.eye(len(others))
        fill[others, at] = np.linalg.solve(held, given.T @ values[known])
    return fill
