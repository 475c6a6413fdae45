"""The queue's tables are derived: emptied and dropped under a hundred jobs, they lose none."""

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import anyio
import psycopg
import pytest

from adapters.clock import SystemClock
from adapters.database import parse_url
from adapters.engine import SCHEMA
from adapters.records import Database
from adapters.shared_queue import SharedQueue, _first_end
from adapters.store import SqlStore
from adapters.turns import Limits
from pipeline.jobs import Actor, JobId, JobStatus
from pipeline.ports.store import Inbound
from tests.fakes.jobs import new_job

pytestmark = pytest.mark.anyio

JOBS, PEOPLE = 100, 10
EARLY, LATE = 15, 45  # jobs that have ended when the tables are emptied, and dropped
LONGEST = 60.0  # seconds, on a machine that is busy with other things
EMPTY = f"TRUNCATE {SCHEMA}.procrastinate_jobs, {SCHEMA}.procrastinate_workers CASCADE"
DROP = f"DROP SCHEMA {SCHEMA} CASCADE"


@pytest.fixture
async def store(postgres: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore(database=Database(postgres), clock=SystemClock())
    await opened.database.open()
    yield opened
    await opened.database.close()


@dataclass
class Workers:
    """Two processes' queues; each job is one step of work, and its end is saved.

    `together` are jobs that were in two hands, `cut_off` those whose step was ended.
    """

    store: SqlStore
    url: str
    busy: set[JobId] = field(default_factory=set)
    together: list[JobId] = field(default_factory=list)
    cut_off: Counter[JobId] = field(default_factory=Counter)
    begun: Counter[JobId] = field(default_factory=Counter)
    ended: Counter[JobId] = field(default_factory=Counter)

    async def drive(self, job_id: JobId) -> datetime | None:
        row = await self.store.load(job_id)
        if row.status is JobStatus.DONE:
            return None  # a second look, which costs nothing
        if job_id in self.busy:
            self.together.append(job_id)
        self.busy.add(job_id)
        self.begun[job_id] += 1
        try:
            await asyncio.sleep(0.1)
            await self.store.save(row, row.context, status=JobStatus.DONE)
            self.ended[job_id] += 1
        except asyncio.CancelledError:
            self.cut_off[job_id] += 1
            raise
        finally:
            self.busy.discard(job_id)
        return None

    async def run(self) -> None:
        url, limits = parse_url(self.url), Limits(at_once=4, per_person=3)
        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                queue = SharedQueue(store=self.store, clock=SystemClock(), url=url, limits=limits)
                group.create_task(queue.run(self.drive))

    async def until(self, done: int) -> None:
        """Until the table has so many."""
        while await self._done() < done:
            await asyncio.sleep(0.05)

    async def _done(self) -> int:
        rows = await self.store.list(limit=JOBS + 1)
        return sum(row.status is JobStatus.DONE for row in rows)


async def hundred(store: SqlStore) -> list[JobId]:
    """Jobs of ten people: due, due in some seconds, and with a question; returns the last."""
    asking = []
    for number in range(JOBS):
        owner = Actor(platform="slack", space="T1", id=f"U{number % PEOPLE}")
        row = await store.create(new_job(SystemClock(), owner=owner), [])
        if number % 3 == 1:
            later = row.wake_at + timedelta(seconds=2 + number / 20)
            await store.save(row, row.context, wake_at=later)
        if number % 3 == 2:
            await store.save(row, row.context, status=JobStatus.WAITING)
            asking.append(row.id)
    return asking


def to_the_tables(postgres: str, statement: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(statement.encode())


async def test_a_hundred_jobs_go_on_when_the_queue_is_emptied_and_dropped(
    store: SqlStore, postgres: str
) -> None:
    asking = await hundred(store)
    workers = Workers(store, postgres)
    working = asyncio.ensure_future(workers.run())
    with anyio.fail_after(LONGEST):
        await workers.until(EARLY)
        to_the_tables(postgres, EMPTY)
        for one in asking:
            await store.receive(one, Inbound(f"answer {one}", "slack:T1:U1", "yes"))
        await workers.until(LATE)
        to_the_tables(postgres, DROP)
        await workers.until(JOBS)
    working.cancel()
    await asyncio.wait({working})

    rows = await store.list(limit=JOBS + 1)
    assert Counter(row.status for row in rows) == {JobStatus.DONE: JOBS}
    assert workers.together == []
    assert max(workers.ended.values()) == 1
    assert all(times <= 1 + workers.cut_off[one] for one, times in workers.begun.items())


async def test_what_fails_with_the_first_is_no_riddle_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails(name: str, after: float) -> None:
        try:
            await asyncio.sleep(after)
        finally:
            raise psycopg.OperationalError(name)

    async def nothing() -> None:
        """No drive is under way."""

    parts = fails("the first", 0), fails("the second", LONGEST)
    with pytest.raises(psycopg.OperationalError, match="the first"):
        await _first_end(*parts, before_the_end=nothing)

    gc.collect()
    assert "never retrieved" not in caplog.text
