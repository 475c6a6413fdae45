"""The regression recipe's scripts on made-up tables: what is cut, refused, answered."""

import json
import random
from functools import partial
from pathlib import Path

import pytest

from pipeline.jobs import TaskType
from tests.contracts.bundles import TestBundle, assemble
from tests.unit.tabular import desk
from tests.unit.tabular.desk import answers, part, prepared, problem, write

TASK = TaskType("tabular_regression")
HEADER = ("flat", "street", "area", "floor", "rent")
configured = partial(desk.configured, target="rent")


def flats(count: int = 150, seed: int = 3) -> list[list[object]]:
    """id, street, area, floor, rent: the rent follows street and area."""
    draw = random.Random(seed)  # noqa: S311 - made-up rows
    rows: list[list[object]] = []
    for number in range(count):
        street, area = draw.choice(["hill", "lake", "rail"]), draw.uniform(20, 120)
        rent = 200 + 9 * area + 150 * (street == "lake") + draw.gauss(0, 20)
        rows.append([f"F{number:04d}", street, f"{area:.1f}", draw.randint(0, 5), round(rent)])
    return rows


@pytest.fixture
def bundle(tmp_path: Path, python: Path) -> TestBundle:
    return assemble(TASK, tmp_path, python)


def test_written_amounts_become_numbers_and_unread_rows_are_counted(
    bundle: TestBundle, tmp_path: Path
) -> None:
    rows = [[*row[:4], f"${int(str(row[4])):,}"] for row in flats()]
    rows[0][4], rows[1][4] = "on request", ""
    configured(bundle, write(tmp_path / "data" / "flats.csv", rows, HEADER))
    assert bundle.prepare().code == 0
    held = part(bundle, "heldout/test")
    assert all(float(row["rent"] or "") > 300 for row in held)
    warnings = str(prepared(bundle)["warnings"])
    assert "1 rows are left out" in warnings
    assert "1 rows have no value in rent" in warnings
    assert "all sizes in the same share" in str(prepared(bundle)["strategy"])


@pytest.mark.parametrize(
    ("rents", "words", "field"),
    [
        (["700"] * 60, "the same number", "target"),
        (["", "NA"] * 30, "no usable value", "target"),
        ([str(n) for n in range(12)], "only 12 usable rows", "data"),
        (["cheap", "dear"] * 30, "does not hold numbers", "target"),
    ],
)
def test_a_hopeless_target_is_a_problem_for_the_person(
    bundle: TestBundle, tmp_path: Path, *, rents: list[str], words: str, field: str
) -> None:
    rows = [[*row[:4], rent] for row, rent in zip(flats(60), rents, strict=False)]
    configured(bundle, write(tmp_path / "data" / "flats.csv", rows, HEADER))
    told = problem(bundle.prepare())
    assert words in str(told["message"])
    assert told["field"] == field


def test_rows_of_a_group_are_in_one_part(bundle: TestBundle, tmp_path: Path) -> None:
    draw = random.Random(4)  # noqa: S311 - made-up rows
    rows = [[*row, f"owner {draw.randint(1, 40)}"] for row in flats(300)]
    file = write(tmp_path / "data" / "flats.csv", rows, (*HEADER, "owner"))
    configured(bundle, file, roles={"group": "owner"})
    assert bundle.prepare().code == 0
    names = ("fit/train", "fit/validation", "heldout/test")
    train, validation, test = ({row["owner"] for row in part(bundle, name)} for name in names)
    assert not train & validation
    assert not (train | validation) & test
    assert "every owner is in one part only" in str(prepared(bundle)["strategy"])


def test_the_latest_rows_are_held_out_where_time_orders_them(
    bundle: TestBundle, tmp_path: Path
) -> None:
    rows = [[*row, f"2023-{1 + n // 28:02d}-{1 + n % 28:02d}"] for n, row in enumerate(flats(300))]
    file = write(tmp_path / "data" / "flats.csv", rows, (*HEADER, "let on"))
    configured(bundle, file, roles={"time": "let on"})
    assert bundle.prepare().code == 0
    test = [row["let on"] or "" for row in part(bundle, "heldout/test")]
    fit = [row["let on"] or "" for row in part(bundle, "fit/train")]
    assert max(fit) < min(test)
    assert len(test) == 60
    assert prepared(bundle)["strategy"] == "the latest 20 % are the test part"


def test_a_copy_of_the_number_is_left_out_and_named(bundle: TestBundle, tmp_path: Path) -> None:
    draw = random.Random(5)  # noqa: S311 - made-up rows
    rows: list[list[object]] = []
    for row in flats(300):
        rent = float(str(row[4])) + draw.gauss(0, 200)
        rows.append([*row[:4], f"{rent:.2f}", f"{1.19 * rent + draw.gauss(0, 1):.2f}"])
    configured(bundle, write(tmp_path / "data" / "flats.csv", rows, (*HEADER, "gross")))
    assert bundle.prepare().code == 0
    told = prepared(bundle)
    assert list(told["left_out"]) == ["gross"]  # type: ignore[arg-type] # a JSON object
    assert "--set extra_columns=gross" in str(told["warnings"])


@pytest.fixture(scope="module")
def trained(python: Path, tmp_path_factory: pytest.TempPathFactory) -> TestBundle:
    """A model of 150 flats with one absurd rent and an empty column, trained once."""
    folder = tmp_path_factory.mktemp("trained")
    bundle = assemble(TASK, folder, python)
    rows = [[*row, ""] for row in flats()]
    rows[7][4] = 9_000_000
    configured(bundle, write(folder / "data" / "flats.csv", rows, (*HEADER, "note")))
    assert bundle.prepare().code == 0
    bundle.baseline()
    bundle.train(bundle.folder / "model")
    return bundle


def test_one_absurd_value_is_said_and_does_not_spoil_the_rest(trained: TestBundle) -> None:
    assert "torn off from all others" in str(prepared(trained)["warnings"])
    told = answers(trained, [["lake", "50", 2], ["rail", "100", 1]], HEADER[1:4])
    assert float(told[0]["prediction"]) == pytest.approx(800, rel=0.3)
    assert float(told[1]["prediction"]) == pytest.approx(1100, rel=0.3)


def test_unseen_streets_gaps_and_far_numbers_get_sensible_answers(trained: TestBundle) -> None:
    rows = [["moon", "60", ""], ["", "about sixty", "1"], ["hill", "1e9", "2"], ["hill", "-5", "2"]]
    told = answers(trained, rows, HEADER[1:4])
    assert [set(row) for row in told] == [{"prediction"}] * 4
    assert all(0 <= float(row["prediction"]) < 5000 for row in told)


def test_the_same_row_gets_the_same_number_wherever_it_stands(trained: TestBundle) -> None:
    rows = [[street, area, 2] for street in ("lake", "hill") for area in range(20, 60)]
    straight = answers(trained, rows, HEADER[1:4])
    turned = answers(trained, rows[::-1], HEADER[1:4])
    assert straight == turned[::-1]


@pytest.mark.parametrize("metric", ["mae", "r2"])
def test_another_metric_is_aimed_at_and_has_its_own_baseline(
    bundle: TestBundle, tmp_path: Path, metric: str
) -> None:
    file = write(tmp_path / "data" / "flats.csv", flats(), HEADER)
    better = "higher" if metric == "r2" else "lower"
    configured(bundle, file, metric=metric, better=better, budget_seconds=6.0)
    assert bundle.prepare().code == 0
    bundle.baseline()
    titles = json.loads((bundle.work / "baselines" / "baselines.json").read_text("utf-8"))
    assert titles["trivial"] == ("always the median" if metric == "mae" else "always the mean")
    last = bundle.train(bundle.folder / "model").lines[-1]
    assert str(last["message"]).startswith("won: ")
    metrics = bundle.score()
    assert metrics.metric.name == metric
    assert metrics.metric.better == better
    best = metrics.baselines[0].value
    assert metrics.metric.value > 0.8 if metric == "r2" else metrics.metric.value < best / 3
