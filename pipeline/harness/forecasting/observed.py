"""The values that were measured, each at its place: read, put in order, and told what was odd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from config import Split
from frequency import Found, Grid, find_grid
from gaps import absurd
from metrics import Codes, Floats
from progress import Problem
from quantities import Quantity, learn_quantity
from series_shape import Shape, long_form, numbers, plain
from tables import Row, Table
from timeline import Clock

MOST_EMPTY = 50  # places for each value; beyond this the times are no series
FREE_PLACES = 10_000

Flags = npt.NDArray[np.bool_]
Given = Mapping[Split | None, Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Rows of the long form by series and time, one a place.

    `series` numbers the series by first appearance, `places` are on the grid, `held` says that a
    row came in a test file. `repeats` counts the rows that were combined into others.
    """

    table: Table
    names: tuple[str, ...]
    series: Codes
    places: Codes
    held: Flags
    repeats: int
    found: Found
    warnings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.series)

    @property
    def grid(self) -> Grid:
        """Where the places lie."""
        return self.found.grid

    @property
    def lengths(self) -> list[int]:
        """Values of each series."""
        counts: list[int] = np.bincount(self.series, minlength=len(self.names)).tolist()
        return counts

    @property
    def typical(self) -> int:
        """Steps that half of the values lie in a series of, at least."""
        spans = [int(np.ptp(self.places[self.rows_of(at)])) + 1 for at in range(len(self.names))]
        order = np.argsort(spans)
        shares = np.cumsum(np.array(self.lengths)[order])
        return int(np.array(spans)[order][np.searchsorted(shares, shares[-1] / 2)])

    @property
    def gaps(self) -> int:
        """Places between the values of a series that have none."""
        spans = [int(np.ptp(self.places[self.rows_of(at)])) + 1 for at in range(len(self.names))]
        return sum(spans) - len(self)

    def rows_of(self, number: int) -> Codes:
        """The rows of one series, in time."""
        low, high = np.searchsorted(self.series, (number, number + 1))
        return np.arange(low, high)

    def absurd(self, season: int) -> int:
        """How many values lie absurdly far from those around them."""
        values = self.values()
        lines = (values[self.rows_of(at)] for at in range(len(self.names)))
        return sum(int(absurd(line, season).sum()) for line in lines)

    def values(self) -> Floats:
        """The value of each row."""
        return numbers(self.table.column(self.table.names[-1]))


def learn_quantities(given: Given, shape: Shape) -> dict[str, Quantity]:
    """How each target writes its numbers; Problem where one has none."""
    found = {}
    for target in shape.targets:
        cells = [cell for table in given.values() for cell in table.column(target)]
        found[target] = learn_quantity(cells)
        if not np.isfinite(found[target].read(cells)).any():
            raise Problem(
                f"The column {target} holds no numbers, so it cannot be forecast.",
                "Name the column of numbers to forecast.",
                field="target",
            )
    return found


def observe(
    given: Given, shape: Shape, clock: Clock, quantities: Mapping[str, Quantity]
) -> Observed:
    """Put all rows on the grid that fits their times; Problem where there is none."""
    parts = [(split, long_form(table, shape, quantities)) for split, table in given.items()]
    rows = [row for _, table in parts for row in table.rows]
    held = np.array([split == "test" for split, table in parts for _ in table.rows], dtype=bool)
    at = len(shape.identity)
    axis = clock.axis([row[at] for row in rows])
    known = np.array([row[-1] is not None for row in rows], dtype=bool)
    kept, told = _usable(np.isfinite(axis), known, shape)
    rows, axis, held = [rows[one] for one in kept], axis[kept], held[kept]
    names: dict[str, int] = {}
    series = np.array([names.setdefault(shape.name_of(row), len(names)) for row in rows])
    found = find_grid(_times(axis, series, len(names)), dated=clock.dated)
    places = found.grid.places(axis)
    alone = np.flatnonzero(_not_tested(series, places, held))
    order = alone[np.lexsort((alone, axis[alone], places[alone], series[alone]))]
    first = _begins(series[order], places[order])
    table = Table(shape.names, _combined(rows, order, first))
    repeats = len(rows) - len(first)
    if repeats:
        told.append(
            f"{repeats:,} rows have the time of another row of the same series: their mean is used."
        )
    observed = Observed(
        table=table,
        names=tuple(names),
        series=series[order][first],
        places=places[order][first],
        held=held[order][first],
        repeats=repeats,
        found=found,
        warnings=tuple(told),
    )
    _check_span(observed)
    return observed


def _usable(timed: Flags, known: Flags, shape: Shape) -> tuple[Codes, list[str]]:
    """Rows with a time and a value, and warnings about the others; Problem where none is left."""
    kept = np.flatnonzero(timed & known)
    if not len(kept):
        raise Problem(
            f"The column {shape.time} holds no times that I can read.",
            "Name the column that says when each value was measured.",
            field="time",
        )
    told = []
    if not timed.all():
        told.append(f"{np.sum(~timed):,} rows have no readable time in {shape.time}: left out.")
    unknown = int(np.sum(timed & ~known))
    if unknown:
        what = shape.targets[0] if not shape.wide else "the columns to forecast"
        told.append(f"{unknown:,} times have no value in {what}: nothing is learned from them.")
    return kept, told


def _not_tested(series: Codes, places: Codes, held: Flags) -> Flags:
    """Which rows to keep: none to learn from that has the place of one in a test file."""
    tested = set(zip(series[held].tolist(), places[held].tolist(), strict=True))
    if not tested:
        return np.ones(len(held), dtype=bool)
    pairs = zip(series.tolist(), places.tolist(), held.tolist(), strict=True)
    return np.array([one or (at, place) not in tested for at, place, one in pairs], dtype=bool)


def _times(axis: Floats, series: Codes, count: int) -> list[Floats]:
    """Sorted times of each series, without repeats."""
    order = np.lexsort((axis, series))
    edges = np.searchsorted(series[order], np.arange(count + 1))
    return [np.unique(axis[order[low:high]]) for low, high in pairwise(edges)]


def _begins(series: Codes, places: Codes) -> Codes:
    """Where a new series or place begins, in sorted rows."""
    changed = (np.diff(series) != 0) | (np.diff(places) != 0)
    return np.flatnonzero(np.concatenate([[True], changed])) if len(series) else np.empty(0, int)


def _combined(rows: Sequence[Row], order: Codes, first: Codes) -> list[Row]:
    """One row a place: the first, with the mean of all values."""
    values = numbers([rows[at][-1] for at in order])
    means = np.add.reduceat(values, first) / np.diff([*first, len(order)])
    cells = plain(means)
    return [(*rows[order[at]][:-1], cell) for at, cell in zip(first, cells, strict=True)]


def _check_span(observed: Observed) -> None:
    """Refuse times that lie so far apart that nearly every place would be a gap."""
    for number in range(len(observed.names)):
        places = observed.places[observed.rows_of(number)]
        span = int(places[-1] - places[0]) + 1
        if span > MOST_EMPTY * len(places) + FREE_PLACES:
            raise Problem(
                f"The times of a series lie very far apart: {len(places):,} values over "
                f"{span:,} steps of one {observed.grid.name}.",
                "Look for a wrong date, or send values at regular times: one a day, for example.",
            )
