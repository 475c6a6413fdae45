"""When a job is worth another look."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from adapters.agenda import TICK, Agenda
from pipeline.errors import TryAgain
from pipeline.jobs import JobId
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio

JOB = JobId("j-one")


class CountingStore(MemoryStore):
    """Says how often it was asked whose jobs are; can be away."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock=clock)
        self.asked: list[JobId] = []
        self.away = False

    async def due(self, now: datetime) -> tuple[JobId, ...]:
        if self.away:
            raise TryAgain("The database is away.", "It is asked again.")
        return await super().due(now)

    async def owners(self, jobs: Sequence[JobId]) -> Mapping[JobId, str]:
        self.asked += jobs
        return await super().owners(jobs)


class Day:
    """An agenda of one job, on a day whose hours a test tells."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = CountingStore(self.clock)
        self.agenda = Agenda(self.store, self.clock)

    async def due(self, without: Sequence[JobId] = ()) -> list[JobId]:
        return [one.job_id for one in await self.agenda.due(without)]

    def later(self, seconds: float) -> datetime:
        return self.clock.now() + timedelta(seconds=seconds)

    async def rested(self) -> bool:
        """Whether a rest is over well before the next tick."""
        try:
            async with asyncio.timeout(TICK.total_seconds() / 2):
                await self.agenda.rest()
        except TimeoutError:
            return False
        return True


@pytest.fixture
async def day() -> Day:
    day = Day()
    await day.store.create(new_job(day.clock, job_id=JOB), [])
    return day


async def test_a_job_that_is_being_driven_is_not_due(day: Day) -> None:
    assert await day.due() == [JOB]
    assert await day.due(without=[JOB]) == []


async def test_a_job_that_was_driven_is_due_at_its_time_and_not_before(day: Day) -> None:
    day.agenda.ended(JOB, day.later(0.5))
    assert await day.due() == []
    day.clock.advance(0.5)
    assert await day.due() == [JOB]


async def test_a_job_that_was_driven_is_looked_at_after_a_tick_however_late_its_time(
    day: Day,
) -> None:
    day.agenda.ended(JOB, day.later(3600))
    assert await day.due() == []
    day.clock.advance(TICK.total_seconds())
    assert await day.due() == [JOB]


@pytest.mark.parametrize(("seconds", "is_look"), [(0.5, False), (1, True), (300, True)])
async def test_a_job_that_was_put_off_for_longer_than_a_moment_is_looked_at(
    day: Day, seconds: float, *, is_look: bool
) -> None:
    day.agenda.ended(JOB, day.later(seconds))
    day.clock.advance(seconds)
    assert [one.is_look for one in await day.agenda.due(())] == [is_look]


@pytest.mark.parametrize("ending", ["settled", "failed"])
async def test_a_job_that_went_on_since_it_was_put_off_is_not_looked_at(
    day: Day, ending: str
) -> None:
    day.agenda.ended(JOB, day.later(300))
    if ending == "settled":
        day.agenda.ended(JOB, None)
    else:
        day.agenda.failed(JOB, RuntimeError("no such table"))
    day.clock.advance(10)
    assert [one.is_look for one in await day.agenda.due(())] == [False]


async def test_a_job_that_somebody_spoke_to_is_due_at_once(day: Day) -> None:
    day.agenda.ended(JOB, None)
    day.agenda.wake(JOB)
    assert await day.due() == [JOB]


async def test_a_job_whose_drive_failed_is_left_alone_for_ten_seconds(day: Day) -> None:
    day.agenda.failed(JOB, RuntimeError("no such table"))
    day.clock.advance(9.9)
    assert await day.due() == []
    day.clock.advance(0.1)
    assert await day.due() == [JOB]


async def test_whose_a_job_is_is_asked_once(day: Day) -> None:
    assert await day.agenda.owner(JOB)
    await day.due()
    await day.due()
    assert day.store.asked == [JOB]


async def test_a_job_that_is_unknown_belongs_to_nobody(day: Day) -> None:
    assert await day.agenda.owner(JobId("j-none")) is None


async def test_nothing_is_due_while_the_store_is_away(day: Day) -> None:
    day.store.away = True
    assert await day.due() == []
    day.store.away = False
    assert await day.due() == [JOB]


async def test_a_rest_lasts_until_the_next_tick(day: Day) -> None:
    assert not await day.rested()


async def test_a_rest_ends_when_a_drive_ends(day: Day) -> None:
    day.agenda.ended(JOB, None)
    assert await day.rested()


async def test_a_rest_goes_on_when_nobody_waits_for_the_place_of_a_drive(day: Day) -> None:
    day.agenda.ended(JOB, None, at_once=False)
    assert not await day.rested()


async def test_a_rest_ends_when_a_job_is_due(day: Day) -> None:
    day.agenda.ended(JOB, day.later(0.1), at_once=False)
    assert await day.rested()


async def test_a_rest_lasts_anew_after_what_is_due_was_asked(day: Day) -> None:
    day.agenda.wake(JOB)
    await day.due()
    assert not await day.rested()
