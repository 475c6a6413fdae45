"""A person stops the stage at work: it ends at once, and the job waits for what comes next."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from adapters.store import SqlStore
from bot import commands
from pipeline.agents.monitor import AGENT as MONITOR
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.events import Event, ModelCalled, ModelReplied
from pipeline.jobs import Actor, JobStatus, Stage
from pipeline.outcomes import Ask, ComeBack, Done
from pipeline.ports import Ports
from pipeline.ports.runtime import Offer, RunRequest, RunState, Runtime, Workbench
from pipeline.ports.store import Inbound, JobRow
from tests.unit.orchestrator.scripted import ARTIFACTS, Stageplay, stage_a_play

pytestmark = pytest.mark.anyio


async def nothing() -> None:
    """No more than that."""


@dataclass
class Elsewhere:
    """A runtime whose runs go on until they are cancelled; `ending` happens meanwhile."""

    name: str = "local"
    account: str | None = None
    poll_seconds: float = 0.5
    running: list[str] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    ending: Callable[[], Awaitable[object]] = nothing
    offer: Offer = field(default_factory=lambda: Offer("elsewhere"))

    async def find(self, name: str, owner: Actor) -> str | None:
        del owner
        return name if name in self.running else None

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        del owner
        self.running.append(request.name)
        self.submitted.append(request.name)
        return request.name

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        del lines_read, owner
        return RunState("running" if handle in self.running else "cancelled")

    async def cancel(self, handle: str, owner: Actor) -> bool:
        del owner
        await self.ending()
        self.running.remove(handle)
        return True

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        raise NotImplementedError


@dataclass
class Busy:
    """A stage that is at work until it is stopped; it says what it did, and how it ends."""

    play: Stageplay
    name: Stage = Stage.CODEGEN
    says: tuple[Event, ...] = ()
    end: Exception | None = None
    began: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.retry = self.play.agents[self.name].retry
        self.play.orchestrator._agents[self.name] = self  # type: ignore[index]

    async def run(self, context: JobContext, ports: Ports) -> Done:  # noqa: ARG002
        for event in self.says:
            await ports.emit(event)
        self.began.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if self.end is not None:
                raise self.end from None
            raise
        raise AssertionError


async def interrupted(play: Stageplay, busy: Busy) -> JobRow:
    """The job at work, stopped by Ann."""
    driving = asyncio.ensure_future(play.orchestrator.drive(play.job))
    await asyncio.wait_for(busy.began.wait(), 5)
    await commands.interrupt(play.store, await play.row(), "Ann")
    await asyncio.wait_for(driving, 5)
    return await play.row()


async def abroad(play: Stageplay) -> Elsewhere:
    elsewhere = Elsewhere()
    runtimes = {"local": cast("Runtime", elsewhere)}
    play.orchestrator._ports = replace(play.orchestrator._ports, runtimes=runtimes)
    return elsewhere


async def training(store: SqlStore, home: Path) -> tuple[Stageplay, Elsewhere]:
    """A job whose monitor is the real one."""
    split = ARTIFACTS[Stage.PREPROCESSING].model_copy(update={"rows": {"test": 9}})
    play = await stage_a_play(store, home, {Stage.PREPROCESSING: [Done(split)]})
    play.orchestrator._agents[Stage.MONITOR] = MONITOR  # type: ignore[index]
    elsewhere, level = await abroad(play), cast("Workbench", Level())
    play.orchestrator._ports = replace(play.orchestrator._ports, workbench=level)
    return play, elsewhere


def calls() -> tuple[Event, ...]:
    stage, prompt = Stage.CODEGEN, "codegen"
    asked = ModelCalled(stage=stage, prompt=prompt, provider="some", model="one")
    replied = ModelReplied(stage=stage, prompt=prompt, tokens=9, cost_usd=0.25, seconds=1)
    return asked, replied, asked


async def test_a_stage_that_asks_a_model_stops_at_once_and_goes_on_by_resume(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path)
    row = await interrupted(play, Busy(play, says=calls()))
    waiting = row.context.waiting
    assert (row.status, row.cancel) == (JobStatus.WAITING, False)
    assert waiting is not None
    assert waiting.field == "resume"
    assert "Ann stopped the work in the stage codegen." in waiting.text
    assert Stage.ARCHITECTURE in row.context.stage_results
    assert Stage.CODEGEN not in row.context.stage_results
    assert float(row.context.cost.llm_usd) == 0.25, "what it spent before it was stopped"

    play.orchestrator._agents[Stage.CODEGEN] = play.agents[Stage.CODEGEN]  # type: ignore[index]
    await commands.resume(store, row, worked_on=True)
    assert (await play.play()).status is JobStatus.DONE
    assert play.agents[Stage.ARCHITECTURE].seen[1:] == []


async def test_a_stage_that_ends_badly_when_it_is_stopped_only_pauses(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path)
    row = await interrupted(play, Busy(play, end=ValueError("torn")))
    assert row.status is JobStatus.WAITING
    assert row.context.errors == ()
    assert play.journal.errors == []


async def test_a_training_is_ended_where_it_runs_and_submitted_anew(
    store: SqlStore, tmp_path: Path
) -> None:
    play, elsewhere = await training(store, tmp_path)
    await until(play, lambda: bool(elsewhere.running))
    assert elsewhere.submitted == [f"{play.job}-0"]

    await commands.interrupt(store, await play.row(), "Ann")
    await play.orchestrator.drive(play.job)
    row = await play.row()
    assert (row.status, elsewhere.running) == (JobStatus.WAITING, [])
    assert row.context.run is None

    await commands.resume(store, row, worked_on=True)
    await until(play, lambda: bool(elsewhere.running))
    assert elsewhere.submitted == [f"{play.job}-0"] * 2


@pytest.mark.parametrize("word", ["pause", "cancel"])
async def test_a_training_elsewhere_that_a_person_ends_is_charged(
    store: SqlStore, tmp_path: Path, word: str
) -> None:
    play, elsewhere = await training(store, tmp_path)
    await until(play, lambda: bool(elsewhere.running))
    row = await play.row()
    assert row.context.run is not None
    there = row.context.run.model_copy(update={"runtime": "cloud"})
    await store.save(row, row.context.with_artifact(there), [])
    elsewhere.offer = Offer("Cloud", usd_hour=Decimal(3))
    cloud = {"cloud": cast("Runtime", elsewhere)}
    play.orchestrator._ports = replace(play.orchestrator._ports, runtimes=cloud)
    play.clock.pass_(60)

    stop = commands.cancel if word == "cancel" else commands.interrupt
    await stop(store, await play.row(), "Ann")
    await play.orchestrator.drive(play.job)

    row = await play.row()
    assert row.context.cost.compute_usd == Decimal("0.05")
    assert (await play.kinds()).count("training_charged") == 1


@pytest.mark.parametrize("stage", ["codegen", "the training"])
async def test_a_training_after_an_undo_is_another_one(
    store: SqlStore, tmp_path: Path, stage: str
) -> None:
    play, elsewhere = await training(store, tmp_path)
    await until(play, lambda: bool(elsewhere.running))
    await commands.interrupt(store, await play.row(), "Ann")
    await play.orchestrator.drive(play.job)
    await commands.undo(store, await play.row(), stage, worked_on=True)
    await until(play, lambda: bool(elsewhere.running))
    assert elsewhere.submitted == [f"{play.job}-0", f"{play.job}-0-1"]


async def test_a_job_between_two_stages_or_attempts_stops_there(
    store: SqlStore, tmp_path: Path
) -> None:
    fails = TryAgain("Not now.", after=timedelta(hours=1))
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [fails]})
    assert await play.orchestrator.drive(play.job) is not None
    await commands.interrupt(store, await play.row(), "Ann")
    await play.orchestrator.drive(play.job)
    assert await play.status() is JobStatus.WAITING
    await commands.resume(store, await play.row(), worked_on=True)
    assert (await play.play()).status is JobStatus.DONE


async def test_twice_is_as_once_and_a_waiting_job_is_refused(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: [later()]})
    await play.orchestrator.drive(play.job)
    for _ in range(2):
        await commands.interrupt(store, await play.row(), "Ann")
    await play.orchestrator.drive(play.job)
    row = await play.row()
    asked = [kind for kind in await play.kinds() if kind == "question_asked"]
    assert (row.status, len(asked)) == (JobStatus.WAITING, 1)
    with pytest.raises(PersonCanFix, match="the job is waiting"):
        await commands.interrupt(store, row, "Ann")


async def test_a_cancel_stands_against_an_interrupt(store: SqlStore, tmp_path: Path) -> None:
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: [later()]})
    await play.orchestrator.drive(play.job)
    await commands.cancel(store, await play.row(), "Ann")
    with pytest.raises(PersonCanFix, match="being cancelled"):
        await commands.interrupt(store, await play.row(), "Ann")
    assert (await play.play()).status is JobStatus.CANCELLED


async def test_a_cancel_in_the_midst_of_an_interrupt_wins(store: SqlStore, tmp_path: Path) -> None:
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: [later()]})
    elsewhere = await abroad(play)
    elsewhere.running.append("run")
    elsewhere.ending = lambda: store.request_cancel(play.job, "Ann")
    await play.orchestrator.drive(play.job)
    await commands.interrupt(store, await play.row(), "Ann")
    assert (await play.play()).status is JobStatus.CANCELLED


async def test_a_question_that_came_first_stays(store: SqlStore, tmp_path: Path) -> None:
    asks = Ask("Which column?", "target", ("a", "b"))
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [asks]})
    await play.orchestrator.drive(play.job)
    await store.request_cancel(play.job, "pause:Ann")  # said while the stage came to its question
    await play.orchestrator.drive(play.job)
    row = await play.row()
    assert (row.status, row.cancel) == (JobStatus.WAITING, False)
    assert row.context.waiting is not None
    assert row.context.waiting.text == "Which column?"


async def test_a_wish_to_stop_that_came_too_late_does_not_stop_the_retry(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [LookupError()]})
    row = await play.play()
    late = row.context.evolve(active=Stage.DATASET)
    row = await store.save(row, late, status=JobStatus.FAILED, cancel=True)
    assert (row.status, row.cancel) == (JobStatus.FAILED, True)
    await commands.retry(store, row, worked_on=True)
    assert (await play.play()).status is JobStatus.DONE


async def test_an_undo_is_understood_as_a_reply_too(store: SqlStore, tmp_path: Path) -> None:
    play = await stage_a_play(store, tmp_path)
    await interrupted(play, Busy(play))
    play.orchestrator._agents[Stage.CODEGEN] = play.agents[Stage.CODEGEN]  # type: ignore[index]
    await store.receive(play.job, Inbound(key="1", actor="me", text="undo the dataset"))
    assert (await play.play()).status is JobStatus.DONE
    assert len(play.agents[Stage.DATASET].seen) == 2
    assert len(play.agents[Stage.INTENT_PARSER].seen) == 1


async def test_a_stage_that_never_began_cannot_be_undone(store: SqlStore, tmp_path: Path) -> None:
    play = await stage_a_play(store, tmp_path)
    row = await interrupted(play, Busy(play))
    with pytest.raises(PersonCanFix, match="deploy has not begun") as refused:
        await commands.undo(store, row, "deploy", worked_on=True)
    assert "architecture" in refused.value.hint
    assert await play.row() == row


def later() -> ComeBack:
    return ComeBack(timedelta(hours=1), ARTIFACTS[Stage.MONITOR])


class Level:
    """A workbench of which only the sandbox is known."""

    level = "full"


async def until(play: Stageplay, there: Callable[[], bool]) -> None:
    """Drive step by step until something is there."""
    for _ in range(20):
        due = await play.orchestrator.drive(play.job)
        if there():
            return
        assert due is not None, play.journal.errors
        play.clock.time = max(play.clock.time, due)
    raise AssertionError
