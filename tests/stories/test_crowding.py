"""Two workers on one PostgreSQL, and a service where one training at a time may go on."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.clock import SystemClock
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.jobs import JobStatus
from tests.stories.crowding import Service, about_to_train

ROOT = Path(__file__).parents[2]
JOBS, LONGEST = 6, 120.0


async def asked_for(url: str) -> None:
    database = Database(url)
    await database.open()
    store = SqlStore(database=database, clock=SystemClock())
    for _ in range(JOBS):
        await about_to_train(store, SystemClock())
    await database.close()


async def have_trained(url: str) -> int:
    """Jobs whose training was ended by the service, which they tell their person."""
    store = SqlStore(database=Database(url), clock=SystemClock())
    rows = await store.list()
    await store.database.close()
    return sum(row.status is JobStatus.WAITING for row in rows)


@contextmanager
def worker(url: str, folder: Path, limit: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.stories.crowding", url, str(folder), str(limit)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_two_workers_never_have_more_trainings_at_a_place_than_there_may_be(
    postgres: str, tmp_path: Path
) -> None:
    with worker(postgres, tmp_path, 1), worker(postgres, tmp_path, 1):
        until(lambda: len(list(tmp_path.glob("ready-*"))) == 2)
        asyncio.run(asked_for(postgres))
        until(lambda: asyncio.run(have_trained(postgres)) == JOBS)

    service = Service(tmp_path, seconds=0)
    assert service.crowds() == [1] * JOBS
    assert len(service.workers()) == 2
