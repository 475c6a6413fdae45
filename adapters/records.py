"""One database, opened once and shared: whole transactions to read in and to write in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import connect, file_of, parse_url, translated, uninterrupted
from adapters.migrations import upgrade
from adapters.server import Server
from adapters.sqlite import SqliteFile

Result = TypeVar("Result")


class Database:
    """A database by its address. `store`, `post` and `vault` keep their tables in it."""

    def __init__(self, url: str) -> None:
        self.url: sa.URL = parse_url(url)
        self.engine = connect(self.url)
        file = file_of(self.url)
        self.sqlite = SqliteFile(file) if file is not None else None
        self._there: SqliteFile | Server = self.sqlite or Server(self.url)

    async def open(self) -> None:
        """Make the tables, or bring them up to date."""
        await upgrade(self.url.render_as_string(hide_password=False))

    async def close(self) -> None:
        """Give back all connections."""
        await self.engine.dispose()
        await self._there.close()

    async def read(self, work: Callable[[sa.Connection], Result]) -> Result:
        """What `work` finds; errors come as ours. It only asks, and touches nothing else."""
        with translated(self.url):
            return await self._there.read(work)

    @uninterrupted
    async def change(self, work: Callable[[sa.Connection], Result]) -> Result:
        """As `write`, for work that is one statement on a server: that is a transaction itself."""
        with translated(self.url):
            return await self._there.change(work)

    @uninterrupted
    async def write(self, work: Callable[[sa.Connection], Result]) -> Result:
        """What `work` returns, in one transaction that is on disk by then.

        It may be run twice, so it touches nothing but the database. PersonCanFix when the file of
        an SQLite database is gone.
        """
        with translated(self.url):
            return await self._there.write(work)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with; errors come as ours."""
        with translated(self.url):
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction in which other things are waited for, too."""
        with translated(self.url):
            alone = self.sqlite.alone() if self.sqlite is not None else nullcontext()
            async with alone, self.engine.begin() as connection:
                yield connection
