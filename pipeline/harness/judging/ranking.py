"""How often the right thing scores above the wrong one: area under the ROC curve, on weights."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Hits: TypeAlias = npt.NDArray[np.bool_]


def mean_area(columns: Sequence[tuple[Floats, Hits]]) -> Callable[[Floats], Floats]:
    """The mean area of some columns of scores and hits, those without both kinds left out.

    The order of the rows is found once for all weights, of shape (…, rows).
    """
    areas = [_area(scores, hits) for scores, hits in columns]

    def area(weights: Floats) -> Floats:
        values = np.array([one(weights) for one in areas])
        known = np.isfinite(values)
        count = known.sum(axis=0)
        total = np.where(known, values, 0.0).sum(axis=0)
        return np.asarray(total / np.where(count > 0, count, np.nan))

    return area


def _area(scores: Floats, hits: Hits) -> Callable[[Floats], Floats]:
    """Chance that a hit scores above a miss, ties counting half; NaN without both."""
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)
    hit = hits[order]

    def area(weights: Floats) -> Floats:
        ordered = weights[..., order]
        up = np.add.reduceat(ordered * hit, starts, axis=-1)
        down = np.add.reduceat(ordered * ~hit, starts, axis=-1)
        pairs = up.sum(axis=-1) * down.sum(axis=-1)
        below = np.cumsum(down, axis=-1) - down
        return np.asarray(
            (up * (below + down / 2)).sum(axis=-1) / np.where(pairs > 0, pairs, np.nan)
        )

    return area
