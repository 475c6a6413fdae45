"""Dates as the numbers a model can use."""

from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np
from days import moment_of
from metrics import Floats
from tables import MISSING, Cell, is_missing

PARTS = ("year", "month", "day", "weekday", "hour", "time")
_BEGIN = datetime(2000, 1, 1)  # noqa: DTZ001 - all times are read into UTC
_DAY = 86_400.0


def date_parts(
    cells: Sequence[Cell], *, day_first: bool = False, missing: Collection[str] = MISSING
) -> Floats:
    """The PARTS of each cell, (rows, parts); `time` is in days since 2000. Unreadable: NaN."""
    known: dict[Cell, tuple[float, ...]] = {}
    for cell in set(cells):
        at = None if is_missing(cell, missing) else moment_of(cell, day_first=day_first)
        if at is None and not is_missing(cell, missing):
            at = moment_of(cell, day_first=not day_first)
        known[cell] = _numbers(at)
    return np.array([known[cell] for cell in cells], dtype=float).reshape(-1, len(PARTS))


def _numbers(at: datetime | None) -> tuple[float, ...]:
    if at is None:
        return (float("nan"),) * len(PARTS)
    days = (at - _BEGIN).total_seconds() / _DAY
    return at.year, at.month, at.day, at.weekday(), at.hour, days
