"""Columns of plain numbers, read at once: most tables hold little else, and time is short.

What is written in any other way is left to `measures.py`, cell by cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from metrics import Floats
from tables import Cell

LEAST_MARK = 98.0  # smaller numbers are no marks for "not known", as 99 and -999 may be
SPECIAL = (2147483648.0, 32768.0)


@dataclass(frozen=True)
class Plain:
    """The numbers of a column, NaN where a cell is empty.

    `sure` where none of them can be a mark for "not known".
    """

    numbers: Floats
    sure: bool

    @property
    def useless(self) -> str | None:
        """Why nothing can be learned from the column, if so."""
        known = self.numbers[~np.isnan(self.numbers)]
        different = 0 if not known.size else 1 if np.all(known == known[0]) else 2
        return why_useless(different, gaps=known.size < self.numbers.size)


def why_useless(different: int, *, gaps: bool) -> str | None:
    """Why a column with so many different known values tells no rows apart, if so."""
    if not different:
        return "no value in any row to learn from"
    same = different == 1 and not gaps
    return "the same value in every row to learn from" if same else None


def plainly(cells: Sequence[Cell]) -> Plain | None:
    """The numbers; None where a cell that is not empty is anything but a plain number."""
    try:
        numbers = np.array(list(map(float, cells)), dtype=np.float64)  # type: ignore[arg-type] # None ends in except
    except (TypeError, ValueError):
        try:
            numbers = np.array([cell or None for cell in cells], dtype=object).astype(np.float64)
        except ValueError:
            return None
    numbers[np.isinf(numbers)] = np.nan
    return Plain(numbers, sure=not _may_mark(numbers))


def _may_mark(numbers: Floats) -> bool:
    """Whether one of them is written in nothing but nines, or is the least that fits an integer."""
    size = np.abs(numbers[~np.isnan(numbers)])
    size = size[size >= LEAST_MARK]
    if not size.size:
        return False
    tens = 10.0 ** np.round(np.log10(size))
    return bool(np.any((tens - size >= 0) & (tens - size <= 1.0)) or np.isin(size, SPECIAL).any())
