"""The contract of the queue: due jobs are driven, each once at a time, by one process a home."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters import lock as locking
from adapters.clock import SystemClock
from adapters.database import parse_url
from adapters.lock import HomeLock
from adapters.queue import EmbeddedQueue
from adapters.shared_queue import SharedQueue
from adapters.turns import Limits
from pipeline.errors import PersonCanFix, Superseded
from pipeline.jobs import JobId, JobStatus
from pipeline.ports.queue import Queue
from pipeline.ports.store import Inbound
from tests.fakes.driving import Worker, made, settle, while_running
from tests.fakes.jobs import ANN
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(at_once=4, per_person=10)
HOLDING = """
import sys
from pathlib import Path
from adapters.lock import HomeLock

lock = HomeLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
for command in sys.stdin:
    print(getattr(lock, command.strip())(), flush=True)
"""


@pytest.fixture
def lock(tmp_path: Path) -> HomeLock:
    return HomeLock(tmp_path / "lock")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=SystemClock())


@pytest.fixture
def embedded(store: MemoryStore, lock: HomeLock) -> EmbeddedQueue:
    return EmbeddedQueue(store=store, clock=SystemClock(), lock=lock, limits=LIMITS)


@pytest.fixture(params=["embedded", "postgres"])
def queue(request: pytest.FixtureRequest, store: MemoryStore) -> Queue:
    if request.param == "embedded":
        embedded: EmbeddedQueue = request.getfixturevalue("embedded")
        return embedded
    url = parse_url(request.getfixturevalue("postgres"))
    return SharedQueue(store=store, clock=SystemClock(), url=url, limits=LIMITS)


async def test_every_due_job_is_driven_a_few_at_once(store: MemoryStore, queue: Queue) -> None:
    jobs = await made(store, 10)
    worker = Worker(store, seconds=0.3)

    await while_running(queue, worker.drive, lambda: len(worker.driven) >= 10 and not worker.busy)

    assert sorted(worker.driven) == sorted(job.id for job in jobs)
    assert worker.most_at_once == LIMITS.at_once


async def test_a_wake_is_no_second_drive(store: MemoryStore, queue: Queue) -> None:
    (job,) = await made(store)
    worker = Worker(store, seconds=0.2)

    async def drive(job_id: JobId) -> datetime | None:
        for _ in range(3):
            await queue.wake(job_id)
        return await worker.drive(job_id)

    await settle(queue, store, job.id, drive)

    assert worker.driven == [job.id]


async def test_a_job_comes_back_when_its_pause_is_over(store: MemoryStore, queue: Queue) -> None:
    (job,) = await made(store)
    worker = Worker(store)
    looked: list[datetime] = []

    async def drive(job_id: JobId) -> datetime | None:
        looked.append(SystemClock().now())
        if len(looked) > 1:
            return await worker.drive(job_id)
        row = await store.load(job_id)
        return (
            await store.save(row, row.context, wake_at=looked[0] + timedelta(seconds=0.3))
        ).wake_at

    await settle(queue, store, job.id, drive)

    assert len(looked) == 2
    assert looked[1] - looked[0] >= timedelta(seconds=0.3)


async def test_a_cancel_from_elsewhere_reaches_a_job_in_a_long_pause(
    store: MemoryStore, queue: Queue
) -> None:
    (job,) = await made(store)
    worker = Worker(store)

    async def drive(job_id: JobId) -> datetime | None:
        row = await store.load(job_id)
        if row.cancel:
            return await worker.drive(job_id)
        paused = await store.save(row, row.context, wake_at=row.wake_at + timedelta(hours=1))
        await store.request_cancel(job_id, "somebody in another process")
        return paused.wake_at

    await settle(queue, store, job.id, drive)

    assert worker.driven == [job.id]


async def test_one_job_that_fails_stops_no_other(store: MemoryStore, queue: Queue) -> None:
    bad, good = await made(store, 2)
    worker = Worker(store)
    worker.failing[bad.id] = RuntimeError("broken")

    await while_running(queue, worker.drive, lambda: len(worker.driven) == 2 and not worker.busy)

    assert (await store.load(good.id)).status is JobStatus.DONE
    assert (await store.load(bad.id)).status is JobStatus.RUNNABLE


async def test_a_waiting_job_is_settled_until_somebody_speaks(
    store: MemoryStore, queue: Queue
) -> None:
    (job,) = await made(store)
    await store.save(job, job.context, status=JobStatus.WAITING)
    worker = Worker(store)

    assert (await settle(queue, store, job.id, worker.drive)).status is JobStatus.WAITING
    assert worker.driven == []
    await store.receive(job.id, Inbound("k", ANN.key, "label"))
    assert (await settle(queue, store, job.id, worker.drive)).status is JobStatus.DONE


async def test_a_queue_that_finishes_lets_a_job_end_and_takes_no_other(
    store: MemoryStore, queue: Queue
) -> None:
    (first,) = await made(store)
    worker = Worker(store, seconds=0.3)
    running = asyncio.create_task(queue.run(worker.drive))
    while not worker.busy:
        await asyncio.sleep(0.01)
    (later,) = await made(store)

    await queue.finish(30.0)
    await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.wait({running})

    assert (await store.load(first.id)).status is JobStatus.DONE
    assert (await store.load(later.id)).status is JobStatus.RUNNABLE


async def test_stopping_the_queue_stops_its_drives_and_frees_the_home(
    store: MemoryStore, embedded: EmbeddedQueue, lock: HomeLock
) -> None:
    await made(store)
    worker = Worker(store, seconds=60)

    await while_running(embedded, worker.drive, lambda: bool(worker.busy))

    assert worker.busy == set()
    assert lock.held_by() is None


@pytest.fixture
def holder(lock: HomeLock) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock and obeys: it calls the method it is told."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(lock._path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def tell(holder: subprocess.Popen[str], method: str) -> str:
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write(method + "\n")
    holder.stdin.flush()
    return holder.stdout.readline().strip()


async def test_a_second_process_is_told_who_works_here(
    store: MemoryStore, embedded: EmbeddedQueue, lock: HomeLock, holder: subprocess.Popen[str]
) -> None:
    (job,) = await made(store)

    with pytest.raises(PersonCanFix, match=f"process {holder.pid}"):
        await settle(embedded, store, job.id, Worker(store).drive)

    assert lock.held_by() == holder.pid
    assert await store.load(job.id) == job


def test_a_lock_is_free_as_soon_as_its_holder_died(
    lock: HomeLock, holder: subprocess.Popen[str]
) -> None:
    assert not lock.acquire()

    holder.kill()
    holder.wait()

    assert lock.held_by() is None
    assert lock.acquire()
    lock.release()


def test_a_holder_is_known_by_name_where_a_longer_name_stood(lock: HomeLock) -> None:
    lock._path.write_text("x" * 190)  # a crashed holder wrote more than the next one will

    assert lock.acquire()

    assert HomeLock(lock._path).held_by() == os.getpid()
    lock.release()


def test_a_stopped_holder_is_replaced_and_does_no_harm_when_it_wakes(
    lock: HomeLock, holder: subprocess.Popen[str]
) -> None:
    patient, hasty = HomeLock(lock._path), HomeLock(lock._path, patience=0.0)
    assert not hasty.acquire()
    holder.send_signal(signal.SIGSTOP)
    assert not patient.acquire()

    assert hasty.acquire()
    holder.send_signal(signal.SIGCONT)

    assert tell(holder, "beat") == "False"
    assert tell(holder, "release") == "None"
    assert hasty.beat()
    assert not patient.acquire()
    hasty.release()


def test_a_lock_whose_file_is_replaced_at_that_moment_is_taken_anew(
    lock: HomeLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = locking._lock
    replaced: list[int] = []

    def after_another(file: int, kind: int) -> bool:
        if not replaced:
            replaced.append(file)
            lock._path.unlink()
        return take(file, kind)

    monkeypatch.setattr(locking, "_lock", after_another)

    assert lock.acquire()
    assert lock.beat()
    lock.release()


def test_of_two_who_replace_a_stopped_holder_the_later_one_leaves_the_new_lock_alone(
    lock: HomeLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock._path.touch()
    looks = iter([True, False])  # replaced by the other one in between
    monkeypatch.setattr(lock, "_is_frozen", lambda: next(looks))

    lock._replace_if_frozen()

    assert lock._path.exists()


async def test_a_worker_that_was_replaced_stops(
    store: MemoryStore, embedded: EmbeddedQueue, lock: HomeLock
) -> None:
    await made(store)
    worker = Worker(store, seconds=60)

    def replaced() -> bool:
        if worker.busy:
            lock._path.unlink(missing_ok=True)
        return False

    with pytest.raises(Superseded, match="took over"):
        await while_running(embedded, worker.drive, replaced)

    assert worker.busy == set()


def test_a_lock_for_everything_says_so_to_others(tmp_path: Path) -> None:
    lock = HomeLock(tmp_path / "lock")
    for everything in (True, False):
        assert lock.acquire(everything=everything)
        holder = HomeLock(tmp_path / "lock").holder()
        assert holder is not None
        assert holder.everything is everything
        lock.release()


def test_a_holder_is_worth_waiting_for_once_it_leaves(tmp_path: Path) -> None:
    lock, other = HomeLock(tmp_path / "lock"), HomeLock(tmp_path / "lock")
    assert lock.acquire(everything=True)
    assert not other.is_passing()

    lock.leave()

    assert other.is_passing()
    holder = other.holder()
    assert holder is not None
    assert holder.everything
    assert holder.pid == os.getpid()
    assert lock.beat()
    lock.release()


def test_a_holder_that_stands_still_is_worth_waiting_for(
    lock: HomeLock, holder: subprocess.Popen[str]
) -> None:
    assert not lock.is_passing()

    holder.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, holder.pid, os.WSTOPPED | os.WNOWAIT)

    assert lock.is_passing()
    holder.send_signal(signal.SIGCONT)
