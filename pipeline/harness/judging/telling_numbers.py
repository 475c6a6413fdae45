"""Columns of numbers that alone nearly tell the number to predict, of rows never seen."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from absent import missing_of
from measures import notation_of, to_number
from metrics import Floats
from tables import Cell, Table, is_missing

NEARLY_ALL = 0.995  # of the variance is explained by one column
BINS = 200
FEWEST = 20  # rows with a number that say anything


def telling_numbers(
    fit: Table, heldout: Table, inputs: Sequence[str], target: str
) -> tuple[str, ...]:
    """Inputs that alone determine the target, learned on `fit` and seen on `heldout`."""
    learned, true = _floats(fit.column(target)), _floats(heldout.column(target))
    return tuple(
        name
        for name in inputs
        if _tells(*_numbers(fit.column(name), heldout.column(name)), learned, true)
    )


def _floats(cells: Sequence[Cell]) -> Floats:
    return np.array([float(cell or "nan") for cell in cells])


def _numbers(known: Sequence[Cell], asked: Sequence[Cell]) -> tuple[Floats, Floats]:
    """Both as numbers; NaN throughout where the column holds none."""
    missing = missing_of(known)
    counts = Counter(cell.strip() for cell in known if cell and not is_missing(cell, missing))
    notation = notation_of(counts)
    if notation is None:
        return np.full(len(known), np.nan), np.full(len(asked), np.nan)
    both = (
        [
            np.nan
            if is_missing(cell, missing)
            else to_number(cell, notation.decimal, notation.unit)
            for cell in cells
        ]
        for cells in (known, asked)
    )
    first, second = (np.array(numbers, dtype=float) for numbers in both)
    return first, second


def _tells(known: Floats, asked: Floats, learned: Floats, true: Floats) -> bool:
    """Whether lines between the means of many small ranges hit what is true."""
    sure, seen = np.isfinite(known), np.isfinite(asked)
    if sure.sum() < FEWEST or seen.sum() < max(FEWEST, len(true) / 2):
        return False
    order = np.argsort(known[sure], kind="stable")
    parts = np.array_split(order, min(BINS, len(order) // 2))
    at = np.array([known[sure][part].mean() for part in parts])
    says = np.array([learned[sure][part].mean() for part in parts])
    left = true[seen] - np.interp(asked[seen], at, says)
    spread = float(true[seen].var())
    return spread > 0 and float(np.mean(left**2)) <= (1.0 - NEARLY_ALL) * spread
