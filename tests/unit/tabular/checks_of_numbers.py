"""What the parts for numbers, groups and times promise; runs as checks.py does."""

import time
from dataclasses import replace

import numpy as np
from blending import loss_of
from config import BundleConfig
from ensemble import Course, train_ensemble
from features import learn_encoder
from lessons import Apart, spread_folds
from metrics import Floats
from plain_numbers import plainly
from shapes import corrected, is_skewed, learn_scale
from tables import Table
from tabular import matter_of_numbers, train_tabular
from tabular_run import LIGHT
from views import learn_views
from zoo import members

ROWS = 400


def course(matrix: Floats, target: Floats, seconds: float = 30.0, metric: str = "rmse") -> Course:
    return Course(
        matrix=matrix,
        target=target,
        classes=0,
        views=learn_views(matrix, [False] * matrix.shape[1]),
        loss=loss_of(metric),
        deadline=time.monotonic() + seconds,
        threads=1,
        seed=0,
        tell=lambda *_: None,
        folds=3,
        repeats=1,
        absolute=metric == "mae",
    )


def amounts(seed: int = 0) -> tuple[Floats, Floats]:
    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=(ROWS, 4))
    return matrix, np.exp(5 + 1.2 * matrix[:, 0] + 0.3 * draw.normal(size=ROWS))


def told_of(target: Floats) -> Floats:
    """What a model of this target says of its own rows."""
    draw = np.random.default_rng(2)
    near = (target - target.mean()) / target.std() + 0.2 * draw.normal(size=len(target))
    rows = [(str(one), str(value)) for one, value in zip(near, target, strict=True)]
    config = BundleConfig(
        task_type="tabular_regression",
        backbone="light_ensemble",
        columns={"target": "gain", "features": ("near",)},
        ignored={},
        kinds={"near": "number", "gain": "number"},
        metric="rmse",
        better="lower",
        positive=None,
        seed=3,
        budget_seconds=20,
        threads=1,
        split={},
        split_chosen=False,
        files=(),
        hyperparameters={"folds": 3, "early_stopping_patience": 20},
    )
    matter = matter_of_numbers(Table(("near", "gain"), rows), config)
    model = train_tabular(matter, ["linear", "lightgbm"], started=time.monotonic(), repeats=1)
    return np.asarray(model.predict(matter.table.select(("near",))).said, float)


def check_numbers_below_zero_and_huge_ones_are_learned() -> None:
    draw = np.random.default_rng(1)
    for target in (draw.normal(size=ROWS), -1e3 + draw.normal(size=ROWS), 1e12 * draw.random(ROWS)):
        told = told_of(target)
        assert np.sqrt(np.mean((told - target) ** 2)) < 0.5 * target.std(), target[:3]


def check_every_shape_comes_back_to_the_same_numbers() -> None:
    values = np.abs(np.random.default_rng(0).normal(50, 30, 200)) + 0.5
    for shape in ("plain", "log", "root", "ratio"):
        scale = learn_scale(values, shape)
        assert np.allclose(scale.values(scale.told(values)), values), shape


def check_answers_stay_near_what_was_seen_and_never_below_nothing() -> None:
    values = np.linspace(0.0, 100.0, 50)
    for shape in ("plain", "log", "root"):
        far = learn_scale(values, shape).values(np.array([-50.0, 50.0]))
        assert far.tolist() == [0.0, 105.0], shape
    assert learn_scale(values - 50.0, "plain").values(np.array([-50.0])).tolist() == [-55.0]


def check_only_amounts_with_a_long_tail_are_skewed() -> None:
    draw = np.random.default_rng(0)
    assert is_skewed(draw.lognormal(3, 1, 500))
    assert not is_skewed(draw.normal(100, 10, 500))
    assert not is_skewed(draw.lognormal(3, 1, 500) - 10.0)
    assert not is_skewed(np.full(50, 7.0))


def check_means_of_logarithms_are_corrected_and_medians_hardly() -> None:
    draw = np.random.default_rng(0)
    truth = np.exp(draw.normal(3, 0.6, 4000))
    scale = learn_scale(truth, "log")
    told = np.zeros(len(truth))
    for_squares = corrected(scale, truth, told, absolute=False).values(told)[0]
    for_absolute = corrected(scale, truth, told, absolute=True).values(told)[0]
    assert abs(for_squares / truth.mean() - 1) < 0.01
    assert abs(for_absolute / np.median(truth) - 1) < 0.03


def check_amounts_of_every_size_are_learned() -> None:
    matrix, target = amounts()
    for metric in ("rmse", "mae", "r2"):
        told = train_ensemble(course(matrix, target, metric=metric), LIGHT).predict(matrix)[:, 0]
        assert (told >= 0).all()
        assert np.corrcoef(np.log(told + 1), np.log(target))[0, 1] > 0.9, metric


def check_rows_of_a_group_are_in_one_fold_of_about_equal_size() -> None:
    codes = np.random.default_rng(0).integers(0, 40, ROWS)
    fold = spread_folds(np.arange(ROWS, dtype=float), 5, 1, Apart(codes, ordered=False))
    assert all(len(np.unique(fold[codes == code])) == 1 for code in np.unique(codes))
    sizes = np.bincount(fold)
    assert len(sizes) == 5
    assert sizes.max() - sizes.min() <= 15


def check_folds_of_time_are_stretches() -> None:
    codes = np.arange(ROWS) // 10
    fold = spread_folds(np.zeros(ROWS), 5, 1, Apart(codes, ordered=True))
    assert np.count_nonzero(np.diff(fold)) <= 5
    assert np.bincount(fold).min() >= ROWS // 5 - 10


def check_what_only_names_a_group_is_not_taken_for_learning() -> None:
    draw = np.random.default_rng(0)
    group = draw.integers(0, 40, ROWS)
    matrix = draw.normal(size=(40, 3))[group] + 0.01 * draw.normal(size=(ROWS, 3))
    one = course(matrix, draw.normal(size=40)[group] + 0.1 * draw.normal(size=ROWS))
    names = ("lightgbm", "extra_trees")
    easy = train_ensemble(one, names).losses["extra_trees"]
    honest = replace(one, apart=Apart(group, ordered=False), deadline=time.monotonic() + 30)
    assert easy < 0.4
    assert train_ensemble(honest, names).losses["extra_trees"] > 0.9


def check_a_slanted_border_is_seen_and_its_columns_are_named() -> None:
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(1500, 5))
    one = course(matrix, (matrix[:, 1] + matrix[:, 3] > 0) * 10.0 + draw.normal(size=1500))
    model = train_ensemble(one, ("lightgbm", "lightgbm_turned"))
    assert model.losses["lightgbm_turned"] < model.losses["lightgbm"]
    assert [1, 3] in vars(model.models["lightgbm_turned"][1][0])["pairs"].tolist()


def check_columns_without_pairs_need_no_turning() -> None:
    one = course(np.random.default_rng(0).integers(0, 3, (ROWS, 3)).astype(float), np.arange(400.0))
    assert train_ensemble(one, ("lightgbm_turned",)).predict(one.matrix).shape == (ROWS, 1)


def check_all_folds_boost_as_far_as_the_first() -> None:
    matrix, target = amounts()
    model = train_ensemble(course(matrix, target), ("lightgbm",))
    rounds = {vars(one)["booster"].num_trees() for one in model.models["lightgbm"][1]}
    assert len(rounds) == 1
    assert rounds.pop() > 20


def check_in_a_hurry_the_strongest_have_the_time() -> None:
    def names(rows: int, pace: float) -> set[str]:
        return {member.name for member in members(LIGHT, rows, pace=pace)}

    assert names(50_000, 5.0) == {"linear", "bent_linear", "lightgbm"}
    assert "lightgbm_turned" in names(50_000, 30.0)
    assert "extra_trees" not in names(50_000, 30.0)
    assert len(names(50_000, 300.0)) > 8
    assert len(names(1_000, 5.0)) > 8
    assert [one.name for one in members(["kernel"], 50_000, pace=1.0)] == ["kernel"]


def check_a_budget_is_kept_with_many_rows() -> None:
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(20_000, 20))
    target = matrix[:, 0] * matrix[:, 1] + draw.normal(size=20_000)
    started, busy = time.monotonic(), time.process_time()
    train_ensemble(course(matrix, target, seconds=6.0), LIGHT)
    past = time.monotonic() - started
    share = (time.process_time() - busy) / past  # of a processor: others may use the machine
    assert past < 6.0 * 1.1 / min(1.0, max(share, 0.1)), past


def check_plain_columns_are_read_as_cell_by_cell() -> None:
    columns: dict[str, list[str | None]] = {
        "plain": ["1", "2.5", "-3e2", None, "", " 7 "] * 9,
        "marked": ["1", "2", "3", "4", "5", "-999"] * 9,
        "words": ["1", "2.5", "NA", "7", "?", "12"] * 9,
        "odd": ["1_000", "2", "3", "4", "inf", "6"] * 9,
        "odd and words": ["1_000", "2", "3", "4", "?", "6"] * 9,
    }
    rows = Table(tuple(columns), list(zip(*columns.values(), strict=True)))
    told = learn_encoder(rows, dict.fromkeys(columns, "number")).transform(rows)[:6]
    nan = np.nan
    wanted = [
        [1.0, 2.5, -300.0, nan, nan, 7.0],
        [1.0, 2.0, 3.0, 4.0, 5.0, nan],
        [1.0, 2.5, nan, 7.0, nan, 12.0],
        [1000.0, 2.0, 3.0, 4.0, nan, 6.0],
        [1000.0, 2.0, 3.0, 4.0, nan, 6.0],
    ]
    assert np.array_equal(told, np.array(wanted).T, equal_nan=True), told
    assert plainly(["1", "x"]) is None
