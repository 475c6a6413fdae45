"""Dates as the numbers a model can use."""

import warnings
from collections.abc import Sequence

import numpy as np
from metrics import Floats
from tables import Cell, is_missing

PARTS = ("year", "month", "day", "weekday", "hour", "time")


def date_parts(cells: Sequence[Cell]) -> Floats:
    """The PARTS of each cell, (rows, parts); `time` is in days since 2000. Unreadable: NaN."""
    import pandas as pd  # noqa: PLC0415 - only where there are dates

    known = [None if cell is None or is_missing(cell) else cell.strip() for cell in cells]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # each cell is read by itself, in whatever form it has
        dates = pd.to_datetime(pd.Series(known), errors="coerce", format="mixed", utc=True)
    at = dates.dt
    days = (dates - pd.Timestamp("2000-01-01", tz="UTC")) / pd.Timedelta(days=1)
    columns = (at.year, at.month, at.day, at.dayofweek, at.hour, days)
    return np.column_stack([column.to_numpy(dtype=float) for column in columns])
