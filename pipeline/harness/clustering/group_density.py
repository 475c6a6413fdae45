"""Groups of odd shapes: crowds that empty space keeps apart, however they bend.

Such groups are only believed where they are plain to see: hardly a row is left between them, every
row's neighbours are of its own group, and they come back when rows are missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from group_indices import agreement
from group_neighbours import LEAST, NEAR, Neighbours, distances
from metrics import Codes, Floats

Way: TypeAlias = Callable[[Floats], Codes | None]

CLUSTER_SHARES = (0.02, 0.05, 0.1)  # smallest crowd, as a share of the rows
CROWD = 5
MOST_LOOSE = 0.1  # share of the rows in no crowd
PURE = 0.98  # share of the rows whose neighbours are all of their own group
EMPTY = 1.0  # the way to another group against that to a near row of the own one
STABLE = 0.85
ALIKE = 0.95  # agreement of two groupings that are one
REFITS = 4
KEPT = 0.7
MOST_SPECTRAL = 2_000  # rows
SPECTRAL = (2, 3, 4, 5)
TWO = 2


@dataclass(frozen=True, slots=True)
class Crowds:
    """Groups found by density: labels (n,), and how plain they are."""

    title: str
    labels: Codes
    purity: float
    stability: float

    @property
    def groups(self) -> int:
        """How many."""
        return int(self.labels.max()) + 1


def crowds(points: Floats, numbers: range, *, seed: int, least: int) -> list[Crowds]:
    """Plain groups of the (n, p) points, the purest first; none where there are none.

    `numbers` are the allowed numbers of groups, `least` the rows that a group needs.
    """
    found: list[Crowds] = []
    for title, way in _ways(len(points), seed).items():
        labels = way(points)
        if labels is None:
            continue
        groups, sizes = int(labels.max()) + 1, np.bincount(labels)
        known = any(agreement(labels, one.labels) > ALIKE for one in found)
        if groups not in numbers or sizes.min() < least or known:
            continue
        pure = purity(points, labels)
        if pure < PURE or emptiness(points, labels) < EMPTY:
            continue
        stable = _stability(points, labels, way, seed)
        if stable >= STABLE:
            found.append(Crowds(title, labels, pure, stable))
    return sorted(found, key=lambda one: -one.purity)


def purity(points: Floats, labels: Codes) -> float:
    """Share of the rows whose nearest neighbours are all of their own group."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 - slow to import

    near = NearestNeighbors(n_neighbors=min(NEAR + 1, len(points))).fit(points)
    places = near.kneighbors(points, return_distance=False)
    return float((labels[places] == labels[:, None]).all(axis=1).mean())


def emptiness(points: Floats, labels: Codes) -> float:
    """How far the nearest row of another group is, in steps between rows of one group.

    The shortest way out (but for 1 % of the rows) against the longest step to a row's fifth
    neighbour (but for 5 %).
    """
    away = distances(points, points)
    np.fill_diagonal(away, np.inf)
    same = labels[:, None] == labels
    out = np.where(same, np.inf, away).min(axis=1)
    inside = np.partition(np.where(same, away, np.inf), NEAR - 1, axis=1)[:, NEAR - 1]
    return float(np.quantile(out, 0.01) / max(float(np.quantile(inside, 0.95)), LEAST))


def _ways(rows: int, seed: int) -> dict[str, Way]:
    """Ways of finding crowds, by what they are called."""
    ways: dict[str, Way] = {
        f"density (HDBSCAN, crowds of at least {share:.0%} of the rows)": partial(
            _hdbscan, share=share
        )
        for share in CLUSTER_SHARES
    }
    if rows <= MOST_SPECTRAL:
        ways |= {
            f"spectral clustering into {groups}": partial(_spectral, groups=groups, seed=seed)
            for groups in SPECTRAL
        }
    return ways


def _hdbscan(points: Floats, share: float) -> Codes | None:
    """Labels from 0, loose rows with their neighbours; None where too many are loose."""
    from sklearn.cluster import HDBSCAN  # noqa: PLC0415 - slow to import

    size = max(round(share * len(points)), CROWD)
    if size * TWO > len(points):
        return None
    found = HDBSCAN(min_cluster_size=size, min_samples=CROWD, copy=True).fit(points).labels_
    labels = np.asarray(found, dtype=np.int64)
    loose = labels < 0
    if loose.mean() > MOST_LOOSE or labels.max() < 1:
        return None
    nearest = Neighbours(points[~loose], labels[~loose])
    labels[loose] = nearest.labels_of(points[loose])
    return labels


def _spectral(points: Floats, groups: int, seed: int) -> Codes | None:
    """Cut the web of nearest neighbours where it is thinnest."""
    from sklearn.cluster import SpectralClustering  # noqa: PLC0415 - slow to import
    from sklearn.neighbors import kneighbors_graph  # noqa: PLC0415

    if len(points) <= groups * NEAR:
        return None
    near = kneighbors_graph(points, min(2 * NEAR, len(points) - 1), include_self=True)
    web = 0.5 * (near + near.T)
    model = SpectralClustering(
        groups, affinity="precomputed", assign_labels="cluster_qr", random_state=seed
    )
    return _numbered(np.asarray(model.fit(web).labels_, dtype=np.int64))


def _numbered(labels: Codes) -> Codes:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _stability(points: Floats, labels: Codes, way: Way, seed: int) -> float:
    """Mean agreement with the same on some of the rows, where that finds anything."""
    draw = np.random.default_rng(seed)
    agreed = []
    for _ in range(REFITS):
        places = np.sort(draw.permutation(len(points))[: round(KEPT * len(points))])
        part = way(points[places])
        agreed.append(0.0 if part is None else agreement(labels[places], part))
    return float(np.mean(agreed))
