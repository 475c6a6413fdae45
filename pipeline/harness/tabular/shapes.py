"""How the numbers to predict are told to a member, and its answers back into numbers.

Amounts that are never negative and mostly small are easier to learn by their logarithm, their root
or, for boosters, by their ratio to what is usual. What counts is the error of the numbers
themselves, so every answer is turned back before it is measured.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from metrics import Floats

Shape = Literal["plain", "log", "root", "ratio"]

FURTHEST = 1e308
SKEWED = 1.0  # skewness from which a distribution is called highly skewed
NEARLY_NONE = 0.02  # of the usual amount: a logarithm tells smaller ones hardly apart
BEYOND = 0.05  # of the range of the training rows: so far outside an answer may lie
FACTORS = (0.8, 1.5)  # by which answers are corrected at most, for their mean to be right


@dataclass(frozen=True)
class Scale:
    """A shape, learnt: `told = (shaped(value + shift) - mean) / spread`, and back.

    `low` and `high` bound the answers, `factor` makes up for turning means of logarithms back.
    """

    shape: Shape
    shift: float = 0.0
    mean: float = 0.0
    spread: float = 1.0
    low: float = -FURTHEST
    high: float = FURTHEST
    factor: float = 1.0

    def told(self, values: Floats) -> Floats:
        """What a member learns for these values."""
        return np.asarray((_bent(values + self.shift, self.shape) - self.mean) / self.spread)

    def values(self, told: Floats) -> Floats:
        """The values that a member's answers mean."""
        straight = _straight(told * self.spread + self.mean, self.shape) - self.shift
        return np.asarray(np.clip(self.factor * straight, self.low, self.high))


CLASSES = Scale("plain")  # probabilities stay as they are


def is_skewed(values: Floats) -> bool:
    """Whether these are amounts of which a few are far larger than most."""
    around = values - values.mean()
    spread = values.std()
    return bool(values.min() >= 0 and spread > 0 and np.mean((around / spread) ** 3) >= SKEWED)


def learn_scale(values: Floats, shape: Shape) -> Scale:
    """The scale of a shape; every shape but the plain one needs values of at least 0."""
    low, high = float(values.min()), float(values.max())
    shift = 0.0
    if shape == "log":
        usual = float(np.median(values[values > 0])) if high > 0 else 1.0
        shift = max(0.0, NEARLY_NONE * usual - low)
    bent = _bent(values + shift, shape)
    mean = 0.0 if shape == "ratio" else float(bent.mean())
    spread = float(bent.mean()) if shape == "ratio" else float(bent.std())
    room = BEYOND * (high - low)
    least = max(low - room, 0.0) if low >= 0 else low - room
    return Scale(shape, shift, mean, spread or 1.0, least, high + room)


def unbound(scale: Scale) -> Scale:
    """The same with answers as far out as they come."""
    return replace(scale, low=-FURTHEST, high=FURTHEST)


def corrected(scale: Scale, truth: Floats, told: Floats, *, absolute: bool) -> Scale:
    """The factor by which answers for unseen rows come nearest to `truth`.

    For absolute errors that is a weighted median, for squared ones least squares.
    """
    if scale.shape in ("plain", "ratio"):
        return scale
    said = replace(scale, factor=1.0).values(told)
    if absolute:
        kept = said > 0
        order = np.argsort(truth[kept] / said[kept])
        weight = np.cumsum(said[kept][order])
        at = int(np.searchsorted(weight, weight[-1] / 2.0))
        factor = float((truth[kept] / said[kept])[order][at])
    else:
        factor = float(truth @ said / max(float(said @ said), 1e-300))
    return replace(scale, factor=float(np.clip(factor, *FACTORS)))


def _bent(values: Floats, shape: Shape) -> Floats:
    if shape == "log":
        return np.asarray(np.log(np.maximum(values, 1e-300)))
    return np.asarray(np.sqrt(np.maximum(values, 0.0))) if shape == "root" else values


def _straight(bent: Floats, shape: Shape) -> Floats:
    if shape == "log":
        return np.asarray(np.exp(np.minimum(bent, 600.0)))
    return np.asarray(np.maximum(bent, 0.0) ** 2) if shape == "root" else bent
