"""What the loop promises: order, retries with feedback, waiting, redo."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from adapters.store import SqlStore
from pipeline.errors import Bug, PersonCanFix, Rejected, TryAgain
from pipeline.events import AgentLogged, StageEnded, StageRetried, StageStarted
from pipeline.jobs import JobStatus, Stage
from pipeline.outcomes import Approve, Ask, ComeBack, Done, Redo
from pipeline.ports.runtime import Runtime
from pipeline.ports.store import Inbound
from tests.unit.orchestrator.scripted import ARTIFACTS, Turn, stage_a_play

pytestmark = pytest.mark.anyio


async def test_a_job_runs_all_nine_stages_in_order_and_ends_done(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path)
    row = await play.play()
    events = [recorded.event for recorded in await store.events(play.job)]
    assert row.status is JobStatus.DONE
    assert [event.stage for event in events if isinstance(event, StageEnded)] == list(Stage)
    assert (await play.kinds())[0] == "pipeline_start"
    assert (await play.kinds())[-1] == "pipeline_end"


async def test_a_rejected_attempt_is_tried_again_with_its_error_as_feedback(
    store: SqlStore, tmp_path: Path
) -> None:
    wrong = Rejected("SyntaxError at line 47", feedback="SyntaxError: unexpected indent, line 47")
    play = await stage_a_play(store, tmp_path, {Stage.CODEGEN: [wrong]})
    row = await play.play()
    second = play.agents[Stage.CODEGEN].seen[1]
    assert row.status is JobStatus.DONE
    assert second.feedback[Stage.CODEGEN] == "SyntaxError: unexpected indent, line 47"
    assert row.context.feedback == {}
    assert row.context.stage_results[Stage.CODEGEN].attempts == 2
    retried = [r.event for r in await store.events(play.job) if isinstance(r.event, StageRetried)]
    assert [(r.attempt, r.max_attempts, r.error) for r in retried] == [
        (2, 3, "SyntaxError at line 47")
    ]


async def test_a_stage_out_of_attempts_fails_the_job_with_its_reason(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path, {Stage.CONFIG: [Rejected(f"no {n}") for n in "123"]})
    row = await play.play()
    assert row.status is JobStatus.FAILED
    assert [error.message for error in row.context.errors] == ["no 1", "no 2", "no 3"]
    assert Stage.CONFIG not in row.context.stage_results


async def test_a_bug_fails_at_once_and_its_traceback_goes_to_the_log(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [ZeroDivisionError("secret")]})
    row = await play.play()
    assert row.status is JobStatus.FAILED
    assert row.context.errors[0].kind == Bug.__name__
    assert "secret" not in row.context.errors[0].message
    assert isinstance(play.journal.errors[0], ZeroDivisionError)


async def test_a_folder_that_may_not_be_written_waits_for_the_person_and_goes_on_after_a_word(
    store: SqlStore, tmp_path: Path
) -> None:
    closed = OSError(13, "Permission denied")
    play = await stage_a_play(store, tmp_path, {Stage.PREPROCESSING: [closed]})
    row = await play.play()
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert "may not be written" in row.context.waiting.text
    await store.receive(play.job, Inbound(key="1", actor="me", text="retry"))
    assert (await play.play()).status is JobStatus.DONE


async def test_what_is_wrong_with_an_account_waits_for_that_account(
    store: SqlStore, tmp_path: Path
) -> None:
    refused = PersonCanFix("It takes your key no more.", "Connect a new one.", field="cloud")
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: [refused]})
    play.orchestrator._ports = replace(
        play.orchestrator._ports,
        runtimes={"cloud": cast("Runtime", SimpleNamespace(account="cloud"))},
    )
    row = await play.play()
    assert row.context.waiting is not None
    assert (row.context.waiting.reason, row.context.waiting.field) == ("credential", "cloud")
    assert row.context.waiting.text == "It takes your key no more. Connect a new one."
    assert "credential_needed" in await play.kinds()
    await store.receive(play.job, Inbound(key="1", actor="me", text="it is connected"))
    assert (await play.play()).status is JobStatus.DONE


async def test_something_outside_is_tried_again_after_the_pause_it_asks_for(
    store: SqlStore, tmp_path: Path
) -> None:
    later = TryAgain("busy", after=timedelta(seconds=77))
    play = await stage_a_play(store, tmp_path, {Stage.DEPLOY: [later]})
    due = await play.orchestrator.drive(play.job)
    assert due == play.clock.now() + timedelta(seconds=77)
    assert (await play.play()).status is JobStatus.DONE


async def test_a_question_waits_and_the_reply_reaches_the_stage(
    store: SqlStore, tmp_path: Path
) -> None:
    ask = Ask("Which column is the target?", "target", ("price", "sold"))
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [ask]})
    assert (await play.play()).status is JobStatus.WAITING
    await store.receive(play.job, Inbound(key="1", actor="me", text="2"))
    row = await play.play()
    assert row.status is JobStatus.DONE
    assert row.context.request.settings == {"dataset.label_column": "sold"}
    assert (await play.kinds()).count("pipeline_start") == 1


async def test_a_reply_that_does_not_fit_is_asked_for_again_and_nothing_is_lost(
    store: SqlStore, tmp_path: Path
) -> None:
    plan = Approve(("Train on a rented GPU",), "It costs money.")
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: [plan]})
    await play.play()
    await store.receive(play.job, Inbound(key="1", actor="me", text="hm, maybe"))
    row = await play.play()
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert row.context.waiting.asked.startswith("I did not understand that.")
    assert row.context.waiting.asked.endswith("It costs money.")
    await store.receive(play.job, Inbound(key="2", actor="me", text="approve"))
    row = await play.play()
    assert row.status is JobStatus.DONE
    assert row.context.request.approved
    assert [turn.text for turn in row.context.request.conversation if turn.who == "person"] == [
        "hm, maybe",
        "approve",
    ]


async def test_coming_back_counts_as_no_attempt_and_keeps_what_was_saved(
    store: SqlStore, tmp_path: Path
) -> None:
    line = AgentLogged(stage=Stage.MONITOR, message="a line")
    polls = [ComeBack(timedelta(seconds=30), ARTIFACTS[Stage.MONITOR], (line,)) for _ in range(20)]
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: polls})
    row = await play.play()
    assert row.status is JobStatus.DONE
    assert row.context.stage_results[Stage.MONITOR].attempts == 1
    assert row.context.stage_results[Stage.MONITOR].seconds == 600
    assert (await play.kinds()).count("agent_log") == 20
    started = [
        recorded.event
        for recorded in await store.events(play.job)
        if isinstance(recorded.event, StageStarted) and recorded.event.stage is Stage.MONITOR
    ]
    assert len(started) == 1


async def test_a_training_crash_goes_back_to_codegen_and_the_same_crash_twice_asks(
    store: SqlStore, tmp_path: Path
) -> None:
    crash = Redo(Stage.CODEGEN, "KeyError: 'label'\nmore")
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: [crash, crash]})
    row = await play.play()
    assert play.agents[Stage.CODEGEN].seen[1].feedback[Stage.CODEGEN] == "KeyError: 'label'\nmore"
    assert row.status is JobStatus.WAITING
    assert len(play.agents[Stage.CODEGEN].seen) == 2


async def test_the_same_refusal_twice_asks_where_nobody_learns_from_it(
    store: SqlStore, tmp_path: Path
) -> None:
    changed = Rejected("The model did not repeat its predictions.", "It was not published.")
    play = await stage_a_play(store, tmp_path, {Stage.DEPLOY: [changed, changed]})
    row = await play.play()
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert row.context.waiting.text == f"{changed.message} {changed.hint}"


async def test_a_word_of_the_person_gives_a_crashed_training_another_run(
    store: SqlStore, tmp_path: Path
) -> None:
    submitted = ARTIFACTS[Stage.MONITOR].model_copy(update={"handle": "h", "status": "running"})
    stopped = PersonCanFix("The step 'train' ran out of memory.", "Use fewer rows.")
    turns: list[Turn] = [ComeBack(timedelta(0), submitted), stopped]
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: turns})
    assert (await play.play()).context.run == submitted
    await store.receive(play.job, Inbound(key="1", actor="me", text="retry"))
    assert (await play.play()).status is JobStatus.DONE
    assert play.agents[Stage.MONITOR].seen[-1].run is None


async def test_different_crashes_are_redone_twice_and_no_more(
    store: SqlStore, tmp_path: Path
) -> None:
    crashes = [Redo(Stage.CODEGEN, f"crash {n}") for n in range(5)]
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: crashes})
    assert (await play.play()).status is JobStatus.WAITING
    assert len(play.agents[Stage.CODEGEN].seen) == 3


async def test_what_only_the_person_can_fix_waits_with_cause_and_choices(
    store: SqlStore, tmp_path: Path
) -> None:
    empty = PersonCanFix("The file is empty.", "Send another one.", field="data")
    play = await stage_a_play(store, tmp_path, {Stage.INTAKE_MANAGER: [empty]})
    row = await play.play()
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert row.context.waiting.text == "The file is empty. Send another one."


async def test_a_task_that_does_not_exist_is_an_error_and_never_a_default_plan(
    store: SqlStore, tmp_path: Path
) -> None:
    strange = ARTIFACTS[Stage.INTENT_PARSER].model_copy(update={"task_type": "mind_reading"})
    play = await stage_a_play(store, tmp_path, {Stage.INTENT_PARSER: [Done(strange)]})
    row = await play.play()
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert "Unknown task 'mind_reading'" in row.context.waiting.text


async def test_a_task_named_wrongly_can_be_named_again(store: SqlStore, tmp_path: Path) -> None:
    wrong = ARTIFACTS[Stage.INTENT_PARSER].model_copy(update={"task_type": "banana"})
    play = await stage_a_play(store, tmp_path, {Stage.INTENT_PARSER: [Done(wrong)]})
    row = await play.play()
    assert row.status is JobStatus.WAITING
    reply = Inbound(key="1", actor="me", text="text_classification")
    await store.receive(play.job, reply)
    assert (await play.play()).status is JobStatus.DONE
