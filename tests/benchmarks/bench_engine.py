"""How many stages the orchestrator saves in a second, and whether a full database slows it down.

    make bench-engine                  all parts, about two minutes
    make bench-engine ARGS="--help"

The agents do nothing, so what is measured is loading, deciding and saving. Parts: `sqlite` (one
process), `postgres` (one worker, then four), `sleeping` (agents that sleep 200 ms: four workers
against one), `finished` (the same work in an empty database and in one with many finished jobs,
turn about).
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from adapters.clock import SystemClock
from adapters.records import Database
from adapters.store import SqlStore
from tests.benchmarks.engine.history import compare
from tests.benchmarks.engine.work import Effort, created
from tests.fakes.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
PARTS = ("sqlite", "postgres", "sleeping", "finished")
WORKERS = 4
SLEEP = 0.2
GOALS = {"sqlite": 200.0, "postgres": 120.0, "sleeping": 3.2, "finished": 1.10}


async def make_jobs(url: str, count: int) -> list[str]:
    """New jobs in a database."""
    store = SqlStore(database=Database(url), clock=SystemClock())
    await store.database.open()
    jobs = await created(store, count)
    await store.database.close()
    return [str(job) for job in jobs]


def worked(url: str, jobs: Sequence[str], workers: int, sleep: float, at_once: int) -> list[Effort]:
    """What that many processes took for these jobs, each with its share."""
    command = [sys.executable, "-m", "tests.benchmarks.engine.work", url]
    command += ["--sleep", str(sleep), "--at-once", str(at_once)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = [
        subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
        for _ in range(workers)
    ]
    for one in started:
        one.stdout.readline()
    for place, one in enumerate(started):
        one.stdin.write(json.dumps(jobs[place::workers]) + "\n")
        one.stdin.flush()
    efforts = [Effort(**json.loads(one.stdout.readline())) for one in started]
    for one in started:
        one.communicate(timeout=60)
    return efforts


def told(name: str, efforts: Sequence[Effort]) -> float:
    """Print the figures of some workers; returns stages a second of all together."""
    stages, seconds = sum(one.stages for one in efforts), max(one.seconds for one in efforts)
    cpu = sum(one.cpu for one in efforts)
    print(
        f"{name:34} {stages / seconds:7.0f} stages/s  "
        f"{100 * cpu / seconds / len(efforts):4.0f} % of a core each, "
        f"{1000 * cpu / stages:5.2f} ms CPU a stage"
    )
    return stages / seconds


def goal(part: str, measured: float) -> None:
    """Print a ratio against what was asked for."""
    print(f"  {part}: {measured:.2f} (asked: {GOALS[part]:.2f})")


def measure_one(name: str, url: str, given: argparse.Namespace) -> float:
    """One worker with agents that do nothing."""
    jobs = asyncio.run(make_jobs(url, given.jobs))
    rate = told(f"{name}, one process", worked(url, jobs, 1, 0.0, given.at_once))
    goal(name, rate)
    return rate


def measure_many(url: str, given: argparse.Namespace) -> None:
    """Four workers with agents that do nothing."""
    jobs = asyncio.run(make_jobs(url, given.jobs * 2))
    told(f"postgres, {WORKERS} workers", worked(url, jobs, WORKERS, 0.0, given.at_once))


def measure_sleeping(url: str, given: argparse.Namespace) -> None:
    """How much more of waiting work four workers do than one."""
    rates = []
    for workers in (1, WORKERS):
        jobs = asyncio.run(make_jobs(url, given.at_once * 2 * workers))
        done = worked(url, jobs, workers, SLEEP, given.at_once)
        rates.append(told(f"agents sleep {SLEEP} s, workers: {workers}", done))
    goal("sleeping", rates[1] / rates[0])


def measure(given: argparse.Namespace, folder: Path, server: PostgresServer | None) -> None:
    """All parts that were asked for."""
    if "sqlite" in given.part:
        measure_one("sqlite", f"sqlite:///{folder}/jobs.db", given)
    if server is not None and "postgres" in given.part:
        with server.database() as url:
            measure_one("postgres", url, given)
            measure_many(url, given)
    if server is not None and "sleeping" in given.part:
        with server.database() as url:
            measure_sleeping(url, given)
    if "finished" in given.part:
        urls = (f"sqlite:///{folder}/empty.db", f"sqlite:///{folder}/full.db")
        goal("finished", asyncio.run(compare("sqlite", *urls, given.finished, given.rounds)))
    if server is not None and "finished" in given.part:
        with server.database() as empty, server.database() as full:
            ratio = asyncio.run(compare("postgres", empty, full, given.finished, given.rounds))
            goal("finished", ratio)


def main() -> None:
    """Read the sizes, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--jobs", type=int, default=100, help="jobs of nine stages a worker")
    parser.add_argument("--at-once", type=int, default=8, help="jobs a worker drives at once")
    parser.add_argument("--finished", type=int, default=10_000, help="jobs that are done already")
    parser.add_argument("--rounds", type=int, default=9, help="turns in each of two databases")
    parser.add_argument("--folder", type=Path, help="disk of the SQLite files; default: temporary")
    given = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    needs_server = set(given.part) != {"sqlite"}
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        if needs_server:
            with PostgresServer() as server:
                measure(given, Path(folder), server)
        else:
            measure(given, Path(folder), None)
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
