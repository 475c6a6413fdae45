"""What a training is judged by follows what the person cares about."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from pipeline.artifacts import ColumnReport, TrainingConfig
from pipeline.jobs import Stage
from tests.unit.agents.made import AGE, LEFT, REGION, Table, table

pytestmark = pytest.mark.anyio
PRICE = ColumnReport(name="price", kind="number", missing=0, unique=90)
SIZES = ColumnReport(
    name="size", kind="category", missing=0, unique=3, top=(("s", 40), ("m", 40), ("l", 20))
)


async def settled(job: Table) -> TrainingConfig:
    await job.through(Stage.CONFIG)
    assert job.context.config is not None
    return job.context.config


async def test_who_fears_misses_is_told_how_well_the_wanted_class_is_found(tmp_path: Path) -> None:
    job = table(tmp_path, "who has left? We must not miss anyone", AGE, REGION, LEFT)
    config = await settled(job)
    assert (config.care, config.metric, config.positive) == ("misses", "f1", "yes")
    [note] = config.notes
    assert note.startswith("You say that it is worse to miss a yes: the model leans that way.")
    assert note.endswith("The result is judged by the F1 of yes.")
    assert job.warned == []


async def test_recall_is_another_word_for_it(tmp_path: Path) -> None:
    job = table(tmp_path, "who has left? Go for recall, recall matters", AGE, REGION, LEFT)
    config = await settled(job)
    assert (config.care, config.metric, job.warned) == ("misses", "f1", [])


async def test_a_metric_that_is_named_stands_beside_the_worse_mistake(tmp_path: Path) -> None:
    words = "who has left? Report AUC, and don't bother loyal customers needlessly"
    config = await settled(table(tmp_path, words, AGE, REGION, LEFT))
    assert (config.care, config.metric) == ("false_alarms", "roc_auc")


async def test_the_worse_mistake_can_be_set_by_hand(tmp_path: Path) -> None:
    settings: dict[str, JsonValue] = {"care": "misses"}
    config = await settled(table(tmp_path, "who has left?", AGE, LEFT, settings=settings))
    assert (config.care, config.metric) == ("misses", "f1")


async def test_with_three_classes_no_mistake_of_one_kind_is_worse(tmp_path: Path) -> None:
    settings: dict[str, JsonValue] = {"care": "misses"}
    job = table(tmp_path, "which size?", AGE, REGION, SIZES, settings=settings)
    config = await settled(job)
    assert config.care is None
    assert "no two classes" in job.warned[0]


async def test_a_metric_can_be_described(tmp_path: Path) -> None:
    for words, metric in (
        ("who has left? I need probabilities", "log_loss"),
        ("who has left? Our team calls the top 50", "roc_auc"),
        ("who has left? What counts is the share of right answers", "accuracy"),
    ):
        assert (await settled(table(tmp_path, words, AGE, LEFT))).metric == metric


async def test_the_values_of_a_number_are_no_classes(tmp_path: Path) -> None:
    for unique in (2, 90):
        price = PRICE.model_copy(update={"unique": unique, "top": (("1", 60), ("0", 40))})
        settings: dict[str, JsonValue] = {"task_type": "tabular_regression", "target": "price"}
        settings["metric"] = "f1"
        job = table(tmp_path, "predict the price", AGE, REGION, price, settings=settings)
        config = await settled(job)
        assert config.metric in {"rmse", "mae", "r2"}
        assert config.positive is None


async def test_who_does_not_is_found_where_the_words_ask_for_them(tmp_path: Path) -> None:
    renewed = LEFT.model_copy(update={"name": "renewed"})
    for words, positive in (
        ("who will not renew?", "no"),
        ("which customers won't renew", "no"),
        ("who will renew?", "yes"),
        ("will they renew or not?", "yes"),
    ):
        config = await settled(table(tmp_path, words, AGE, REGION, renewed))
        assert (words, config.positive) == (words, positive)


async def test_what_goes_wrong_is_found_where_the_words_name_nothing(tmp_path: Path) -> None:
    state = LEFT.model_copy(
        update={"name": "state", "kind": "category", "top": (("failed", 60), ("running", 40))}
    )
    settings: dict[str, JsonValue] = {"target": "state", "task_type": "tabular_classification"}
    config = await settled(table(tmp_path, "build a model", AGE, state, settings=settings))
    assert config.positive == "failed"
