"""What prepare.py found out about the series and all later scripts go by: outline.json."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from config import Json
from frequency import Grid, load_grid
from gaps import absurd, filled
from histories import liveliness
from metrics import Floats
from panels import Line, Panel
from quantities import Driver, Quantity, driver_columns, load_driver, load_quantity
from seasonality import wanted_calendar
from series_shape import Shape, load_shape, numbers
from tables import Cell, Table
from timeline import Clock, load_clock

FILE = "outline.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Columns, the clock that reads times, the grid they lie on, its seasons and the horizon.

    `typical` is the length of the usual history in steps.
    """

    shape: Shape
    clock: Clock
    grid: Grid
    seasons: tuple[int, ...]
    horizon: int
    typical: int
    quantities: Mapping[str, Quantity]
    drivers: tuple[Driver, ...] = ()

    @property
    def season(self) -> int:
        """The season by which errors are scaled, 1 where there is none."""
        return self.seasons[0] if self.seasons else 1

    def places(self, cells: Sequence[Cell]) -> Floats:
        """Places of times on the grid, NaN for what is no time; shape (n,)."""
        axis = self.clock.axis(cells)
        known = np.isfinite(axis)
        found = np.full(len(axis), np.nan)
        found[known] = self.grid.places(axis[known])
        return found

    def driven(self, table: Table) -> Floats:
        """The drivers of each row, (n, columns)."""
        cells = [table.column(driver.name) for driver in self.drivers]
        return driver_columns(self.drivers, cells, len(table))

    def save(self, folder: Path) -> None:
        """Write outline.json into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        told: dict[str, Json] = {
            "shape": self.shape.told(),
            "clock": self.clock.told(),
            "grid": self.grid.told(),
            "seasons": [*self.seasons],
            "horizon": self.horizon,
            "typical": self.typical,
            "quantities": {name: one.told() for name, one in self.quantities.items()},
            "drivers": [driver.told() for driver in self.drivers],
        }
        (folder / FILE).write_text(json.dumps(told, indent=1), "utf-8")


def load_outline(folder: Path) -> Outline:
    """Read what Outline.save wrote."""
    told = json.loads((folder / FILE).read_text("utf-8"))
    return Outline(
        shape=load_shape(told["shape"]),
        clock=load_clock(told["clock"]),
        grid=load_grid(told["grid"]),
        seasons=tuple(int(one) for one in told["seasons"]),
        horizon=int(told["horizon"]),
        typical=int(told["typical"]),
        quantities={name: load_quantity(one) for name, one in told["quantities"].items()},
        drivers=tuple(load_driver(one) for one in told["drivers"]),
    )


def panel_of(outline: Outline, table: Table) -> Panel:
    """The series of a table in long form, in the order in which they first appear."""
    shape = outline.shape
    at = {name: place for place, name in enumerate(table.names)}
    parts = [at[name] for name in shape.identity]
    names = [shape.name_of([row[part] for part in parts]) for row in table.rows]
    places = outline.places(table.column(shape.time))
    values = numbers(table.column(shape.value))
    driven = outline.driven(table)
    rows: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        rows.setdefault(name, []).append(place)
    lines = [
        line_of(name, places[which], values[which], driven[which], outline.season)
        for name, which in rows.items()
    ]
    return assembled(outline, [line for line in lines if line is not None])


def line_of(name: str, places: Floats, values: Floats, driven: Floats, season: int) -> Line | None:
    """One series on its grid, gaps filled; None where no value is known.

    Of several values of one place the last is taken. Rows without a value only say what is known
    ahead.
    """
    known = np.isfinite(places) & np.isfinite(values)
    if not known.any():
        return None
    on = places[np.isfinite(places)].astype(np.int64)
    start, end = int(places[known].min()), int(places[known].max())
    raw = np.full(end - start + 1, np.nan)
    raw[places[known].astype(np.int64) - start] = values[known]
    ahead = np.full((max(int(on.max()), end) - start + 1, driven.shape[1]), np.nan)
    inside = on >= start
    ahead[on[inside] - start] = driven[np.isfinite(places)][inside]
    unit = liveliness(raw, season)
    raw[absurd(raw, season)] = np.nan
    return Line(name, start, filled(raw, season), np.isfinite(raw), carried(ahead), unit)


def carried(drivers: Floats) -> Floats:
    """The last known row stands where there is none; the first one before all."""
    if not drivers.shape[1]:
        return drivers
    known = np.isfinite(drivers[:, 0])
    last = np.maximum.accumulate(np.where(known, np.arange(len(drivers)), -1))
    return drivers[np.where(last < 0, int(np.argmax(known)), last)]


def assembled(outline: Outline, lines: Sequence[Line], ahead: int = 0) -> Panel:
    """A panel of these series, its calendar reaching `ahead` steps after the latest end."""
    begin = min((line.start for line in lines), default=0)
    end = max((line.start + len(line.values) for line in lines), default=0)
    count = end - begin + max(ahead, outline.horizon)
    dates = wanted_calendar(outline.grid, outline.typical, begin, count)
    return Panel(tuple(lines), outline.seasons, dates, begin)
