"""Columns that the rows gave away as leaks are learned from nowhere, and told everywhere."""

from pipeline.artifacts import ColumnReport, DataReport, FileReport, Preprocessing
from pipeline.context import JobContext
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job

WHY = "says almost the same as price"


def job() -> JobContext:
    names = ("price", "rooms", "fee", "id")
    report = DataReport(
        files=(FileReport(name="a.csv", format="csv", rows=9, kept=9, table="a.jsonl"),),
        rows=9,
        columns=tuple(
            ColumnReport(name=name, kind="number", missing=0, unique=9) for name in names
        ),
        duplicates=0,
        sha256="",
        roles={"target": "price", "features": ("rooms", "fee")},
        ignored={"id": "an id"},
    )
    return new_job(FakeClock()).evolve(data_report=report)


def prepared(**left_out: str) -> Preprocessing:
    return Preprocessing(
        folder="prepared",
        rows={"train": 7, "validation": 1, "test": 1},
        duplicates_removed=0,
        strategy="at random",
        steps=(),
        seed=1,
        left_out=left_out,
    )


def test_before_the_rows_were_looked_at_every_chosen_column_counts() -> None:
    assert job().columns == {"target": "price", "features": ("rooms", "fee")}
    assert job().ignored == {"id": "an id"}


def test_a_leak_is_no_feature_and_is_named_with_its_reason() -> None:
    context = job().evolve(preprocessing=prepared(fee=WHY))
    assert context.columns == {"target": "price", "features": ("rooms",)}
    assert context.ignored == {"id": "an id", "fee": WHY}
