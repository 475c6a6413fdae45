"""What a table asks of a forecaster: times of series, and what it adds to the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from metrics import Codes, Floats
from outline import Outline
from progress import Problem
from series_shape import BETWEEN
from tables import Cell, Table

MOST_AHEAD = 10_000  # steps, beside a hundred horizons; farther is a mistyped year


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Rows by series, place and value, in the order of the table; NaN is what is asked for.

    `cells` are the times as they were given and `driven` what is known ahead, (n, columns).
    """

    names: tuple[str, ...]
    cells: tuple[Cell, ...]
    places: Codes
    values: Floats
    driven: Floats

    def __len__(self) -> int:
        return len(self.names)

    @property
    def open(self) -> Codes:
        """Rows that want an answer."""
        return np.flatnonzero(~np.isfinite(self.values))

    def by_series(self) -> dict[str, list[int]]:
        """Rows of each series."""
        found: dict[str, list[int]] = {}
        for place, name in enumerate(self.names):
            found.setdefault(name, []).append(place)
        return found


def read_asked(outline: Outline, table: Table, every: Sequence[str]) -> Asked:
    """The rows of a table that has the inputs, and maybe values; Problem for unreadable times.

    A table that does not say which of several series it means asks for `every` one.
    """
    shape = outline.shape
    places = outline.places(table.column(shape.time))
    unreadable = int(np.sum(~np.isfinite(places)))
    if unreadable:
        raise Problem(
            f"{unreadable:,} rows have no readable time in {shape.time}.",
            f"Write times as in the training data, for example {_example(outline)}.",
        )
    if shape.wide and not set(shape.identity) <= set(table.names):
        return _each(outline, table, places.astype(np.int64), every)
    at = [table.names.index(name) for name in shape.identity]
    cells = table.column(shape.value) if shape.value in table.names else [None] * len(table)
    names = [shape.name_of([row[one] for one in at]) for row in table.rows]
    return Asked(
        names=tuple(names),
        cells=tuple(table.column(shape.time)),
        places=places.astype(np.int64),
        values=_values(outline, names, cells),
        driven=outline.driven(table),
    )


def _each(outline: Outline, table: Table, places: Codes, every: Sequence[str]) -> Asked:
    """Each row of a wide table stands for all series, with a value where its column has one."""
    shape = outline.shape
    columns: dict[str, Floats] = {}
    for target in shape.targets:
        cells = table.column(target) if target in table.names else [None] * len(table)
        columns[target] = outline.quantities[target].read(cells)
    keys = [table.names.index(name) for name in shape.keys]
    names: list[str] = []
    rows: list[int] = []
    values: list[float] = []
    for at, row in enumerate(table.rows):
        for target in shape.targets:
            name = shape.name_of([*(row[key] for key in keys), target])
            if name in every:
                names.append(name)
                rows.append(at)
                values.append(float(columns[target][at]))
    times = table.column(shape.time)
    return Asked(
        names=tuple(names),
        cells=tuple(times[at] for at in rows),
        places=places[rows],
        values=np.array(values, dtype=np.float64),
        driven=outline.driven(table)[rows],
    )


def _values(outline: Outline, names: Sequence[str], cells: Sequence[Cell]) -> Floats:
    """Each value as its column writes numbers: of a wide table each series has its own way."""
    shape = outline.shape
    if not shape.wide:
        return outline.quantities[shape.targets[0]].read(cells)
    found = np.full(len(cells), np.nan)
    for target in shape.targets:
        own = [at for at, name in enumerate(names) if name.split(BETWEEN)[-1] == target]
        found[own] = outline.quantities[target].read([cells[at] for at in own])
    return found


def followed_by(outline: Outline, asked: Asked, ends: Mapping[str, int], columns: int) -> Asked:
    """The next steps of each series after its end: what a table without a question asks for."""
    names = [name for name in asked.by_series() if name in ends for _ in range(outline.horizon)]
    ahead = [
        ends[name] + 1 + step
        for name in asked.by_series()
        if name in ends
        for step in range(outline.horizon)
    ]
    places = np.array(ahead, dtype=np.int64)
    times = outline.grid.axis(places)
    return Asked(
        names=tuple(names),
        cells=tuple(outline.clock.write(float(at)) for at in times),
        places=places,
        values=np.full(len(ahead), np.nan),
        driven=np.full((len(ahead), columns), np.nan),
    )


def check_ahead(outline: Outline, steps: Codes) -> None:
    """Problem where answers are wanted for times that have been, or for another age."""
    early = int(np.sum(steps < 1))
    if early:
        raise Problem(
            f"{early:,} rows ask for times that are not after the end of the history.",
            "Ask for later times, or leave these rows out; to have them foretold as they were,"
            " train on the data before them.",
        )
    most = MOST_AHEAD + 100 * outline.horizon
    if len(steps) and int(steps.max()) > most:
        raise Problem(
            f"A row asks for {int(steps.max()):,} steps ahead, more than the {most:,} that make"
            " any sense.",
            "Look for a wrong year.",
        )


def _example(outline: Outline) -> str:
    return outline.clock.write(float(outline.grid.axis(np.array([0]))[0]))
