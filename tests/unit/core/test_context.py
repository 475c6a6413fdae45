"""The context: one frozen document that is read back exactly as it was written."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest
from pydantic import ValidationError

from adapters import document
from pipeline.artifacts import Architecture, Artifact, DataInput, Run
from pipeline.context import (
    SECTIONS,
    Cost,
    JobContext,
    Request,
    StageError,
    StageResult,
    Waiting,
)
from pipeline.jobs import Stage
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def context() -> JobContext:
    return new_job(FakeClock())


def full(context: JobContext) -> JobContext:
    error = StageError(stage=Stage.DATASET, attempt=1, kind="TryAgain", message="no", at=NOON)
    result = StageResult(status="done", attempts=2, seconds=0.5, at=NOON)
    return context.evolve(
        request=Request(
            words="Spam? „ja“ 🙂",
            inputs=(DataInput(location="a.csv", split="train"),),
            settings={"hyperparameters.epochs": 3, "target": None},
        ),
        waiting=Waiting(reason="question", text="Which?", field="target", options=("a", "b")),
        stage_results={Stage.INTAKE_MANAGER: result},
        errors=(error,),
        retry_counts={Stage.DATASET: 1},
        seconds={Stage.DATASET: 1.25},
        feedback={Stage.CODEGEN: "line 3"},
        cost=Cost(llm_usd=Decimal("0.10"), compute_usd=Decimal("1.005")),
        run=Run(runtime="local", name="j-1-train"),
    )


def test_a_document_is_read_back_as_it_was_written(context: JobContext) -> None:
    text, saved = document.write(full(context))

    assert saved == full(context)
    assert document.read(context.job_id, text) == saved


def test_a_field_nobody_knows_is_refused(context: JobContext) -> None:
    with pytest.raises(ValidationError, match="surprise"):
        JobContext.model_validate({**context.model_dump(), "surprise": 1})


def test_a_time_without_its_zone_is_refused(context: JobContext) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001

    with pytest.raises(ValidationError, match="timezone"):
        JobContext.model_validate({**context.model_dump(), "created_at": naive})


def test_a_context_changes_only_by_copies(context: JobContext) -> None:
    changed = context.evolve(starts=2)

    assert (context.starts, changed.starts) == (0, 2)
    with pytest.raises(ValidationError, match="frozen"):
        context.starts = 3  # type: ignore[misc]


def test_every_artifact_has_its_own_section() -> None:
    assert set(SECTIONS) == set(get_args(Artifact))
    assert len(set(SECTIONS.values())) == len(SECTIONS)
    assert set(SECTIONS.values()) < set(JobContext.model_fields)


def test_an_artifact_fills_its_section_and_nothing_else(context: JobContext) -> None:
    artifact = Architecture(backbone="linear", why="few rows", requirements=())

    changed = context.with_artifact(artifact)

    assert changed.architecture == artifact
    assert changed.evolve(architecture=None) == context


def test_a_conversation_grows_by_turns(context: JobContext) -> None:
    talked = context.with_message("agent", "Which column?", NOON)
    talked = talked.with_message("person", "label", NOON)

    assert [turn.text for turn in talked.request.conversation] == ["Which column?", "label"]
    assert talked.request.words == context.request.words


def test_the_last_error_is_the_latest(context: JobContext) -> None:
    assert context.last_error is None
    error = full(context).errors[0]
    later = error.model_copy(update={"message": "again"})

    assert context.evolve(errors=(error, later)).last_error == later
