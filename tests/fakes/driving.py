"""Drives for the tests of queues: a worker that remembers, and ways to run a queue for a while."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import anyio

from adapters.clock import SystemClock
from pipeline.jobs import Actor, JobId, JobStatus
from pipeline.ports.queue import Drive, Queue
from pipeline.ports.store import JobRow
from tests.fakes.jobs import ANN, new_job
from tests.fakes.store import MemoryStore

LONGEST = 60.0  # seconds, on a machine that is busy with other things


async def made(store: MemoryStore, count: int = 1, owner: Actor = ANN) -> list[JobRow]:
    return [await store.create(new_job(SystemClock(), owner=owner), []) for _ in range(count)]


class Worker:
    """Drives jobs to their end, and remembers how."""

    def __init__(self, store: MemoryStore, seconds: float = 0.02) -> None:
        self.store = store
        self.seconds = seconds
        self.driven: list[JobId] = []
        self.busy: set[JobId] = set()
        self.most_at_once = 0
        self.failing: dict[JobId, Exception] = {}

    async def drive(self, job_id: JobId) -> datetime | None:
        assert job_id not in self.busy
        if (await self.store.load(job_id)).status is JobStatus.DONE:
            return None  # a second look, which costs nothing
        self.busy.add(job_id)
        self.driven.append(job_id)
        self.most_at_once = max(self.most_at_once, len(self.busy))
        try:
            await asyncio.sleep(self.seconds)
            if job_id in self.failing:
                raise self.failing[job_id]
            row = await self.store.load(job_id)
            await self.store.save(row, row.context, status=JobStatus.DONE)
        finally:
            self.busy.discard(job_id)
        return None


async def while_running(queue: Queue, drive: Drive, done: Callable[[], bool]) -> None:
    """Run the queue until something is so, for a while at most."""
    running = asyncio.create_task(queue.run(drive))
    try:
        with anyio.fail_after(LONGEST):
            while not done() and not running.done():
                await asyncio.wait({running}, timeout=0.01)
    finally:
        running.cancel()
        await asyncio.wait({running})
    if not running.cancelled():
        running.result()


async def settle(queue: Queue, store: MemoryStore, job_id: JobId, drive: Drive) -> JobRow:
    """Run the queue until it has no more to do for a job."""
    found: list[JobRow] = []

    async def look() -> None:
        while not found:
            await asyncio.sleep(0.05)
            row = await store.load(job_id)
            if row.status.settled and job_id not in await store.due(SystemClock().now()):
                found.append(row)

    looking = asyncio.create_task(look())
    try:
        await while_running(queue, drive, lambda: bool(found))
    finally:
        looking.cancel()
        await asyncio.wait({looking})
    return found[0]
