"""One linear map from the latest values to all steps ahead, learned from all series together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from histories import Past, typical
from metrics import Codes, Floats
from repeats import last_season

MOST_LAGS = 400
MOST_WINDOWS = 12_000
LEAST_WINDOWS = 8
STRENGTHS = (0.003, 0.03, 0.3, 3.0)  # of the ridge, as a share of the windows
LATER = 0.25  # share of the windows, the latest, on which the strength is chosen
CLIP = 8.0  # values farther from their season than this, in usual moves, count as this far


@dataclass(frozen=True, slots=True)
class LinearMap:
    """`weights` maps lags to steps, (lags + 1, horizon); the last row is added to all."""

    weights: Floats
    season: int

    def forecast(self, past: Past, steps: int) -> Floats:
        """The last season, moved by what the latest values tell; shape (N, steps)."""
        lags, horizon = len(self.weights) - 1, self.weights.shape[1]
        if past.length < max(lags, self.season):
            return last_season(past, steps)
        parts: list[Floats] = []
        while len(parts) * horizon < steps:
            base = _season_before(past.values, self.season, horizon)
            seen = _seen(past.values[:, -lags:], self.season, past.lively)
            told = seen @ self.weights[:-1] + self.weights[-1]
            parts.append(base + told * past.lively[:, None])
            past = past.followed(parts[-1])
        return np.concatenate(parts, axis=1)[:, :steps]


def learn_map(pasts: Sequence[Past], horizon: int, seed: int) -> LinearMap | None:
    """Fit on stretches of history that have `horizon` steps after them; None with too few."""
    season = typical(pasts).season
    lags = _lag_count(typical(pasts), horizon)
    if lags < 1:
        return None
    fitting = [past for past in pasts if past.length >= max(lags, season) + horizon]
    most = MOST_WINDOWS // max(len(fitting), 1)
    lessons = [_lessons(past, lags, season, horizon, most=most, seed=seed) for past in fitting]
    if sum(len(seen) for seen, _, _ in lessons) < LEAST_WINDOWS:
        return None
    seen = np.concatenate([one for one, _, _ in lessons])
    target = np.concatenate([one for _, one, _ in lessons])
    order = np.argsort(np.concatenate([one for _, _, one in lessons]), kind="stable")
    later = max(1, int(LATER * len(order)))
    first, last = order[:-later], order[-later:]
    tried = _ridges(seen[first], target[first], STRENGTHS)
    missed = [np.abs(seen[last] @ one[:-1] + one[-1] - target[last]).mean() for one in tried]
    best = int(np.argmin(missed))
    return LinearMap(_ridges(seen, target, STRENGTHS[best : best + 1])[0], season)


def _lag_count(past: Past, horizon: int) -> int:
    wanted = max(past.longest + past.season, 2 * past.season, 12)
    return int(min(wanted, MOST_LAGS, (past.length - horizon) * 2 // 3))


def _lessons(
    past: Past, lags: int, season: int, horizon: int, *, most: int, seed: int
) -> tuple[Floats, Floats, Codes]:
    """What was seen, what came, and how long before the end that was, of some windows."""
    begins = np.arange(max(lags, season), past.length - horizon + 1)
    grid = np.meshgrid(np.arange(len(past)), begins, indexing="ij")
    rows, at = grid[0].ravel(), grid[1].ravel()
    if len(rows) > most:
        kept = np.random.default_rng(seed).choice(len(rows), most, replace=False)
        rows, at = rows[kept], at[kept]
    seen = past.values[rows[:, None], at[:, None] + np.arange(-lags, 0)]
    before = at[:, None] - season + np.arange(horizon) % season
    ahead = past.values[rows[:, None], at[:, None] + np.arange(horizon)]
    target = (ahead - past.values[rows[:, None], before]) / past.lively[rows][:, None]
    seen = _seen(seen, season, past.lively[rows])
    return seen, np.clip(target, -CLIP, CLIP), at - past.length


def _seen(values: Floats, season: int, lively: Floats) -> Floats:
    """The latest values less the mean of the last season, in usual moves."""
    middle = values[:, -season:].mean(axis=1, keepdims=True)
    return np.asarray(np.clip((values - middle) / lively[:, None], -CLIP, CLIP))


def _season_before(values: Floats, season: int, horizon: int) -> Floats:
    return values[:, values.shape[1] - season + np.arange(horizon) % season]


def _ridges(seen: Floats, target: Floats, strengths: Sequence[float]) -> list[Floats]:
    """The weights for each strength, the added row last."""
    middle, goal = seen.mean(axis=0), target.mean(axis=0)
    away = seen - middle
    values, vectors = np.linalg.eigh(away.T @ away)
    turned = vectors.T @ (away.T @ (target - goal))
    found = []
    for strength in strengths:
        weights = vectors @ (turned / (np.maximum(values, 0) + strength * len(seen) + 1)[:, None])
        found.append(np.concatenate([weights, (goal - middle @ weights)[None]]))
    return found
