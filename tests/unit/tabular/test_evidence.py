"""Which column is the class, and whether a table is a matter of classes at all."""

import pytest

from pipeline.artifacts import ColumnKind, ColumnReport, DataReport, FileReport
from pipeline.jobs import TaskType
from pipeline.recipe import Evidence, find_recipe

ROWS = 1000


def column(
    name: str, kind: ColumnKind, unique: int, top: tuple[str, ...] = ("no", "yes")
) -> ColumnReport:
    values = tuple((value, ROWS // len(top)) for value in top)
    return ColumnReport(name=name, kind=kind, missing=0, unique=unique, top=values)


def evidence(words: str, *columns: ColumnReport) -> Evidence:
    report = DataReport(
        files=(FileReport(name="data.csv", format="csv", rows=ROWS, kept=ROWS, table="0.jsonl"),),
        rows=ROWS,
        columns=columns,
        duplicates=0,
        sha256="0" * 64,
    )
    return find_recipe(TaskType("tabular_classification")).evidence(report, words)


KEY = column("customer_id", "id", ROWS)
AGE = column("age", "integer", 60)
SPENT = column("spent", "number", 900)
REGION = column("Region", "category", 4, ("north", "south"))
CANCELLED = column("HasCancelled", "boolean", 2)
GRADE = column("medal", "category", 3, ("gold", "bronze"))


@pytest.mark.parametrize(
    "words",
    [
        "who has cancelled",
        "predict cancellation from age and region",
        "train a classifier for cancelled please",
        "wich customers are canceled",
        "using region and spent tell me whether somebody cancelled",
    ],
)
def test_the_words_name_the_target_in_any_form(words: str) -> None:
    found = evidence(words, KEY, CANCELLED, AGE, SPENT, REGION)
    assert found.roles["target"] == "HasCancelled"
    assert found.roles["features"] == ("age", "spent", "Region")
    assert not found.doubts
    assert found.score > 0.85
    assert "as you ask for it" in found.reason


def test_a_value_in_the_words_names_its_column() -> None:
    found = evidence("which customers are bronze", KEY, AGE, GRADE, REGION)
    assert found.roles["target"] == "medal"
    assert not found.doubts


def test_a_name_like_target_needs_no_words() -> None:
    found = evidence("", AGE, column("label", "integer", 2), SPENT, REGION)
    assert found.roles["target"] == "label"
    assert not found.doubts
    assert "its name" in found.reason


def test_the_last_column_is_the_first_choice_by_convention() -> None:
    found = evidence("train a model", AGE, REGION, SPENT, GRADE)
    assert found.doubts["target"] == ("medal", "Region")
    alone = evidence("train a model", AGE, SPENT, GRADE)
    assert alone.roles["target"] == "medal"
    assert "place" in alone.reason


def test_first_and_last_column_are_a_doubt() -> None:
    found = evidence("train a model", GRADE, AGE, SPENT, REGION)
    assert set(found.doubts["target"]) == {"medal", "Region"}
    assert found.score < 0.6


def test_two_named_alike_are_a_doubt() -> None:
    found = evidence(
        "predict the target",
        AGE,
        column("target", "boolean", 2),
        GRADE,
        column("target_2", "boolean", 2),
    )
    assert found.roles["target"] == "target"
    both = evidence("", AGE, column("class", "boolean", 2), column("label", "boolean", 2))
    assert set(both.doubts["target"]) == {"class", "label"}


def test_a_quantity_is_no_class() -> None:
    found = evidence("predict spent", KEY, AGE, REGION, SPENT)
    assert found.score < 0.1
    assert "spent" in found.reason


def test_a_value_that_is_asked_for_beats_half_a_name() -> None:
    state = column("loan_status", "category", 2, ("approved", "rejected"))
    found = evidence("will a loan be approved", AGE, REGION, state)
    assert found.roles["target"] == "loan_status"
    assert not found.doubts


def test_an_article_is_no_column() -> None:
    letter = column("a", "number", 900)
    assert evidence("make me a medal model", letter, SPENT, GRADE).roles["target"] == "medal"
    assert "You ask for a," in evidence("predict a from spent", letter, SPENT, GRADE).reason


def test_a_quantity_that_is_given_does_not_mislead() -> None:
    found = evidence("predict the medal given age and spent", AGE, SPENT, GRADE, REGION)
    assert found.roles["target"] == "medal"
    assert found.score > 0.85


def test_one_text_and_a_label_is_left_to_the_text_recipe() -> None:
    found = evidence("classify", column("message", "text", 990), column("label", "category", 2))
    assert found.score < 0.1


def test_a_column_with_one_value_and_gaps_is_not_replaced_by_another() -> None:
    bought = column("bought", "category", 1, ("yes",))
    found = evidence("who bought", AGE, REGION, bought)
    assert found.roles["target"] == "bought"


@pytest.mark.parametrize("columns", [(), (KEY,), (KEY, SPENT, AGE)])
def test_without_a_column_of_few_values_there_is_no_evidence(
    columns: tuple[ColumnReport, ...],
) -> None:
    found = evidence("who will leave", *columns)
    assert found.score == 0
    assert found.roles == {}


def test_the_headline_follows_the_number_of_classes() -> None:
    recipe = find_recipe(TaskType("tabular_classification"))
    assert recipe.headline(2).name == "roc_auc"
    assert recipe.headline(3).name == "macro_f1"


def test_catboost_waits_for_a_budget_that_feeds_it() -> None:
    recipe = find_recipe(TaskType("tabular_classification"))
    rich = [backbone for backbone in recipe.backbones if backbone.requirements]
    assert recipe.backbones[0].requirements == ()
    assert [backbone.least_seconds for backbone in rich] == [300]


def test_a_place_in_the_table_alone_is_asked_about() -> None:
    found = evidence("make a model", AGE, column("smoker", "boolean", 2), SPENT, GRADE)
    assert set(found.doubts["target"]) == {"smoker", "medal"}


def test_a_column_without_use_is_not_replaced_by_another() -> None:
    found = evidence("detect fraud", AGE, GRADE, column("is_fraud", "constant", 1))
    assert found.roles["target"] == "is_fraud"
    assert not found.doubts
