"""Rows that belong together, come in order, or are known ahead, in many wordings."""

import pytest

from pipeline.hearing.belonging import spoken_group, spoken_known, spoken_order
from tests.unit.understanding.reports import category, column, report

DATA = report(
    column("patient_id", "integer", 40),
    column("age"),
    column("visit_date", "date", 180),
    column("machine", "category", 12),
    column("Customer Name", "category", 50),
    column("promo", "boolean", 2),
    column("holiday", "boolean", 2),
    column("price"),
    column("temperature"),
    category("readmitted", "no", "yes"),
)


@pytest.mark.parametrize(
    "words",
    [
        "the same patient must not be in both",
        "split by patient",
        "no patient should be in both train and test",
        "there are several rows per patient",
        "we have many visits of the same patient",
        "keep all rows of one patient together",
        "each patient appears several times",
        "it has to work for unseen patients",
        "grouped by patient please",
        "a patient must be either in train or in test",
        "leave-one-patient-out",
        "don't put the same patient in training and test",
        "the model is for new patients it has never seen",
        "group split by patient_id",
    ],
)
def test_rows_of_one_thing_stay_together(words: str) -> None:
    assert spoken_group(words, DATA) == "patient_id"


def test_the_thing_is_a_column_by_its_telling_words() -> None:
    assert spoken_group("several rows per machine", DATA) == "machine"
    assert spoken_group("split by customer", DATA) == "Customer Name"


@pytest.mark.parametrize(
    "words",
    [
        "predict readmission of each patient",
        "predict the price per machine",
        "which machine is it",
        "split 80/20",
        "train on all patients",
        "one patient may be readmitted or not",
        "split by colour",
    ],
)
def test_a_thing_that_is_only_mentioned_holds_nothing_together(words: str) -> None:
    assert spoken_group(words, DATA) is None


def test_what_stands_in_one_row_alone_holds_nothing_together() -> None:
    assert spoken_group("split by order", report(column("order", "id", 200))) is None


@pytest.mark.parametrize(
    "words",
    [
        "train on the past, test on the latest",
        "test on the most recent rows",
        "hold out the last 3 months",
        "split by time",
        "chronological split please",
        "split by visit date",
        "train on older data and test on newer",
        "use the last year for testing",
        "the test set must be later than the training set",
        "out-of-time validation",
        "no peeking into the future",
    ],
)
def test_the_latest_rows_are_the_test(words: str) -> None:
    assert spoken_order(words, DATA) == "visit_date"


@pytest.mark.parametrize(
    "words",
    [
        "predict the time of the next visit",
        "who comes back in the last week",
        "train on this data and test it on test.csv",
        "the last column is the target",
    ],
)
def test_time_that_is_only_mentioned_orders_nothing(words: str) -> None:
    assert spoken_order(words, DATA) is None


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("we know the promo and the holidays in advance", {"promo", "holiday"}),
        ("forecast sales; promo and holiday are planned", {"promo", "holiday"}),
        ("known in advance: promo, holiday", {"promo", "holiday"}),
        ("use promo and holiday as known future inputs", {"promo", "holiday"}),
        ("price is planned", {"price"}),
        ("we set the price ourselves", {"price"}),
        ("the price is known beforehand but temperature is not", {"price"}),
        ("temperature forecasts are available for the next days", {"temperature"}),
        ("forecast sales, the promo plan is known ahead", {"promo"}),
        ("forecast sales and we know the promo plan ahead", {"promo"}),
        ("price is not known in advance", set()),
        ("we don't know promo in advance", set()),
        ("forecast sales for the next 12 weeks", set()),
        ("ignore promo, it is planned", set()),
    ],
)
def test_what_is_known_ahead_is_heard(words: str, known: set[str]) -> None:
    assert set(spoken_known(words, DATA)) == known
