"""Thirteen tasks, told apart by words and data together; where both say nothing, one question."""

import pytest

from pipeline.artifacts import DataReport
from pipeline.execution_plan import TASKS, known_tasks
from pipeline.recipe import find_task
from pipeline.understanding import equally_good, readings, ruled_out
from tests.unit.understanding.reports import category, column, report, text

SHOP = report(
    column("shop_id", "id", 200),
    column("age", "integer", 60),
    category("region", "north", "south"),
    column("spent"),
    category("left", "yes", "no"),
)
CHURN = category("churn", "yes", "no")
SALES = report(column("day", "date", 200, frequency="D", ordered=True), column("sold"), time="day")
TEXTS = report(text("message"), category("mood", "good", "bad", "mixed"))
DOCS = report(text("article", 300), text("headline", 9))
PAIRS = report(text("en", language="en"), text("fr", language="fr"), layout="pairs")
ADVICE = report(text("question"), text("answer"), column("nr", "id", 200))
POEMS = report(text("text"), layout="text")
TAGS = report(column("tokens", "nested"), column("tags", "nested"), layout="tagged")
PETS = report(column("image", "image", 200), category("label", "cat", "dog"), layout="images")
AGES = report(column("image", "image", 200), column("age", "integer", 70), layout="images")
BOXES = report(
    *(column("image", "image", 90), category("label", "car", "bus")),
    *(column(name) for name in ("xmin", "ymin", "xmax", "ymax")),
    layout="boxes",
)


def tasks(words: str, data: DataReport) -> tuple[str, ...]:
    return tuple(reading.task for reading in equally_good(readings(words, data, known_tasks())))


@pytest.mark.parametrize(
    ("words", "data", "task"),
    [
        ("who left?", SHOP, "tabular_classification"),
        ("how much will they spend", SHOP, "tabular_regression"),
        ("segment my shops", SHOP, "clustering"),
        ("which shops are alike", SHOP, "clustering"),
        ("sales tomorrow", SALES, "time_series_forecasting"),
        ("forcast the nxt 6 wks", SALES, "time_series_forecasting"),
        ("what will we sell?", SALES, "time_series_forecasting"),
        ("sort these by mood", TEXTS, "text_classification"),
        ("tl;dr my articles", DOCS, "summarization"),
        ("english to french", PAIRS, "translation"),
        ("say it in French", PAIRS, "translation"),
        ("train an assistant that answers like us", ADVICE, "llm_finetuning"),
        ("write more like these", POEMS, "text_generation"),
        ("pull out the names", TAGS, "token_classification"),
        ("cat or dog?", PETS, "image_classification"),
        ("how old are they?", AGES, "image_regression"),
        ("find the cars", BOXES, "object_detection"),
    ],
)
def test_words_and_data_together_say_the_task(words: str, data: DataReport, task: str) -> None:
    assert tasks(words, data) == (task,)


def test_every_task_is_described() -> None:
    for task in TASKS:
        found = find_task(task)
        assert found.words
        assert found.roles
        assert found.minimum_rows > 0


@pytest.mark.parametrize("words", ["make me something with this", "hello", ""])
def test_where_nothing_is_said_nothing_is_guessed(words: str) -> None:
    found = equally_good(readings(words, SHOP, known_tasks()))
    assert len(found) > 1 or not found[0].supported


def test_data_rules_out_what_words_say() -> None:
    assert "object_detection" not in tasks("detect objects in this", SHOP)
    assert "translation" not in tasks("translate this", SHOP)


@pytest.mark.parametrize("words", ["translate this to French", "summarise them"])
def test_a_task_that_is_called_by_name_is_not_replaced_in_silence(words: str) -> None:
    ranked = readings(words, SHOP, known_tasks())
    other = ruled_out(ranked)
    assert other is not None
    assert other.task in {"translation", "summarization"}
    assert ruled_out(readings("who left?", SHOP, known_tasks())) is None


@pytest.mark.parametrize("words", ["predict loyalty", "\U0001f600", "do something smart with it"])
def test_a_name_like_target_is_not_enough_where_the_words_want_something_else(words: str) -> None:
    data = report(column("age", "integer", 60), column("zone", "integer", 40), CHURN)
    assert not any(
        one.supported and one.targets for one in equally_good(readings(words, data, known_tasks()))
    )
    sure = equally_good(readings("who will go?", data, known_tasks()))
    assert [one.targets for one in sure if one.supported] == [("churn",)]
