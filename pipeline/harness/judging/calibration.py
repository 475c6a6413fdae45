"""Can a classifier's probabilities be taken at their word? Counted in bins, in plain words.

With a positive class its probability is looked at, else that of each answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from config import Json
from figures_form import parts_by_size, share
from metrics import Classified, Floats

PER_BIN = 15  # rows: fewer say nothing of a share
MOST_BINS = 10
FEWEST = 50  # held-out rows, from which on a doubt is worth a word
NOTICEABLE = 0.04  # mean distance of said from true; less misleads nobody
WORTH_TELLING = 0.05  # distance of the one bin that is told as the example
SURE = 0.995
WORLDS = 1000  # in which the probabilities are right, to see what chance alone does

Hits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows with similar probabilities: the mean said, the share that came true, how many."""

    said: float
    came: float
    rows: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far probabilities are from what came true.

    `error` is the expected calibration error, `brier` the mean squared distance of all
    probabilities from the truth (0 is perfect, 2 is worst); `of` is the class that is looked at,
    None for whatever was said. `off` says that chance alone does not explain the error.
    """

    of: str | None
    bins: tuple[Bin, ...]
    error: float
    brier: float
    off: bool

    @property
    def worst(self) -> Bin:
        """The bin that misleads most, by rows and distance."""
        return max(self.bins, key=lambda one: one.rows * abs(one.said - one.came))

    @property
    def told(self) -> str:
        """The worst bin in words."""
        said, came = share(self.worst.said), share(self.worst.came)
        if self.of is None:
            return f"when it says {said}, it is right {came} of the time"
        return f"of rows to which it gives {said} for “{self.of}”, {came} are"

    @property
    def details(self) -> dict[str, Json]:
        """As metrics.json keeps it; bins are (said, came true, rows)."""
        return {
            "error": self.error,
            "brier": self.brier,
            "of": self.of,
            "off": self.off,
            "told": self.told,
            "bins": [[one.said, one.came, one.rows] for one in self.bins],
        }

    @property
    def warnings(self) -> list[str]:
        """A sentence where the probabilities mislead."""
        if not self.off:
            return []
        return [f"Its probabilities cannot be taken at their word: {self.told}."]


def calibration_of(outcome: Classified, seed: int) -> Calibration | None:
    """None without rows or where only some answers came with probabilities."""
    rows = np.arange(len(outcome))
    if not len(rows) or not np.isfinite(outcome.chances).all():
        return None
    if outcome.positive is None:
        said, came = outcome.chances[rows, outcome.said], outcome.truth == outcome.said
    else:
        said, came = outcome.chances[:, outcome.positive], outcome.truth == outcome.positive
    parts = _parts(said)
    error = _error(said, came, parts)
    true = np.zeros_like(outcome.chances)
    true[rows, outcome.truth] = 1
    return Calibration(
        of=None if outcome.positive is None else outcome.classes[outcome.positive],
        bins=_bins(said, came, parts),
        error=error,
        brier=float(((outcome.chances - true) ** 2).sum(axis=1).mean()),
        off=len(rows) >= FEWEST
        and error > max(NOTICEABLE, _by_chance(said, parts, seed))
        and any(abs(one.said - one.came) > WORTH_TELLING for one in _bins(said, came, parts)),
    )


def _parts(said: Floats) -> list[npt.NDArray[np.int64]]:
    part = parts_by_size(said, int(np.clip(len(said) // PER_BIN, 1, MOST_BINS)))
    return [np.flatnonzero(part == at) for at in np.unique(part)]


def _bins(said: Floats, came: Hits, parts: Sequence[npt.NDArray[np.int64]]) -> tuple[Bin, ...]:
    return tuple(Bin(float(said[p].mean()), float(came[p].mean()), len(p)) for p in parts)


def _error(said: Floats, came: Hits, parts: Sequence[npt.NDArray[np.int64]]) -> float:
    """Mean distance of said from true, each bin by its rows."""
    return sum(abs(float((said[p] - came[p]).sum())) for p in parts) / len(said)


def _by_chance(said: Floats, parts: Sequence[npt.NDArray[np.int64]], seed: int) -> float:
    """The error that right probabilities stay below, as surely as SURE says."""
    draw = np.random.default_rng(seed)
    rows = [said[part] for part in parts]
    errors = np.zeros(WORLDS)
    for part in rows:
        came = np.array([(draw.random(len(part)) < part).sum() for _ in range(WORLDS)])
        errors += np.abs(part.sum() - came)
    return float(np.quantile(errors / len(said), SURE))
