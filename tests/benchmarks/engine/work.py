"""A worker for benchmarks: agents that do nothing or only wait, on a real store.

As a program it drives its share of the jobs: it prints `ready`, waits for a line that holds their
ids as JSON, and prints as JSON what that took.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from adapters.clock import SystemClock
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.context import JobContext, Request
from pipeline.jobs import Actor, JobId, Place, Stage, new_job_id
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Agent, Done, Outcome
from pipeline.ports import Ports
from pipeline.retry import POLICIES, RetryPolicy
from tests.unit.orchestrator.scripted import ARTIFACTS, Journal

STAGES = len(Stage)


@dataclass(frozen=True)
class Quick:
    """An agent that is done after some seconds of sleep."""

    name: Stage
    seconds: float = 0.0

    @property
    def retry(self) -> RetryPolicy:
        """As that of the real one."""
        return POLICIES[self.name]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Sleep, if that is wanted, and be done."""
        del context, ports
        if self.seconds:
            await asyncio.sleep(self.seconds)
        return Done(ARTIFACTS[self.name])


@dataclass(frozen=True)
class Effort:
    """What a share of the work took: stages saved, seconds of wall and of this process's CPU."""

    stages: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Stages a second."""
        return self.stages / self.seconds


def ports() -> Ports:
    """Nothing that a quick agent would use."""

    async def emit(event: object) -> None:
        del event

    return Ports(
        clock=SystemClock(),
        emit=emit,
        workbench=None,  # type: ignore[arg-type]  # no agent here runs a script
        sources={},
        runtimes={},
        hosts={},
        home=Path("/nowhere"),
        approval="paid",
    )


def context(number: int = 0) -> JobContext:
    """A job as it is asked for, each in a thread of its own."""
    job = new_job_id()
    return JobContext(
        job_id=job,
        created_at=SystemClock().now(),
        owner=Actor(platform="slack", space="T1", id=f"U{number % 100}"),
        thread=Place(platform="slack", space="T1", channel="C1", thread=job),
        home="/nowhere",
        request=Request(words="make me a spam filter from these messages, please"),
    )


def orchestrator(store: SqlStore, sleep: float = 0.0) -> Orchestrator:
    """The real one, with quick agents."""
    agents: dict[Stage, Agent] = {stage: Quick(stage, sleep) for stage in Stage}
    return Orchestrator(store=store, agents=agents, ports=ports(), journal=Journal())


async def created(store: SqlStore, count: int) -> list[JobId]:
    """New jobs."""
    rows = [await store.create(context(number), ()) for number in range(count)]
    return [row.id for row in rows]


async def drive_all(engine: Orchestrator, jobs: Sequence[JobId], at_once: int) -> Effort:
    """Drive all of these, some at once, each to its end."""
    waiting = list(reversed(jobs))

    async def work() -> None:
        while waiting:
            await engine.drive(waiting.pop())

    began, cpu = time.perf_counter(), cpu_seconds()
    await asyncio.gather(*(work() for _ in range(at_once)))
    wall = time.perf_counter() - began
    return Effort(STAGES * len(jobs), wall, cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """CPU time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_megabytes() -> float:
    """Most resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def work(url: str, sleep: float, at_once: int) -> None:
    """Be a worker for one share."""
    store = SqlStore(database=Database(url), clock=SystemClock())
    await store.database.open()
    engine = orchestrator(store, sleep)
    await drive_all(engine, await created(store, at_once), at_once)  # every connection is open
    print("ready", flush=True)
    share = json.loads(await asyncio.to_thread(sys.stdin.readline))
    print(json.dumps(asdict(await drive_all(engine, share, at_once))), flush=True)
    await store.database.close()


def main() -> None:
    """Read the arguments that the benchmark gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--sleep", type=float, default=0.0)
    parser.add_argument("--at-once", type=int, default=8)
    given = parser.parse_args()
    asyncio.run(work(given.url, given.sleep, given.at_once))


if __name__ == "__main__":
    main()
