"""Do rows thin out between groups? Where they do not, one crowd was only cut into parts."""

import numpy as np
from metrics import Codes, Floats

POINTS = 120
SMOOTH = 1.06  # Silverman's rule for how far a row is smeared
NO_VALLEY = 1.0
LEAST_POINTS = 3
LEAST_ROWS = 2
EMPTY = 1e-9


def valleys(points: Floats, labels: Codes, groups: int) -> Floats:
    """For each pair of groups how shallow the valley between them may be, (k, k).

    0: empty between them; 1 or more: no sure valley. Rows of both are seen along the line between
    their means, in a space in which groups are round: so along which they differ most.
    """
    depths = np.zeros((groups, groups))
    parts = [points[labels == at] for at in range(groups)]
    for one in range(groups):
        for other in range(one):
            seen = valley(parts[one], parts[other])
            depths[one, other] = depths[other, one] = seen
    return depths


def valley(one: Floats, other: Floats) -> float:
    """How many rows there are at the emptiest place between two groups' middles.

    As a share of how many there are at the lower of the two peaks beside it, and by a standard
    error more: among few rows a gap is soon there by chance.
    """
    if min(len(one), len(other)) < LEAST_ROWS:
        return NO_VALLEY
    line = other.mean(axis=0) - one.mean(axis=0)
    return _between(one @ line, other @ line)


def _between(left: Floats, right: Floats) -> float:
    """The same along a line on which the right group has the higher mean."""
    start, end = float(np.median(left)), float(np.median(right))
    width = SMOOTH * min(float(left.std()), float(right.std())) * min(len(left), len(right)) ** -0.2
    width = max(width, 0.01 * (end - start))
    if width <= 0:
        return NO_VALLEY
    both = np.concatenate([left, right])
    low, high = np.quantile(both, (0.01, 0.99))
    places = np.linspace(min(start, low), max(end, high), POINTS)
    near = np.exp(-0.5 * ((places[:, None] - both) / width) ** 2)
    crowd = near.sum(axis=1)
    between = np.flatnonzero((places >= start) & (places <= end))
    if len(between) < LEAST_POINTS:
        return NO_VALLEY
    lowest = int(between[crowd[between].argmin()])
    peaks = (int(crowd[: lowest + 1].argmax()), lowest + int(crowd[lowest:].argmax()))
    peak = min(peaks, key=lambda at: crowd[at])
    if crowd[lowest] < EMPTY * crowd[peak]:
        return 0.0
    unsure = np.sqrt((near[[lowest, peak]] ** 2).sum(axis=1) / crowd[[lowest, peak]] ** 2)
    return float(crowd[lowest] / crowd[peak] * np.exp(np.hypot(*unsure)))
