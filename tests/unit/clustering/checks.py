"""What finding groups promises; runs inside the training environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import contextlib
import io
import tempfile
import time
from functools import cache
from pathlib import Path

import numpy as np
from config import BundleConfig, Kind
from group_indices import agreement, calinski_harabasz, davies_bouldin, silhouettes
from group_means import k_means
from group_model import GroupModel, load_groups
from group_reference import cloud, shuffled
from group_training import train_groups
from group_valleys import valley
from metrics import Codes, Floats
from mixtures import Rows
from sklearn import metrics as theirs
from sklearn.cluster import KMeans
from sklearn.datasets import make_moons
from tables import Table
from traits import learn_traits

CENTRES = np.array([[0, 0, 0], [7, 0, 3], [0, 8, -4]])


def blobs(seed: int = 0, rows: int = 40) -> tuple[Floats, Codes]:
    draw = np.random.default_rng(seed)
    truth = np.repeat(np.arange(3), (rows + 10, rows, rows - 10))
    return CENTRES[truth] + draw.normal(size=(len(truth), 3)), truth


def table_of(numbers: Floats, **more: list[str]) -> tuple[Table, dict[str, Kind]]:
    columns = {
        f"x{at}": [repr(float(value)) for value in numbers[:, at]] for at in range(len(numbers.T))
    }
    columns |= more
    kinds = {name: "number" if name.startswith("x") else "category" for name in columns}
    return Table(tuple(columns), list(zip(*columns.values(), strict=True))), kinds


def config_of(
    table: Table,
    kinds: dict[str, Kind],
    *,
    clusters: int | None = None,
    seconds: float = 60.0,
    backbone: str = "best_of_many",
) -> BundleConfig:
    return BundleConfig(
        task_type="clustering",
        backbone=backbone,
        columns={"features": table.names},
        ignored={},
        kinds=kinds,
        metric="silhouette",
        better="higher",
        positive=None,
        seed=42,
        budget_seconds=seconds,
        threads=1,
        split={},
        split_chosen=False,
        files=(),
        hyperparameters={"clusters": clusters},
    )


def trained(
    numbers: Floats,
    *,
    clusters: int | None = None,
    backbone: str = "best_of_many",
    seconds: float = 60.0,
    **more: list[str],
) -> GroupModel:
    table, kinds = table_of(numbers, **more)
    config = config_of(table, kinds, clusters=clusters, backbone=backbone, seconds=seconds)
    with contextlib.redirect_stdout(io.StringIO()):
        return train_groups(table, config, started_at=time.monotonic())


@cache
def usual() -> GroupModel:
    """The model of the usual blobs."""
    return trained(blobs()[0])


@cache
def bent() -> GroupModel:
    """The model of two moons."""
    return trained(moons()[0])


def moons() -> tuple[Floats, Codes]:
    numbers, truth = make_moons(240, noise=0.06, random_state=0)
    return numbers, truth


def labels_of(model: GroupModel, numbers: Floats, **more: list[str]) -> Codes:
    return model.predict(table_of(numbers, **more)[0]).labels


def check_groups_are_found_and_numbered_by_size() -> None:
    numbers, truth = blobs()
    model = usual()
    labels = labels_of(model, numbers)
    assert model.facts["stands_out"]
    assert agreement(truth, labels) > 0.97
    assert [one.cluster for one in model.profiles] == ["1", "2", "3"]
    assert np.bincount(labels).tolist() == sorted(np.bincount(labels).tolist(), reverse=True)


def check_the_same_seed_gives_the_same_groups() -> None:
    numbers, _ = blobs()
    one, two = usual(), trained(numbers)
    assert one.profiles == two.profiles
    assert np.array_equal(labels_of(one, numbers), labels_of(two, numbers))


def check_units_do_not_decide() -> None:
    numbers, truth = blobs()
    scaled = numbers * np.array([1, 10_000, 0.001]) + np.array([0, 5e6, 3])
    assert agreement(truth, labels_of(trained(scaled), scaled)) > 0.97


def check_columns_of_noise_do_not_hide_groups() -> None:
    numbers, truth = blobs()
    noise = np.random.default_rng(1).normal(size=(len(truth), 12)) * 3
    both = np.hstack([numbers, noise])
    assert agreement(truth, labels_of(trained(both), both)) > 0.97


def check_a_category_does_not_drown_numbers() -> None:
    numbers, truth = blobs()
    said = [str(code) for code in np.random.default_rng(2).integers(0, 3, len(truth))]
    assert agreement(truth, labels_of(trained(numbers, kind=said), numbers, kind=said)) > 0.97


def check_a_category_helps_where_it_goes_with_groups() -> None:
    numbers, truth = blobs()
    near = numbers * 0.35 + np.random.default_rng(3).normal(size=numbers.shape)
    said = [("a", "b", "c")[code] for code in truth]
    assert agreement(truth, labels_of(trained(near, kind=said), near, kind=said)) > 0.9


def check_bent_groups_are_found() -> None:
    numbers, truth = moons()
    model = bent()
    assert model.facts["bent"]
    assert agreement(truth, labels_of(model, numbers)) > 0.97


def check_one_cloud_has_no_groups_but_a_usable_model() -> None:
    draw = np.random.default_rng(0)
    for numbers in (draw.normal(size=(120, 3)), draw.exponential(size=(150, 2))):
        model = trained(numbers)
        assert not model.facts["stands_out"], model.facts["scan"]
        assert "none stand out" in model.facts["reason"]
        assert len(np.unique(labels_of(model, numbers))) == len(model.profiles)


def check_as_many_groups_as_asked_for() -> None:
    numbers, _ = blobs()
    for backbone in ("best_of_many", "k_means"):
        model = trained(numbers, clusters=5, backbone=backbone)
        assert len(model.profiles) == 5
        assert "as asked for" in model.facts["reason"]


def check_a_saved_model_answers_the_same() -> None:
    for model, numbers in ((usual(), blobs()[0]), (bent(), moons()[0])):
        folder = Path(tempfile.mkdtemp())
        model.save(folder)
        again = load_groups(folder)
        rows = table_of(numbers)[0]
        assert list(model.predict(rows).rows) == list(again.predict(rows).rows)
        assert model.profiles == again.profiles


def check_what_says_nothing_is_left_out_with_a_reason() -> None:
    numbers, truth = blobs()
    copied = np.column_stack([numbers, numbers[:, 0] * 2.54 + 1])
    rows = len(truth)
    more = {"same": ["1"] * rows, "gone": ["?"] * rows, "name": [f"n{at}" for at in range(rows)]}
    table, kinds = table_of(copied, **more)
    traits = learn_traits(table, kinds)
    assert traits.names == ("x0", "x1", "x2")
    assert traits.left_out["x3"] == "it says what x0 says"
    assert set(traits.left_out) == {"x3", "same", "gone", "name"}


def check_gaps_are_filled_from_the_other_columns() -> None:
    draw = np.random.default_rng(0)
    first = draw.normal(size=200)
    table, kinds = table_of(np.column_stack([first, first + 0.3 * draw.normal(size=200)]))
    rows = [(one, "" if at % 4 == 0 else other) for at, (one, other) in enumerate(table.rows)]
    read = learn_traits(Table(table.names, rows), kinds).read(Table(table.names, rows))
    assert np.isfinite(read.numbers).all()
    assert np.corrcoef(read.numbers[::4, 1], first[::4])[0, 1] > 0.99


def check_profiles_say_what_is_typical() -> None:
    model = usual()
    told = " ".join(one.profile for one in model.profiles)
    assert "high x1" in told
    assert "against" in told
    assert len({one.name for one in model.profiles}) == 3
    assert all(len(one.typical) == 3 for one in model.profiles)


def check_without_time_there_is_still_a_model() -> None:
    numbers, _ = blobs()
    model = trained(numbers, seconds=0.0)
    assert len(model.profiles) >= 2
    assert model.facts["stability"] is not None


def check_indices_are_those_of_scikit_learn() -> None:
    numbers, truth = blobs()
    other = np.random.default_rng(5).permutation(truth)
    assert np.allclose(silhouettes(numbers, truth), theirs.silhouette_samples(numbers, truth))
    assert np.isclose(davies_bouldin(numbers, other), theirs.davies_bouldin_score(numbers, other))
    spread = theirs.calinski_harabasz_score(numbers, truth)
    assert np.isclose(calinski_harabasz(numbers, truth), spread)
    for one in (truth, other):
        assert np.isclose(agreement(truth, one), theirs.adjusted_rand_score(truth, one))


def check_k_means_is_as_good_as_scikit_learn() -> None:
    numbers, _ = blobs(seed=4)
    for groups in (2, 3, 6):
        ours = k_means(numbers, groups, seed=0, tries=10).left
        assert ours <= KMeans(groups, n_init=10, random_state=0).fit(numbers).inertia_ * 1.01


def check_a_valley_is_deep_between_heaps_and_not_in_one() -> None:
    draw = np.random.default_rng(0)
    left, right = draw.normal(-3, 1, (200, 1)), draw.normal(3, 1, (200, 1))
    flat = np.sort(draw.uniform(size=(400, 1)), axis=0)
    assert valley(left, right) < 0.2
    assert valley(flat[:200], flat[200:]) > 0.8


def check_rows_without_groups_keep_what_they_should() -> None:
    numbers, _ = blobs()
    rows = Rows(numbers, np.zeros((len(numbers), 1), np.int64), (1,))
    mixed = shuffled(rows, 0)
    assert np.array_equal(np.sort(mixed.numbers, axis=0), np.sort(numbers, axis=0))
    one = cloud(rows, 4_000, 0).numbers
    assert np.allclose(np.cov(one.T), np.cov(numbers.T), rtol=0.15, atol=1.0)
