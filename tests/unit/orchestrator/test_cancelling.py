"""A person cancels at any moment of any stage: the job ends so, and spends nothing any more."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pytest

from adapters.records import Database
from adapters.store import SqlStore
from bot import commands
from pipeline import orchestrator
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.events import (
    Event,
    JobCancelled,
    ModelCalled,
    ModelReplied,
    StageEnded,
    StageStarted,
)
from pipeline.jobs import JobStatus, Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.store import JobRow
from pipeline.retry import POLICIES, RetryPolicy
from tests.unit.orchestrator.scripted import ARTIFACTS, Clock, Stageplay, stage_a_play

pytestmark = pytest.mark.anyio

Moment = Literal["before", "in the middle", "after"]
MOMENTS: tuple[Moment, ...] = get_args(Moment)
PRICE = 0.25
LONGEST = 5.0  # seconds


class Overtaken(SqlStore):
    """Ann says cancel just before `stage` is saved as begun, or as ended."""

    stage: Stage
    moment: Moment

    async def save(
        self, row: JobRow, context: JobContext, events: Sequence[Event] = (), **more: Any
    ) -> JobRow:
        turn = {"before": StageStarted, "after": StageEnded}.get(self.moment, ())
        if any(isinstance(one, turn) and one.stage is self.stage for one in events):
            await said(self, row)
        return await super().save(row, context, events, **more)


@dataclass(frozen=True)
class Spending:
    """An agent that asks a model twice; in between Ann may say cancel."""

    name: Stage
    store: Overtaken

    @property
    def retry(self) -> RetryPolicy:
        return POLICIES[self.name]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        await self._ask(ports)
        if (self.store.stage, self.store.moment) == (self.name, "in the middle"):
            await said(self.store, await self.store.load(context.job_id))
            await asyncio.sleep(LONGEST * 2)
        await self._ask(ports)
        return Done(ARTIFACTS[self.name])

    async def _ask(self, ports: Ports) -> None:
        stage, prompt = self.name, "one"
        await ports.emit(ModelCalled(stage=stage, prompt=prompt, provider="some", model="one"))
        reply = ModelReplied(stage=stage, prompt=prompt, tokens=9, cost_usd=PRICE, seconds=1)
        await ports.emit(reply)


@pytest.fixture(params=["sqlite", "postgres"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Overtaken]:
    monkeypatch.setattr(orchestrator, "CANCEL_CHECK_SECONDS", 0.02)
    url = f"sqlite:///{tmp_path}/mltrainer.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    opened = Overtaken(database=Database(url), clock=Clock())
    await opened.database.open()
    yield opened
    await opened.database.close()


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_cancel_at_any_moment_of_any_stage_ends_the_job_and_its_spending(
    store: Overtaken, tmp_path: Path, moment: Moment
) -> None:
    for number, stage in enumerate(Stage):
        play = await stage_a_play(store, tmp_path)
        store.stage, store.moment = stage, moment
        for one in Stage:
            play.orchestrator._agents[one] = Spending(one, store)  # type: ignore[index]

        row = await asyncio.wait_for(play.play(), LONGEST)

        calls = number * 2 + MOMENTS.index(moment)
        assert row.status is JobStatus.CANCELLED, stage
        assert (row.cancel, row.context.active) == (False, None)
        assert len(row.context.stage_results) == number + (moment == "after")
        assert float(row.context.cost.llm_usd) == PRICE * calls
        assert (await play.kinds()).count("llm_response") == calls
        assert (await play.kinds())[-2:] == ["job_cancelled", "pipeline_end"]
        await one_more_changes_nothing(play)


async def said(store: SqlStore, row: JobRow) -> None:
    """Ann says cancel, and says it again before anything came of it."""
    for _ in range(2):
        await commands.cancel(store, row, "Ann")


async def one_more_changes_nothing(play: Stageplay) -> None:
    """A cancel of a cancelled job is told to nobody but who says it."""
    row, told = await play.row(), await play.store.events(play.job)
    assert [one.event.by for one in told if isinstance(one.event, JobCancelled)] == ["Ann"]

    with pytest.raises(PersonCanFix, match="the job is cancelled"):
        await commands.cancel(play.store, row, "Ben")

    assert await play.orchestrator.drive(play.job) is None
    assert await play.row() == row
    assert await play.store.events(play.job) == told
