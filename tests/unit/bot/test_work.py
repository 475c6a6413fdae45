"""Who works on what: the command's own job, and the jobs a person has touched since."""

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import pytest

from bot.cli.work import Runner, holder_works_on
from bot.wiring import House
from pipeline.errors import Bug, PersonCanFix, TryAgain
from pipeline.jobs import JobId, JobStatus
from pipeline.ports.queue import Drive
from pipeline.ports.store import JobRow
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.lock import FakeHolder, FakeLock
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio


@dataclass
class FakeHouse:
    """A home in memory whose jobs are done as soon as they are driven."""

    clock: FakeClock = field(default_factory=FakeClock)
    driven: list[JobId] = field(default_factory=list)
    trouble: Exception | None = None

    def __post_init__(self) -> None:
        self.store = MemoryStore(clock=self.clock)
        self.lock = FakeLock(self.clock)

    def queue(self, only: JobId) -> "FakeHouse":
        self.only = only
        return self

    async def run(self, drive: Drive) -> None:
        while True:
            for job_id in await self.store.due(self.clock.now()):
                try:
                    await drive(job_id)
                except TryAgain:
                    continue
            await asyncio.sleep(0.01)

    async def drive(self, job_id: JobId) -> datetime | None:
        self.driven.append(job_id)
        if self.trouble is not None:
            raise self.trouble
        row = await self.store.load(job_id)
        await self.store.save(row, row.context, status=JobStatus.DONE)
        return None

    async def job(self) -> JobRow:
        return await self.store.create(new_job(self.clock), [])

    async def settle(self, row: JobRow) -> tuple[JobRow, list[str]]:
        notes: list[str] = []
        runner = Runner(cast("House", self), notes.append)
        async with asyncio.timeout(10):
            return await runner.settle(row.id, FakeChat()), notes


async def test_a_command_drives_its_own_job_and_leaves_what_a_crash_left() -> None:
    house = FakeHouse()
    await house.job()
    house.clock.advance(60)
    mine = await house.job()
    ended, notes = await house.settle(mine)
    assert (ended.status, house.driven, notes) == (JobStatus.DONE, [mine.id], [])
    assert not house.lock.held


async def test_a_job_of_a_chat_is_left_to_the_process_that_serves_it() -> None:
    house = FakeHouse()
    mine = await house.job()
    theirs = new_job(house.clock)
    place = theirs.thread.model_copy(update={"platform": "slack"})
    spoken_to = await house.store.create(theirs.model_copy(update={"thread": place}), [])
    await house.settle(mine)
    assert house.driven == [mine.id]
    await house.settle(spoken_to)
    assert house.driven == [mine.id, spoken_to.id], "unless it is named"


async def test_a_process_that_drives_everything_has_every_job_in_hand() -> None:
    house = FakeHouse()
    row = await house.job()
    house.clock.advance(60)
    house.lock.other = FakeHolder(pid=4711, since=house.clock.now())
    assert not holder_works_on(house.lock, row)
    house.lock.other = FakeHolder(pid=4711, since=house.clock.now(), everything=True)
    assert holder_works_on(house.lock, row)


async def test_while_another_process_has_the_home_it_is_named_and_followed() -> None:
    house = FakeHouse()
    row = await house.job()
    house.lock.other = FakeHolder(pid=4711, since=house.clock.now())

    async def other_process() -> None:
        await asyncio.sleep(0.05)
        await house.drive(row.id)

    working = asyncio.create_task(other_process())
    ended, notes = await house.settle(row)
    await working
    assert ended.status is JobStatus.DONE
    assert len(notes) == 1
    assert "4711" in notes[0]


async def test_a_job_left_before_the_holder_came_is_made_its_business() -> None:
    house = FakeHouse()
    row = await house.job()
    house.clock.advance(60)
    house.lock.other = FakeHolder(pid=4711, since=house.clock.now())
    settling = asyncio.create_task(house.settle(row))
    async with asyncio.timeout(5):
        while (touched := await house.store.load(row.id)).seq == row.seq:
            await asyncio.sleep(0.01)
    assert touched.updated_at >= house.lock.other.since
    house.lock.other = None
    ended, notes = await settling
    assert ended.status is JobStatus.DONE
    assert "gone" in notes[-1]


async def test_no_lock_is_taken_once_a_command_has_stopped_trying() -> None:
    house, go = FakeHouse(), threading.Event()

    class SlowLock(FakeLock):
        def acquire(self, *, everything: bool = False) -> bool:
            go.wait(10)
            return super().acquire(everything=everything)

    house.lock = SlowLock(house.clock)
    trying = asyncio.create_task(Runner(cast("House", house), print).try_to_hold())
    await asyncio.sleep(0.01)
    trying.cancel()
    asyncio.get_running_loop().call_later(0.05, go.set)
    await asyncio.wait({trying})
    assert trying.cancelled()
    assert house.lock.held, "whoever cancels releases it, and nothing takes it afterwards"


async def test_an_error_of_its_own_job_ends_the_command() -> None:
    house = FakeHouse(trouble=PersonCanFix("The database is gone.", "Put it back."))
    with pytest.raises(PersonCanFix):
        await house.settle(await house.job())
    assert not house.lock.held


async def test_a_passing_trouble_is_told_and_tried_again_a_few_times() -> None:
    house = FakeHouse(trouble=TryAgain("The disk is full.", "Free some space."))
    with pytest.raises(TryAgain):
        await house.settle(await house.job())
    assert len(house.driven) == 4


async def test_a_slip_of_ours_ends_the_command_too() -> None:
    house = FakeHouse(trouble=Bug("A slip."))
    with pytest.raises(Bug):
        await house.settle(await house.job())
