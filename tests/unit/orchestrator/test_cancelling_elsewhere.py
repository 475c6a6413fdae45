"""A person cancels around a training elsewhere: it is gone there, and costs nothing any more."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from adapters.store import SqlStore
from bot import commands
from pipeline import orchestrator, withdrawing
from pipeline.agents.monitor import AGENT as MONITOR
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.events import AgentLogged, Recorded
from pipeline.folders import JobFolder
from pipeline.jobs import Actor, JobStatus, Stage
from pipeline.outcomes import Done
from pipeline.ports.runtime import Offer, RunRequest, RunState, Runtime, Workbench
from tests.unit.orchestrator.scripted import ARTIFACTS, Stageplay, stage_a_play
from tests.unit.orchestrator.test_interrupting import Level

pytestmark = pytest.mark.anyio

MOMENTS = ("looked for", "begun", "submitted", "looked at", "over")
LONGEST = 10.0  # seconds
NEVER = 3600.0


@dataclass
class Cloud:
    """A service that takes money by the hour; Ann says cancel at one `moment` of her run there.

    `hurts` are how it fails when it is told to end a run; `late` is how long after the call that
    asked for it, and that was broken off, a run begins.
    """

    play: Stageplay
    moment: str
    hurts: list[MLTrainerError] = field(default_factory=list)
    late: float = 0.0
    running: set[str] = field(default_factory=set)
    submitted: int = 0
    name: str = "cloud"
    account: str | None = None
    poll_seconds: float = 30.0
    offer: Offer = field(
        default_factory=lambda: Offer("Cloud", usd_hour=Decimal(3), priced_on=date(2026, 1, 1))
    )
    beginning: list[asyncio.Task[None]] = field(default_factory=list)

    async def find(self, name: str, owner: Actor) -> str | None:
        del owner
        if not self.submitted:
            await self._reached("looked for")
        return name if name in self.running else None

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        del owner
        self.submitted += 1
        self.beginning.append(asyncio.ensure_future(self._begin(request.name)))
        if not self.late:
            await self.beginning[-1]
        await self._reached("begun")
        await self._reached("submitted", waits=False)
        return request.name

    async def _begin(self, name: str) -> None:
        await asyncio.sleep(self.late)
        self.running.add(name)

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        del lines_read, owner
        await self._reached("looked at")
        self.play.clock.pass_(60)
        if self.moment == "over":
            self.running.discard(handle)
            return RunState("done")
        return RunState("running")

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        del handle, into, owner
        await self._reached("over")

    async def cancel(self, handle: str, owner: Actor) -> bool:
        del owner
        if self.hurts:
            raise self.hurts.pop(0)
        self.running.discard(handle)
        return True

    async def _reached(self, moment: str, *, waits: bool = True) -> None:
        if moment == self.moment and not (await self.play.row()).cancel:
            await commands.cancel(self.play.store, await self.play.row(), "Ann")
            await asyncio.sleep(NEVER if waits else 0)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orchestrator, "CANCEL_CHECK_SECONDS", 0.02)
    monkeypatch.setattr(withdrawing, "_PAUSES", (0.01,) * 4)
    monkeypatch.setattr(withdrawing, "_LATE_SECONDS", (0.2, 0.4))


async def cancelled(play: Stageplay, cloud: Cloud) -> None:
    """The job is driven to its end, with the real monitor."""
    play.orchestrator._agents[Stage.MONITOR] = MONITOR  # type: ignore[index]
    play.orchestrator._ports = replace(
        play.orchestrator._ports,
        runtimes={"cloud": cast("Runtime", cloud)},
        workbench=cast("Workbench", Level()),
        approval="never",
    )
    await asyncio.wait_for(play.play(), LONGEST)
    await asyncio.gather(*cloud.beginning)
    assert await play.status() is JobStatus.CANCELLED, play.journal.errors


@pytest.fixture
async def play(store: SqlStore, tmp_path: Path) -> Stageplay:
    """A job that shall be trained at the cloud."""
    place = ARTIFACTS[Stage.INTAKE_MANAGER].model_copy(update={"runtime": "cloud"})
    split = ARTIFACTS[Stage.PREPROCESSING].model_copy(update={"rows": {"test": 9}})
    play = await stage_a_play(
        store, tmp_path, {Stage.INTAKE_MANAGER: [Done(place)], Stage.PREPROCESSING: [Done(split)]}
    )
    JobFolder.of(tmp_path, play.job).bundle.mkdir(parents=True)
    return play


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_cancelled_job_leaves_no_training_behind(play: Stageplay, moment: str) -> None:
    cloud = Cloud(play, moment)

    await cancelled(play, cloud)

    assert cloud.running == set()
    assert cloud.submitted == (moment != "looked for")
    told = await play.kinds()
    assert (moment in {"looked at", "over"}) <= told.count("training_charged") <= 1
    spent = (await play.row()).context.cost
    play.clock.pass_(NEVER)
    with pytest.raises(PersonCanFix, match="the job is cancelled"):
        await commands.cancel(play.store, await play.row(), "Ann")
    assert await play.orchestrator.drive(play.job) is None
    assert (await play.row()).context.cost == spent
    assert await play.kinds() == told


@pytest.mark.parametrize("moment", ["begun", "looked at"])
async def test_a_service_that_does_not_answer_at_once_is_asked_again_to_end_it(
    play: Stageplay, moment: str
) -> None:
    cloud = Cloud(play, moment, hurts=[TryAgain("Cloud is busy.")] * 2)

    await cancelled(play, cloud)

    assert cloud.running == set()
    assert warnings(await play.store.events(play.job)) == []


async def test_a_service_that_never_answers_is_told_with_what_goes_on_there(
    play: Stageplay,
) -> None:
    cloud = Cloud(play, "looked at", hurts=[TryAgain("Cloud is busy.")] * 99)

    await cancelled(play, cloud)

    [said] = warnings(await play.store.events(play.job))
    assert "The run on Cloud could not be ended from here" in said


async def test_a_run_that_began_after_its_call_was_broken_off_is_ended_too(
    play: Stageplay,
) -> None:
    cloud = Cloud(play, "begun", late=0.3)

    await cancelled(play, cloud)

    assert (cloud.submitted, cloud.running) == (1, set())


def warnings(told: Sequence[Recorded]) -> list[str]:
    """What was said of runs that go on."""
    said = [one.event.message for one in told if isinstance(one.event, AgentLogged)]
    return [one for one in said if "could not be ended" in one]
