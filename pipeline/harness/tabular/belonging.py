"""Which rows belong together: those of one group, or of one stretch of time."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np
from absent import missing_of
from config import BundleConfig
from days import day_first_of, moment_of
from lessons import Apart
from measures import notation_of, to_number
from metrics import Codes
from tables import Cell, Table, is_missing, label_of

START = datetime(1970, 1, 1)  # noqa: DTZ001 - times are only compared with each other
STRETCHES = 60  # of time, of which a fold takes several one after the other


def group_of(cells: Sequence[Cell]) -> Callable[[Cell], str]:
    """The group that a cell of this column names; "" where it is not known."""
    missing = missing_of(cells)
    return lambda cell: "" if is_missing(cell, missing) else label_of(cell)


def moments(cells: Sequence[Cell]) -> Mapping[Cell, float]:
    """Each readable cell as seconds since 1970, or as its number where all are numbers."""
    missing = missing_of(cells)
    counts = Counter(cell for cell in cells if cell is not None and not is_missing(cell, missing))
    notation = notation_of(counts)
    if notation is not None:
        read = {cell: to_number(cell, notation.decimal, notation.unit) for cell in counts}
        return {cell: number for cell, number in read.items() if number == number}  # noqa: PLR0124
    day_first = day_first_of(counts)
    dates = {cell: moment_of(cell, day_first=day_first) for cell in counts}
    return {cell: (at - START).total_seconds() for cell, at in dates.items() if at}


def apart_of(table: Table, config: BundleConfig) -> Apart | None:
    """What belongs together in the cross-validation; None where each row stands alone."""
    for name in config.columns_of("time"):
        return Apart(_stretches(table.column(name)), ordered=True)
    for name in config.columns_of("group"):
        cells = table.column(name)
        group = group_of(cells)
        named = [group(cell) or f"\0{place}" for place, cell in enumerate(cells)]
        return Apart(np.unique(named, return_inverse=True)[1], ordered=False)
    return None


def _stretches(cells: Sequence[Cell]) -> Codes:
    """The stretch of time of each row; rows of one time are in one."""
    times = moments(cells)
    known = np.array([times.get(cell, float("-inf")) for cell in cells])
    ordered = np.sort(known)
    first = np.searchsorted(ordered, known)
    return np.asarray(first * STRETCHES // len(cells), dtype=np.int64)
