"""Interrupt, undo and compact: what a person does to a job besides answering it."""

from datetime import UTC, datetime

import pytest

from pipeline import compacting, describing, stopping, transitions
from pipeline.context import JobContext, Message, Request, StageResult
from pipeline.jobs import JobStatus, Stage
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def talked(turns: int, words: str = "make me a model") -> JobContext:
    talk = tuple(
        Message(who="person" if one % 2 else "agent", text=f"turn {one} " + "x" * 300, at=NOW)
        for one in range(turns)
    )
    request = Request(words=words, conversation=talk)
    return new_job(FakeClock()).evolve(request=request)


def done(*stages: Stage) -> dict[Stage, StageResult]:
    return {one: StageResult(status="done", attempts=1, seconds=1, at=NOW) for one in stages}


def test_an_interrupted_job_waits_and_keeps_what_is_done() -> None:
    job = talked(0).evolve(stage_results=done(Stage.INTAKE_MANAGER), active=Stage.INTENT_PARSER)
    change = stopping.stopped(job, f"{stopping.PAUSE}Ann", NOW)
    assert change.status is JobStatus.WAITING
    assert change.context.waiting is not None
    assert "Ann stopped the work in the stage intent_parser." in change.context.waiting.text
    assert "undo STAGE" in change.context.waiting.text
    assert Stage.INTAKE_MANAGER in change.context.stage_results


def test_a_cancelled_job_ends() -> None:
    assert stopping.stopped(talked(0), "Ann", NOW).status is JobStatus.CANCELLED


def test_undo_goes_back_to_before_a_stage_and_keeps_the_earlier_ones() -> None:
    before = (Stage.INTAKE_MANAGER, Stage.INTENT_PARSER, Stage.DATASET, Stage.PREPROCESSING)
    change = stopping.undone(talked(0).evolve(stage_results=done(*before)), Stage.DATASET)
    assert set(change.context.stage_results) == {Stage.INTAKE_MANAGER, Stage.INTENT_PARSER}
    assert change.status is JobStatus.RUNNABLE


@pytest.mark.parametrize(("stage", "approved"), [(Stage.MONITOR, False), (Stage.DEPLOY, True)])
def test_a_training_that_is_done_anew_needs_its_own_yes(stage: Stage, *, approved: bool) -> None:
    job = talked(0).evolve(stage_results=done(*list(Stage)[:-1]))
    job = job.evolve(request=job.request.model_copy(update={"approved": True}))
    assert stopping.undone(job, stage).context.request.approved is approved


def test_a_long_talk_keeps_its_latest_turns_word_for_word() -> None:
    job = talked(30)
    short = compacting.compacted(job)
    assert short.request.conversation[1:] == job.request.conversation[-compacting.KEPT :]
    assert "person: turn 1 " in short.request.conversation[0].text
    again = compacting.compacted(short.with_message("person", "more", NOW))
    assert again.request.conversation[0].text.count("Earlier, in short") == 1


def test_a_short_talk_is_left_alone() -> None:
    job = talked(5)
    assert compacting.compacted(job) == job


@pytest.mark.parametrize("turns", [0, 3, 500])
def test_a_model_reads_the_first_words_and_the_latest_turns(turns: int) -> None:
    shown = describing.words(talked(turns)).text
    assert shown.startswith("person: make me a model")
    assert len(shown) <= 8_000
    assert turns == 0 or f"turn {turns - 1} " in shown


def test_a_talk_that_grows_too_long_is_made_short_by_itself() -> None:
    job = talked(compacting.MOST + 5)
    change = transitions.heard(job, "hello", NOW)
    assert len(change.context.request.conversation) <= compacting.KEPT + 1
