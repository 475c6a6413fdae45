"""Members made of trees: forests, LightGBM and, where installed, CatBoost.

Every fit can be cut short and still leaves a model, so no member is skipped for being slow.
Boosters choose their rounds on a part of their own rows, never on the fold that scores them.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from fitted import Boosted, CatBoosted, Forest, as_cells
from lessons import Lesson, inner_part, spread_folds
from metrics import Codes

FOREST_TREES = 120  # a fold's share; the folds' forests are averaged
FOREST_STEP = 20
SMALL = 3_000  # rows below which rounds are chosen by inner folds, not on one inner part
REFIT = 20_000  # rows below which a booster trains again on all rows with the chosen rounds
MOST_ROUNDS = 2_000
SEARCHING = 0.7  # share of a fit in which the rounds are chosen
RATES = ((5_000, 0.03), (50_000, 0.05))
ENOUGH = 6.0  # rounds times rate in which boosting has learned most of what it will
BY_FOLDS = 4.3  # trainings on all rows that rounds chosen by inner folds cost
TWICE = 2.0  # and those chosen on one inner part
FASTER = (1.0, 2.0, 4.0, 8.0)  # times the rate where time does not reach for so many rounds
PROBED = 3  # rounds by which a round's time is known


def fit_forest(lesson: Lesson, *, extra: bool, leaf: int) -> Forest:
    """Extremely randomised trees or a random forest, grown until done or late."""
    from sklearn import ensemble  # noqa: PLC0415 - start-up

    kind = ("ExtraTrees" if extra else "RandomForest") + (
        "Classifier" if lesson.classes else "Regressor"
    )
    model = getattr(ensemble, kind)(
        FOREST_STEP,
        min_samples_leaf=leaf,
        max_features="sqrt" if lesson.classes else 0.5,
        n_jobs=lesson.threads,
        random_state=lesson.seed,
        warm_start=True,
    )
    while True:
        model.fit(lesson.rows, lesson.target)
        if lesson.late or model.n_estimators >= FOREST_TREES:
            break
        model.n_estimators += FOREST_STEP
    places = model.classes_.astype(np.int64) if lesson.classes else np.array([0])
    trees = tuple(tree.tree_ for tree in model.estimators_)
    return Forest(trees, places, max(lesson.classes, 1))


def fit_lightgbm(lesson: Lesson, **settings: float | bool) -> Boosted:
    """Gradient boosting; small data trains once more on all rows with the rounds chosen inside."""
    import lightgbm  # noqa: PLC0415 - start-up

    told = _lightgbm_settings(lesson) | settings
    reached = _reached(lesson, told)
    if len(lesson.rows) < SMALL and reached >= BY_FOLDS * ENOUGH:
        rounds = _rounds_by_folds(lesson, told)
        data = _dataset(lesson, np.arange(len(lesson.rows)))
        watch = [_stop_when_late(lesson)]
        return Boosted(lightgbm.train(told, data, rounds, callbacks=watch), lesson.classes)
    if lesson.learning_rate is None:
        told["learning_rate"] *= _hurry(reached / (TWICE if len(lesson.rows) < REFIT else 1.0))
    learn, check = inner_part(lesson)
    data = _dataset(lesson, learn)
    watch = [lightgbm.early_stopping(lesson.patience, verbose=False), _stop_when_late(lesson)]
    valid = [_dataset(lesson, check, data)]
    booster = lightgbm.train(told, data, MOST_ROUNDS, valid_sets=valid, callbacks=watch)
    if len(lesson.rows) < REFIT and not lesson.late:
        rounds = max(1, booster.best_iteration)
        data = _dataset(lesson, np.arange(len(lesson.rows)))
        booster = lightgbm.train(told, data, rounds, callbacks=[_stop_when_late(lesson)])
    return Boosted(booster, lesson.classes)


def _reached(lesson: Lesson, told: dict[str, Any]) -> float:
    """Rounds times rate for which one training on all rows has the time."""
    import lightgbm  # noqa: PLC0415 - start-up

    data = _dataset(lesson, np.arange(len(lesson.rows))).construct()
    started = time.monotonic()
    lightgbm.train(told, data, PROBED)
    now = time.monotonic()
    rounds = PROBED * max(lesson.deadline - now, 0.0) / (now - started)
    return float(told["learning_rate"]) * rounds


def _hurry(reached: float) -> float:
    """How many times the usual rate lets boosting learn enough in time.

    In few steps, so that a run with time to spare is repeatable.
    """
    return next((times for times in FASTER if reached * times >= ENOUGH), FASTER[-1])


def _rounds_by_folds(lesson: Lesson, told: dict[str, Any]) -> int:
    import lightgbm  # noqa: PLC0415 - start-up

    now = time.monotonic()
    search = replace(lesson, deadline=now + SEARCHING * (lesson.deadline - now))
    fold = spread_folds(lesson.target, 4, lesson.seed)
    pairs = [(np.flatnonzero(fold != part), np.flatnonzero(fold == part)) for part in range(4)]
    history = lightgbm.cv(
        told,
        _dataset(lesson, np.arange(len(lesson.rows))),
        MOST_ROUNDS,
        folds=pairs,
        callbacks=[
            lightgbm.early_stopping(lesson.patience, verbose=False),
            _stop_when_late(search),
        ],
    )
    return max(1, *(len(list(values)) for values in history.values()))


def _dataset(lesson: Lesson, places: Codes, reference: Any = None) -> Any:  # noqa: ANN401 - untyped
    import lightgbm  # noqa: PLC0415 - start-up

    return lightgbm.Dataset(
        lesson.rows[places],
        lesson.target[places],
        reference=reference,
        categorical_feature=list(lesson.categories),
        params={"verbose": -1, "num_threads": lesson.threads, "feature_pre_filter": False},
        free_raw_data=False,
    )


def _lightgbm_settings(lesson: Lesson) -> dict[str, Any]:
    rows = len(lesson.rows)
    goals = {0: "regression", 2: "binary"}
    several = {"num_class": lesson.classes} if lesson.classes > 2 else {}  # noqa: PLR2004
    return several | {
        "objective": goals.get(lesson.classes, "multiclass"),
        "learning_rate": lesson.learning_rate or _rate(rows),
        "min_data_in_leaf": int(np.clip(rows // 40, 3, 20)),
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "max_cat_to_onehot": 8,
        "seed": lesson.seed,
        "deterministic": True,
        "num_threads": lesson.threads,
        "verbose": -1,
    }


def _rate(rows: int) -> float:
    """Small steps where rows are few and rounds cheap."""
    return next((rate for most, rate in RATES if rows < most), 0.1)


def _stop_when_late(lesson: Lesson) -> Callable[[Any], None]:
    def stop(env: Any) -> None:  # noqa: ANN401 - untyped
        from lightgbm.callback import EarlyStopException  # noqa: PLC0415 - start-up

        if lesson.late:
            raise EarlyStopException(env.iteration, env.evaluation_result_list)

    return stop


class _StopWhenLate:
    """CatBoost's form of the same callback."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson

    def after_iteration(self, info: object) -> bool:  # noqa: ARG002 - CatBoost's signature
        """Go on while there is time."""
        return not self.lesson.late


def fit_catboost(lesson: Lesson, *, depth: int) -> CatBoosted:
    """CatBoost with its own encoding of categories; rounds are chosen on an inner part."""
    import catboost  # noqa: PLC0415 - an extra, and slow to import

    learn, check = inner_part(lesson)
    cells = as_cells(lesson.rows, lesson.categories)
    model = (catboost.CatBoostClassifier if lesson.classes else catboost.CatBoostRegressor)(
        iterations=MOST_ROUNDS,
        depth=depth,
        thread_count=lesson.threads,
        random_seed=lesson.seed,
        learning_rate=lesson.learning_rate,
        allow_writing_files=False,
        cat_features=list(lesson.categories),
        verbose=False,
    )
    model.fit(
        cells[learn],
        lesson.target[learn],
        eval_set=(cells[check], lesson.target[check]),
        early_stopping_rounds=lesson.patience,
        callbacks=[_StopWhenLate(lesson)],
    )
    return CatBoosted(model, lesson.categories, lesson.classes)
