"""Which columns make a series, and any table of the person's in one form: a row a value.

A wide table, with several columns to forecast, becomes a long one that names the column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from config import BundleConfig, Json
from metrics import Floats
from quantities import Quantity
from tables import Cell, Row, Table, label_of

UNIQUE_ID = "unique_id"
VALUE = "value"
BETWEEN = "/"  # the parts of a series' name, where several columns make it


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The roles of columns: `keys` name a series, `known` are known ahead."""

    time: str
    targets: tuple[str, ...]
    keys: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def wide(self) -> bool:
        """Whether each of several columns is a series."""
        return len(self.targets) > 1

    @property
    def identity(self) -> tuple[str, ...]:
        """Columns of the long form that name a series; none for a single one."""
        return (*self.keys, self._free(UNIQUE_ID)) if self.wide else self.keys

    @property
    def value(self) -> str:
        """The column of values in the long form."""
        return self._free(VALUE) if self.wide else self.targets[0]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns of the long form that are known before a value is."""
        return (*self.identity, self.time, *self.known)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns of the long form."""
        return (*self.inputs, self.value)

    def name_of(self, row: Sequence[Cell]) -> str:
        """The series of a row that begins with the identity."""
        if not self.identity:
            return self.targets[0]
        return BETWEEN.join(label_of(cell) for cell in row[: len(self.identity)])

    def told(self) -> dict[str, Json]:
        """The same as JSON."""
        return {
            "time": self.time,
            "targets": [*self.targets],
            "keys": [*self.keys],
            "known": [*self.known],
        }

    def _free(self, name: str) -> str:
        taken = {self.time, *self.keys, *self.known, *self.targets}
        while name in taken:
            name += "_"
        return name


def shape_of(config: BundleConfig) -> Shape:
    """The shape that the settings tell."""
    return Shape(
        time=config.column("time"),
        targets=config.columns_of("target"),
        keys=config.columns_of("series_id"),
        known=config.columns_of("known"),
    )


def load_shape(told: Mapping[str, Json]) -> Shape:
    """What Shape.told gave."""

    def names(role: str) -> tuple[str, ...]:
        found = told[role]
        return tuple(map(str, found)) if isinstance(found, list) else ()

    return Shape(
        time=str(told["time"]), targets=names("targets"), keys=names("keys"), known=names("known")
    )


def long_form(table: Table, shape: Shape, quantities: Mapping[str, Quantity]) -> Table:
    """A row a value, the values as plain numbers; one that is not there is None."""
    values = {
        target: plain(quantities[target].read(table.column(target))) for target in shape.targets
    }
    kept = table.select((*shape.keys, shape.time, *shape.known)).rows
    if not shape.wide:
        told = values[shape.targets[0]]
        return Table(shape.names, [(*row, cell) for row, cell in zip(kept, told, strict=True)])
    size = len(shape.keys)
    rows: list[Row] = [
        (*row[:size], target, *row[size:], values[target][at])
        for at, row in enumerate(kept)
        for target in shape.targets
    ]
    return Table(shape.names, rows)


def plain(values: Floats) -> list[Cell]:
    """Numbers as cells that read back exactly; what is no number is None."""
    return [repr(float(value)) if np.isfinite(value) else None for value in values]


def numbers(cells: Sequence[Cell]) -> Floats:
    """What plain wrote."""
    return np.array([float(cell) if cell else float("nan") for cell in cells], dtype=np.float64)
