"""A grouping that is known by its rows: a new row belongs where its neighbours do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from metrics import Codes, Floats

NEAR = 5
BLOCK = 256
LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Known rows, (m, p), and their groups, (m,)."""

    points: Floats
    labels: Codes

    def __len__(self) -> int:
        return int(self.labels.max()) + 1

    def shares(self, points: Floats) -> Floats:
        """Shares of each group among the nearest known rows, nearer ones counting more, (n, k)."""
        marks = np.eye(len(self))[self.labels]
        count = min(NEAR, len(self.points))
        found = np.empty((len(points), len(self)))
        for at in range(0, len(points), BLOCK):
            far = distances(points[at : at + BLOCK], self.points)
            near = np.argpartition(far, count - 1, axis=1)[:, :count]
            weights = 1.0 / (np.take_along_axis(far, near, axis=1) + LEAST)
            votes = (weights[:, :, None] * marks[near]).sum(axis=1)
            found[at : at + BLOCK] = votes / votes.sum(axis=1, keepdims=True)
        return found

    def labels_of(self, points: Floats) -> Codes:
        """The likeliest group of each row."""
        return np.asarray(self.shares(points).argmax(axis=1), dtype=np.int64)

    def steps(self, points: Floats) -> Floats:
        """Between each two rows the longest step on the way from known row to known row, (n, n).

        So two ends of a bent group are near, and two groups as far as the gap between them.
        """
        from scipy.cluster.hierarchy import cophenet, linkage  # noqa: PLC0415 - slow to import
        from scipy.spatial.distance import squareform  # noqa: PLC0415

        ways = squareform(cophenet(linkage(self.points, "single")))
        near = distances(points, self.points)
        first = near.argmin(axis=1)
        away = near.min(axis=1)
        longest = np.maximum(ways[np.ix_(first, first)], np.maximum(away[:, None], away))
        np.fill_diagonal(longest, 0.0)
        return np.asarray(longest)

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Everything as plain arrays."""
        return {"points": self.points, "labels": self.labels}


def neighbours_of(arrays: Mapping[str, np.ndarray[Any, Any]]) -> Neighbours:
    """What `arrays` gave."""
    return Neighbours(arrays["points"], arrays["labels"])


def distances(points: Floats, others: Floats) -> Floats:
    """Distances between two sets of points, (n, m)."""
    squares = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(squares - 2.0 * points @ others.T, 0.0)))
