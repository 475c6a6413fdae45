"""Boosted trees that tell how far the next values are from the last season, over all series."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from histories import Past, typical
from metrics import Codes, Floats
from repeats import last_season

LATEST = 6  # latest values that are looked at one by one
SEASONS_BACK = 3  # values of the same place in earlier seasons
MOST_LEANT_ON = 340  # a longer season is too old to lean on
MOST_LESSONS = 30_000
LEAST_LESSONS = 100
ROUNDS = 200
SETTINGS = {
    "objective": "l1",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.7,
    "max_bin": 127,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
CLIP = 10.0
LOOK = 10  # rounds between two looks at the clock


@dataclass(frozen=True, slots=True)
class Trees:
    """A LightGBM model as text, and the horizon and seasons that it was trained for."""

    text: str
    horizon: int
    seasons: tuple[int, ...]

    def forecast(self, past: Past, steps: int) -> Floats:
        """Each step from its own features; shape (N, steps)."""
        import lightgbm  # noqa: PLC0415 - a second of start-up for those who need it

        if past.length < 2 * max(self.seasons, default=1):
            return last_season(past, steps)
        booster = lightgbm.Booster(model_str=self.text)
        parts: list[Floats] = []
        while len(parts) * self.horizon < steps:
            now = np.full(len(past), past.length)
            rows = np.arange(len(past))
            at = _Stretches(past, rows, now, np.arange(self.horizon))
            features, base = _features(at, self.seasons)
            said = np.asarray(booster.predict(features, num_threads=1)).reshape(base.shape)
            parts.append(base + said * past.lively[:, None])
            past = past.followed(parts[-1])
        return np.concatenate(parts, axis=1)[:, :steps]


def learn_trees(
    pasts: Sequence[Past], horizon: int, seed: int, *, threads: int, deadline: float
) -> Trees | None:
    """Fit on steps drawn from all series until the deadline; None where there are too few."""
    import lightgbm  # noqa: PLC0415 - as above

    seasons = typical(pasts).seasons
    fitting = [past for past in pasts if past.length >= max(6, 2 * max(seasons, default=1))]
    most = max(1, MOST_LESSONS // horizon // max(len(fitting), 1))
    lessons = [_lessons(past, seasons, horizon, most, seed) for past in fitting]
    if sum(len(target) for _, target in lessons) < LEAST_LESSONS:
        return None
    target = np.concatenate([one for _, one in lessons])
    least = int(min(20, max(5, len(target) // 200)))
    told = {**SETTINGS, "min_data_in_leaf": least, "num_threads": threads, "seed": seed}

    def watch(now: "lightgbm.callback.CallbackEnv") -> None:
        if now.iteration % LOOK == 0 and time.monotonic() > deadline:
            raise lightgbm.callback.EarlyStopException(now.iteration, [])

    data = lightgbm.Dataset(np.concatenate([one for one, _ in lessons]), target)
    booster = lightgbm.train(told, data, ROUNDS, callbacks=[watch])
    return Trees(booster.model_to_string(), horizon, seasons)


def _lessons(
    past: Past, seasons: tuple[int, ...], horizon: int, most: int, seed: int
) -> tuple[Floats, Floats]:
    """Features and goals of at most so many stretches of history."""
    least = min(max(max(seasons, default=1), LATEST), past.length - 1)
    starts = np.arange(least, max(past.length - horizon, least) + 1)
    grid = np.meshgrid(np.arange(len(past)), starts, indexing="ij")
    rows, at = grid[0].ravel(), grid[1].ravel()
    if len(rows) > most:
        kept = np.sort(np.random.default_rng(seed).choice(len(rows), most, replace=False))
        rows, at = rows[kept], at[kept]
    steps = np.arange(min(horizon, past.length - int(at.max())))
    features, base = _features(_Stretches(past, rows, at, steps), seasons)
    ahead = past.values[rows[:, None], at[:, None] + steps]
    target = (ahead - base) / past.lively[rows][:, None]
    return features, np.clip(target, -CLIP, CLIP).ravel()


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Places to forecast from: `starts` are first steps ahead in some `rows`, `ahead` steps on."""

    past: Past
    rows: Codes
    starts: Codes
    ahead: Codes

    @property
    def lively(self) -> Floats:
        """The unit of each row, (rows, 1)."""
        return np.asarray(self.past.lively[self.rows][:, None])

    def back(self, length: int, many: int) -> Floats:
        """The value at the same place of the last season but `many` - 1, (rows, steps)."""
        place = self.starts[:, None] - many * length + self.ahead % length
        kept = np.where(place < 0, np.maximum(place % length, 0), place)
        return np.asarray(self.past.values[self.rows[:, None], kept], dtype=np.float64)

    def latest(self, lag: int) -> Floats:
        """The value so many steps before the first, (rows, 1)."""
        return np.asarray(self.past.values[self.rows, np.maximum(self.starts - lag, 0)][:, None])

    def mean(self, sums: Floats, length: int, before: int = 0) -> Floats:
        """Mean of so many steps up to `before` the first, (rows, 1)."""
        high = np.maximum(self.starts - before, 1)
        low = np.maximum(high - length, 0)
        means = (sums[self.rows, high] - sums[self.rows, low]) / (high - low)
        return np.asarray(means[:, None], dtype=np.float64)


def _features(at: _Stretches, seasons: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Features of each step, (rows * steps, columns), and the season it leans on, (rows, steps)."""
    season = seasons[0] if seasons else 1
    leant = max((one for one in seasons if one <= MOST_LEANT_ON), default=season)
    base, lively, past = at.back(leant, 1), at.lively, at.past
    columns = [np.broadcast_to(at.ahead, base.shape).astype(float)]
    columns += [(at.latest(lag) - base) / lively for lag in range(1, LATEST + 1)]
    columns += [
        (at.back(length, many) - base) / lively
        for length in seasons or (1,)
        for many in range(2 if length == leant else 1, SEASONS_BACK + 1)
    ]
    columns += _levels(at, (season, leant, 2 * season), base)
    step = at.starts[:, None] + at.ahead
    place = past.ends[at.rows][:, None] + 1 - past.length + step
    columns += [(place % length).astype(float) for length in seasons]
    ahead = np.concatenate([past.drivers, past.calendar], axis=2)
    known = ahead[at.rows[:, None], np.minimum(step, ahead.shape[1] - 1)]
    features = np.concatenate([np.stack(columns, axis=2), known], axis=2)
    return features.reshape(base.size, -1), base


def _levels(at: _Stretches, lengths: Sequence[int], base: Floats) -> list[Floats]:
    """Means of the last stretches, and how they moved."""
    sums = np.cumsum(np.pad(at.past.values, ((0, 0), (1, 0))), axis=1)
    found = []
    for length in dict.fromkeys(lengths):
        newest, before = at.mean(sums, length), at.mean(sums, length, length)
        found.append((newest - base) / at.lively)
        found.append(np.broadcast_to((newest - before) / at.lively, base.shape))
    return found
