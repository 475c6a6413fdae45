"""What the ensemble's parts promise; runs inside the training environment, beside the bundle.

Run by tests/unit/apart.py.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from blending import area, choose_weights, loss_of, mix
from deciding import learn_favour, said_of
from ensemble import Course, Ensemble, load_ensemble, train_ensemble
from features import Encoder, learn_encoder, load_encoder
from fitted import Linear
from lessons import Lesson, spread_folds
from metrics import Classified, Floats
from tables import Table
from views import learn_views
from zoo import ZOO, members

ROWS = 160
NAMES = tuple(member.name for member in ZOO if member.name != "catboost")


def matrix_and_target(classes: int, seed: int = 0) -> tuple[Floats, Floats]:
    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=(ROWS, 5))
    matrix[:, 4] = draw.integers(0, 4, ROWS)
    matrix[draw.random(ROWS) < 0.1, 2] = np.nan
    score = matrix[:, 0] + (matrix[:, 4] == 1) + draw.normal(size=ROWS) * 0.3
    if classes == 0:
        return matrix, score * 1000 + 5000
    edges = np.quantile(score, np.linspace(0, 1, classes + 1)[1:-1])
    return matrix, np.digitize(score, edges).astype(float)


def course(classes: int, seconds: float, **more: int) -> Course:
    matrix, target = matrix_and_target(classes)
    metric = {0: "rmse", 2: "roc_auc"}.get(classes, "macro_f1")
    told = {"tell": lambda *_: None, "repeats": 1, "folds": 3, **more}
    return Course(
        matrix=matrix,
        target=target,
        classes=classes,
        views=learn_views(matrix, [False] * 4 + [True]),
        loss=loss_of(metric),
        deadline=time.monotonic() + seconds,
        threads=1,
        seed=0,
        **told,
    )


def lesson(classes: int, seconds: float) -> Lesson:
    matrix, target = matrix_and_target(classes)
    if classes == 0:
        target = (target - target.mean()) / target.std()
    return Lesson(
        rows=np.nan_to_num(matrix),
        target=target,
        classes=classes,
        categories=(4,),
        deadline=time.monotonic() + seconds,
        threads=1,
        seed=0,
        patience=20,
        learning_rate=None,
    )


def saved_again(model: Ensemble) -> Ensemble:
    folder = Path(tempfile.mkdtemp())
    model.save(folder)
    return load_ensemble(folder)


def table(**columns: list[str | None]) -> Table:
    return Table(tuple(columns), list(zip(*columns.values(), strict=True)))


def check_every_member_learns_two_classes_many_and_numbers() -> None:
    for classes in (2, 4, 0):
        one = lesson(classes, 30)
        for name in NAMES:
            told = members([name], ROWS)[0].fit(one).predict(one.rows)
            assert told.shape == (ROWS, max(classes, 1)), (name, classes)
            if classes:
                assert np.allclose(told.sum(axis=1), 1), (name, classes)
                assert np.mean(told.argmax(axis=1) == one.target) > 0.6, (name, classes)
            else:
                assert np.corrcoef(told[:, 0], one.target)[0, 1] > 0.7, name


def check_a_member_without_time_still_leaves_a_model() -> None:
    for classes in (2, 4, 0):
        one = lesson(classes, 0)
        for name in NAMES:
            told = members([name], ROWS)[0].fit(one).predict(one.rows)
            assert np.isfinite(told).all(), (name, classes)


def check_a_class_that_a_fold_lacks_gets_a_place() -> None:
    one = lesson(4, 30)
    some = one.target != 2
    for name in NAMES:
        fewer = Lesson(**{**vars(one), "rows": one.rows[some], "target": one.target[some]})
        told = members([name], ROWS)[0].fit(fewer).predict(one.rows)
        assert told.shape == (ROWS, 4), name
        assert told[:, 2].mean() < 0.1, name


def check_a_saved_ensemble_predicts_the_same_bits() -> None:
    for classes in (2, 3, 0):
        one = course(classes, 20)
        model = train_ensemble(one, NAMES)
        again = saved_again(model)
        assert np.array_equal(model.predict(one.matrix), again.predict(one.matrix)), classes


def check_every_kind_of_model_is_saved_and_opened() -> None:
    one = course(2, 30)
    for name in NAMES:
        model = train_ensemble(one, [name])
        again = saved_again(model)
        assert list(again.weights) == [name]
        assert np.array_equal(model.predict(one.matrix), again.predict(one.matrix)), name


def check_numbers_come_back_in_their_own_scale() -> None:
    one = course(0, 20)
    told = train_ensemble(one, ["linear", "lightgbm"]).predict(one.matrix)[:, 0]
    assert abs(told.mean() - one.target.mean()) < 100
    assert np.sqrt(np.mean((told - one.target) ** 2)) < 0.5 * one.target.std()


def check_the_same_seed_gives_the_same_ensemble() -> None:
    one, two = course(2, 30), course(2, 30)
    first, second = train_ensemble(one, NAMES[:4]), train_ensemble(two, NAMES[:4])
    assert first.weights == second.weights
    assert np.array_equal(first.predict(one.matrix), second.predict(one.matrix))


def check_without_time_the_first_member_stands_alone() -> None:
    model = train_ensemble(course(2, 0), NAMES)
    assert list(model.weights) == ["linear"]


def told_of_rare_classes(shares: tuple[float, ...]) -> Classified:
    """Honest probabilities of classes of these shares, from a noisy measurement of each row."""
    draw = np.random.default_rng(4)
    truth = draw.choice(len(shares), 3000, p=shares)
    places = np.arange(len(shares)) * 1.5
    seen = places[truth] + draw.normal(size=3000)
    likely = np.exp(-((seen[:, None] - places) ** 2) / 2.0) * np.array(shares)
    chances = likely / likely.sum(axis=1, keepdims=True)
    names = tuple(f"class {place}" for place in range(len(shares)))
    return Classified(names, truth, chances.argmax(axis=1), chances)


def check_rare_classes_are_said_more_often_where_the_metric_asks_for_it() -> None:
    rows = told_of_rare_classes((0.8, 0.15, 0.05))
    favour = learn_favour("macro_f1", rows)
    assert favour[0] == 1.0 < favour[1] < favour[2]
    assert np.mean(said_of(rows.chances, favour) == 2) > np.mean(rows.said == 2)
    assert not learn_favour("accuracy", rows)


def check_the_likeliest_of_even_classes_is_said() -> None:
    rows = told_of_rare_classes((0.34, 0.33, 0.33))
    assert not learn_favour("macro_f1", rows)
    assert (said_of(rows.chances, ()) == rows.said).all()


def check_repeats_add_models_of_the_members_that_count() -> None:
    model = train_ensemble(course(2, 60, repeats=3), ["linear", "extra_trees"])
    assert all(len(models) == 9 for _, models in model.models.values())


def check_out_of_fold_scores_of_noise_are_no_better_than_guessing() -> None:
    one = course(2, 60)
    noise = np.random.default_rng(7).integers(0, 2, ROWS).astype(float)
    told = []
    course_of_noise = Course(**{**vars(one), "target": noise, "tell": lambda _, p: told.append(p)})
    train_ensemble(course_of_noise, NAMES)
    assert all(area(noise, one) < 0.65 for one in told)


def check_weights_favour_the_better_member() -> None:
    draw = np.random.default_rng(0)
    target = draw.integers(0, 2, 400).astype(float)
    good = np.clip(target * 0.4 + 0.3 + draw.normal(size=400) * 0.2, 0.01, 0.99)
    poor = np.clip(0.5 + draw.normal(size=400) * 0.2, 0.01, 0.99)
    told = {"poor": np.column_stack([1 - poor, poor]), "good": np.column_stack([1 - good, good])}
    weights = choose_weights(told, target, loss_of("roc_auc"), 0)
    assert next(iter(weights)) == "good"
    assert abs(sum(weights.values()) - 1) < 1e-9
    assert area(target, mix(told, weights)) > 0.85


def check_area_counts_ties_half() -> None:
    told = np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.9], [0.9, 0.1]])
    assert area(np.array([1.0, 0.0, 1.0, 0.0]), told) == 0.875


def check_an_unknown_metric_lists_the_known() -> None:
    said = ""
    try:
        loss_of("bleu")
    except ValueError as error:
        said = str(error)
    assert "roc_auc" in said


def check_folds_spread_classes_and_values_evenly() -> None:
    target = np.array([0.0] * 90 + [1.0] * 10)
    for seed in range(5):
        fold = spread_folds(target, 5, seed)
        assert sorted(np.bincount(fold)) == [20] * 5
        assert all(target[fold == part].sum() == 2 for part in range(5))
    assert not np.array_equal(spread_folds(target, 5, 0), spread_folds(target, 5, 1))


def check_unknown_and_missing_cells_have_a_place() -> None:
    known = table(colour=["red", "blue", "red", "blue"] * 5, size=["1", "2", None, "4"] * 5)
    encoder = learn_encoder(known, {"colour": "category", "size": "integer"})
    told = encoder.transform(table(colour=["green", None, " red "], size=["n/a", "many", "3.0"]))
    assert told[0, 0] == 2.0
    assert np.isnan(told[1, 0])
    assert told[2, 0] == 0.0
    assert np.isnan(told[0, 1])
    assert np.isnan(told[1, 1])
    assert told[2, 1] == 3.0


def check_numbers_are_read_as_people_write_them() -> None:
    known = table(price=["$1,200.50", "$900.00", "$75.25"] * 5)
    encoder = learn_encoder(known, {"price": "number"})
    assert encoder.transform(table(price=["$2,000.00", "12"]))[:, 0].tolist() == [2000.0, 12.0]


def check_marks_of_training_are_missing_in_use() -> None:
    ages = [str(18 + n % 50) for n in range(100)] + ["-999"] * 5
    encoder = saved_encoder(learn_encoder(table(age=ages), {"age": "integer"}))
    told = encoder.transform(table(age=["-999", "-999.0", "30"]))[:, 0]
    assert np.isnan(told[:2]).all()
    assert told[2] == 30
    assert np.isnan(encoder.transform(table(age=ages), training=True)[-1, 0])


def check_units_are_read_as_in_training() -> None:
    known = table(weight=[f"{n},5 kg" for n in range(20)])
    encoder = saved_encoder(learn_encoder(known, {"weight": "number"}))
    told = encoder.transform(table(weight=["2,5 kg", "7", "3 lb", "n/a"]))[:, 0]
    assert told[:2].tolist() == [2.5, 7.0]
    assert np.isnan(told[2:]).all()


def check_dates_keep_their_order() -> None:
    known = table(day=[f"{1 + n % 28:02d}/{1 + n % 12:02d}/2024" for n in range(60)])
    encoder = saved_encoder(learn_encoder(known, {"day": "date"}))
    names = [feature.name for feature in encoder.features]
    told = encoder.transform(table(day=["03/04/2024", "12/31/2024", "soon"]))
    assert told[:, names.index("day month")].tolist()[:2] == [4.0, 12.0]
    assert np.isnan(told[2]).all()


def check_a_code_called_na_is_a_category() -> None:
    known = table(region=["EU", "NA", "SA", "AS"] * 10)
    encoder = saved_encoder(learn_encoder(known, {"region": "category"}))
    assert not np.isnan(encoder.transform(table(region=["NA"])))[0, 0]
    assert np.isnan(encoder.transform(table(region=["?"])))[0, 0]


def saved_encoder(encoder: Encoder) -> Encoder:
    folder = Path(tempfile.mkdtemp())
    encoder.save(folder)
    return load_encoder(folder)


def check_useless_columns_are_dropped_with_the_reason() -> None:
    known = table(
        key=[f"k{n}" for n in range(20)],
        same=["a"] * 20,
        empty=["", None] * 10,
        kept=["1", "2"] * 10,
    )
    kinds = {"key": "id", "same": "constant", "empty": "empty", "kept": "integer"}
    encoder = learn_encoder(known, kinds)
    assert set(encoder.dropped) == {"key", "same", "empty"}
    assert all(encoder.dropped.values())
    assert [plan.name for plan in encoder.plans] == ["kept"]


def check_a_row_does_not_count_itself() -> None:
    codes = [f"T{n}" for n in range(30)]
    codes[1] = codes[0]
    encoder = learn_encoder(table(code=codes), {"code": "category"})
    at = [feature.name for feature in encoder.features].index("code repeats")
    training = encoder.transform(table(code=codes), training=True)[:, at]
    assert training[:3].tolist() == [1.0, 1.0, 0.0]
    asked = encoder.transform(table(code=["T0", "T5", "never seen"]))[:, at]
    assert asked.tolist() == [2.0, 1.0, 0.0]


def check_names_give_their_shared_word_and_are_not_stored() -> None:
    title = ["Dr", "Prof"] * 20
    names = [f"Surname{n}, {title[n]} Given{n}" for n in range(40)]
    encoder = learn_encoder(table(name=names), {"name": "text"})
    assert "name word" in [feature.name for feature in encoder.features]
    folder = Path(tempfile.mkdtemp())
    encoder.save(folder)
    assert "urname7" not in (folder / "encoder.json").read_text("utf-8")


def check_a_saved_encoder_gives_the_same_matrix() -> None:
    draw = np.random.default_rng(0)
    words = [
        "a",
        "cheap",
        "red",
        "lamp",
        "that",
        "broke",
        "after",
        "one",
        "long",
        "day",
        "of",
        "use",
        "in",
        "the",
        "old",
        "house",
    ]
    known = table(
        note=[" ".join(draw.choice(words, 9)) for _ in range(80)],
        when=[f"2024-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(80)],
        code=[f"A{n // 2} {n}" for n in range(80)],
    )
    encoder = learn_encoder(known, {"note": "text", "when": "date", "code": "category"})
    folder = Path(tempfile.mkdtemp())
    encoder.save(folder)
    again = load_encoder(folder)
    assert isinstance(again, Encoder)
    assert np.array_equal(encoder.transform(known), again.transform(known), equal_nan=True)
    assert any("dimension" in feature.name for feature in encoder.features)
    assert any(feature.name == "when month" for feature in encoder.features)


def check_a_linear_model_without_inputs_says_the_prior() -> None:
    share = np.array([0.2, 0.5, 0.3])
    told = Linear(np.empty((0, 3)), np.log(share), 3).predict(np.empty((4, 0)))
    assert np.allclose(told, share)
