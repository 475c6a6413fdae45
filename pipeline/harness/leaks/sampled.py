"""Some rows of a table as numbers and codes, for a quick look at what columns say together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from absent import missing_of
from config import Kind
from dates import date_parts
from days import day_first_of
from measures import Notation, decimal_of, notation_of, to_number
from metrics import Codes, Floats
from tables import MISSING, Cell, Table, is_missing

MOST_CODES = 50
SAMPLE = 3_000
FURTHEST = 1e100  # squares of larger numbers overflow
_COUNTED = ("number", "integer")
_CODED = ("category", "boolean", "integer", "number", "constant")


@dataclass(frozen=True)
class Seen:
    """A column: its numbers (NaN: not known), its codes (-1: not known), or both.

    `levels` are what the codes stand for, in their order.
    """

    name: str
    numbers: Floats | None
    codes: Codes | None
    levels: tuple[str, ...] = ()

    @property
    def known(self) -> "np.typing.NDArray[np.bool_]":
        """Which rows have a value."""
        if self.numbers is not None:
            return np.isfinite(self.numbers)
        return np.zeros(0, dtype=bool) if self.codes is None else self.codes >= 0


def draw_rows(table: Table, target: str, seed: int) -> Table:
    """At most SAMPLE rows in random order, of rare answers all."""
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(table))
    if len(table) <= SAMPLE:
        return table.take(order)
    cells = table.column(target)
    counts = Counter(cells)
    if len(counts) > MOST_CODES:
        return table.take(order[:SAMPLE])
    left = dict.fromkeys(counts, SAMPLE // len(counts))
    taken = []
    for place in order:
        if left[cells[place]]:
            left[cells[place]] -= 1
            taken.append(int(place))
    return table.take(taken)


def see(table: Table, names: Sequence[str], kinds: Mapping[str, Kind]) -> dict[str, Seen]:
    """The named columns that hold numbers, dates or few values."""
    found = {name: _seen(name, kinds[name], table.column(name)) for name in names if name in kinds}
    return {name: seen for name, seen in found.items() if seen is not None}


def _seen(name: str, kind: Kind, cells: Sequence[Cell]) -> Seen | None:
    missing = missing_of(cells)
    known = [None if cell is None or is_missing(cell, missing) else cell.strip() for cell in cells]
    there = [cell for cell in known if cell is not None]
    numbers: Floats | None = None
    if kind in _COUNTED and there:
        numbers = _numbers(known, missing)
    elif kind == "date" and there:
        first = day_first_of(there)
        numbers = date_parts(cells, day_first=first, missing=missing)[:, -1]
    levels = tuple(level for level, _ in Counter(there).most_common(MOST_CODES + 1))
    codes: Codes | None = None
    if kind in _CODED and 1 <= len(levels) <= MOST_CODES:
        code = {level: at for at, level in enumerate(levels)}
        codes = np.array([-1 if cell is None else code[cell] for cell in known])
    if numbers is None and codes is None:
        return None
    return Seen(name, numbers, codes, levels if codes is not None else ())


def _numbers(cells: Sequence[Cell], missing: frozenset[str]) -> Floats:
    try:
        found = np.array([np.nan if cell is None else float(cell) for cell in cells])
    except ValueError:
        found = _measured(cells)
    for mark in missing - MISSING:
        found[found == to_number(mark)] = np.nan
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(found) < FURTHEST, found, np.nan)


def _measured(cells: Sequence[Cell]) -> Floats:
    """Numbers that are written with units, or in the ways of some country."""
    there = [cell for cell in cells if cell is not None]
    notation = notation_of(Counter(there)) or Notation(decimal_of(there))
    return np.array([to_number(cell, notation.decimal, notation.unit) for cell in cells])
