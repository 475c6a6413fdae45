"""Which word stands for which: IBM model 2 with a favoured diagonal, learned both ways, and joined.

Brown et al. 1993; the diagonal after Dyer, Chahuneau and Smith 2013; the joining ("grow-diag-final
-and") after Koehn, Och and Marcu 2003. All links of all sentence pairs are counted together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from metrics import Floats

Words = npt.NDArray[np.int64]
Points = set[tuple[int, int]]
GoOn = Callable[[], bool]

FLAT_ROUNDS = 4  # without positions, so that words find each other first
ROUNDS = 5
DIAGONAL = 4.0  # how much nearer to the diagonal is likelier
NULL = 0.08  # share of words that stand for nothing on the other side
_NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words become: `chances[pair]` for sorted pairs `given * size + said`."""

    pairs: Words
    chances: Floats
    size: int

    def of(self, given: Words, said: Words) -> Floats:
        """Chances of shape (said, given); 0 for pairs never seen."""
        keys = given[None, :] * self.size + said[:, None]
        at = np.minimum(np.searchsorted(self.pairs, keys), len(self.pairs) - 1)
        return np.where(self.pairs[at] == keys, self.chances[at], 0.0)


@dataclass(frozen=True, slots=True)
class _Links:
    """Every way to link each word that is said; `starts` are where the next word's links begin."""

    pairs: Words
    owners: Words
    inverse: Words
    prior: Floats
    starts: Words
    sizes: Words


def lexicon(
    given: Sequence[Words], said: Sequence[Words], size: int, go_on: GoOn
) -> tuple[Lexicon, list[Words]]:
    """Learn what each given word becomes, and which given word each said one stands for (-1: none).

    Word 0 of `given` is none of its words: it stands for nothing. When time is up, `go_on()` is
    False and no further round begins.
    """
    links = _links(given, said, size)
    chances = np.ones(len(links.pairs))
    for turn in range(FLAT_ROUNDS + ROUNDS):
        prior = None if turn < FLAT_ROUNDS else links.prior
        counts = np.bincount(links.inverse, _shares(links, chances, prior), len(links.pairs))
        totals = np.bincount(links.owners, counts)
        chances = counts / np.maximum(totals[links.owners], 1e-300)
        if not go_on():
            break
    return Lexicon(links.pairs, chances, size), _best(links, chances, given, said)


def _links(given: Sequence[Words], said: Sequence[Words], size: int) -> _Links:
    keys, priors, sizes = [], [], []
    for one, other in zip(given, said, strict=True):
        with_none = np.concatenate([[0], one])
        keys.append((with_none[None, :] * size + other[:, None]).ravel())
        priors.append(_diagonal(len(one), len(other)).ravel())
        sizes.append(np.full(len(other), len(with_none)))
    pairs, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    counts = np.concatenate(sizes)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    prior = np.concatenate(priors)
    return _Links(pairs, pairs // size, inverse.astype(np.int64), prior, starts, counts)


def _diagonal(given: int, said: int) -> Floats:
    """Chance of each link by position alone, shape (said, 1 + given)."""
    rows = (np.arange(said) + 0.5)[:, None] / said
    columns = (np.arange(given) + 0.5)[None, :] / given
    near = np.exp(-DIAGONAL * np.abs(rows - columns))
    near *= (1 - NULL) / near.sum(axis=1, keepdims=True)
    return np.hstack([np.full((said, 1), NULL), near])


def _shares(links: _Links, chances: Floats, prior: Floats | None) -> Floats:
    likely = chances[links.inverse] if prior is None else chances[links.inverse] * prior
    sums = np.add.reduceat(likely, links.starts)
    return np.asarray(likely / np.repeat(np.maximum(sums, 1e-300), links.sizes))


def _best(
    links: _Links, chances: Floats, given: Sequence[Words], said: Sequence[Words]
) -> list[Words]:
    likely = chances[links.inverse] * links.prior
    found, start = [], 0
    for one, other in zip(given, said, strict=True):
        width = len(one) + 1
        end = start + width * len(other)
        found.append(likely[start:end].reshape(len(other), width).argmax(axis=1) - 1)
        start = end
    return found


def joined_links(forward: Words, backward: Words) -> Points:
    """Links (source place, target place) that both ways agree on, and their likely neighbours.

    `forward` has a source place for each target word, `backward` the other way; -1 is none.
    """
    one = {(int(i), j) for j, i in enumerate(forward) if i >= 0}
    other = {(i, int(j)) for i, j in enumerate(backward) if j >= 0}
    union, points = one | other, one & other
    rows, columns = {i for i, _ in points}, {j for _, j in points}
    waiting = sorted(points)
    while waiting:
        i, j = waiting.pop()
        for down, right in _NEIGHBOURS:
            point = (i + down, j + right)
            free = point[0] not in rows or point[1] not in columns
            if point in union and point not in points and free:
                _add(point, points, rows, columns)
                waiting.append(point)
    for point in sorted(union - points):
        if point[0] not in rows and point[1] not in columns:
            _add(point, points, rows, columns)
    return points


def _add(point: tuple[int, int], points: Points, rows: set[int], columns: set[int]) -> None:
    points.add(point)
    rows.add(point[0])
    columns.add(point[1])
