"""When the data asks for a split by group or by time, and when it does not."""

from typing import Any

import pytest

from pipeline.artifacts import ColumnKind, ColumnReport, DataReport, FileReport
from pipeline.jobs import TaskType
from pipeline.recipe import find_recipe

ROWS = 1000
TASKS = ("tabular_classification", "tabular_regression")


def column(name: str, kind: ColumnKind, unique: int, **more: Any) -> ColumnReport:
    top = tuple((f"v{n}", ROWS // unique) for n in range(unique)) if unique < 20 else ()
    return ColumnReport(name=name, kind=kind, missing=0, unique=unique, top=top, **more)


TARGETS = {
    "tabular_classification": column("relapsed", "boolean", 2),
    "tabular_regression": column("days", "number", 600),
}
AGE, DOSE = column("age", "integer", 60), column("dose", "number", 900)


def roles(task: str, *columns: ColumnReport, words: str = "", **facts: Any) -> Any:  # noqa: ANN401
    target = TARGETS[task]
    file = FileReport(name="d.csv", format="csv", rows=ROWS, kept=ROWS, table="0.jsonl")
    report = DataReport(
        files=(file,),
        rows=ROWS,
        columns=(*columns, AGE, DOSE, target),
        duplicates=0,
        sha256="0" * 64,
        **facts,
    )
    return find_recipe(TaskType(task)).evidence(report, words or f"predict {target.name}").roles


@pytest.mark.parametrize("task", TASKS)
def test_many_patients_stay_in_one_part_and_are_no_feature(task: str) -> None:
    patient = column("patient_id", "category", 150)
    told = roles(task, patient, groups=("patient_id",))
    assert told["group"] == "patient_id"
    assert "patient_id" not in told["features"]


@pytest.mark.parametrize("task", TASKS)
def test_keys_that_are_no_feature_anyway_keep_their_rows_together(task: str) -> None:
    key = column("claim", "id", 400)
    assert roles(task, key, groups=("claim",))["group"] == "claim"


@pytest.mark.parametrize(
    "other",
    [
        column("store", "category", 40),  # a few that come back: worth learning
        column("sensor_id", "category", 6),  # too few to hold some out
        column("customer_id", "category", 950),  # hardly any has two rows
    ],
)
@pytest.mark.parametrize("task", TASKS)
def test_other_things_stay_features(task: str, other: ColumnReport) -> None:
    told = roles(task, other, groups=(other.name,))
    assert "group" not in told
    assert other.name in told["features"]


@pytest.mark.parametrize("task", TASKS)
def test_the_widest_group_wins(task: str) -> None:
    one, other = column("patient", "category", 300), column("household", "category", 90)
    assert roles(task, one, other, groups=("patient", "household"))["group"] == "household"


@pytest.mark.parametrize("task", TASKS)
def test_rows_in_order_of_time_hold_out_the_latest(task: str) -> None:
    day = column("seen_on", "date", 700, ordered=True)
    told = roles(task, day, time="seen_on")
    assert told["time"] == "seen_on"
    assert "seen_on" in told["features"]


@pytest.mark.parametrize("task", TASKS)
def test_a_date_in_mixed_rows_orders_nothing_unless_the_words_look_ahead(task: str) -> None:
    day = column("seen_on", "date", 700)
    assert "time" not in roles(task, day, time="seen_on")
    ahead = f"predict {TARGETS[task].name} for the next months"
    assert roles(task, day, time="seen_on", words=ahead)["time"] == "seen_on"
