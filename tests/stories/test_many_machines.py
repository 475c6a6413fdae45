"""Several processes on one PostgreSQL, of which one is killed or frozen in the midst of a job."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.jobs import JobStatus
from tests.fakes.jobs import new_job
from tests.stories.stepping import STEPS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LONGEST = 120.0  # seconds


class Stepping:
    """A worker process and what it has said so far."""

    def __init__(self, url: str, seconds: float) -> None:
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.stories.stepping", url, str(seconds)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            for line in pipe:
                self.said.append(line.strip())

    def has_said(self, word: str) -> bool:
        return any(line.startswith(word) for line in self.said)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()


@pytest.fixture
def workers(postgres: str) -> Iterator[Callable[[float], Stepping]]:
    started: list[Stepping] = []

    def start(seconds: float) -> Stepping:
        started.append(Stepping(postgres, seconds))
        return started[-1]

    yield start
    for one in started:
        one.end()


async def make_jobs(url: str, count: int) -> None:
    database = Database(url)
    await database.open()
    store = SqlStore(database=database, clock=SystemClock())
    for _ in range(count):
        await store.create(new_job(SystemClock()), [])
    await database.close()


async def states(url: str) -> Counter[tuple[JobStatus, int]]:
    database = Database(url)
    store = SqlStore(database=database, clock=SystemClock())
    rows = await store.list(limit=500)
    await database.close()
    return Counter((row.status, row.context.starts) for row in rows)


def until(is_so: Callable[[], bool], what: str) -> float:
    """Wait for something; returns how long it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < LONGEST, f"waited in vain for {what}"
        time.sleep(0.05)
    return time.monotonic() - began


def test_a_killed_workers_job_goes_on_elsewhere_from_what_was_saved(
    postgres: str, workers: Callable[[float], Stepping]
) -> None:
    asyncio.run(make_jobs(postgres, 1))
    first = workers(3.0)
    until(lambda: first.has_said("saved"), "the first step")
    second = workers(0.2)
    time.sleep(3.0)
    assert not second.has_said("began")

    first.process.send_signal(signal.SIGKILL)
    seconds = until(lambda: second.has_said("began"), "the other worker")

    assert seconds < 15, "the promise of the default settings"
    until(lambda: asyncio.run(states(postgres)) == {(JobStatus.DONE, STEPS): 1}, "the end")
    saved = [line for line in (*first.said, *second.said) if line.startswith("saved")]
    assert len(saved) == STEPS


def test_a_frozen_worker_is_replaced_and_writes_nothing_when_it_wakes_up(
    postgres: str, workers: Callable[[float], Stepping]
) -> None:
    asyncio.run(make_jobs(postgres, 1))
    first = workers(3.0)
    until(lambda: first.has_said("began"), "the first step")
    first.process.send_signal(signal.SIGSTOP)
    second = workers(0.2)

    seconds = until(lambda: second.has_said("began"), "the other worker")

    assert seconds < 30, "it has to start, and to see 10 seconds of silence"
    until(lambda: asyncio.run(states(postgres)) == {(JobStatus.DONE, STEPS): 1}, "the end")
    first.process.send_signal(signal.SIGCONT)
    time.sleep(5.0)
    assert not first.has_said("saved")
    assert asyncio.run(states(postgres)) == {(JobStatus.DONE, STEPS): 1}
