"""Exponential smoothing with a damped trend and a season, for many series at once.

Each series is smoothed with every setting of a small grid; the forecast is the mean of all,
weighted by how well each foretold the steps that were already known.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from histories import Past
from metrics import Floats

LEVELS = (0.02, 0.1, 0.25, 0.45, 0.7, 0.95)
TRENDS = ((0.0, 0.0), (0.0, 1.0), (0.05, 0.9), (0.2, 0.9), (0.05, 0.98), (0.2, 0.98))
SEASONS = (0.0, 0.08, 0.25, 0.5)
MOST_STEPS = 500  # older values hardly count
MOST_SEASONS = 12
SHARPNESS = 0.35  # of the likelihood: errors are neither normal nor independent
CHUNK = 2_000_000  # states that are held at once
MOST_STATES = 100  # a longer season is taken out before


@dataclass(frozen=True, slots=True)
class Grid:
    """Settings, each of shape (G,): how fast level, trend and season follow, and the damping."""

    level: Floats
    trend: Floats
    damping: Floats
    season: Floats


def grid(*, seasonal: bool) -> Grid:
    """Every combination of the settings."""
    ways = list(product(LEVELS, TRENDS, SEASONS if seasonal else (0.0,)))
    return Grid(
        level=np.array([level for level, _, _ in ways]),
        trend=np.array([trend for _, (trend, _), _ in ways]),
        damping=np.array([damping for _, (_, damping), _ in ways]),
        season=np.array([season for _, _, season in ways]),
    )


def smooth(past: Past, steps: int) -> Floats:
    """Level and damped trend, the shortest season on top; shape (N, steps)."""
    return _in_parts(past, steps, past.season if past.season <= MOST_STATES else 1)


def smooth_level(past: Past, steps: int) -> Floats:
    """Level and damped trend alone."""
    return _in_parts(past, steps, 1)


def _in_parts(past: Past, steps: int, season: int) -> Floats:
    past = past.latest(max(MOST_STEPS, MOST_SEASONS * season))
    ways = grid(seasonal=season > 1)
    rows = max(1, CHUNK // (len(ways.level) * season))
    parts = [
        _smoothed(past.values[at : at + rows], season, ways, steps)
        for at in range(0, len(past), rows)
    ]
    return np.concatenate(parts)


def _smoothed(values: Floats, season: int, ways: Grid, steps: int) -> Floats:
    count, length = values.shape
    shape = (count, len(ways.level))
    level, slope, pattern = _begin(values, season)
    level = np.repeat(level[:, None], shape[1], axis=1)
    slope = np.repeat(slope[:, None], shape[1], axis=1) * (ways.damping > 0)
    seasons = [np.repeat(pattern[:, [at]], shape[1], axis=1) for at in range(season)]
    missed = np.zeros(shape)
    burn = min(season, length // 4)
    for at in range(length):
        known = seasons[at % season]
        expected = level + ways.damping * slope
        error = values[:, [at]] - expected - known
        level = expected + ways.level * error
        slope = ways.damping * slope + ways.level * ways.trend * error
        if season > 1:
            seasons[at % season] = known + ways.season * (1 - ways.level) * error
        if at >= burn:
            missed += error * error
    ahead = []
    gone = np.zeros(len(ways.level))
    for at in range(steps):
        gone = gone + ways.damping ** (at + 1)
        ahead.append(level + gone * slope + seasons[(length + at) % season])
    weights = _weights(missed, length - burn)
    return np.stack([(weights * one).sum(axis=1) for one in ahead], axis=1)


def _weights(missed: Floats, count: int) -> Floats:
    """Weights of the settings, (N, G): a tempered likelihood of the one-step errors."""
    least = missed.min(axis=1, keepdims=True)
    power = -0.5 * SHARPNESS * count * np.log((missed + 1e-300) / (least + 1e-300))
    weights = np.exp(np.clip(power, -700, 0))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float64)


def _begin(values: Floats, season: int) -> tuple[Floats, Floats, Floats]:
    """Level before the first step, slope and pattern, from the first seasons."""
    count, length = values.shape
    if season == 1:
        head = values[:, : min(length, 8)]
        slope = (head[:, -1] - head[:, 0]) / max(head.shape[1] - 1, 1)
        return head.mean(axis=1) - slope * (head.shape[1] + 1) / 2, slope, np.zeros((count, 1))
    whole = min(length // season, 4)
    block = values[:, : whole * season].reshape(count, whole, season)
    means = block.mean(axis=2)
    slope = (means[:, -1] - means[:, 0]) / max((whole - 1) * season, 1)
    drift = slope[:, None, None] * (np.arange(season) - (season - 1) / 2)
    pattern = (block - means[:, :, None] - drift).mean(axis=1)
    return means[:, 0] - slope * (season + 1) / 2, slope, pattern
