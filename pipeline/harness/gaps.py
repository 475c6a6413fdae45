"""Values where none were measured: along the line between their neighbours, in their season."""

import numpy as np
from metrics import Floats


def filled(values: Floats, season: int) -> Floats:
    """The values with every NaN between the first and the last one filled; shape (n,)."""
    known = np.isfinite(values)
    if known.all():
        return values
    line = _between(values, known)
    if season <= 1 or known.sum() < 2 * season:
        return line
    pattern = _pattern(line, known, season)
    return np.where(known, values, _between(values - pattern, known) + pattern)


def _between(values: Floats, known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    at = np.arange(len(values))
    return np.interp(at, at[known], values[known])


def _pattern(
    line: Floats, known: np.ndarray[tuple[int], np.dtype[np.bool_]], season: int
) -> Floats:
    """How far each step of a season usually is from the mean of the season around it."""
    kernel = np.ones(season) / season
    edges = np.pad(line, (season // 2, season - 1 - season // 2), mode="edge")
    away = line - np.convolve(edges, kernel, mode="valid")
    phase = np.arange(len(line)) % season
    sums = np.bincount(phase[known], away[known], minlength=season)
    counts = np.bincount(phase[known], minlength=season)
    return np.asarray((sums / np.maximum(counts, 1))[phase], dtype=np.float64)
