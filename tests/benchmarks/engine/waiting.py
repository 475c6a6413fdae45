"""Many trainings that go on elsewhere, followed by one worker through its real queue.

As a program it is that worker: it follows them for a while and prints as JSON what that took.
"""

import argparse
import asyncio
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from adapters import queues
from adapters.clock import SystemClock
from adapters.records import Database
from adapters.store import SqlStore
from adapters.turns import Limits
from pipeline.agents.monitor import AGENT
from pipeline.artifacts import Run
from pipeline.context import JobContext, StageResult
from pipeline.jobs import Actor, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.ports.runtime import Offer, RunState, Runtime
from tests.benchmarks.engine.work import context, cpu_seconds, peak_megabytes, ports
from tests.unit.orchestrator.scripted import ARTIFACTS, Journal

BEFORE = tuple(Stage)[: tuple(Stage).index(Stage.MONITOR)]
PEOPLE = 100
LINE = "epoch 12 of 80, loss 0.3125, 41 seconds"
ANSWER_SECONDS = 0.05


@dataclass(frozen=True)
class Watch:
    """What following took: seconds of wall and CPU, looks, the longest time between two, memory."""

    jobs: int
    seconds: float
    cpu: float
    looks: int
    longest: float
    megabytes: float


class Elsewhere:
    """A service on which every run goes on without an end, and answers after a moment."""

    name = "cloud"
    account: str | None = None
    poll_seconds = 5.0
    offer = Offer(title="The cloud")

    def __init__(self) -> None:
        self.looks: Counter[str] = Counter()
        self.longest = 0.0
        self._seen: dict[str, float] = {}

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        """It runs, and has printed nothing since."""
        del lines_read, owner
        now = asyncio.get_running_loop().time()
        self.longest = max(self.longest, now - self._seen.get(handle, now))
        self._seen[handle] = now
        self.looks[handle] += 1
        await asyncio.sleep(ANSWER_SECONDS)
        return RunState("running")


def in_training(number: int, now: datetime) -> JobContext:
    """A job whose training was submitted hours ago."""
    job = context(number % PEOPLE)
    for stage in BEFORE:
        job = job.with_artifact(ARTIFACTS[stage])
    result = StageResult(status="done", attempts=1, seconds=1.0, at=now)
    run = Run(
        runtime=Elsewhere.name,
        name=job.job_id,
        handle=job.job_id,
        status="running",
        lines_read=30,
        log_tail=(LINE,) * 30,
        submitted_at=now - timedelta(hours=5),
        seen_at=now,
    )
    results = dict.fromkeys(BEFORE, result)
    return job.evolve(run=run, stage_results=results, active=Stage.MONITOR)


async def submitted(url: str, count: int) -> None:
    """Put that many jobs in, each with its training."""
    store = SqlStore(database=Database(url), clock=SystemClock())
    await store.database.open()
    for number in range(count):
        await store.create(in_training(number, SystemClock().now()), ())
    await store.database.close()


async def follow(url: str, home: Path, jobs: int, seconds: float) -> Watch:
    """Be the worker: until each was looked at, and then for some seconds."""
    database, clock, there = Database(url), SystemClock(), Elsewhere()
    await database.open()
    store = SqlStore(database=database, clock=clock)
    engine = Orchestrator(
        store=store,
        agents={Stage.MONITOR: AGENT},
        ports=replace(ports(), runtimes={there.name: cast("Runtime", there)}, home=home),
        journal=Journal(),
        alone=database.sqlite is not None,
    )
    lock = queues.home_lock(database.url, home)
    queue = queues.queue(database.url, store, clock, lock, limits=Limits(), only=None)
    running = asyncio.create_task(queue.run(engine.drive))
    try:
        await _all_looked_at(there, jobs, running)
        return await _watched(there, jobs, seconds, running)
    finally:
        running.cancel()
        await asyncio.wait({running})
        await database.close()


async def _all_looked_at(there: Elsewhere, jobs: int, running: asyncio.Task[None]) -> None:
    """Wait for a look at each: the first is saved by who meets the job."""
    async with asyncio.timeout(600):
        while len(there.looks) < jobs:
            await asyncio.wait({running}, timeout=1.0)
            if running.done():
                running.result()


async def _watched(
    there: Elsewhere, jobs: int, seconds: float, running: asyncio.Task[None]
) -> Watch:
    loop = asyncio.get_running_loop()
    began, cpu, looks, there.longest = loop.time(), cpu_seconds(), there.looks.total(), 0.0
    await asyncio.wait({running}, timeout=seconds)
    took = loop.time() - began
    looks = there.looks.total() - looks
    return Watch(jobs, took, cpu_seconds() - cpu, looks, there.longest, peak_megabytes())


def main() -> None:
    """Read the arguments that the benchmark gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("home", type=Path)
    parser.add_argument("--jobs", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    told = asyncio.run(follow(given.url, given.home, given.jobs, given.seconds))
    print(json.dumps(asdict(told)))


if __name__ == "__main__":
    main()
