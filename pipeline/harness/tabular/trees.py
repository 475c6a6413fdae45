"""Members made of trees: forests, LightGBM and, where installed, CatBoost.

Every fit can be cut short and still leaves a model, so no member is skipped for being slow.
Boosters choose their rounds inside the rows that they learn from in one fold; the other folds
take that one number over, so hardly anything of the rows that score them is in it.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from fitted import Boosted, CatBoosted, Forest, as_cells
from lessons import Lesson, Pace, inner_part, spread_folds
from metrics import Codes

FOREST_TREES = ((3_000, 120), (10_000, 60))  # below so many rows; the folds' are averaged
FEW_TREES = 40
FOREST_STEP = 20
ROWS_A_TREE = 10_000
SMALL = 3_000  # rows below which rounds are chosen by inner folds, not on one inner part
MOST_ROUNDS = 2_000
MORE_ROWS = 1.1  # times the rounds of a part for all rows
RATES = ((5_000, 0.03), (50_000, 0.05))
ENOUGH = 6.0  # rounds times rate in which boosting has learned most of what it will
BY_FOLDS = 4.3  # trainings on all rows that rounds chosen by inner folds cost
BY_PART = 1.1  # and those chosen on one inner part
FASTER = (1.0, 2.0, 4.0, 8.0)  # times the rate where time does not reach for so many rounds
SCOUT_ROUNDS = 100
SCOUT_RATE = 0.1
PROBED = 3  # rounds by which a round's time is known


def fit_forest(lesson: Lesson, *, extra: bool, leaf: int) -> Forest:
    """Extremely randomised trees or a random forest, grown until done or late.

    Of many rows each tree sees a part, so that a tree is never more than a moment.
    """
    from sklearn import ensemble  # noqa: PLC0415 - start-up

    rows = len(lesson.rows)
    kind = ("ExtraTrees" if extra else "RandomForest") + (
        "Classifier" if lesson.classes else "Regressor"
    )
    model = getattr(ensemble, kind)(
        min_samples_leaf=leaf,
        max_features="sqrt" if lesson.classes else 0.5,
        bootstrap=not extra or rows > ROWS_A_TREE,
        max_samples=min(rows, ROWS_A_TREE) if not extra or rows > ROWS_A_TREE else None,
        n_jobs=lesson.threads,
        random_state=lesson.seed,
        warm_start=True,
    )
    most = next((count for upto, count in FOREST_TREES if rows < upto), FEW_TREES)
    started, model.n_estimators = time.monotonic(), 1
    model.fit(lesson.rows, lesson.target)
    while model.n_estimators < most and not lesson.late:
        a_tree = (time.monotonic() - started) / model.n_estimators
        fitting = int((lesson.deadline - time.monotonic()) / a_tree)
        model.n_estimators += min(most - model.n_estimators, FOREST_STEP, max(1, fitting))
        model.fit(lesson.rows, lesson.target)
    places = model.classes_.astype(np.int64) if lesson.classes else np.array([0])
    grown = tuple(tree.tree_ for tree in model.estimators_)
    return Forest(grown, places, max(lesson.classes, 1))


def fit_lightgbm(lesson: Lesson, **settings: float | bool | str) -> Boosted:
    """Gradient boosting on all rows, with rounds and rate found on parts of them.

    A lesson that brings its pace, from another fold, is learned at once.
    """
    told, data = _lightgbm_settings(lesson) | settings, _dataset(lesson)
    pace = lesson.pace or _find_pace(lesson, told, data)
    told["learning_rate"] = pace.rate
    return Boosted(_train(lesson, told, data, pace.rounds), lesson.classes, pace)


def scout(lesson: Lesson, **settings: float | bool | str) -> Any:  # noqa: ANN401 - untyped
    """The trees of a small booster, as LightGBM dumps them: {"tree_info": [...]}."""
    told = _lightgbm_settings(lesson) | settings | {"learning_rate": SCOUT_RATE}
    rounds = max(1, SCOUT_ROUNDS // max(1, lesson.classes - 1))
    return _train(lesson, told, _dataset(lesson), rounds).dump_model()


def search_cost(rows: int) -> float:
    """What finding the pace costs, in trainings on all rows."""
    return BY_FOLDS if rows < SMALL else BY_PART


def _find_pace(lesson: Lesson, told: dict[str, Any], data: Any) -> Pace:  # noqa: ANN401 - untyped
    """Rounds that gain on rows left out; where time is too short to look, as many as it takes."""
    cost = search_cost(len(lesson.rows))
    if lesson.learning_rate is None:
        reached = _reached(lesson, told, data)
        told["learning_rate"] *= _hurry(reached / (1.0 + cost))
        if FASTER[-1] * reached < ENOUGH * (1.0 + cost):
            return Pace(int(ENOUGH / told["learning_rate"]), told["learning_rate"])
    now = time.monotonic()
    search = replace(lesson, deadline=now + (lesson.deadline - now) * cost / (1.0 + cost))
    few = len(lesson.rows) < SMALL
    rounds = _by_folds(search, told, data) if few else _by_part(search, told)
    return Pace(max(1, rounds), told["learning_rate"])


def _train(lesson: Lesson, told: dict[str, Any], data: Any, rounds: int) -> Any:  # noqa: ANN401
    """Train for so many rounds, or until late."""
    import lightgbm  # noqa: PLC0415 - start-up

    return lightgbm.train(told, data, rounds, callbacks=[_stop_when_late(lesson)])


def _reached(lesson: Lesson, told: dict[str, Any], data: Any) -> float:  # noqa: ANN401 - untyped
    """Rounds times rate for which one training on all rows has the time."""
    import lightgbm  # noqa: PLC0415 - start-up

    data.construct()
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


def _by_part(lesson: Lesson, told: dict[str, Any]) -> int:
    """Rounds by one inner part, a little more for all rows; its bins are its own."""
    import lightgbm  # noqa: PLC0415 - start-up

    learn, check = inner_part(lesson)
    part = _dataset(lesson, learn)
    watch = [lightgbm.early_stopping(lesson.patience, verbose=False), _stop_when_late(lesson)]
    valid = [_dataset(lesson, check, part)]
    found = lightgbm.train(told, part, MOST_ROUNDS, valid_sets=valid, callbacks=watch)
    return round(MORE_ROWS * int(found.best_iteration))


def _by_folds(lesson: Lesson, told: dict[str, Any], data: Any) -> int:  # noqa: ANN401 - untyped
    """Rounds by inner folds: one part of few rows would say little."""
    import lightgbm  # noqa: PLC0415 - start-up

    fold = spread_folds(lesson.target, 4, lesson.seed, lesson.apart)
    pairs = [(np.flatnonzero(fold != part), np.flatnonzero(fold == part)) for part in range(4)]
    watch = [lightgbm.early_stopping(lesson.patience, verbose=False), _stop_when_late(lesson)]
    history = lightgbm.cv(told, data, MOST_ROUNDS, folds=pairs, callbacks=watch)
    return max(len(list(values)) for values in history.values())


def _dataset(
    lesson: Lesson,
    places: Codes | None = None,
    reference: Any = None,  # noqa: ANN401 - untyped
) -> Any:  # noqa: ANN401 - untyped
    """The rows, or some of them, in bins: their own, or those of `reference`."""
    import lightgbm  # noqa: PLC0415 - start-up

    return lightgbm.Dataset(
        lesson.rows if places is None else lesson.rows[places],
        lesson.target if places is None else lesson.target[places],
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
