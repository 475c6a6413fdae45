"""Boosted trees on the views of pictures: what the ridge does not see, they may."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from metrics import Floats
from picture_views import Seen

FOLDS = 5
LEAST_ROWS = 60  # fewer give trees nothing to split on
MOST_CLASSES = 20  # every class has trees of its own
ROUNDS = 120
SHARES = (0.0, 0.5, 1.0)  # of the trees in the answer
LEAST_GAIN = 0.01  # by which unseen errors must fall: a second model is slower and harder to keep


@dataclass(frozen=True, slots=True)
class Grown:
    """Trees that learned from all rows, and their share in the answer; none where it is 0."""

    trees: lgb.Booster | None
    share: float
    unseen: Floats


def grow(rows: Seen, targets: Floats, ridge: Floats, seed: int, until: float) -> Grown:
    """Trees where they better the `ridge`'s unseen answers, shape (n, k).

    Whoever would need longer than `until`, on the clock of time.monotonic, is left out.
    """
    if len(rows) < LEAST_ROWS or targets.shape[1] > MOST_CLASSES:
        return Grown(None, 0.0, ridge)
    unseen = _unseen(rows, targets, seed, until)
    if unseen is None:
        return Grown(None, 0.0, ridge)
    mixed = {share: (1 - share) * ridge + share * unseen for share in SHARES}
    errors = {share: float(((one - targets) ** 2).mean()) for share, one in mixed.items()}
    best = min(SHARES, key=lambda share: errors[share])
    if errors[best] > errors[0.0] * (1 - LEAST_GAIN):
        return Grown(None, 0.0, ridge)
    return Grown(_grown(rows, targets, seed), best, mixed[best])


def answers_of(trees: lgb.Booster, rows: Seen, answers: int) -> Floats:
    """Probabilities, or one number a row; shape (n, answers)."""
    said = np.asarray(trees.predict(rows, num_threads=1))
    return said.reshape(len(rows), answers)


def _unseen(rows: Seen, targets: Floats, seed: int, until: float) -> Floats | None:
    """What trees say of rows that they have not seen; None when there is no time."""
    fold = np.empty(len(rows), dtype=np.int64)
    mixed = np.random.default_rng(seed).permutation(len(rows))
    order = mixed[np.argsort(targets[mixed].argmax(axis=1), kind="stable")]
    fold[order] = np.arange(len(rows)) % FOLDS
    found = np.zeros_like(targets)
    for at in range(FOLDS):
        started = time.monotonic()
        seen = fold != at
        trees = _grown(rows[seen], targets[seen], seed, until)
        found[~seen] = answers_of(trees, rows[~seen], targets.shape[1])
        took = time.monotonic() - started
        if time.monotonic() + took * (FOLDS - at + 0.5) > until:
            return None
    return found


def _grown(rows: Seen, targets: Floats, seed: int, until: float = np.inf) -> lgb.Booster:
    classes = targets.shape[1]
    kind: dict[str, object] = {"objective": "regression"}
    if classes > 1:
        kind = {"objective": "multiclass", "num_class": classes}
    known = targets[:, 0] if classes == 1 else targets.argmax(axis=1)
    settings: dict[str, object] = {
        **kind,
        "learning_rate": 0.05,
        "num_leaves": 8,  # few rows and thousands of columns: small trees of few columns each
        "min_child_samples": min(10, max(1, len(rows) // 20)),
        "feature_fraction": 0.2,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    data = lgb.Dataset(rows, known)
    return lgb.train(settings, data, num_boost_round=ROUNDS, callbacks=[_in_time(until)])


def _in_time(until: float) -> Callable[[lgb.callback.CallbackEnv], None]:
    """Ends what would go on too long; whoever is late is not used."""

    def check(environment: lgb.callback.CallbackEnv) -> None:
        if time.monotonic() > until:
            raise lgb.callback.EarlyStopException(environment.iteration, [])

    return check
