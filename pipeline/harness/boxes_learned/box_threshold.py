"""From which score on a box is said: chosen where the truth is known and nothing was learned."""

from collections.abc import Sequence

import numpy as np
from box_counts import Matches, mean_precision
from metrics import Floats

TRIED = tuple(round(0.02 * step, 2) for step in range(1, 48))
UNSURE = 0.5  # where nothing found is right, only what the model itself thinks likelier than not
KEPT = 0.97  # of the mean average precision, which counts unsure boxes in favour


def best_threshold(matches: Sequence[Matches], pictures: int) -> float:
    """The one with the best balance of found and right that keeps nearly all of the precision."""
    whole = _precision(matches, pictures)
    if not whole > 0:
        return UNSURE
    allowed = [
        threshold
        for threshold in TRIED
        if _precision([one.above(threshold) for one in matches], pictures) >= KEPT * whole
    ]
    return max(allowed, key=lambda threshold: balance(matches, threshold), default=TRIED[0])


def balance(matches: Sequence[Matches], threshold: float) -> float:
    """The mean F1 of all labels that are there, at the loosest overlap."""
    values = [_f1(one, threshold) for one in matches if one.there.sum()]
    return float(np.mean(values)) if values else 0.0


def found_and_right(one: Matches, threshold: float) -> tuple[float, float | None]:
    """Which share of the marked boxes is found, and which share of the found ones is right."""
    said = one.above(threshold)
    hits = float(said.right[0].sum())
    there, found = float(one.there.sum()), len(said.scores)
    return (hits / there if there else 0.0), (hits / found if found else None)


def _f1(one: Matches, threshold: float) -> float:
    said = one.above(threshold)
    both = float(one.there.sum()) + len(said.scores)
    return 2 * float(said.right[0].sum()) / both if both else 0.0


def _precision(matches: Sequence[Matches], pictures: int) -> float:
    weights: Floats = np.ones(pictures)
    return float(mean_precision(matches, weights, 10))
