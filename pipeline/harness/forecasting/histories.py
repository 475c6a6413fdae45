"""What a forecaster sees: histories of equal length that all end where the forecast begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from metrics import Codes, Floats

LEAST_SCALE = 1e-12  # of the largest value; below this a series is constant
EXACT = 32  # histories up to this length are used whole, longer ones nearly so
STEPS_OF_TWO = 6  # lengths between one power of two and the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """N histories of T steps, without gaps.

    `values` has shape (N, T), oldest first. `seasons` are lengths of repeating patterns, at most
    half of T, shortest first. `ends` are the places of the last values on the grid, (N,).
    `drivers` are the columns known ahead for the T steps and the H to forecast, (N, T + H, K), and
    `calendar` what the dates themselves say. `lively` is how far a series usually moves in a
    season, (N,): the unit of its errors.
    """

    values: Floats
    seasons: tuple[int, ...]
    ends: Codes
    drivers: Floats
    calendar: Floats
    lively: Floats

    def __len__(self) -> int:
        return len(self.values)

    @property
    def length(self) -> int:
        """Steps of history."""
        return int(self.values.shape[1])

    @property
    def season(self) -> int:
        """The shortest pattern, 1 where there is none."""
        return self.seasons[0] if self.seasons else 1

    @property
    def longest(self) -> int:
        """The longest pattern, 1 where there is none."""
        return self.seasons[-1] if self.seasons else 1

    def latest(self, steps: int) -> "Past":
        """The same with at most so many steps of history."""
        if steps >= self.length:
            return self
        gone = self.length - steps
        return replace(
            self,
            values=self.values[:, gone:],
            seasons=tuple(length for length in self.seasons if 2 * length <= steps),
            drivers=self.drivers[:, gone:],
            calendar=self.calendar[:, gone:],
        )

    def rows(self, places: Sequence[int]) -> "Past":
        """Some of the rows."""
        at = list(places)
        return replace(
            self,
            values=self.values[at],
            ends=self.ends[at],
            drivers=self.drivers[at],
            calendar=self.calendar[at],
            lively=self.lively[at],
        )

    def followed(self, values: Floats) -> "Past":
        """The same, later: `values` (N, steps) have come, and as many of the oldest are gone."""
        steps = values.shape[1]
        whole = np.concatenate([self.values, values], axis=1)
        return replace(
            self,
            values=whole[:, -self.length :],
            ends=self.ends + steps,
            drivers=self.drivers[:, steps:],
            calendar=self.calendar[:, steps:],
        )


Forecaster = Callable[[Past, int], Floats]


def liveliness(values: Floats, season: int) -> float:
    """Mean absolute change from one season to the next; never 0.

    A history shorter than a season and one step is measured from step to step.
    """
    lag = season if len(values) > season else 1
    moved = np.abs(values[lag:] - values[:-lag])
    moved = moved[np.isfinite(moved)]
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    mean = float(moved.mean()) if len(moved) else 0.0
    return mean if mean > LEAST_SCALE * largest else largest or 1.0


def shared_length(length: int) -> int:
    """The length to which a history is cut, so that many have the same."""
    if length <= EXACT:
        return length
    power = int(np.log2(length / EXACT) * STEPS_OF_TWO + 1e-9)
    return int(EXACT * 2 ** (power / STEPS_OF_TWO))


def in_logs(past: Past) -> Past:
    """Logarithms of the rows that are above zero throughout; the others as they are."""
    positive = past.values.min(axis=1) > 0
    values = past.values.copy()
    values[positive] = np.log(values[positive])
    lively = past.lively.copy()
    lively[positive] = [liveliness(row, past.season) for row in values[positive]]
    return replace(past, values=values, lively=lively)


def out_of_logs(past: Past, logs: Floats) -> Floats:
    """What was forecast from in_logs(past), in the rows' own unit."""
    positive = past.values.min(axis=1) > 0
    told = logs.copy()
    told[positive] = np.exp(np.clip(logs[positive], -700, 700))
    return told


def bounded(past: Past, told: Floats, *, far: float = 3.0) -> Floats:
    """No farther outside the history than `far` times its width, and not below zero if it is not.

    What is no number becomes the last value.
    """
    low, high = past.values.min(axis=1, keepdims=True), past.values.max(axis=1, keepdims=True)
    width = far * np.maximum(high - low, past.lively[:, None])
    floor = np.where(low >= 0, np.maximum(low - width, 0), low - width)
    finite = np.where(np.isfinite(told), told, past.values[:, -1:])
    return np.asarray(np.clip(finite, floor, high + width), dtype=np.float64)


def typical(pasts: Sequence[Past]) -> Past:
    """The group of the length that half of the series have at least."""
    ranked = sorted(pasts, key=lambda past: past.length)
    sizes = np.cumsum([len(past) for past in ranked])
    return ranked[int(np.searchsorted(sizes, sizes[-1] / 2))]
