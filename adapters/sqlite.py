"""An SQLite file: asked and changed where that is wanted, committed in a thread, many at a time.

In WAL mode a reader waits for nobody, and a statement takes less time than a change of threads.
What waits is a commit, for the disk. Whatever is to be written meanwhile is put together: one
transaction, one commit, and nobody is told of a change before it. A piece of work that fails is
left out, and the others are done again without it.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from adapters.database import Connection, set_pragmas
from pipeline.errors import PersonCanFix

Result = TypeVar("Result")
Work = Callable[[sa.Connection], Result]

_AT_ONCE = 20  # changes in a transaction
_BUSY = sqlite3.SQLITE_BUSY
_REFUSED = (exc.OperationalError, sqlite3.OperationalError)  # a statement; a new connection
_PRIMARY_CODE = 0xFF  # SQLite's extended codes carry the primary one in their low byte


class SqliteFile:
    """Reads and writes by functions of a connection, which do nothing else: they may run twice."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._patient = sa.create_engine(sa.URL.create("sqlite", database=str(file)))
        sa.event.listen(self._patient, "connect", set_pragmas)
        self._hasty = sa.create_engine(self._patient.url)
        sa.event.listen(self._hasty, "connect", _wait_for_nobody)
        self._turn = asyncio.Lock()
        self._waiting: list[tuple[Work[Any], asyncio.Future[Any]]] = []
        self._busy: asyncio.Task[None] | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")

    @property
    def engines(self) -> tuple[sa.Engine, sa.Engine]:
        """One that waits where it must, in a thread; and one that never waits."""
        return self._patient, self._hasty

    async def close(self) -> None:
        """Give back all connections; the next work opens new ones."""
        self._writer.shutdown(wait=False)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        await asyncio.to_thread(self._patient.dispose)
        await asyncio.to_thread(self._hasty.dispose)

    async def read(self, work: Work[Result]) -> Result:
        """What the work finds. A thread waits where another program holds the whole file."""
        try:
            return _find(self._hasty, work)
        except _REFUSED as error:
            if not _is_busy(error):
                raise
        return await asyncio.to_thread(_find, self._patient, work)

    async def change(self, work: Work[Result]) -> Result:
        """The same as `write`."""
        return await self.write(work)

    async def write(self, work: Work[Result]) -> Result:
        """What the work returned, once it is on disk. It must not be cancelled."""
        mine: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, mine))
        if self._busy is None:
            self._busy = asyncio.ensure_future(self._write_all())
        return await mine

    async def _write_all(self) -> None:
        """Write until nothing waits. One task does it: nobody queues up for a turn of their own."""
        try:
            while self._waiting:
                async with self._turn:
                    await self._write_waiting()
        finally:
            self._busy = None

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Nothing is written here meanwhile. PersonCanFix when the file is gone."""
        async with self._turn:
            await asyncio.to_thread(self._look)
            yield

    async def _write_waiting(self) -> None:
        """Write what waits, and tell each how it went."""
        batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        attempt = _Attempt([work for work, _ in batch])
        done = asyncio.ensure_future(self._commit(attempt))
        await asyncio.wait({done})
        error = done.exception()
        if attempt.failed is not None and error is not None:
            self._waiting = [*batch[: attempt.failed], *batch[attempt.failed + 1 :], *self._waiting]
            batch = [batch[attempt.failed]]
        for place, (_, one) in enumerate(batch):
            if one.done():
                continue  # nobody waits for it any more
            if error is None:
                one.set_result(attempt.values[place])
            else:
                one.set_exception(error)

    async def _commit(self, attempt: "_Attempt") -> None:
        self._look()
        with await self._begun() as connection:
            try:
                attempt.make(connection)
                await asyncio.get_running_loop().run_in_executor(self._writer, connection.commit)
            finally:  # nothing is left to take back but after an error
                connection.connection.rollback()  # SQLAlchemy's own may believe that it is over

    async def _begun(self) -> sa.Connection:
        """A transaction with the lock for writing; a thread waits where another program has it."""
        try:
            return _begin(self._hasty)
        except _REFUSED as error:
            if not _is_busy(error):
                raise
        return await asyncio.to_thread(_begin, self._patient)

    def _look(self) -> None:
        """SQLite would make a new file in the place of one that was deleted."""
        if not self._file.exists():
            message = f"The database {self._file} is gone; what was saved in it went with it."
            raise PersonCanFix(message, "Put a backup of that file in its place.")


class _Attempt:
    """Works of one transaction: what they returned, and which one stopped it."""

    def __init__(self, works: Sequence[Work[Any]]) -> None:
        self._works = works
        self.values: list[Any] = []
        self.failed: int | None = None

    def make(self, connection: sa.Connection) -> None:
        """Do them in order; the first error ends it."""
        for number, work in enumerate(self._works):
            self.failed = number
            self.values.append(work(connection))
        self.failed = None


def _find(engine: sa.Engine, work: Work[Result]) -> Result:
    with engine.connect() as connection:
        return work(connection)


def _begin(engine: sa.Engine) -> sa.Connection:
    with ExitStack() as until_begun:
        connection = until_begun.enter_context(engine.connect())
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        until_begun.pop_all()
    return connection


def _is_busy(error: exc.OperationalError | sqlite3.OperationalError) -> bool:
    cause = error.orig if isinstance(error, exc.OperationalError) else error
    return int(getattr(cause, "sqlite_errorcode", 0)) & _PRIMARY_CODE == _BUSY


def _wait_for_nobody(connection: Connection, _record: object) -> None:
    """As durable as the other; that the file is in WAL mode stands in the file."""
    cursor = connection.cursor()
    for pragma in ("busy_timeout=0", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
