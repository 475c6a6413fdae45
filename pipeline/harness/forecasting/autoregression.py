"""Autoregression by ridge regression, step by step into the future, for many series at once."""

import numpy as np
from histories import Past
from metrics import Floats
from repeats import last_value

LEAST = 5  # steps; fewer have nothing to follow from
MOST_STEPS = 1500  # of history that is learned from
MOST_LAGS = 24
SHARE = 8  # steps of history for each lag
STRENGTH = 0.03  # of the ridge, as a share of the variance of a lag
WEAK = 0.004  # the same for levels, whose lags are much alike


def autoregress(past: Past, steps: int) -> Floats:
    """Differences from a season before, each from those before it; shape (N, steps)."""
    return _differenced(past.latest(MOST_STEPS), steps, past.season)


def autoregress_levels(past: Past, steps: int) -> Floats:
    """The values themselves, from those before them and a season before."""
    return _differenced(past.latest(MOST_STEPS), steps, 0)


def autoregress_changes(past: Past, steps: int) -> Floats:
    """The changes from step to step."""
    return _differenced(past.latest(MOST_STEPS), steps, 1)


def _differenced(past: Past, steps: int, lag: int) -> Floats:
    values = past.values
    if past.length < LEAST:
        return last_value(past, steps)
    if lag >= past.length // 2:
        lag = 1
    moved = values[:, lag:] - values[:, :-lag] if lag else values
    mean = moved.mean(axis=1, keepdims=True)
    scale = np.maximum(moved.std(axis=1, keepdims=True), 1e-12)
    lags = _lags(past, moved.shape[1], lag)
    told = _ahead((moved - mean) / scale, lags, steps, STRENGTH if lag else WEAK)
    ahead = told * scale + mean
    if not lag:
        return np.asarray(ahead, dtype=np.float64)
    whole = np.concatenate([values[:, -lag:], np.empty((len(past), steps))], axis=1)
    for at in range(steps):
        whole[:, lag + at] = whole[:, at] + ahead[:, at]
    return np.asarray(whole[:, lag:], dtype=np.float64)


def _lags(past: Past, length: int, lag: int) -> list[int]:
    """The steps back to look: the latest ones and those around each season."""
    most = max(1, min(MOST_LAGS, length // SHARE))
    near = min(most, max(2, past.season if lag != past.season else 3, 8))
    wanted = list(range(1, near + 1))
    for season in past.seasons:
        wanted += [season, season + 1, season - 1, 2 * season]
    kept = [one for one in dict.fromkeys(wanted) if 0 < one <= length // 2]
    return sorted(kept[: most + 4])


def _ahead(moved: Floats, lags: list[int], steps: int, strength: float) -> Floats:
    deepest = lags[-1]
    count, length = moved.shape
    design = np.stack([moved[:, deepest - lag : length - lag] for lag in lags], axis=2)
    squares = np.einsum("ntp,ntq->npq", design, design)
    ridge = strength * (length - deepest) + 1.0
    squares += ridge * np.eye(len(lags))
    cross = np.einsum("ntp,nt->np", design, moved[:, deepest:])
    weights = np.linalg.solve(squares, cross[:, :, None])[:, :, 0]
    whole = np.concatenate([moved, np.empty((count, steps))], axis=1)
    for at in range(length, length + steps):
        told = sum(weights[:, place] * whole[:, at - lag] for place, lag in enumerate(lags))
        whole[:, at] = np.clip(told, -20, 20)
    return whole[:, length:]
