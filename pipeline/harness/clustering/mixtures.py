"""A mixture: groups as clouds of numbers and chances of categories, and how likely each row is."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import lgamma
from typing import Any

import numpy as np
from metrics import Codes, Floats

BLOCK = 4_096  # rows that are measured at a time
LOG_TWO_PI = float(np.log(2 * np.pi))
Arrays = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """n rows as they are compared: scaled numbers, (n, d), and codes of categories, (n, c).

    A code of -1 is not known. `levels` are how many codes each category has.
    """

    numbers: Floats
    codes: Codes
    levels: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, places: Codes) -> "Rows":
        """Some of the rows."""
        return Rows(self.numbers[places], self.codes[places], self.levels)

    def turned(self, turn: Floats) -> "Rows":
        """The same with the numbers along other directions, the columns of `turn` (d, p)."""
        return Rows(self.numbers @ turn, self.codes, self.levels)

    @property
    def marks(self) -> list[Floats]:
        """Each category as 0/1 columns, (n, levels); a row of noughts where it is not known."""
        return [marked(codes, size) for codes, size in zip(self.codes.T, self.levels, strict=True)]


def marked(codes: Codes, size: int) -> Floats:
    """Codes as 0/1 columns."""
    marks = np.zeros((len(codes), size))
    known = np.flatnonzero(codes >= 0)
    marks[known, codes[known]] = 1.0
    return marks


@dataclass(frozen=True, slots=True)
class Mixture:
    """k groups: weights (k,), means (k, d), spreads (k, d) or (k, d, d), chances of categories.

    Of each category the chances of its levels are (k, levels). With `tails` (degrees of freedom)
    far rows are expected, and count less.
    """

    weights: Floats
    means: Floats
    spreads: Floats
    chances: tuple[Floats, ...]
    tails: float | None = None

    def __len__(self) -> int:
        return len(self.weights)

    def shares(self, rows: Rows) -> Floats:
        """The chance of each row to be of each group, (n, k)."""
        logs = self.logs(rows, self.distances(rows.numbers), rows.marks)
        return np.asarray(np.exp(logs - log_sums(logs)[:, None]))

    def distances(self, numbers: Floats) -> Floats:
        """Squared distances to the groups in their own spreads, (n, k)."""
        if not numbers.shape[1]:
            return np.zeros((len(numbers), len(self)))
        if self.spreads.ndim == 2:  # noqa: PLR2004 - variances only
            inverse = 1.0 / self.spreads
            crossed = numbers @ (inverse * self.means).T
            constant = (inverse * self.means**2).sum(axis=1)
            squares = numbers**2 @ inverse.T - 2.0 * crossed + constant
            return np.asarray(np.maximum(squares, 0.0))
        turns = np.linalg.inv(np.linalg.cholesky(self.spreads)).transpose(0, 2, 1)
        found = np.empty((len(numbers), len(self)))
        for at in range(0, len(numbers), BLOCK):
            away = numbers[at : at + BLOCK] - self.means[:, None]
            found[at : at + BLOCK] = ((away @ turns) ** 2).sum(axis=2).T
        return found

    def logs(self, rows: Rows, distances: Floats, marks: list[Floats]) -> Floats:
        """Log of weight times density of each group at each row, (n, k)."""
        width = rows.numbers.shape[1]
        told = np.log(self.weights) + self._densities(distances, width)
        for mark, chance in zip(marks, self.chances, strict=True):
            told += mark @ np.log(chance).T
        return np.asarray(told)

    def _densities(self, distances: Floats, width: int) -> Floats:
        if not width:
            return distances
        sizes = self._log_sizes()
        if self.tails is None:
            return np.asarray(-0.5 * (distances + sizes + width * LOG_TWO_PI))
        freedom = self.tails
        constant = lgamma((freedom + width) / 2) - lgamma(freedom / 2)
        constant -= 0.5 * width * float(np.log(freedom * np.pi))
        far = 0.5 * (freedom + width) * np.log1p(distances / freedom)
        return np.asarray(constant - 0.5 * sizes - far)

    def _log_sizes(self) -> Floats:
        if self.spreads.ndim == 2:  # noqa: PLR2004 - variances only
            return np.asarray(np.log(self.spreads).sum(axis=1))
        return np.asarray(np.linalg.slogdet(self.spreads)[1])

    def pooled(self) -> Floats:
        """The usual spread of a group, (d, d)."""
        full = self.spreads
        if full.ndim == 2:  # noqa: PLR2004 - variances only
            full = np.stack([np.diag(variances) for variances in full])
        return np.asarray(np.tensordot(self.weights, full, axes=1))

    def take(self, order: Codes) -> "Mixture":
        """The same groups in another order."""
        return Mixture(
            self.weights[order],
            self.means[order],
            self.spreads[order],
            tuple(chance[order] for chance in self.chances),
            self.tails,
        )

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Everything as plain arrays."""
        named = {f"chances_{at}": chance for at, chance in enumerate(self.chances)}
        tails = np.array(np.nan if self.tails is None else self.tails)
        plain = {"weights": self.weights, "means": self.means, "spreads": self.spreads}
        return {**plain, "tails": tails, **named}


def mixture_of(arrays: Arrays) -> Mixture:
    """What `arrays` gave."""
    count = sum(name.startswith("chances_") for name in arrays)
    tails = float(arrays["tails"])
    return Mixture(
        arrays["weights"],
        arrays["means"],
        arrays["spreads"],
        tuple(arrays[f"chances_{at}"] for at in range(count)),
        None if np.isnan(tails) else tails,
    )


def log_sums(logs: Floats) -> Floats:
    """Log of the sum of exponentials of each row, (n,)."""
    top = logs.max(axis=1)
    return np.asarray(top + np.log(np.exp(logs - top[:, None]).sum(axis=1)))
