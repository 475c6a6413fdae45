"""Columns that give the answer away: alone they tell the target of rows never seen."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from kinds import decimal_of, is_number, to_number
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
    numbers = [cell for cell in cells if cell and is_number(cell)]
    if len(set(numbers)) <= BINS or len(numbers) < len(cells) / 2:
        return lambda cell: cell
    decimal = decimal_of(cells)
    ordered = sorted(to_number(cell, decimal) for cell in numbers)
    edges = [ordered[len(ordered) * at // BINS] for at in range(1, BINS)]
    return lambda cell: bisect_right(edges, to_number(cell, decimal)) if cell else None
