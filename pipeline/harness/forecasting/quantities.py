"""Numbers of a column however they are written, and columns that are known ahead."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from absent import missing_of
from config import Json
from kinds import truth_of
from measures import Decimal, notation_of, to_number
from metrics import Floats
from tables import Cell, is_missing

MOST_LABELS = 12  # of a column of words; rarer ones say nothing
RARE = 3  # times that a word has to occur
MOST_NUMBERS = 0.9  # share of the filled cells that makes a column numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """How a column writes its numbers, or which words say yes (1) and no (0)."""

    decimal: Decimal = "."
    unit: str | None = None
    missing: frozenset[str] = frozenset()
    truths: tuple[tuple[str, bool], ...] = ()

    def read(self, cells: Sequence[Cell]) -> Floats:
        """The numbers, NaN where there is none; shape (n,)."""
        known = {cell: self._number(cell) for cell in set(cells)}
        return np.array([known[cell] for cell in cells], dtype=np.float64)

    def told(self) -> dict[str, Json]:
        """The same as JSON."""
        truths: list[Json] = [[word, meant] for word, meant in self.truths]
        missing: list[Json] = [*sorted(self.missing)]
        unit: Json = self.unit
        return {"decimal": self.decimal, "unit": unit, "missing": missing, "truths": truths}

    def _number(self, cell: Cell) -> float:
        if cell is None or is_missing(cell, self.missing):
            return float("nan")
        bare = cell.strip()
        if self.truths:
            return float(dict(self.truths).get(bare.lower(), float("nan")))
        told = to_number(bare, self.decimal, self.unit)
        return told if np.isfinite(told) else float("nan")


def load_quantity(told: Mapping[str, Json]) -> Quantity:
    """What Quantity.told gave."""
    missing, truths = told["missing"], told["truths"]
    if not isinstance(missing, list) or not isinstance(truths, list):
        raise TypeError("not a quantity")
    pairs = tuple((str(pair[0]), bool(pair[1])) for pair in truths if isinstance(pair, list))
    unit = told["unit"]
    return Quantity(
        decimal="," if told["decimal"] == "," else ".",
        unit=None if unit is None else str(unit),
        missing=frozenset(str(one) for one in missing),
        truths=pairs,
    )


def learn_quantity(cells: Sequence[Cell]) -> Quantity:
    """How these cells write numbers; what is none reads as NaN."""
    missing = missing_of(cells)
    counts = Counter(cell.strip() for cell in cells if cell and not is_missing(cell, missing))
    truths = truth_of(counts)
    if truths and not all(cell in {"0", "1"} for cell in counts):
        return Quantity(missing=missing, truths=tuple(sorted(truths.items())))
    notation = notation_of(counts)
    if notation is None:
        return Quantity(missing=missing)
    return Quantity(decimal=notation.decimal, unit=notation.unit, missing=missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A column known ahead: one number, or a flag for each of its common words.

    `middle` stands where nothing is known.
    """

    name: str
    quantity: Quantity
    labels: tuple[str, ...] = ()
    middle: float = 0.0

    def columns(self, cells: Sequence[Cell]) -> Floats:
        """Shape (n, 1) for numbers, (n, labels) for words."""
        if self.labels:
            said = [(cell or "").strip() for cell in cells]
            flags = [[float(word == label) for label in self.labels] for word in said]
            return np.array(flags, dtype=np.float64).reshape(-1, len(self.labels))
        numbers = self.quantity.read(cells)
        return np.where(np.isfinite(numbers), numbers, self.middle)[:, None]

    def told(self) -> dict[str, Json]:
        """The same as JSON."""
        labels: list[Json] = [*self.labels]
        return {
            "name": self.name,
            "quantity": self.quantity.told(),
            "labels": labels,
            "middle": self.middle,
        }


def load_driver(told: Mapping[str, Json]) -> Driver:
    """What Driver.told gave."""
    quantity, labels = told["quantity"], told["labels"]
    if not isinstance(quantity, dict) or not isinstance(labels, list):
        raise TypeError("not a driver")
    return Driver(
        name=str(told["name"]),
        quantity=load_quantity(quantity),
        labels=tuple(str(label) for label in labels),
        middle=float(str(told["middle"])),
    )


def learn_driver(name: str, cells: Sequence[Cell]) -> Driver:
    """Read a column as numbers where most cells are such, else as words."""
    quantity = learn_quantity(cells)
    numbers = quantity.read(cells)
    known = np.isfinite(numbers)
    said = [cell.strip() for cell in cells if cell and not is_missing(cell, quantity.missing)]
    if known.sum() >= MOST_NUMBERS * len(said):
        middle = float(np.median(numbers[known])) if known.any() else 0.0
        empty = known.mean() < MOST_NUMBERS and bool(quantity.truths)
        return Driver(name=name, quantity=quantity, middle=0.0 if empty else middle)
    common = Counter(said).most_common(MOST_LABELS)
    return Driver(
        name=name,
        quantity=quantity,
        labels=tuple(sorted(word for word, times in common if times >= RARE)),
    )


def driver_columns(drivers: Sequence[Driver], cells: Sequence[Sequence[Cell]], rows: int) -> Floats:
    """All drivers side by side, (rows, columns); `cells` holds the columns in their order."""
    parts = [driver.columns(column) for driver, column in zip(drivers, cells, strict=True)]
    return np.concatenate([np.empty((rows, 0)), *parts], axis=1)
