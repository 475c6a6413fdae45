"""First guesses at groups, from which mixtures are improved: from several views of the rows.

One view alone misses what another shows: columns of noise hide groups from k-means on all columns,
not from k-means on the columns that show several heaps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from group_fitting import Matter
from group_means import k_means
from group_space import plain_space
from metrics import Codes, Floats
from trait_forms import has_groups

FEW_DIRECTIONS, MOST_DIRECTIONS = 5, 10
FLAT = 1e-3  # a direction with less spread than this share of the widest says nothing
MOST_JOINED = 2_500  # rows; joining them one by one takes the square of them
MOST_TESTED = 40  # columns that are looked at for heaps


@dataclass(frozen=True, slots=True)
class Looks:
    """Views of n rows, each (n, some columns), and the order in which near rows were joined."""

    views: tuple[Floats, ...]
    joined: Floats | None

    def guesses(self, groups: int, seed: int, tries: int = 2) -> Iterator[Codes]:
        """Labels of so many groups, from each view."""
        if groups == 1:
            yield np.zeros(len(self.views[0]), dtype=np.int64)
            return
        for view in self.views:
            yield k_means(view, groups, seed=seed, tries=tries).labels
        if self.joined is not None:
            yield cut(self.joined, groups)


def looks_of(matter: Matter) -> Looks:
    """All views of the rows."""
    plain = plain_space(matter.rows).points(matter.rows)
    views = [plain]
    numbers = matter.rows.numbers
    if numbers.shape[1] > 1:
        if np.ptp(matter.ground.own) > 0:
            views.append(numbers / np.sqrt(matter.ground.own))
        left, sizes, _ = np.linalg.svd(numbers - numbers.mean(axis=0), full_matrices=False)
        known = left[:, sizes > FLAT * sizes[0]]
        views += _directions(known, sizes)
        for columns in (numbers, known[:, :MOST_DIRECTIONS]):
            heaped = _heaped(columns)
            if heaped.any() and not heaped.all():
                views.append(columns[:, heaped])
    return Looks(tuple(views), join(plain) if len(plain) <= MOST_JOINED else None)


def join(view: Floats) -> Floats:
    """The order in which Ward's method joins rows, (n - 1, 4)."""
    from scipy.cluster.hierarchy import linkage  # noqa: PLC0415 - slow to import

    return np.asarray(linkage(view, "ward"))


def cut(joined: Floats, groups: int) -> Codes:
    """Labels from 0 of at most so many groups."""
    from scipy.cluster.hierarchy import fcluster  # noqa: PLC0415 - slow to import

    return np.asarray(fcluster(joined, groups, "maxclust"), dtype=np.int64) - 1


def _directions(known: Floats, sizes: Floats) -> list[Floats]:
    """The widest directions, all alike, so that small ones count, and two as wide as they are."""
    views = [known[:, :FEW_DIRECTIONS]]
    if known.shape[1] > 2:  # noqa: PLR2004 - else the plain view shows as much
        views.append(known[:, :2] * sizes[:2])
    return views


def _heaped(numbers: Floats) -> Codes:
    """Which columns show several heaps on their own."""
    tested = min(numbers.shape[1], MOST_TESTED)
    found = [has_groups(numbers[:, at]) for at in range(tested)]
    return np.array(found + [False] * (numbers.shape[1] - tested), dtype=np.bool_)
