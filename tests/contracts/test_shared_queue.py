"""Many queues on one PostgreSQL: each job driven once at a time, whatever dies or is emptied."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import psycopg
import pytest

from adapters.clock import SystemClock
from adapters.database import parse_url
from adapters.engine import SCHEMA, Engine, Row
from adapters.lock_session import LockSession, key_of
from adapters.shared_queue import SharedQueue
from adapters.turns import Limits
from pipeline.jobs import JobId, JobStatus
from pipeline.ports.queue import Drive
from tests.fakes.driving import LONGEST, Worker, made, while_running
from tests.fakes.jobs import ANN, BEN
from tests.fakes.postgres import PostgresServer
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio

JOB, PLACE = key_of("job:one"), key_of("person:ann:0")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=SystemClock())


class Several:
    """Queues as of several processes, run together as one."""

    def __init__(self, store: MemoryStore, url: str, limits: Limits) -> None:
        self.queues = [
            SharedQueue(store=store, clock=SystemClock(), url=parse_url(url), limits=limits)
            for _ in range(2)
        ]

    async def wake(self, job_id: JobId) -> None:
        await self.queues[0].wake(job_id)

    async def finish(self, seconds: float) -> None:
        for queue in self.queues:
            await queue.finish(seconds)

    async def run(self, drive: Drive) -> None:
        async with asyncio.TaskGroup() as group:
            for queue in self.queues:
                group.create_task(queue.run(drive))


async def are_done(store: MemoryStore) -> bool:
    return all(row.status is JobStatus.DONE for row in await store.list(limit=500))


async def test_two_processes_drive_each_job_once_and_few_of_a_person(
    store: MemoryStore, postgres: str
) -> None:
    jobs = await made(store, 12)
    worker = Worker(store, seconds=0.05)

    await while_running(
        Several(store, postgres, Limits(at_once=8, per_person=3)),
        worker.drive,
        lambda: len(worker.driven) == 12 and not worker.busy,
    )

    assert sorted(worker.driven) == sorted(job.id for job in jobs)
    assert worker.most_at_once <= 3


async def test_a_person_with_many_jobs_holds_up_nobody(store: MemoryStore, postgres: str) -> None:
    many = await made(store, 40, owner=ANN)
    (one,) = await made(store, 1, owner=BEN)
    worker = Worker(store, seconds=60)

    await while_running(
        Several(store, postgres, Limits(at_once=4, per_person=3)),
        worker.drive,
        lambda: one.id in worker.driven,
    )

    assert worker.most_at_once <= 4  # three of the many, and this one
    assert len(many) == 40


@pytest.mark.parametrize(
    "statement",
    [
        f"TRUNCATE {SCHEMA}.procrastinate_jobs, {SCHEMA}.procrastinate_workers CASCADE",
        f"DROP SCHEMA {SCHEMA} CASCADE",
    ],
)
async def test_an_emptied_or_dropped_queue_loses_nothing(
    store: MemoryStore, postgres: str, statement: str
) -> None:
    await made(store, 8)
    worker = Worker(store, seconds=0.1)
    emptied: list[str] = []

    def done() -> bool:
        if len(worker.driven) > 2 and not emptied:
            with psycopg.connect(postgres, autocommit=True) as connection:
                connection.execute(statement.encode())
            emptied.append(statement)
        return len(worker.driven) >= 8 and not worker.busy

    await while_running(
        Several(store, postgres, Limits(at_once=2, per_person=3)), worker.drive, done
    )

    assert await are_done(store)
    assert emptied == [statement]


async def test_a_lost_database_ends_every_drive_and_all_go_on_afterwards(
    store: MemoryStore, postgres: str, postgres_server: PostgresServer
) -> None:
    jobs = await made(store, 2)
    worker = Worker(store, seconds=60)
    ended: list[JobId] = []

    async def drive(job_id: JobId) -> datetime | None:
        try:
            return await worker.drive(job_id)
        except asyncio.CancelledError:
            ended.append(job_id)
            worker.seconds = 0.01
            raise

    def done() -> bool:
        if len(worker.busy) == 2 and not ended and worker.seconds > 1:
            postgres_server.terminate_all()
        return len(worker.driven) == 4 and not worker.busy

    await while_running(Several(store, postgres, Limits()), drive, done)

    assert sorted(ended) == sorted(job.id for job in jobs)
    assert await are_done(store)


async def becomes_free(session: LockSession) -> bool:
    """The server ends a session a moment after its client has left."""
    for _ in range(200):
        async with session.holding(JOB, [PLACE]) as mine:
            if mine:
                return True
        await asyncio.sleep(0.05)
    return False


async def test_a_silent_process_loses_its_locks_and_notices(postgres: str) -> None:
    url = parse_url(postgres)
    async with AsyncExitStack() as until_the_end:
        frozen = await until_the_end.enter_async_context(LockSession.opened(url))
        assert await until_the_end.enter_async_context(frozen.holding(JOB, [PLACE]))
        lively = await until_the_end.enter_async_context(LockSession.opened(url, silent=0.3))
        await asyncio.sleep(0.5)

        await lively.beat()

        async with lively.holding(JOB, [PLACE]) as mine:
            assert mine
        with pytest.raises(psycopg.OperationalError):
            await frozen.beat()


async def test_a_silent_session_of_something_else_is_left_alone(postgres: str) -> None:
    url = parse_url(postgres)
    async with (
        LockSession.opened(url, name="psql") as other,
        LockSession.opened(url, silent=0.3) as lively,
    ):
        await asyncio.sleep(0.5)
        await lively.beat()
        await other.beat()


async def test_a_lock_is_held_by_one_and_free_with_the_end_of_its_session(postgres: str) -> None:
    url = parse_url(postgres)
    async with LockSession.opened(url) as other:
        async with LockSession.opened(url) as dying:
            holding = dying.holding(JOB, [PLACE])
            assert await holding.__aenter__()
            async with other.holding(JOB, [PLACE]) as mine:
                assert not mine
            async with other.holding(key_of("job:two"), [PLACE]) as mine:
                assert not mine, "the place of the person is taken"
        assert await becomes_free(other)
        await holding.__aexit__(None, None, None)


async def test_a_session_gets_no_lock_twice(postgres: str) -> None:
    async with (
        LockSession.opened(parse_url(postgres)) as session,
        session.holding(JOB, [PLACE, PLACE + 1]) as first,
        session.holding(JOB, [PLACE, PLACE + 1]) as second,
        session.holding(JOB + 1, [PLACE]) as third,
    ):
        assert (first, second, third) == (True, False, False)
        assert await session.held() == {JOB, PLACE}


async def test_locks_that_end_at_the_same_time_are_all_free_then(postgres: str) -> None:
    async with LockSession.opened(parse_url(postgres)) as session:
        holding = [session.holding(JOB + one, [PLACE + one]) for one in range(5)]
        assert all([await one.__aenter__() for one in holding])
        await asyncio.gather(*(one.__aexit__(None, None, None) for one in holding))
        assert await session.held() == frozenset()


async def test_a_command_works_on_its_own_job_and_leaves_the_others(
    store: MemoryStore, postgres: str
) -> None:
    other, mine = await made(store, 2)
    worker = Worker(store)
    queue = SharedQueue(store=store, clock=SystemClock(), url=parse_url(postgres), only=mine.id)

    await while_running(queue, worker.drive, lambda: mine.id in worker.driven and not worker.busy)

    assert worker.driven == [mine.id]
    assert (await store.load(other.id)).status is JobStatus.RUNNABLE


@pytest.mark.parametrize("alone", [True, False], ids=["of a command", "of all"])
@pytest.mark.parametrize("held", ["job", "places"])
async def test_what_another_process_has_in_hand_is_left_until_it_lets_go(
    store: MemoryStore, postgres: str, held: str, *, alone: bool
) -> None:
    (job,) = await made(store)
    worker, url, limits = Worker(store), parse_url(postgres), Limits(per_person=2)
    only = job.id if alone else None
    queue = SharedQueue(store=store, clock=SystemClock(), url=url, limits=limits, only=only)
    places = [key_of(f"person:{ANN.key}:{one}") for one in range(limits.per_person)]
    keys = {"job": [(key_of(f"job:{job.id}"), PLACE)], "places": list(enumerate(places))}

    async with LockSession.opened(url) as other, AsyncExitStack() as until_the_end:
        for key, place in keys[held]:
            assert await until_the_end.enter_async_context(other.holding(key, [place]))
        running = asyncio.create_task(queue.run(worker.drive))
        await asyncio.sleep(1.5)
        assert worker.driven == []
        await until_the_end.aclose()
        async with asyncio.timeout(LONGEST):
            while not await are_done(store):
                await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.wait({running})

    assert worker.driven == [job.id]


async def test_jobs_that_are_handed_out_together_are_driven_no_more_at_once_than_any(
    store: MemoryStore, postgres: str
) -> None:
    jobs = [*await made(store, 3, owner=ANN), *await made(store, 3, owner=BEN)]
    worker, url = Worker(store, seconds=0.2), parse_url(postgres)
    limits, ids = Limits(at_once=2, per_person=3), [job.id for job in jobs]

    async def nobody(_: JobId) -> None: ...

    async with Engine.opened(url, nobody, 1) as engine:
        await engine.defer([Row(ids)])
        assert await engine.queued() == {*ids}
    await while_running(
        SharedQueue(store=store, clock=SystemClock(), url=url, limits=limits),
        worker.drive,
        lambda: len(worker.driven) == len(jobs) and not worker.busy,
    )

    assert sorted(worker.driven) == sorted(ids)
    assert worker.most_at_once == 2


async def test_looks_go_through_the_queue_together(store: MemoryStore, postgres: str) -> None:
    jobs = [*await made(store, 3, owner=ANN), *await made(store, 3, owner=BEN)]
    worker, again = Worker(store), SystemClock().now() + timedelta(seconds=4)
    looks: set[JobId] = set()

    async def look_twice(job_id: JobId) -> datetime | None:
        if job_id in looks:
            return await worker.drive(job_id)
        looks.add(job_id)
        return (await store.postpone(await store.load(job_id), again)).wake_at

    await while_running(
        SharedQueue(store=store, clock=SystemClock(), url=parse_url(postgres)),
        look_twice,
        lambda: len(worker.driven) == len(jobs) and not worker.busy,
    )

    with psycopg.connect(postgres, options=f"-c search_path={SCHEMA}") as connection:
        numbered = connection.execute("SELECT last_value FROM procrastinate_jobs_id_seq")
        (rows,) = numbered.fetchone() or (0,)
    assert len(jobs) < rows < 2 * len(jobs)


async def test_a_job_that_is_handed_out_again_while_it_is_driven_is_waited_for(
    store: MemoryStore, postgres: str
) -> None:
    (job,) = await made(store)
    worker, url = Worker(store), parse_url(postgres)
    queue = SharedQueue(store=store, clock=SystemClock(), url=url)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def drive(job_id: JobId) -> datetime | None:
        begun.set()
        await go_on.wait()
        return await worker.drive(job_id)

    async def nobody(_: JobId) -> None: ...

    running = asyncio.create_task(queue.run(drive))
    await begun.wait()
    async with Engine.opened(url, nobody, 1) as engine:
        await engine.defer([Row([job.id])])
        while job.id in await engine.queued():
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    ending = asyncio.create_task(queue.finish(30.0))
    await asyncio.sleep(0.3)
    assert not ending.done()
    go_on.set()
    await ending
    running.cancel()
    await asyncio.wait({running})

    assert await are_done(store)
    assert worker.driven == [job.id]
