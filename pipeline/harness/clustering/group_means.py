"""k-means, as plain as it is: means are drawn from the rows, far from each other, and improved."""

from dataclasses import dataclass

import numpy as np
from group_neighbours import distances
from metrics import Codes, Floats

ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Means:
    """The means of groups, (k, p), the nearest of each row, (n,), and the squares left over."""

    means: Floats
    labels: Codes
    left: float


def k_means(points: Floats, groups: int, *, seed: int, tries: int) -> Means:
    """The best of several tries on (n, p) points; a group may stay empty where rows repeat."""
    draw = np.random.default_rng(seed)
    found = [_improved(points, _drawn(points, groups, draw)) for _ in range(tries)]
    return min(found, key=lambda one: one.left)


def _drawn(points: Floats, groups: int, draw: np.random.Generator) -> Floats:
    """Rows as first means: each likelier the farther it is from those drawn before.

    Of a few drawn for each place, the one that leaves least is taken.
    """
    candidates = 2 + int(np.log(groups))
    chosen = [int(draw.integers(len(points)))]
    nearest = distances(points, points[chosen])[:, 0] ** 2
    while len(chosen) < groups:
        total = float(nearest.sum())
        chances = nearest / total if total > 0 else np.full(len(points), 1 / len(points))
        some = draw.choice(len(points), size=candidates, p=chances)
        left = np.minimum(distances(points, points[some]) ** 2, nearest[:, None])
        best = int(left.sum(axis=0).argmin())
        chosen.append(int(some[best]))
        nearest = left[:, best]
    return np.asarray(points[chosen], dtype=np.float64)


def _improved(points: Floats, means: Floats) -> Means:
    """Rows to their nearest mean and means to the middle of their rows, in turns."""
    labels = np.full(len(points), -1, dtype=np.int64)
    for _ in range(ROUNDS):
        away = distances(points, means)
        nearest = np.asarray(away.argmin(axis=1), dtype=np.int64)
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        sizes = np.bincount(labels, minlength=len(means))
        sums = np.eye(len(means))[labels].T @ points
        means = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], means)
    left = float((distances(points, means)[np.arange(len(points)), labels] ** 2).sum())
    return Means(means, labels, left)
