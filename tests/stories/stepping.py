"""A worker whose jobs are three steps of sleep, in a process of its own that may be killed.

    python -m tests.stories.stepping DATABASE_URL SECONDS_A_STEP

It says `began JOB STEP` and `saved JOB STEP` on stdout, and `refused JOB STEP` where another
process had gone on.
"""

import asyncio
import sys
from datetime import datetime

from adapters.clock import SystemClock
from adapters.records import Database
from adapters.shared_queue import SharedQueue
from adapters.store import SqlStore
from pipeline.errors import Superseded
from pipeline.jobs import JobId, JobStatus

STEPS = 3


def say(word: str, job_id: JobId, step: int) -> None:
    sys.stdout.write(f"{word} {job_id} {step}\n")
    sys.stdout.flush()


async def drive(store: SqlStore, job_id: JobId, seconds: float) -> datetime | None:
    """Take the steps that are missing; `starts` counts those that were saved."""
    row = await store.load(job_id)
    while not row.status.settled:
        step = row.context.starts + 1
        say("began", job_id, step)
        await asyncio.sleep(seconds)
        status = JobStatus.DONE if step == STEPS else JobStatus.RUNNABLE
        try:
            row = await store.save(row, row.context.evolve(starts=step), status=status)
        except Superseded:
            say("refused", job_id, step)
            return None
        say("saved", job_id, step)
    return None


async def main(url: str, seconds: float) -> None:
    database = Database(url)
    store = SqlStore(database=database, clock=SystemClock())
    queue = SharedQueue(store=store, clock=SystemClock(), url=database.url)
    await queue.run(lambda job_id: drive(store, job_id, seconds))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
