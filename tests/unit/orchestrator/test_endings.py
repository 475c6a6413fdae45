"""What ends a job before its last stage: a cancel, another worker, deaths, our own mistakes."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from adapters.store import SqlStore
from pipeline.errors import Bug, Superseded, TryAgain
from pipeline.events import AgentLogged
from pipeline.jobs import Actor, JobStatus, Stage
from pipeline.outcomes import ComeBack, Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.runtime import Runtime
from tests.unit.orchestrator.scripted import ARTIFACTS, stage_a_play

pytestmark = pytest.mark.anyio


async def test_an_artifact_that_cannot_be_kept_fails_the_job_instead_of_running_on(
    store: SqlStore, tmp_path: Path
) -> None:
    broken = ARTIFACTS[Stage.DATASET].model_copy(update={"rows": "many"})
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [Done(broken)]})
    row = await play.play()
    assert row.status is JobStatus.FAILED
    assert row.context.errors[0].kind == Bug.__name__
    assert Stage.DATASET not in row.context.stage_results


async def test_a_cancel_ends_a_running_stage_and_the_job(store: SqlStore, tmp_path: Path) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    play = await stage_a_play(store, tmp_path)

    class Slow:
        name = Stage.CODEGEN
        retry = play.agents[Stage.CODEGEN].retry

        async def run(self, context: object, ports: Ports) -> Done:  # noqa: ARG002
            await ports.emit(AgentLogged(stage=self.name, message="working"))
            began.set()
            await forever()
            raise AssertionError

    play.orchestrator._agents[Stage.CODEGEN] = Slow()  # type: ignore[index]
    driving = asyncio.ensure_future(play.orchestrator.drive(play.job))
    await asyncio.wait_for(began.wait(), 5)
    assert await store.request_cancel(play.job, "me")
    await asyncio.wait_for(driving, 5)
    row = await play.row()
    assert ended.is_set()
    assert row.status is JobStatus.CANCELLED
    assert Stage.CODEGEN not in row.context.stage_results
    assert await play.orchestrator.drive(play.job) is None


async def test_a_cancel_ends_a_run_whose_handle_was_not_saved_yet(
    store: SqlStore, tmp_path: Path
) -> None:
    running = {"run"}

    class Local:
        async def find(self, name: str, owner: Actor) -> str | None:
            del owner
            return name if name in running else None

        async def cancel(self, handle: str, owner: Actor) -> bool:
            del owner
            running.remove(handle)
            return True

    named = ComeBack(timedelta(hours=1), ARTIFACTS[Stage.MONITOR])
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: [named]})
    runtimes = {"local": cast("Runtime", Local())}
    play.orchestrator._ports = replace(play.orchestrator._ports, runtimes=runtimes)
    await play.orchestrator.drive(play.job)
    await store.request_cancel(play.job, "me")
    assert (await play.play()).status is JobStatus.CANCELLED
    assert running == set()


async def test_a_long_training_outlives_any_number_of_short_troubles(
    store: SqlStore, tmp_path: Path
) -> None:
    look = ComeBack(timedelta(minutes=1), ARTIFACTS[Stage.MONITOR])
    turns: list[Outcome | Exception] = [TryAgain("The network is away."), look] * 12
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: turns})

    assert (await play.play(most=100)).status is JobStatus.DONE


async def test_a_worker_that_lost_its_job_stops_and_writes_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path)

    class Overtaken:
        name = Stage.CONFIG
        retry = play.agents[Stage.CONFIG].retry

        async def run(self, context: object, ports: Ports) -> Done:  # noqa: ARG002
            row = await store.load(play.job)
            await store.save(row, row.context.evolve(redos=1), [])
            with pytest.raises(Superseded):
                await ports.emit(AgentLogged(stage=self.name, message="too late"))
            return Done(ARTIFACTS[Stage.CONFIG])

    play.orchestrator._agents[Stage.CONFIG] = Overtaken()  # type: ignore[index]
    assert await play.orchestrator.drive(play.job) is None
    row = await play.row()
    assert Stage.CONFIG not in row.context.stage_results
    assert row.context.redos == 1
    assert "too late" not in str(await store.events(play.job))


async def test_after_three_deaths_in_a_stage_the_job_is_parked_with_a_message(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path)
    for _ in range(3):

        class Died(BaseException):
            pass

        def die(context: object, ports: object) -> Done:  # noqa: ARG001
            raise Died

        play.agents[Stage.MONITOR].turns = [die]
        with pytest.raises(Died):
            await play.orchestrator.drive(play.job)
        play.orchestrator._driven.clear()
    row = await play.play()
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert "died 3 times" in row.context.waiting.text
    assert (await play.kinds()).count("job_resumed") == 3
