"""Indices of a grouping, counted as scikit-learn counts them, and of how two groupings agree."""

from collections.abc import Iterator

import numpy as np
from metrics import Codes, Floats

BLOCK = 512  # rows whose distances are held at a time


def agreement(one: Codes, other: Codes) -> float:
    """Adjusted Rand index: 1 for the same groups, about 0 for groups that agree by chance."""
    table = _crossed(one, other)
    both = _pairs(table).sum()
    first, second = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    chance = first * second / max(_pairs(np.array([table.sum()], dtype=float)).sum(), 1.0)
    most = (first + second) / 2
    return 1.0 if most == chance else float((both - chance) / (most - chance))


def kept_together(one: Codes, other: Codes) -> float:
    """Prediction strength: how many pairs of each group of `one` are together in `other`, too.

    A share; the worst group's. Groups of a single row are not asked.
    """
    table = _crossed(one, other)
    size = table.sum(axis=1)
    asked = size > 1
    together = _pairs(table).sum(axis=1)[asked] / _pairs(size[asked])
    return float(together.min()) if asked.any() else 0.0


def silhouettes(points: Floats, labels: Codes) -> Floats:
    """For each row how much nearer its own group is than the next, from -1 to 1, (n,).

    Rows alone in their group have 0, as all have where there is one group.
    """
    return _silhouettes(_distances(points), labels)


def silhouettes_of_distances(distances: Floats, labels: Codes) -> Floats:
    """The same from distances between all rows, (n, n)."""
    blocks = (distances[at : at + BLOCK] for at in range(0, len(distances), BLOCK))
    return _silhouettes(blocks, labels)


def davies_bouldin(points: Floats, labels: Codes) -> float:
    """How wide groups are against how far apart, of each with the nearest like; lower is better.

    NaN with one group.
    """
    groups = np.unique(labels)
    if len(groups) < 2:  # noqa: PLR2004 - nothing to compare
        return float("nan")
    centres = np.stack([points[labels == one].mean(axis=0) for one in groups])
    widths = np.array(
        [
            np.linalg.norm(points[labels == one] - centre, axis=1).mean()
            for one, centre in zip(groups, centres, strict=True)
        ]
    )
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    ratios = (widths[:, None] + widths[None]) / np.maximum(apart, 1e-300)
    return float(ratios.max(axis=1).mean())


def calinski_harabasz(points: Floats, labels: Codes) -> float:
    """Spread between groups against spread in them; higher is better. NaN with one group."""
    groups = np.unique(labels)
    if not 1 < len(groups) < len(points):
        return float("nan")
    middle = points.mean(axis=0)
    within, between = 0.0, 0.0
    for one in groups:
        rows = points[labels == one]
        centre = rows.mean(axis=0)
        within += float(((rows - centre) ** 2).sum())
        between += len(rows) * float(((centre - middle) ** 2).sum())
    if within == 0:
        return float("nan")
    return between / within * (len(points) - len(groups)) / (len(groups) - 1)


def _silhouettes(blocks: Iterator[Floats], labels: Codes) -> Floats:
    groups, own = np.unique(labels, return_inverse=True)
    sizes = np.bincount(own)
    found = np.zeros(len(labels))
    if len(groups) < 2:  # noqa: PLR2004 - there is no next group
        return found
    marks = np.eye(len(groups))[own]
    start = 0
    for distances in blocks:
        rows = np.arange(start, start + len(distances))
        sums, mine = distances @ marks, own[rows]
        inside = sums[np.arange(len(rows)), mine] / np.maximum(sizes[mine] - 1, 1)
        means = sums / sizes
        means[np.arange(len(rows)), mine] = np.inf
        outside = means.min(axis=1)
        widest = np.maximum(np.maximum(inside, outside), 1e-300)
        found[rows] = np.where(sizes[mine] > 1, (outside - inside) / widest, 0.0)
        start += len(distances)
    return found


def _distances(points: Floats) -> Iterator[Floats]:
    """Distances of a block of rows to all, block by block."""
    squares = (points**2).sum(axis=1)
    for at in range(0, len(points), BLOCK):
        block = points[at : at + BLOCK]
        near = squares[at : at + BLOCK, None] + squares - 2.0 * block @ points.T
        near[np.arange(len(block)), np.arange(at, at + len(block))] = 0.0
        yield np.sqrt(np.maximum(near, 0.0))


def _crossed(one: Codes, other: Codes) -> Floats:
    """How many rows each pair of groups shares."""
    first = np.unique(one, return_inverse=True)[1]
    second = np.unique(other, return_inverse=True)[1]
    size = int(second.max()) + 1
    counts = np.bincount(first * size + second, minlength=(int(first.max()) + 1) * size)
    return counts.reshape(-1, size).astype(np.float64)


def _pairs(counts: Floats) -> Floats:
    return counts * (counts - 1) / 2
