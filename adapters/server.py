"""A database server, asked from a few threads: that costs a third of asking in the event loop.

There each wait for an answer is registered and taken back again; in a thread it is one call.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa

from adapters.database import ask_if_there

Result = TypeVar("Result")
Work = Callable[[sa.Connection], Result]

_AT_ONCE = 8  # connections, each with a thread


class Server:
    """Reads and writes by functions of a connection. One that is cancelled is done all the same."""

    def __init__(self, url: sa.URL) -> None:
        from adapters.postgres import SETTINGS  # noqa: PLC0415  (slow to import)

        self._single = sa.create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            pool_size=_AT_ONCE,
            max_overflow=0,
            connect_args=dict(SETTINGS),
        )
        ask_if_there(self._single)
        self._whole = self._single.execution_options(isolation_level="READ COMMITTED")
        self._threads = self._started()

    async def close(self) -> None:
        """Give back all connections; the next work opens new ones."""
        self._threads.shutdown(wait=False)
        self._threads = self._started()
        await asyncio.to_thread(self._single.dispose)

    async def read(self, work: Work[Result]) -> Result:
        """What the work finds."""
        return await self._done(self._asked, work)

    async def change(self, work: Work[Result]) -> Result:
        """What the work returned. It is one statement, which is a transaction itself."""
        return await self._done(self._asked, work)

    async def write(self, work: Work[Result]) -> Result:
        """What the work returned, in one transaction that is on disk by then."""
        return await self._done(self._written, work)

    async def _done(self, do: Callable[[Work[Result]], Result], work: Work[Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, do, work)

    def _asked(self, work: Work[Result]) -> Result:
        with self._single.connect() as connection:
            return work(connection)

    def _written(self, work: Work[Result]) -> Result:
        with self._whole.begin() as connection:
            return work(connection)

    def _started(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="database")
