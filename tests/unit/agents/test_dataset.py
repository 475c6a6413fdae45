"""Which column plays which part, what is left out and why, and where one answer is not enough."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from pipeline.artifacts import ColumnReport
from pipeline.casting import found_roles
from pipeline.errors import PersonCanFix
from pipeline.jobs import Stage
from pipeline.outcomes import Ask
from pipeline.recipe import Evidence
from tests.unit.agents.made import AGE, LEFT, MAIL, REGION, table

pytestmark = pytest.mark.anyio
PATIENT = ColumnReport(name="patient", kind="integer", missing=0, unique=30)
VISIT = ColumnReport(name="visit", kind="date", missing=0, unique=90)
PRICE = ColumnReport(name="price", kind="number", missing=0, unique=90)
DEMAND = ColumnReport(name="demand", kind="number", missing=0, unique=80)
REASON = ColumnReport(name="reason", kind="category", missing=80, unique=2, top=(("moved", 12),))
CODE = ColumnReport(name="code", kind="category", missing=0, unique=2, top=(("A", 80), ("B", 20)))
TAGS = ColumnReport(
    name="tags",
    kind="category",
    missing=0,
    unique=5,
    top=(("art;war", 30), ("art", 20), ("war", 20), ("art;sport", 15), ("sport", 15)),
)


async def test_a_leak_is_left_out_with_the_reason_and_how_to_keep_it(tmp_path: Path) -> None:
    same, afterwards = (("HasLeft", "code"),), (("reason", "HasLeft"),)
    columns = (AGE, LEFT, CODE, REASON)
    job = table(tmp_path, "who has left?", *columns, same=same, afterwards=afterwards)
    await job.through(Stage.DATASET)
    assert job.report.roles["features"] == ("age",)
    first, second = job.warned
    assert first == (
        "The column code is left out: it says almost the same as HasLeft. "
        "To keep it: --set extra_columns=code"
    )
    assert "The column reason is left out: it is filled only for one value of HasLeft" in second
    assert job.report.ignored["code"] == "says almost the same as HasLeft"


async def test_a_leak_that_is_insisted_on_is_kept_and_warned_of(tmp_path: Path) -> None:
    settings: dict[str, JsonValue] = {"extra_columns": "code"}
    job = table(
        tmp_path, "who has left?", AGE, LEFT, CODE, settings=settings, same=(("HasLeft", "code"),)
    )
    await job.through(Stage.DATASET)
    assert job.report.roles["features"] == ("age", "code")
    [warning] = job.warned
    assert warning.startswith("The column code is kept, though it says almost the same as HasLeft:")


async def test_what_rows_belong_to_is_no_feature(tmp_path: Path) -> None:
    words = "who has left? The same patient must not be in both train and test"
    job = table(tmp_path, words, AGE, PATIENT, LEFT, REGION)
    await job.through(Stage.DATASET)
    assert job.report.roles["group"] == "patient"
    assert job.report.roles["features"] == ("age", "region")


async def test_the_latest_rows_are_tested_on_where_the_words_say_so(tmp_path: Path) -> None:
    words = "who has left? train on the past, test on the latest"
    job = table(tmp_path, words, AGE, VISIT, LEFT)
    await job.through(Stage.DATASET)
    assert job.report.roles["time"] == "visit"


async def test_a_column_named_by_hand_holds_rows_together(tmp_path: Path) -> None:
    settings: dict[str, JsonValue] = {"group": "PATIENT"}
    job = table(tmp_path, "who has left?", AGE, PATIENT, LEFT, settings=settings)
    await job.through(Stage.DATASET)
    assert job.report.roles["group"] == "patient"


def test_of_two_ways_to_keep_rows_apart_the_wanted_one_stays() -> None:
    seen: dict[str, str | tuple[str, ...]] = {"target": "y", "time": "day", "features": ("a",)}
    roles = found_roles(Evidence(score=1, reason="", roles=seen, doubts={}), {"group": "shop"})
    assert roles == {"target": "y", "group": "shop"}


def test_what_is_known_ahead_may_be_several_columns_but_not_the_target() -> None:
    seen: dict[str, str | tuple[str, ...]] = {"target": "sales", "time": "day"}
    evidence = Evidence(score=1, reason="", roles=seen, doubts={})
    roles = found_roles(evidence, {"known": ("promo", "sales", "holiday")})
    assert roles == {"target": "sales", "time": "day", "known": ("promo", "holiday")}


async def test_two_wanted_columns_are_one_question_that_names_both(tmp_path: Path) -> None:
    job = table(tmp_path, "predict price and demand from age", AGE, PRICE, DEMAND)
    outcome = await job.run(Stage.INTENT_PARSER)
    assert isinstance(outcome, Ask)
    assert (outcome.field, outcome.options) == ("target", ("price", "demand"))
    assert "price and demand" in outcome.question
    assert "A job for each column" in outcome.question


async def test_a_column_that_is_only_mentioned_is_not_asked_for(tmp_path: Path) -> None:
    job = table(tmp_path, "predict price from age and demand", AGE, PRICE, DEMAND)
    await job.through(Stage.DATASET)
    assert job.report.roles["target"] == "price"
    assert job.report.roles["features"] == ("age", "demand")


async def test_cells_of_several_labels_are_refused_by_name(tmp_path: Path) -> None:
    for kind, unique in (("category", 5), ("text", 90), ("nested", 60)):
        tags = TAGS.model_copy(update={"kind": kind, "unique": unique})
        for others in ((MAIL,), (AGE, REGION)):
            job = table(tmp_path, "predict the tags", *others, tags)
            with pytest.raises(PersonCanFix, match="multi-label classification") as error:
                await job.through(Stage.DATASET)
            assert "'tags'" in error.value.message
            assert "art;war" in error.value.message
            assert "one yes-or-no column for each label (art, war" in error.value.hint


async def test_a_target_changed_to_a_number_asks_for_the_task_anew(tmp_path: Path) -> None:
    settings: dict[str, JsonValue] = {"task_type": "tabular_classification", "target": "price"}
    job = table(tmp_path, "who has left?", AGE, LEFT, PRICE, settings=settings)
    outcome = await job.run(Stage.INTENT_PARSER)
    assert isinstance(outcome, Ask)
    assert (outcome.field, outcome.options) == ("task_type", ("tabular_regression",))
