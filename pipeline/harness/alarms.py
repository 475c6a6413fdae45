"""Columns that give the answer away: alone they tell the target of rows never seen."""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from absent import missing_among
from measures import Notation, notation_of, to_number
from tables import Cell, Table

NEARLY_ALL = 0.95  # of the mistakes that always saying the commonest class makes are gone
BINS = 50


def telling_columns(
    fit: Table, heldout: Table, inputs: Sequence[str], target: str
) -> tuple[str, ...]:
    """Inputs whose value alone nearly determines the class, learned on `fit`, seen on `heldout`."""
    learned, true = fit.column(target), heldout.column(target)
    most = Counter(learned).most_common(1)[0][0]
    mistakes = sum(label != most for label in true)
    if not mistakes:
        return ()
    return tuple(
        name
        for name in inputs
        if _wrong(fit.column(name), learned, heldout.column(name), true, most)
        <= mistakes * (1 - NEARLY_ALL)
    )


def told(columns: Sequence[str]) -> tuple[str, ...]:
    """A sentence for each telling column."""
    return tuple(
        f"The column {name} alone nearly gives the answer away: make sure that it is known before"
        " the answer is, or leave it out."
        for name in columns
    )


def _wrong(
    known: Sequence[Cell],
    learned: Sequence[Cell],
    asked: Sequence[Cell],
    true: Sequence[Cell],
    most: Cell,
) -> int:
    """Mistakes on `true` when each value says the class that it mostly came with."""
    place = _places(known)
    by_value: dict[object, Counter[Cell]] = defaultdict(Counter)
    for cell, label in zip(known, learned, strict=True):
        by_value[place(cell)][label] += 1
    says = {value: counts.most_common(1)[0][0] for value, counts in by_value.items()}
    return sum(
        says.get(place(cell), most) != label for cell, label in zip(asked, true, strict=True)
    )


def _places(cells: Sequence[Cell]) -> Callable[[Cell], object]:
    """Many different numbers are told apart by 50 equal bins, anything else by its text."""
    counts = Counter(cell.strip() for cell in cells if cell and cell.strip())
    missing = missing_among(counts)
    numbers = {cell: n for cell, n in counts.items() if cell.lower() not in missing}
    notation = notation_of(numbers) if len(numbers) > BINS else None
    if notation is None:
        return lambda cell: cell
    read = _reader(notation)
    ordered = sorted(read(cell) for cell, times in numbers.items() for _ in range(times))
    edges = [ordered[len(ordered) * at // BINS] for at in range(1, BINS)]
    return lambda cell: bisect_right(edges, read(cell)) if cell else None


def _reader(notation: Notation) -> Callable[[Cell], float]:
    """Reads the numbers of a column; what is none comes last."""

    def read(cell: Cell) -> float:
        number = to_number(cell, notation.decimal, notation.unit)
        return math.inf if math.isnan(number) else number

    return read
