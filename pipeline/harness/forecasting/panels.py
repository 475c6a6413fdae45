"""Many series on one grid, and the histories that forecasters are given of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from histories import Past, liveliness, shared_length
from metrics import Codes, Floats

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Line:
    """One series from place `start` on: `values` (n,) without gaps, of which `seen` were measured.

    `drivers` are the columns known ahead, (n + known steps after the end, K), `unit` is how far
    the measured values usually moved from season to season.
    """

    name: str
    start: int
    values: Floats
    seen: Flags
    drivers: Floats
    unit: float = 1.0

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Panel:
    """All series; `seasons` are the lengths of patterns that the grid suggests, shortest first.

    `calendar` is what the dates say, (places, columns), from place `begin` on.
    """

    lines: tuple[Line, ...]
    seasons: tuple[int, ...]
    calendar: Floats
    begin: int

    def pasts(self, until: Sequence[int], steps: int) -> list[tuple[list[int], Past]]:
        """Histories of the first `until` steps of each series, grouped by length.

        With each group the places of its series. A series of which nothing is left is in none.
        """
        groups: dict[int, list[int]] = defaultdict(list)
        for at, length in enumerate(until):
            if length > 0:
                groups[shared_length(length)].append(at)
        return [
            (rows, self._past(rows, [until[at] for at in rows], length, steps))
            for length, rows in sorted(groups.items())
        ]

    def _past(self, rows: list[int], until: list[int], length: int, steps: int) -> Past:
        seasons = tuple(season for season in self.seasons if 2 * season <= length)
        lines = [self.lines[at] for at in rows]
        values = np.stack(
            [line.values[end - length : end] for line, end in zip(lines, until, strict=True)]
        )
        drivers = [
            _reaching(line.drivers[end - length :], length + steps)
            for line, end in zip(lines, until, strict=True)
        ]
        ends = np.array([line.start + end - 1 for line, end in zip(lines, until, strict=True)])
        return Past(
            values=values,
            seasons=seasons,
            ends=ends,
            drivers=np.stack(drivers),
            calendar=self._calendar(ends, length, steps),
            lively=np.array([liveliness(row, seasons[0] if seasons else 1) for row in values]),
        )

    def _calendar(self, ends: Codes, length: int, steps: int) -> Floats:
        places = ends[:, None] - self.begin + np.arange(1 - length, steps + 1)
        dates = self.calendar[np.clip(places, 0, len(self.calendar) - 1)]
        return np.asarray(dates, dtype=np.float64)


def _reaching(drivers: Floats, length: int) -> Floats:
    """The first `length` rows; the last one goes on where there are fewer."""
    if len(drivers) >= length or not len(drivers):
        return drivers[:length] if len(drivers) else np.zeros((length, drivers.shape[1]))
    return np.concatenate([drivers, np.repeat(drivers[-1:], length - len(drivers), axis=0)])
