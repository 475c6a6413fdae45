"""How long backup and restore of many jobs take, beside copying the same bytes.

make bench-backup                                  10,000 jobs with 20 events each
make bench-backup ARGS="--jobs 2000 --files 5"     with files in each job's folder
"""

import argparse
import asyncio
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from adapters import document
from adapters.backup import back_up
from adapters.migrations import upgrade
from adapters.restore import restore
from pipeline.context import JobContext, Request
from pipeline.events import AgentLogged
from pipeline.jobs import JobId, Stage
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job

_WORDS = 3000  # characters: a finished job's document has about as many as this makes
_EVENTS = 20
_FILE = 20_000  # bytes


def main() -> None:
    """Print seconds, and each as a ratio to a plain copy of the database."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--jobs", type=int, default=10_000)
    asked.add_argument("--files", type=int, default=0, help="in each job's folder")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home, archive = Path(place) / "home", Path(place) / "b.tar"
        database = fill(home, given.jobs, given.files)
        url, there = f"sqlite:///{database}", Path(place) / "there"
        copied = seconds(lambda: shutil.copyfile(database, Path(place) / "copy.db"))
        saved = seconds(
            lambda: back_up(
                archive, home=home, database_url=url, with_key=False, database_only=False
            )
        )
        url = f"sqlite:///{there / 'mltrainer.db'}"
        restored = seconds(lambda: restore(archive, home=there, database_url=url, replace=False))
        size = archive.stat().st_size / 1e6
    files = given.jobs * given.files
    print(f"{given.jobs:,} jobs, {files:,} files, archive of {size:,.0f} MB")
    print(f"copy of the database {copied:6.2f} s")
    print(f"backup               {saved:6.2f} s  {saved / copied:5.1f} x the copy")
    print(f"restore              {restored:6.2f} s  {restored / copied:5.1f} x the copy")


def seconds(work: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def fill(home: Path, jobs: int, files: int) -> Path:
    """A home with finished jobs; returns its database."""
    home.mkdir()
    database = home / "mltrainer.db"
    asyncio.run(upgrade(f"sqlite:///{database}"))
    event = AgentLogged(stage=Stage.DATASET, message="m" * 100)
    with closing(sqlite3.connect(database)) as connection, connection:
        for number in range(jobs):
            context = finished(number)
            connection.execute(_JOB, (context.job_id, document.write(context)[0]))
            rows = [(context.job_id, one, event.model_dump_json()) for one in range(_EVENTS)]
            connection.executemany(_EVENT, rows)
            for one in range(files):
                path = home / "jobs" / context.job_id / "data" / f"{one}.csv"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"x" * _FILE)
    return database


def finished(number: int) -> JobContext:
    """A job with a document of a usual length."""
    context = new_job(FakeClock(), job_id=JobId(f"j-{number:08d}"))
    return context.evolve(request=Request(words="w" * _WORDS))


_JOB = """INSERT INTO jobs (id, owner, thread, context, status, stage, attempt, seq, event_count,
wake_at, cancel, cancel_by, created_at, updated_at) VALUES (?1, 'o', 't', ?2, 'done', 'deploy', 1,
9, 20, '2026-01-01', 0, '', '2026-01-01', '2026-01-01')"""
_EVENT = "INSERT INTO events (job_id, number, at, kind, body) VALUES (?, ?, '2026-01-01', 'a', ?)"

if __name__ == "__main__":
    main()
