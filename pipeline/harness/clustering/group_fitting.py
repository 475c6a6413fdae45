"""Mixtures fitted by expectation maximisation, and the price of their freedom (BIC)."""

from dataclasses import dataclass

import numpy as np
from group_shapes import EVEN, TILTED, Ground, Shape, parameters, spreads
from metrics import Codes, Floats
from mixtures import Mixture, Rows, log_sums

ENOUGH = 1e-5  # a smaller gain of log-likelihood a row ends the search
LEAST_WEIGHT = 1e-9
HARD_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted mixture; `shares` (n, k) are its rows' chances of each group.

    `bic` is minus twice the log-likelihood plus the price of its parameters: lower is better.
    """

    shape: Shape
    mixture: Mixture
    shares: Floats
    likelihood: float
    bic: float

    @property
    def labels(self) -> Codes:
        """The likeliest group of each row."""
        return np.asarray(self.shares.argmax(axis=1), dtype=np.int64)

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.mixture)

    @property
    def doubt(self) -> float:
        """Mean entropy of the rows' shares, in nats: 0 where every row is surely of one group."""
        shares = np.clip(self.shares, 1e-300, 1.0)
        return float(-(shares * np.log(shares)).sum(axis=1).mean())

    @property
    def icl(self) -> float:
        """BIC that also charges for doubt about the rows."""
        return self.bic + 2.0 * len(self.shares) * self.doubt


@dataclass(frozen=True, slots=True)
class Matter:
    """Rows to fit on, with what is counted once: the 0/1 columns and the ground of spreads."""

    rows: Rows
    marks: list[Floats]
    ground: Ground

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: Codes) -> "Matter":
        """Some of the rows, on the same ground."""
        return Matter(self.rows.take(places), [mark[places] for mark in self.marks], self.ground)


def matter_of(rows: Rows, steps: Floats, own: Floats) -> Matter:
    """`steps` (d,) are the usual distances of neighbouring values: rounding hides what is less."""
    floor = np.minimum(steps**2 / 12.0, 0.1) + 1e-4
    prior = rows.numbers.var(axis=0) + 1e-4
    return Matter(rows, rows.marks, Ground(floor, prior, own))


def can_have(shape: Shape, matter: Matter, groups: int) -> bool:
    """Whether there are rows enough to tell such a shape, and columns for which it differs."""
    width = matter.rows.numbers.shape[1]
    if not width:
        return shape == "balls"
    if width == 1 and shape in (*TILTED, "own", "axes", "sized_axes", "free_axes"):
        return False
    if shape == "own":
        return bool(np.ptp(matter.ground.own) > 0)
    return shape not in TILTED or len(matter) / groups >= width + 2


def started(labels: Codes, groups: int) -> Floats:
    """Shares of a first guess: every row is surely of its group."""
    return np.eye(groups)[labels]


def fit(
    matter: Matter, start: Floats, shape: Shape, *, rounds: int, tails: float | None = None
) -> Fitted:
    """Improve from `start`, shares of shape (n, k), for at most so many `rounds`."""
    shares, before, groups = start, -np.inf, start.shape[1]
    near: Floats | None = None
    while True:
        mixture = _measured(matter, shares, near, shape, tails)
        distances = mixture.distances(matter.rows.numbers)
        logs = mixture.logs(matter.rows, distances, matter.marks)
        sums = log_sums(logs)
        shares, likelihood = np.exp(logs - sums[:, None]), float(sums.sum())
        rounds -= 1
        if rounds <= 0 or likelihood - before < ENOUGH * len(matter):
            price = _price(matter, shape, groups) + (tails is not None)
            bic = -2.0 * likelihood + price * float(np.log(len(matter)))
            return Fitted(shape, mixture, shares, likelihood, bic)
        before = likelihood
        if tails is not None:
            width = matter.rows.numbers.shape[1]
            near = (tails + width) / (tails + distances)


def hardened(matter: Matter, one: Fitted) -> Mixture:
    """The same with every row wholly in its nearest group, as k-means has it."""
    labels, mixture = one.labels, one.mixture
    for _ in range(HARD_ROUNDS):
        shares = started(labels, one.groups)
        if shares.sum(axis=0).min() < 1:
            break
        mixture = _measured(matter, shares, None, one.shape, None)
        logs = mixture.logs(matter.rows, mixture.distances(matter.rows.numbers), matter.marks)
        nearest = np.asarray(logs.argmax(axis=1), dtype=np.int64)
        if np.array_equal(nearest, labels):
            break
        labels = nearest
    return mixture


def _measured(
    matter: Matter, shares: Floats, near: Floats | None, shape: Shape, tails: float | None
) -> Mixture:
    """The mixture that fits the shares best; `near` makes far rows count less."""
    rows, groups = shares.sum(axis=0) + LEAST_WEIGHT, shares.shape[1]
    weighed = shares if near is None else shares * near
    numbers = matter.rows.numbers
    means = weighed.T @ numbers / (weighed.sum(axis=0) + LEAST_WEIGHT)[:, None]
    width = numbers.shape[1]
    ground = matter.ground
    shrunk = Ground(ground.floor, ground.prior / groups ** (2 / max(width, 1)), ground.own)
    found = spreads(numbers, weighed, means, shape, shrunk) if width else np.empty((groups, 0))
    chances = [(shares.T @ mark + 1 / mark.shape[1]) / (rows + 1)[:, None] for mark in matter.marks]
    chances = [chance / chance.sum(axis=1, keepdims=True) for chance in chances]
    even = shape in EVEN and bool(width)
    weights = np.full(groups, 1 / groups) if even else rows / rows.sum()
    return Mixture(weights, means, found, tuple(chances), tails)


def _price(matter: Matter, shape: Shape, groups: int) -> int:
    width = int(matter.rows.numbers.shape[1])
    levels = sum(size - 1 for size in matter.rows.levels)
    weights = 0 if shape in EVEN else groups - 1
    return parameters(shape, groups, width) + groups * (width + levels) + weights
