"""The same work in an empty database and in one with many finished jobs, turn about."""

import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from adapters import rows
from adapters.clock import SystemClock
from adapters.document import write
from adapters.post import SqlPost
from adapters.records import Database
from adapters.store import SqlStore
from adapters.tables import BOARDS, EVENTS, JOBS, OUTBOX
from pipeline.events import StageEnded
from pipeline.jobs import JobStatus, Stage
from tests.benchmarks.engine.work import (
    Effort,
    context,
    created,
    drive_all,
    orchestrator,
)
from tests.unit.orchestrator.scripted import ARTIFACTS

EVENTS_A_JOB = 20
BATCH = 500
IN_A_TURN = 10
AT_ONCE = 5
ASKED = 15


async def opened(url: str) -> SqlStore:
    """A store on an empty database."""
    store = SqlStore(database=Database(url), clock=SystemClock())
    await store.database.open()
    return store


async def fill(store: SqlStore, count: int) -> None:
    """Put finished jobs in: each with its events, shown in its thread, its letters sent."""
    for start in range(0, count, BATCH):
        await store.database.write(partial(_insert, start=start, count=BATCH))
    await _analyzed(store.database)


def _insert(connection: sa.Connection, start: int, count: int) -> None:
    now = SystemClock().now() - timedelta(days=1)
    body = StageEnded(stage=Stage.DATASET, seconds=1.0).model_dump_json()
    jobs, events, boards, letters = [], [], [], []
    for number in range(start, start + count):
        done = context(number)
        for stage in Stage:
            done = done.with_artifact(ARTIFACTS[stage])
        text, done = write(done)
        jobs.append(rows.new(done, text, EVENTS_A_JOB, now) | {"status": JobStatus.DONE})
        events += [
            {"job_id": done.job_id, "number": one, "at": now, "kind": "stage_ended", "body": body}
            for one in range(1, EVENTS_A_JOB + 1)
        ]
        boards.append({"job_id": done.job_id, "shown": EVENTS_A_JOB, "card": "{}"})
        letters += [_letter(done.job_id, done.thread.key, one, now) for one in range(3)]
    for table, values in ((JOBS, jobs), (EVENTS, events), (BOARDS, boards), (OUTBOX, letters)):
        connection.execute(table.insert(), values)


def _letter(job: str, thread: str, number: int, at: object) -> dict[str, object]:
    return {
        "key": f"{job}:{number}",
        "platform": "slack",
        "thread": thread,
        "job_id": job,
        "kind": "notice",
        "body": "{}",
        "due_at": at,
        "begun_at": at,
        "sent_at": at,
        "ref": None,
        "tries": 1,
    }


async def _analyzed(database: Database) -> None:
    """Let the server know what is in the tables, as its autovacuum would within a minute."""
    if database.sqlite is None:
        async with database.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.exec_driver_sql("VACUUM ANALYZE")


async def compare(name: str, empty: str, full: str, finished: int, turns: int) -> float:
    """Median of what a full database costs beside an empty one; prints both."""
    stores = [await opened(empty), await opened(full)]
    await fill(stores[1], finished)
    engines = [orchestrator(store) for store in stores]
    efforts: list[list[Effort]] = [[], []]
    for turn in range(turns + 1):
        for side in (0, 1) if turn % 2 else (1, 0):
            jobs = await created(stores[side], IN_A_TURN)
            effort = await drive_all(engines[side], jobs, AT_ONCE)
            efforts[side] += [effort] if turn else []  # the first turn warms up
    for place, store in zip(("empty", f"{finished:,} finished"), stores, strict=True):
        await _ask(f"{name}, {place}", store)
    ratios = _ratios(efforts)
    print(f"{name}, {finished:,} finished jobs against none: " + _words(ratios))
    for store in stores:
        await store.database.close()
    return max(ratios.values())


def _ratios(efforts: list[list[Effort]]) -> dict[str, float]:
    """Full against empty. Each turn has its neighbour, so that the machine's load is in both."""
    pairs = list(zip(*efforts, strict=True))
    return {
        "wall": statistics.median(full.seconds / empty.seconds for empty, full in pairs),
        "CPU": statistics.median(full.cpu / empty.cpu for empty, full in pairs),
    }


def _words(ratios: dict[str, float]) -> str:
    return ", ".join(f"{name} by {ratio:.2f}" for name, ratio in ratios.items())


async def _ask(name: str, store: SqlStore) -> None:
    """What every process asks once a second or oftener."""
    post, now = SqlPost(database=store.database, clock=SystemClock()), SystemClock().now()
    (one,) = await store.list(limit=1)
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "due": lambda: store.due(now),
        "unshown": lambda: post.unshown("slack"),
        "outgoing": lambda: post.outgoing("slack", now),
        "arrivals": lambda: post.arrivals(now),
        "at": lambda: store.at(one.context.thread),
    }
    words = [f"{key} {1000 * await _seconds(ask):.1f} ms" for key, ask in asked.items()]
    print(f"  {name}: " + ", ".join(words))


async def _seconds(ask: Callable[[], Awaitable[object]]) -> float:
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        await ask()
        took.append(time.perf_counter() - began)
    return statistics.median(took)
