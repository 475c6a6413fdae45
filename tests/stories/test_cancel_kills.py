"""A process is killed the moment after a cancel was saved: the next one ends job and run."""

import asyncio
import os
import signal
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

import pytest

from adapters.records import Database
from pipeline.agents.monitor import AGENT as MONITOR
from pipeline.folders import JobFolder
from pipeline.jobs import JobId, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Done
from pipeline.ports.runtime import Runtime, Workbench
from pipeline.ports.store import JobRow
from tests.fakes.jobs import new_job
from tests.faultlab.toy import again_and_again
from tests.unit.orchestrator.scripted import ARTIFACTS, Clock, Journal, Scripted, Stageplay, ports
from tests.unit.orchestrator.test_cancelling import MOMENTS, Moment, Overtaken, Spending
from tests.unit.orchestrator.test_cancelling_elsewhere import Cloud
from tests.unit.orchestrator.test_interrupting import Level

Result = TypeVar("Result")
pytestmark = pytest.mark.lab

AT_MOMENTS: tuple[tuple[Stage, Moment], ...] = tuple(
    (stage, MOMENTS[number % len(MOMENTS)]) for number, stage in enumerate(Stage)
)


class Dying(Overtaken):
    """The process that saves a cancel is killed then."""

    async def request_cancel(self, job_id: JobId, by: str) -> bool:
        await super().request_cancel(job_id, by)
        os.kill(os.getpid(), signal.SIGKILL)
        return True


class Runs(set[str]):
    """Runs at a service that outlives whoever began them: a file for each."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __contains__(self, name: object) -> bool:
        return (self.folder / str(name)).exists()

    def add(self, name: str) -> None:
        (self.folder / name).touch()

    def discard(self, name: object) -> None:
        (self.folder / str(name)).unlink(missing_ok=True)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path}/mltrainer.db"


@pytest.mark.parametrize(("stage", "moment"), AT_MOMENTS)
def test_a_cancel_that_was_saved_outlives_its_process(
    url: str, tmp_path: Path, stage: Stage, moment: Moment
) -> None:
    job = asyncio.run(with_store(url, created))

    async def work(store: Dying) -> None:
        store.stage, store.moment = stage, moment
        play = played(store, job.id, tmp_path)
        for one in Stage:
            play.orchestrator._agents[one] = Spending(one, store)  # type: ignore[index]
        await play.play()

    assert ended_well(url, work)

    told = asyncio.run(with_store(url, lambda store: kinds(store, job.id)))
    assert told[-2:] == ["job_cancelled", "pipeline_end"]
    assert told.count("job_cancelled") == 1
    calls = list(Stage).index(stage) * 2 + MOMENTS.index(moment)
    assert told.count("llm_response") == calls, "nothing is spent by the next process"


@pytest.mark.parametrize("moment", ["begun", "looked at"])
def test_a_run_elsewhere_is_ended_by_the_next_process(
    url: str, tmp_path: Path, moment: str
) -> None:
    job, there = asyncio.run(with_store(url, created)), tmp_path / "there"
    there.mkdir()
    JobFolder.of(tmp_path, job.id).bundle.mkdir(parents=True)

    async def work(store: Dying) -> None:
        store.stage, store.moment = Stage.MONITOR, "in the middle"  # the cloud says when
        if (await store.load(job.id)).cancel:
            assert list(there.iterdir()), "it goes on while nobody is there"
        await at_the_cloud(played(store, job.id, tmp_path), moment, Runs(there))

    assert ended_well(url, work)

    told = asyncio.run(with_store(url, lambda store: kinds(store, job.id)))
    assert told[-2:] == ["job_cancelled", "pipeline_end"]
    assert list(there.iterdir()) == []


def ended_well(url: str, work: Callable[[Dying], Awaitable[None]]) -> bool:
    """Work on in new processes until one is not killed."""

    def live() -> None:
        try:
            asyncio.run(with_store(url, work))
        except BaseException:  # noqa: BLE001  (a fork of a test must not go on with the tests)
            traceback.print_exc()
            os._exit(1)

    return again_and_again(live) == 0


async def at_the_cloud(play: Stageplay, moment: str, runs: Runs) -> None:
    """Go on with a job that is trained there; Ann cancels it at a moment of that."""
    place = ARTIFACTS[Stage.INTAKE_MANAGER].model_copy(update={"runtime": "cloud"})
    split = ARTIFACTS[Stage.PREPROCESSING].model_copy(update={"rows": {"test": 9}})
    made = {**ARTIFACTS, Stage.INTAKE_MANAGER: place, Stage.PREPROCESSING: split}
    for stage in Stage:
        agent = MONITOR if stage is Stage.MONITOR else Scripted(stage, [Done(made[stage])])
        play.orchestrator._agents[stage] = agent  # type: ignore[index]
    play.orchestrator._ports = replace(
        play.orchestrator._ports,
        runtimes={"cloud": cast("Runtime", Cloud(play, moment, running=runs))},
        workbench=cast("Workbench", Level()),
        approval="never",
    )
    await play.play()


def played(store: Dying, job: JobId, home: Path) -> Stageplay:
    """The job in the hands of a new process."""
    clock, journal = Clock(), Journal()
    orchestrator = Orchestrator(
        store=store, agents={}, ports=ports(clock, home), journal=journal, retry_scale=0.01
    )
    return Stageplay(store, clock, {}, orchestrator, journal, job)


async def with_store(url: str, work: Callable[[Dying], Awaitable[Result]]) -> Result:
    """What comes of some work with the job table."""
    store = Dying(database=Database(url), clock=Clock())
    await store.database.open()
    try:
        return await work(store)
    finally:
        await store.database.close()


async def created(store: Dying) -> JobRow:
    return await store.create(new_job(Clock()), [])


async def kinds(store: Dying, job: JobId) -> list[str]:
    return [one.event.kind for one in await store.events(job)]
