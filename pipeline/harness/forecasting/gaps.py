"""Values where none were measured, or absurd ones: along the line between their neighbours."""

import numpy as np
from metrics import Floats
from numpy.lib.stride_tricks import sliding_window_view

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
ABSURD = 300.0  # usual moves from the middle of the neighbours; prices do jump by a hundred
MOST_ABSURD = 0.05  # share of the values; more of them are no mistakes
LEAST = 20  # values, from which on it can be told
WIDEST = 101  # neighbours that are looked at


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


def _between(values: Floats, known: Flags) -> Floats:
    at = np.arange(len(values))
    return np.interp(at, at[known], values[known])


def _pattern(line: Floats, known: Flags, season: int) -> Floats:
    """How far each step of a season usually is from the mean of the season around it."""
    kernel = np.ones(season) / season
    edges = np.pad(line, (season // 2, season - 1 - season // 2), mode="edge")
    away = line - np.convolve(edges, kernel, mode="valid")
    phase = np.arange(len(line)) % season
    sums = np.bincount(phase[known], away[known], minlength=season)
    counts = np.bincount(phase[known], minlength=season)
    return np.asarray((sums / np.maximum(counts, 1))[phase], dtype=np.float64)


def absurd(values: Floats, season: int) -> Flags:
    """Which values are so far from all around them that they can only be mistakes; shape (n,).

    NaN are none. A series that mostly stays at one value, as rare demand does, has none either.
    """
    known = np.flatnonzero(np.isfinite(values))
    found = np.zeros(len(values), dtype=bool)
    if len(known) < LEAST:
        return found
    line = values[known]
    width = min(2 * season + 5, WIDEST) | 1
    around = sliding_window_view(np.pad(line, width // 2, mode="reflect"), width)
    away = np.abs(line - np.median(around, axis=1))
    usual = max(float(np.median(away)), float(np.median(np.abs(np.diff(line)))))
    far = away > ABSURD * usual
    if usual > 0 and far.sum() <= MOST_ABSURD * len(line) + 1:
        found[known[far]] = True
    return found
