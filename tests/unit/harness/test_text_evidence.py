"""How the text recipe tells texts from tables, from a data report alone."""

import pytest

from pipeline.artifacts import ColumnKind, ColumnReport, DataReport, FileReport
from pipeline.jobs import TaskType
from pipeline.recipe import Evidence, find_recipe


def column(name: str, kind: ColumnKind, unique: int, words: float | None = None) -> ColumnReport:
    return ColumnReport(name=name, kind=kind, missing=0, unique=unique, mean_words=words)


def evidence(*columns: ColumnReport, words: str = "") -> Evidence:
    report = DataReport(
        files=(FileReport(name="data.csv", format="csv", rows=1000, kept=1000, table="0.jsonl"),),
        rows=1000,
        columns=columns,
        duplicates=0,
        sha256="0" * 64,
    )
    return find_recipe(TaskType("text_classification")).evidence(report, words)


TEXT = column("body", "text", 990, 14.0)
LABEL = column("label", "category", 4, 1.0)


def test_a_text_and_a_label_are_a_text_classification() -> None:
    found = evidence(column("n", "id", 1000), TEXT, LABEL)
    assert found.score > 0.9
    assert found.roles == {"text": "body", "target": "label"}
    assert not found.doubts


def test_a_table_with_one_text_column_is_a_table() -> None:
    numbers = [column(f"x{n}", "number", 800) for n in range(6)]
    found = evidence(*numbers, column("name", "text", 1000, 4.0), LABEL)
    assert found.score < 0.4
    assert "6 more columns" in found.reason


@pytest.mark.parametrize("columns", [(LABEL,), (TEXT,), (TEXT, column("id", "id", 1000))])
def test_without_text_or_label_there_is_no_evidence(columns: tuple[ColumnReport, ...]) -> None:
    found = evidence(*columns)
    assert found.score == 0
    assert found.reason.startswith("There is no column of")


def test_two_possible_labels_are_a_doubt() -> None:
    found = evidence(TEXT, column("mood", "category", 3, 1.0), column("team", "category", 5, 1.0))
    assert set(found.doubts["target"]) == {"mood", "team"}


def test_the_words_settle_the_doubt() -> None:
    columns = (TEXT, column("mood", "category", 3, 1.0), column("sales_team", "category", 5, 1.0))
    found = evidence(*columns, words="route each mail to its sales team")
    assert found.roles["target"] == "sales_team"
    assert not found.doubts


def test_two_texts_are_a_doubt_and_the_longer_is_taken() -> None:
    found = evidence(column("title", "text", 980, 5.0), TEXT, LABEL)
    assert found.roles["text"] == "body"
    assert found.doubts["text"] == ("title",)


def test_two_classes_are_scored_by_the_one_that_matters() -> None:
    recipe = find_recipe(TaskType("text_classification"))
    assert recipe.headline(2).name == "f1"
    assert recipe.headline(7).name == "macro_f1"
