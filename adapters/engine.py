"""Procrastinate, the engine that hands each due job to one of many processes.

Its tables are a queue and nothing more: they may be emptied or dropped at any time, and are filled
again from the job table. They stand in a schema of their own, so that one DROP SCHEMA removes them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy as sa

from adapters.lock_session import SILENT_SECONDS, key_of
from adapters.postgres import UNLOCKING, address
from pipeline.jobs import JobId

if TYPE_CHECKING:
    import procrastinate
    from procrastinate.jobs import Job, Status

SCHEMA = "mltrainer_queue"
_QUEUE = "due"  # another name where its rows mean something else: older processes leave them alone
_TASK = "drive"
_POLL_SECONDS = 1.0  # for a row whose notice was overheard
_BEAT_SECONDS = 2.0
_GOODBYE_SECONDS = 5.0
_CONNECTIONS = 4
_OPTIONS = f"-c search_path={SCHEMA} {UNLOCKING}"

Serve = Callable[[JobId], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Row:
    """Jobs that one process is to serve at once; the highest priority goes first."""

    jobs: Sequence[JobId]
    priority: int = 0


class Engine:
    """A queue of job ids. A row says that jobs are worth a look; it is deleted after that look.

    Handing out a row costs several ways to the database: many short looks are one row.
    """

    def __init__(self, app: "procrastinate.App", at_once: int) -> None:
        self._app = app
        self._at_once = at_once

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: sa.URL, serve: Serve, at_once: int) -> AsyncIterator["Engine"]:
        """Connected, with its tables there."""
        await make_tables(url)
        app = _forgiving(_app(url, at_once))

        @app.task(name=_TASK, queue=_QUEUE)
        async def drive(jobs: str) -> None:
            await asyncio.gather(*(serve(JobId(one)) for one in jobs.split()))

        async with app.open_async():
            yield cls(app, at_once)

    async def work(self) -> None:
        """Hand out rows until cancelled, or until the database is lost."""
        await self._app.run_worker_async(
            queues=[_QUEUE],
            concurrency=self._at_once,
            fetch_job_polling_interval=_POLL_SECONDS,
            update_heartbeat_interval=_BEAT_SECONDS,
            stalled_worker_timeout=SILENT_SECONDS,
            shutdown_graceful_timeout=_GOODBYE_SECONDS,
            delete_jobs="always",
            install_signal_handlers=False,
        )

    async def queued(self) -> frozenset[JobId]:
        """Jobs that wait in the queue."""
        from procrastinate.jobs import Status  # noqa: PLC0415  (it starts a program)

        rows = await self._app.job_manager.list_jobs_async(queue=_QUEUE, status=Status.TODO.value)
        return frozenset(JobId(one) for row in rows for one in str(row.task_kwargs["jobs"]).split())

    async def defer(self, given: Sequence[Row]) -> None:
        """Put rows into the queue; one that begins with a job that waits in it is left out."""
        from procrastinate.exceptions import AlreadyEnqueued  # noqa: PLC0415  (it starts a program)

        rows = [_task(row) for row in given]
        if not rows:
            return
        try:
            await self._app.job_manager.batch_defer_jobs_async(rows)
        except AlreadyEnqueued:  # by another process, at this moment
            for row in rows:
                with suppress(AlreadyEnqueued):
                    await self._app.job_manager.batch_defer_jobs_async([row])

    async def sweep(self) -> int:
        """Delete the rows that dead processes had in hand; returns how many. None is retried."""
        from procrastinate.exceptions import ConnectorException  # noqa: PLC0415  (it starts a program)
        from procrastinate.jobs import Status  # noqa: PLC0415  (it starts a program)

        manager = self._app.job_manager
        stalled = await manager.get_stalled_jobs(
            queue=_QUEUE, seconds_since_heartbeat=SILENT_SECONDS
        )
        swept = [row.id for row in stalled if row.id is not None]
        for row in swept:
            with suppress(ConnectorException):  # another process was faster
                await manager.finish_job_by_id_async(row, Status.FAILED, delete_job=True)
        await manager.prune_stalled_workers(SILENT_SECONDS)
        return len(swept)


async def make_tables(url: sa.URL) -> None:
    """Make the queue's tables where there are none, one process at a time."""
    import procrastinate  # noqa: PLC0415  (it starts a program)

    schema = procrastinate.schema.SchemaManager.get_schema().encode()
    made = f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}".encode()
    there = f"SELECT to_regclass('{SCHEMA}.procrastinate_jobs')".encode()
    drop = f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode()
    async with (
        await psycopg.AsyncConnection.connect(address(url)) as connection,
        connection.transaction(),
    ):
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (key_of("queue tables"),))
        found = await (await connection.execute(there)).fetchone()
        if found is None or found[0] is None:
            await connection.execute(drop)
            await connection.execute(made)
            await connection.execute(f"SET LOCAL search_path TO {SCHEMA}".encode())
            await connection.execute(schema)


def lost() -> tuple[type[Exception], ...]:
    """What a lost database looks like from here."""
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415  (it starts a program)

    return psycopg.Error, ConnectorException, OSError, TimeoutError


def _app(url: sa.URL, at_once: int) -> "procrastinate.App":
    import procrastinate  # noqa: PLC0415  (it starts a program)

    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # two lines a row otherwise
    connector = procrastinate.PsycopgConnector(
        conninfo=address(url, options=_OPTIONS),
        min_size=1,
        max_size=_CONNECTIONS + at_once // 4,
        timeout=_GOODBYE_SECONDS,
        configure=_by_statements,
    )
    return procrastinate.App(connector=connector)


async def _by_statements(connection: psycopg.AsyncConnection[Any]) -> None:
    """Begin and commit nothing: each question is one statement, which is a transaction itself."""
    await connection.set_autocommit(True)


def _forgiving(app: "procrastinate.App") -> "procrastinate.App":
    """A row that is gone when its job ends was swept away or emptied; nobody needs it."""
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415  (it starts a program)
    from procrastinate.manager import JobManager  # noqa: PLC0415  (as above)

    class Forgiving(JobManager):
        async def finish_job(self, job: "Job", status: "Status", delete_job: bool) -> None:  # noqa: FBT001
            with suppress(ConnectorException):
                await super().finish_job(job, status, delete_job)

    app.job_manager = Forgiving(app.connector)
    return app


def _task(row: Row) -> "Job":
    from procrastinate.jobs import Job  # noqa: PLC0415  (it starts a program)

    return Job(
        id=None,
        task_name=_TASK,
        queue=_QUEUE,
        lock=None,
        queueing_lock=f"w:{row.jobs[0]}",
        priority=row.priority,
        task_kwargs={"jobs": " ".join(row.jobs)},
    )
