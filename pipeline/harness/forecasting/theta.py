"""The theta method on what is left when the seasons are taken out, for many series at once."""

import numpy as np
from histories import Past
from metrics import Floats

LEVELS = (0.03, 0.08, 0.15, 0.25, 0.4, 0.55, 0.75, 0.95)
MOST_SEASONS = 10  # older ones say little about the next
FADING = 0.75  # weight of a season against the one after it
TRUST = 1.0  # seasons' worth of doubt that a pattern is there


def theta(past: Past, steps: int) -> Floats:
    """Half of the linear trend on top of simple smoothing, and the seasons; shape (N, steps)."""
    past = past.latest(max(MOST_SEASONS * past.longest, 600))
    rest, ahead = without_seasons(past, steps)
    at = np.arange(past.length) - (past.length - 1) / 2
    slope = rest @ at / max(float(at @ at), 1.0)
    level = _smoothed(rest + slope[:, None] * at)  # the line of theta 2, less its offset
    drift = slope[:, None] * np.arange(1, steps + 1)
    end = slope * (past.length - 1) / 2
    return np.asarray((level - end)[:, None] + drift / 2 + ahead, dtype=np.float64)


def without_seasons(past: Past, steps: int) -> tuple[Floats, Floats]:
    """Values less their seasons, the shortest taken out first, and the seasons to come.

    Shapes (N, T) and (N, steps).
    """
    rest = past.values
    ahead = np.zeros((len(past), steps))
    for length in past.seasons:
        pattern = seasonal_pattern(rest, length)
        place = np.arange(past.length + steps)
        shown = pattern[:, (place - past.length) % length]
        rest = rest - shown[:, : past.length]
        ahead += shown[:, past.length :]
    return rest, ahead


def seasonal_pattern(values: Floats, length: int) -> Floats:
    """What each step of a season adds, (N, length); its first column follows the last value.

    The mean of how far each value is from the middle of the season around it, late seasons
    counting more, drawn to nothing where the seasons do not agree.
    """
    count, total = values.shape
    whole = total // length
    away = values - _middle(values, length)
    block = away[:, total - whole * length :].reshape(count, whole, length)
    weights = FADING ** np.arange(whole - 1, -1, -1.0)
    weights /= weights.sum()
    pattern = np.einsum("w,nwl->nl", weights, block)
    noise = np.einsum("w,nwl->nl", weights, (block - pattern[:, None]) ** 2).mean(axis=1)
    effective = 1 / float(weights @ weights)
    noise *= TRUST / max(effective - 1, 0.5)
    power = (pattern**2).mean(axis=1)
    kept = np.maximum(0.0, 1 - noise / (power + 1e-300))
    pattern = pattern * kept[:, None]
    return np.asarray(pattern - pattern.mean(axis=1, keepdims=True), dtype=np.float64)


def _middle(values: Floats, length: int) -> Floats:
    """Mean of the season around each value; at both ends it goes on along its trend."""
    kernel = np.ones(length) if length % 2 else np.r_[0.5, np.ones(length - 1), 0.5]
    kernel /= kernel.sum()
    half = len(kernel) // 2
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    inner = (sums[:, length:] - sums[:, :-length]) / length
    if length % 2 == 0:
        inner = (inner[:, 1:] + inner[:, :-1]) / 2
    if not inner.shape[1]:
        return np.repeat(values.mean(axis=1, keepdims=True), values.shape[1], axis=1)
    span = min(inner.shape[1] - 1, length)
    first = (inner[:, span] - inner[:, 0]) / max(span, 1)
    last = (inner[:, -1] - inner[:, -1 - span]) / max(span, 1)
    steps = np.arange(1, half + 1)
    before = inner[:, :1] - first[:, None] * steps[::-1]
    after = inner[:, -1:] + last[:, None] * steps
    return np.concatenate([before, inner, after], axis=1)[:, : values.shape[1]]


def _smoothed(line: Floats) -> Floats:
    """The last level of simple smoothing, over the settings by their one-step errors; (N,)."""
    alpha = np.array(LEVELS)
    level = np.repeat(line[:, :1], len(alpha), axis=1)
    missed = np.zeros(level.shape)
    for at in range(1, line.shape[1]):
        error = line[:, [at]] - level
        level = level + alpha * error
        missed += error * error
    power = (
        -0.2 * line.shape[1] * np.log((missed + 1e-300) / (missed.min(axis=1)[:, None] + 1e-300))
    )
    weights = np.exp(np.clip(power, -700, 0))
    return np.asarray((weights * level).sum(axis=1) / weights.sum(axis=1), dtype=np.float64)
