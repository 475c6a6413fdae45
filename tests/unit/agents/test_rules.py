"""What the agents decide by rules, from words and a data report alone."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

import pipeline.recipes
from pipeline import bundle
from pipeline.artifacts import Architecture, TrainingConfig
from pipeline.context import Request
from pipeline.errors import PersonCanFix, UnknownName
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage, TaskType
from pipeline.outcomes import Ask
from pipeline.recipe import find_recipe
from tests.unit.agents.made import AGE, LEFT, MAIL, REGION, ROW, SAME, table

pytestmark = pytest.mark.anyio
DESCRIBED = """
from pipeline.recipe import Task, no_evidence

TASK = Task(title="Dreaming", words=(), hints=(), roles=(), minimum_rows=1,
            evidence=lambda report, words: no_evidence("nobody dreams"))
"""


async def test_words_and_data_together_name_the_task_and_the_target(tmp_path: Path) -> None:
    job = table(tmp_path, "who has left?", ROW, AGE, REGION, LEFT, SAME)
    await job.through(Stage.DATASET)
    report = job.context.data_report
    assert report is not None
    assert report.roles == {"target": "HasLeft", "features": ("age", "region")}
    assert set(report.ignored) == {"row", "branch"}
    assert "id" in report.ignored["row"]


async def test_one_text_and_one_label_are_text_classification(tmp_path: Path) -> None:
    job = table(tmp_path, "sort my mail", MAIL, REGION)
    await job.run(Stage.INTENT_PARSER)
    assert job.context.intent is not None
    assert job.context.intent.task_type == "text_classification"


async def test_a_column_the_person_named_stands_and_an_unknown_one_lists_the_known(
    tmp_path: Path,
) -> None:
    named = table(tmp_path, "who left?", AGE, REGION, LEFT, settings={"target": "region"})
    await named.through(Stage.DATASET)
    assert named.context.data_report is not None
    assert named.context.data_report.roles["target"] == "region"
    wrong = table(tmp_path, "who left?", AGE, REGION, LEFT, settings={"target": "hasleft?"})
    with pytest.raises(UnknownName) as error:
        await wrong.through(Stage.DATASET)
    assert error.value.field == "target"
    assert error.value.options[0] == "HasLeft"


async def test_another_target_than_the_words_ask_for_is_no_input_of_itself(tmp_path: Path) -> None:
    settings: dict[str, JsonValue] = {"dataset.label_column": "region"}
    job = table(tmp_path, "who has left?", AGE, REGION, LEFT, settings=settings)
    await job.through(Stage.DATASET)
    report = job.context.data_report
    assert report is not None
    assert report.roles == {"target": "region", "features": ("age", "HasLeft")}


async def test_where_nothing_points_to_a_target_the_column_is_asked_for(tmp_path: Path) -> None:
    job = table(tmp_path, "make a model", REGION, AGE, LEFT)
    outcome = await job.run(Stage.INTENT_PARSER)
    assert isinstance(outcome, Ask)
    assert outcome.field == "target"
    assert set(outcome.options) >= {"region", "HasLeft"}


async def test_two_columns_equally_good_are_one_question_with_both(tmp_path: Path) -> None:
    named = [LEFT.model_copy(update={"name": name}) for name in ("label", "class")]
    job = table(tmp_path, "train a classifier", *named, AGE, REGION)
    outcome = await job.through(Stage.DATASET)
    assert isinstance(outcome, Ask)
    assert outcome.field == "target"
    assert set(outcome.options) == {"label", "class"}
    assert "label holds no, yes" in outcome.question


async def test_a_task_that_cannot_be_trained_yet_is_named_with_those_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dreaming").mkdir()
    (tmp_path / "dreaming" / "__init__.py").write_text(DESCRIBED, "utf-8")
    shelves = [*pipeline.recipes.__path__, str(tmp_path)]
    monkeypatch.setattr(pipeline.recipes, "__path__", shelves)
    with pytest.raises(PersonCanFix, match="dreaming, which I cannot train yet") as error:
        find_recipe(TaskType("dreaming"))
    assert "text_classification" in error.value.options


async def test_a_target_with_one_value_is_refused_with_the_other_columns(tmp_path: Path) -> None:
    gaps = SAME.model_copy(update={"name": "shop", "kind": "category"})
    job = table(tmp_path, "which branch?", AGE, REGION, SAME, gaps, settings={"target": "branch"})
    with pytest.raises(PersonCanFix, match="the same value in 'branch'") as error:
        await job.through(Stage.DATASET)
    assert error.value.options == ("region",)


async def test_too_few_rows_are_said_with_the_number_needed(tmp_path: Path) -> None:
    job = table(tmp_path, "who has left?", AGE, LEFT, rows=5)
    with pytest.raises(PersonCanFix, match="5 rows"):
        await job.through(Stage.DATASET)


async def test_the_rarer_label_is_the_positive_one_and_a_seed_is_kept(tmp_path: Path) -> None:
    job = table(tmp_path, "who has left?", AGE, REGION, LEFT, settings={"seed": 7})
    await job.through(Stage.CONFIG)
    config = job.context.config
    assert isinstance(config, TrainingConfig)
    assert (config.positive, config.seed, config.metric) == ("yes", 7, "roc_auc")


async def test_what_says_yes_is_positive_even_where_it_is_the_commoner(tmp_path: Path) -> None:
    approved = LEFT.model_copy(update={"top": (("Yes", 70), ("No", 30))})
    job = table(tmp_path, "who has left?", AGE, approved)
    await job.through(Stage.CONFIG)
    assert job.context.config is not None
    assert job.context.config.positive == "Yes"


@pytest.mark.parametrize(
    ("words", "positive"),
    [
        ("will it be approved?", "approved"),
        ("approved or rejected?", "rejected"),
        ("x", "rejected"),
    ],
)
async def test_a_label_that_the_words_name_alone_is_positive(
    tmp_path: Path, words: str, positive: str
) -> None:
    top = (("approved", 70), ("rejected", 30))
    state = LEFT.model_copy(update={"name": "state", "kind": "category", "top": top})
    settings: dict[str, JsonValue] = {"dataset.label_column": "state"}
    settings["task_type"] = "tabular_classification"
    job = table(tmp_path, words, AGE, state, settings=settings)
    await job.through(Stage.CONFIG)
    assert job.context.config is not None
    assert job.context.config.positive == positive


async def test_a_wish_that_means_nothing_here_is_said_and_one_out_of_range_is_refused(
    tmp_path: Path,
) -> None:
    job = table(tmp_path, "who has left?", AGE, LEFT, settings={"epochs": 5})
    await job.through(Stage.CONFIG)
    assert job.warned == ["epochs has no meaning for tabular classification here and is not used"]
    lora = table(tmp_path, "who has left?", AGE, LEFT, settings={"use_lora": True})
    await lora.through(Stage.CONFIG)
    assert "peft.use_lora has no meaning" in str(lora.said)
    wild = table(tmp_path, "who has left?", AGE, LEFT, settings={"learning_rate": 50})
    with pytest.raises(PersonCanFix, match="learning_rate cannot be 50"):
        await wild.through(Stage.CONFIG)


@pytest.mark.parametrize(
    ("budget", "backbone"), [(None, "light_ensemble"), (600.0, "light_ensemble_catboost")]
)
async def test_the_richer_model_is_taken_when_the_budget_allows(
    tmp_path: Path, budget: float | None, backbone: str
) -> None:
    job = table(tmp_path, "who has left?", AGE, REGION, LEFT, budget=budget)
    await job.through(Stage.ARCHITECTURE)
    assert isinstance(job.context.architecture, Architecture)
    assert job.context.architecture.backbone == backbone


async def test_an_unknown_backbone_lists_the_menu(tmp_path: Path) -> None:
    job = table(tmp_path, "who has left?", AGE, LEFT, settings={"backbone": "resnet"})
    with pytest.raises(UnknownName, match="backbone 'resnet'") as error:
        await job.through(Stage.ARCHITECTURE)
    assert "light_ensemble" in error.value.options


async def test_missing_words_and_data_are_asked_in_one_question(tmp_path: Path) -> None:
    job = table(tmp_path, "", AGE, LEFT)
    job.context = job.context.evolve(request=Request(words=""))
    outcome = await job.run(Stage.INTAKE_MANAGER)
    assert isinstance(outcome, Ask)
    assert outcome.field == "words+data"


def test_the_intent_has_every_leaf_empty_until_somebody_fills_it() -> None:
    document = ParsedIntent().model_dump(exclude={"task_description", "locked"})
    sections = [value for value in document.values() if isinstance(value, dict)]
    assert all(leaf is None for section in sections for leaf in section.values())


@pytest.mark.parametrize(("settings", "chosen"), [({}, False), ({"test_split": 0.1}, True)])
async def test_a_split_the_person_chose_is_told_from_the_usual_one(
    tmp_path: Path, settings: Mapping[str, JsonValue], *, chosen: bool
) -> None:
    job = table(tmp_path, "who has left?", AGE, REGION, LEFT, settings=settings)
    await job.through(Stage.DATASET)
    config = bundle.config(job.context)
    assert config.split["test"] == pytest.approx(0.1)
    assert config.split_chosen is chosen
