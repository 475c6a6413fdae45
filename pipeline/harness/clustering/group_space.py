"""A space in which the distances between rows are those that a grouping goes by."""

from dataclasses import dataclass

import numpy as np
from metrics import Floats
from mixtures import Mixture, Rows

LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Space:
    """`turn` (d, p) maps scaled numbers; each category's 0/1 columns are times its `weight`."""

    turn: Floats
    weights: Floats

    def points(self, rows: Rows) -> Floats:
        """Coordinates of the rows, (n, p + all levels)."""
        marks = [mark * weight for mark, weight in zip(rows.marks, self.weights, strict=True)]
        return np.hstack([rows.numbers @ self.turn, *marks])


def plain_space(rows: Rows) -> Space:
    """Numbers as they are scaled; a category weighs as much as a number."""
    spreads = np.array([float(mark.var(axis=0).sum()) for mark in rows.marks])
    return Space(np.eye(rows.numbers.shape[1]), _weights(spreads))


def numbers_only(rows: Rows) -> Space:
    """The same without categories, which part rows whether these are alike or not."""
    return Space(np.eye(rows.numbers.shape[1]), np.zeros(len(rows.levels)))


def space_of(mixture: Mixture) -> Space:
    """The space in which the groups of a mixture are round and of size one on average."""
    width = mixture.means.shape[1]
    turn = np.eye(width)
    if width:
        turn = np.linalg.inv(np.linalg.cholesky(mixture.pooled())).T
    spreads = np.array([float(mixture.weights @ _spread(one)) for one in mixture.chances])
    return Space(turn, _weights(spreads))


def _spread(chances: Floats) -> Floats:
    """How much the 0/1 columns of one category vary within each group, (k,)."""
    return np.asarray((chances * (1.0 - chances)).sum(axis=1))


def _weights(spreads: Floats) -> Floats:
    return np.asarray(1.0 / np.sqrt(np.maximum(spreads, LEAST)))
