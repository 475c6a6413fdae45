"""The recipe's scripts on made-up tables: what is cut, what is refused, what is answered."""

import json
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from pipeline.jobs import TaskType
from tests.contracts.bundles import TestBundle, assemble
from tests.unit.tabular import desk
from tests.unit.tabular.desk import Rows, answers, prepared, problem

TASK = TaskType("tabular_classification")
configured = partial(desk.configured, target="late")


def orders(count: int = 120, seed: int = 3) -> list[list[object]]:
    """id, colour, size, paid, answer: the answer follows colour and size."""
    draw = random.Random(seed)  # noqa: S311 - made-up rows
    rows: list[list[object]] = []
    for number in range(count):
        colour, size = draw.choice(["red", "green", "blue"]), draw.uniform(0, 10)
        late = size + 4 * (colour == "red") + draw.gauss(0, 1) > 7
        rows.append([f"R{number:04d}", colour, f"{size:.3f}", draw.randint(0, 1), int(late)])
    return rows


HEADER = ("order_id", "colour", "size", "paid", "late")


def write(path: Path, rows: Rows, header: Sequence[str] = HEADER) -> Path:
    return desk.write(path, rows, header)


@pytest.fixture
def bundle(tmp_path: Path, python: Path) -> TestBundle:
    return assemble(TASK, tmp_path, python)


def test_rows_without_an_answer_are_left_out_and_said(bundle: TestBundle, tmp_path: Path) -> None:
    rows = orders()
    for row in rows[:5]:
        row[-1] = "?"
    configured(bundle, write(tmp_path / "data" / "orders.csv", rows))
    assert bundle.prepare().code == 0
    assert "5 rows have no value in late" in str(prepared(bundle)["warnings"])


def test_a_test_file_alone_asks_for_one_to_learn_from(bundle: TestBundle, tmp_path: Path) -> None:
    report = configured(bundle, write(tmp_path / "data" / "orders.csv", orders()))
    files = tuple(one.model_copy(update={"split": "test"}) for one in report.files)
    bundle.configure(report.model_copy(update={"files": files}))
    assert "train=FILE" in str(problem(bundle.prepare())["hint"])


def test_exact_repeats_are_dropped_and_counted(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [row[1:] for row in orders()]
    configured(bundle, write(tmp_path / "data" / "orders.csv", rows + rows[:20], HEADER[1:]))
    assert bundle.prepare().code == 0
    assert prepared(bundle)["duplicates_removed"] == 20


def test_labels_that_say_the_same_are_one_class_and_it_is_said(
    bundle: TestBundle, tmp_path: Path
) -> None:
    rows = orders()
    ways = {0: ["No", "no ", "NO"], 1: ["Yes", "yes"]}
    for number, row in enumerate(rows):
        row[-1] = ways[int(str(row[-1]))][number % 2]
    report = configured(bundle, write(tmp_path / "data" / "orders.csv", rows))
    late = report.column("late")
    assert late is not None
    assert (late.kind, late.unique) == ("boolean", 2)
    assert bundle.prepare().code == 0
    lines = (bundle.work / "prepared" / "heldout" / "test.jsonl").read_text().splitlines()
    assert {json.loads(line)[-1] for line in lines[1:]} <= {label for label, _ in late.top}
    assert "say the same" in str(prepared(bundle)["warnings"])


def test_numbers_near_the_largest_there_is_are_reported(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [[*row[:2], "1e308", *row[3:]] for row in orders()]
    rows[0][2] = "-1.5"
    size = bundle.report(write(tmp_path / "orders.csv", rows)).column("size")
    assert size is not None
    assert size.kind == "number"


def test_a_table_of_few_different_rows_is_kept_and_warned_of(
    bundle: TestBundle, tmp_path: Path
) -> None:
    draw = random.Random(1)  # noqa: S311 - made-up rows
    rows = [[draw.choice("xyz") * 3, draw.randint(0, 1), draw.randint(0, 1)] for _ in range(200)]
    header = ("shape", "paid", "late")
    configured(bundle, write(tmp_path / "data" / "shapes.csv", rows, header))
    assert bundle.prepare().code == 0
    told = prepared(bundle)
    assert told["duplicates_removed"] == 0
    assert "different inputs" in str(told["warnings"])


@pytest.mark.parametrize(
    ("answers", "words", "field", "hint"),
    [
        (["1"] * 60, "only one value", "target", "clustering"),
        (["", "NA"] * 30, "no usable value", "target", "order_id, colour, size, paid"),
        (["0", "1"] * 2, "at least 20", "data", "more rows"),
        (["run", "swim", "run", "swim", "chess"], "at least 20", "data", "more rows"),
        ([str(n) for n in range(60)], "no class", "target", "another column"),
    ],
)
def test_a_hopeless_target_is_a_problem_for_the_person(
    bundle: TestBundle, tmp_path: Path, *, answers: list[str], words: str, field: str, hint: str
) -> None:
    rows = [[*row[:4], answer] for row, answer in zip(orders(60), answers, strict=False)]
    configured(bundle, write(tmp_path / "data" / "orders.csv", rows))
    told = problem(bundle.prepare())
    assert words in str(told["message"])
    assert told["field"] == field
    assert hint in str(told["hint"])


def test_a_table_of_nothing_but_the_answer_is_a_problem(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [[row[0], row[-1]] for row in orders(60)]
    configured(bundle, write(tmp_path / "data" / "bare.csv", rows, ("order_id", "late")))
    told = problem(bundle.prepare())
    assert "no column to learn from" in str(told["message"])


@pytest.fixture(scope="module")
def trained(python: Path, tmp_path_factory: pytest.TempPathFactory) -> TestBundle:
    """A model of 120 orders, trained once."""
    folder = tmp_path_factory.mktemp("trained")
    bundle = assemble(TASK, folder, python)
    configured(bundle, write(folder / "data" / "orders.csv", orders()))
    assert bundle.prepare().code == 0
    bundle.baseline()
    bundle.train(bundle.folder / "model")
    return bundle


def test_the_model_beats_both_baselines_of_an_easy_table(trained: TestBundle) -> None:
    metrics = trained.score()
    assert metrics.metric.name == "roc_auc"
    assert metrics.metric.value > 0.8
    assert metrics.baselines[0].value == 0.5


def test_unseen_categories_gaps_and_numbers_as_text_get_answers(trained: TestBundle) -> None:
    rows = [["purple", " 3.50 ", ""], ["", "about five", "1"], ["red", "9.9", "0.0"]]
    told = answers(trained, rows, ("colour", "size", "paid"))
    assert [set(row) for row in told] == [{"prediction", "probability_0", "probability_1"}] * 3
    assert all(
        float(row["probability_0"]) + float(row["probability_1"]) == pytest.approx(1)
        for row in told
    )
    assert told[2]["prediction"] == "1"


def test_extra_columns_and_another_order_change_nothing(trained: TestBundle) -> None:
    plain = answers(trained, [["red", "9.9", 1], ["blue", "1.0", 0]], ("colour", "size", "paid"))
    header = ("paid", "note", "size", "__truth__", "colour")
    turned = answers(trained, [[1, "x", "9.9", 0, "red"], [0, "y", "1.0", 1, "blue"]], header)
    assert plain == turned


def test_a_missing_column_is_named(trained: TestBundle) -> None:
    asked = write(trained.work / "short.csv", [["red", 1]], ("colour", "paid"))
    ended = trained.run("predict.py", "--input", asked)
    assert ended.code == 2
    assert "size" in ended.errors
    assert len(ended.errors.splitlines()) == 1


def test_the_winners_are_said(trained: TestBundle) -> None:
    last = trained.train("once_more").lines[-1]
    assert str(last["message"]).startswith("won: ")
    assert "%" in str(last["message"])


@pytest.mark.parametrize("backbone", ["linear", "lightgbm"])
def test_one_member_can_stand_alone(bundle: TestBundle, tmp_path: Path, backbone: str) -> None:
    configured(bundle, write(tmp_path / "data" / "orders.csv", orders()), backbone=backbone)
    assert bundle.prepare().code == 0
    said = bundle.train(bundle.folder / "model").lines
    assert said[-1]["message"] == f"won: {backbone} 100%"


def test_a_cell_with_several_labels_is_refused_by_name(bundle: TestBundle, tmp_path: Path) -> None:
    ways = ["late", "late; broken", "broken; late; lost", "lost", "lost; broken"]
    rows = [[*row[:4], ways[number % 5]] for number, row in enumerate(orders())]
    configured(bundle, write(tmp_path / "data" / "orders.csv", rows))
    told = problem(bundle.prepare())
    assert "multi-label" in str(told["message"])
    assert told["field"] == "target"


def test_a_copy_of_the_class_is_left_out_and_named_and_can_be_kept(
    bundle: TestBundle, tmp_path: Path
) -> None:
    draw = random.Random(9)  # noqa: S311 - made-up rows
    rows = [
        [*row[:4], "ABCD"[2 * int(str(row[4])) + draw.randint(0, 1)], row[4]] for row in orders(400)
    ]
    file = write(tmp_path / "data" / "orders.csv", rows, (*HEADER[:4], "state", "late"))
    configured(bundle, file)
    assert bundle.prepare().code == 0
    told = prepared(bundle)
    assert list(told["left_out"]) == ["state"]  # type: ignore[arg-type] # a JSON object
    assert "The column state is left out: it says almost the same" in str(told["warnings"])
    assert "--set extra_columns=state" in str(told["warnings"])
    configured(bundle, file, insisted=("state",))
    assert bundle.prepare().code == 0
    told = prepared(bundle)
    assert told["left_out"] == {}
    assert "The column state is kept" in str(told["warnings"])


def test_three_classes_are_scored_by_their_mean_f1(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [
        [*row[:4], ("low", "mid", "high")[min(int(float(str(row[2])) / 3.4), 2)]]
        for row in orders()
    ]
    configured(bundle, write(tmp_path / "data" / "orders.csv", rows))
    assert bundle.prepare().code == 0
    bundle.baseline()
    bundle.train(bundle.folder / "model")
    metrics = bundle.score()
    assert metrics.metric.name == "macro_f1"
    assert metrics.metric.value > 0.7
