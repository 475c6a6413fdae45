"""Jobs whose trainings wait for their turn elsewhere, from the job table to what a person sees."""

from pathlib import Path

import pytest

from adapters.store import SqlStore
from bot.job_card import job_card
from pipeline.jobs import JobId, JobStatus
from pipeline.orchestrator import Orchestrator
from tests.stories.crowding import ENDED, Service, about_to_train, orchestrator
from tests.unit.orchestrator.scripted import Clock

pytestmark = pytest.mark.anyio

WAITS = "Waits for its turn: 1 training goes before it on Cloud, with 1 at a time."
LONG = 1e6


class Play:
    """Jobs of one process, at a service whose runs go on until they are ended."""

    def __init__(self, store: SqlStore, folder: Path, limit: int = 1) -> None:
        self.store, self.clock = store, Clock()
        self.service = Service(folder, LONG)
        made = orchestrator(store, self.clock, self.service, limit, alone=True)
        self.engine: Orchestrator = made

    async def asked_for(self, count: int) -> list[JobId]:
        """Jobs that have come as far as they get, one after the other."""
        jobs = []
        for _ in range(count):
            jobs.append((await about_to_train(self.store, self.clock)).id)
            await self.engine.drive(jobs[-1])
            self.clock.pass_(1)
        return jobs

    async def goes_on(self, *jobs: JobId) -> None:
        """Some more looks at each."""
        for _ in range(3):
            self.clock.pass_(300)
            for job in jobs:
                await self.engine.drive(job)

    async def log(self, job: JobId) -> tuple[str, ...]:
        """What the job's card says."""
        events = [one.event for one in await self.store.events(job)]
        return job_card(await self.store.load(job), events).log


async def test_a_training_waits_for_its_turn_and_says_so_once(
    store: SqlStore, tmp_path: Path
) -> None:
    play = Play(store, tmp_path)
    first, second = await play.asked_for(2)
    before = await store.load(second)

    await play.goes_on(first, second)
    waiting = await store.load(second)
    said = await play.log(second)
    play.service.end(f"{first}-0")
    await play.goes_on(first, second)

    assert (waiting.context, waiting.event_count) == (before.context, before.event_count)
    assert (said.count(WAITS), said[-1]) == (1, WAITS)
    assert (await store.load(first)).context.waiting is not None
    assert (await play.log(second))[-1] == "The training is handed to Cloud."
    assert play.service.under_way() == [f"{second}-0"]
    assert play.service.crowds() == [1, 1]


async def test_who_came_first_goes_first(store: SqlStore, tmp_path: Path) -> None:
    play = Play(store, tmp_path)
    first, second, third = await play.asked_for(3)

    play.service.end(f"{first}-0")
    await play.goes_on(first, third, second)

    assert play.service.under_way() == [f"{second}-0"]


async def test_a_job_that_waits_for_its_turn_can_be_cancelled(
    store: SqlStore, tmp_path: Path
) -> None:
    play = Play(store, tmp_path)
    first, second, third = await play.asked_for(3)

    await store.request_cancel(second, "terminal:local:ann")
    await play.engine.drive(second)
    play.service.end(f"{first}-0")
    await play.goes_on(first, third)

    assert (await store.load(second)).status is JobStatus.CANCELLED
    assert play.service.under_way() == [f"{third}-0"]


async def test_one_that_waits_for_its_person_holds_up_nobody(
    store: SqlStore, tmp_path: Path
) -> None:
    play = Play(store, tmp_path)
    first, second = await play.asked_for(2)

    play.service.end(f"{first}-0")
    await play.goes_on(first, second)

    asked = (await store.load(first)).context.waiting
    assert asked is not None
    assert ENDED in asked.text
    assert play.service.under_way() == [f"{second}-0"]


async def test_several_at_once_where_so_many_may(store: SqlStore, tmp_path: Path) -> None:
    play = Play(store, tmp_path, limit=2)

    await play.asked_for(4)

    assert play.service.crowds() == [1, 2]
