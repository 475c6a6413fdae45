"""Trend, waves of each season and what is known ahead, by ridge regression on the recent past."""

import numpy as np
from histories import Past
from metrics import Floats

MOST_WAVES = 8  # pairs of sine and cosine in a season
MOST_STEPS = 3000
HALF_LIFE = 6.0  # seasons after which a step counts half
STRENGTH = 1.0  # of the ridge on waves and drivers, in steps of evidence
KEPT = 0.98  # most of the last deviation that goes on to the next step


def waves(past: Past, steps: int) -> Floats:
    """A line, waves and drivers, and the last deviation fading away; shape (N, steps)."""
    past = past.latest(MOST_STEPS)
    fixed = _fixed(past, steps)
    life = HALF_LIFE * max(past.longest, 12)
    weights = 0.5 ** (np.arange(past.length - 1, -1, -1) / life)
    fitted = np.empty((len(past), past.length + steps))
    if not past.drivers.shape[2]:
        fitted[:] = _solved(fixed, weights, past.values)
    else:
        for row in range(len(past)):
            design = np.concatenate([fixed, _scaled(past.drivers[row], past.length)], axis=1)
            fitted[row] = _solved(design, weights, past.values[row : row + 1])[0]
    return fitted[:, past.length :] + _fading(past.values - fitted[:, : past.length], steps)


def _fixed(past: Past, steps: int) -> Floats:
    """Level, line and waves for all steps, (T + steps, columns)."""
    at = np.arange(-past.length, steps) / max(past.length, 1)
    columns = [np.ones(len(at)), np.minimum(at, 0) + 0.5 * np.maximum(at, 0)]
    place = np.arange(-past.length, steps)
    for season in past.seasons:
        for wave in range(1, min(season // 2, MOST_WAVES) + 1):
            turn = 2 * np.pi * wave * place / season
            columns += [np.sin(turn), np.cos(turn)]
    return np.stack(columns, axis=1)


def _scaled(drivers: Floats, length: int) -> Floats:
    """In spreads around the mean, both of the history alone."""
    known = drivers[:length]
    spread = known.std(axis=0)
    return np.asarray((drivers - known.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _solved(design: Floats, weights: Floats, values: Floats) -> Floats:
    """Fitted and forecast values, (rows, T + steps)."""
    known = design[: values.shape[1]]
    squares = (known * weights[:, None]).T @ known
    ridge = np.full(design.shape[1], STRENGTH)
    ridge[:2] = 1e-6, 0.05
    squares += np.diag(ridge)
    told = np.linalg.solve(squares, (known * weights[:, None]).T @ values.T)
    return np.asarray((design @ told).T, dtype=np.float64)


def _fading(rest: Floats, steps: int) -> Floats:
    """The last deviation, less with every step by how much one follows from the one before."""
    rest = rest[:, -400:]
    follows = (rest[:, 1:] * rest[:, :-1]).sum(axis=1) / ((rest**2).sum(axis=1) + 1e-300)
    follows = np.clip(follows, 0.0, KEPT)
    return np.asarray(rest[:, -1:] * follows[:, None] ** np.arange(1, steps + 1), dtype=np.float64)
