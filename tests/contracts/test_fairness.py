"""One person with five hundred jobs holds up nobody: counted in drives, which no clock disturbs."""

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.lock import HomeLock
from adapters.queue import EmbeddedQueue
from adapters.turns import Limits
from pipeline.jobs import Actor, JobId
from pipeline.ports.queue import Queue
from tests.contracts.test_shared_queue import Several
from tests.fakes.driving import Worker, made, while_running
from tests.fakes.jobs import ANN
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio

MANY, OTHERS = 500, 20
UNDER_WAY = 12  # jobs of the one that have begun when the others come
IDLE = math.ceil(OTHERS * 0.95)  # alone, the others would begin as the first, second … drive
LIMITS = Limits(at_once=8, per_person=3)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=SystemClock())


@pytest.fixture(params=["embedded", "postgres"])
def queue(request: pytest.FixtureRequest, store: MemoryStore, tmp_path: Path) -> Queue:
    if request.param == "postgres":
        return Several(store, request.getfixturevalue("postgres"), LIMITS)
    lock = HomeLock(tmp_path / "lock")
    return EmbeddedQueue(store=store, clock=SystemClock(), lock=lock, limits=LIMITS)


@pytest.mark.parametrize("before", [1, UNDER_WAY], ids=["at once", "in the midst"])
async def test_others_wait_at_most_twice_as_long_as_beside_nobody(
    store: MemoryStore, queue: Queue, before: int
) -> None:
    await made(store, MANY, owner=ANN)
    worker, others, begun = Worker(store, seconds=0.05), set[JobId](), list[int]()

    async def drive(job_id: JobId) -> datetime | None:
        if len(worker.driven) >= before and not begun:
            begun.append(len(worker.driven))
            others.update(await jobs_of_others(store))
        return await worker.drive(job_id)

    await while_running(queue, drive, lambda: bool(others) and others <= set(worker.driven))

    places = places_of(others, worker.driven[begun[0] :])
    assert places[IDLE - 1] <= 2 * IDLE, places


async def jobs_of_others(store: MemoryStore) -> set[JobId]:
    """One job of each of twenty people."""
    people = [Actor(platform="terminal", space="local", id=f"p{one}") for one in range(OTHERS)]
    return {row.id for one in people for row in await made(store, owner=one)}


def places_of(others: set[JobId], driven: Sequence[JobId]) -> list[int]:
    """As which drive each of these began, the first ones first."""
    return [number for number, one in enumerate(driven, 1) if one in others]
