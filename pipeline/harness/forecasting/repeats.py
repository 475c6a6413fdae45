"""Forecasts that repeat what was: the last value, the last season, the middle of some seasons."""

import numpy as np
from histories import Past
from metrics import Floats

MOST_SEASONS = 4  # that a middle is taken of
DAMPING = 0.5  # share of the growth of the last season that is trusted to go on


def last_value(past: Past, steps: int) -> Floats:
    """The last value, again and again; shape (N, steps)."""
    return np.repeat(past.values[:, -1:], steps, axis=1)


def last_season(past: Past, steps: int) -> Floats:
    """The last of the shortest season, again and again."""
    return _repeat(past.values, past.season, steps)


def last_long_season(past: Past, steps: int) -> Floats:
    """The last of the longest season, again and again."""
    return _repeat(past.values, past.longest, steps)


def middle_season(past: Past, steps: int) -> Floats:
    """The median of the last few of the longest seasons, step by step."""
    length = past.longest
    whole = min(MOST_SEASONS, past.length // length)
    block = past.values[:, past.length - whole * length :].reshape(len(past), whole, length)
    return _repeat(np.median(block, axis=1), length, steps)


def grown_season(past: Past, steps: int) -> Floats:
    """The last season, moved by half of what it had grown over the one before, each season."""
    length = past.season
    if past.length < 2 * length or length == 1:
        drift = (past.values[:, -1] - past.values[:, 0]) / max(past.length - 1, 1)
        return np.asarray(past.values[:, -1:] + drift[:, None] * np.arange(1, steps + 1))
    newest = past.values[:, -length:].mean(axis=1)
    before = past.values[:, -2 * length : -length].mean(axis=1)
    seasons = 1 + np.arange(steps) // length
    return np.asarray(_repeat(past.values, length, steps) + (newest - before)[:, None] * seasons)


def recent_level(past: Past, steps: int) -> Floats:
    """The median of the latest values."""
    latest = past.values[:, -max(8, 2 * past.season) :]
    return np.repeat(np.median(latest, axis=1)[:, None], steps, axis=1)


def _repeat(values: Floats, length: int, steps: int) -> Floats:
    ahead = np.arange(steps) % length
    return np.asarray(values[:, values.shape[1] - length + ahead], dtype=np.float64)
