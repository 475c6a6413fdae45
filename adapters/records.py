"""One database, opened once and shared: whole transactions to read in and to write in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import connect, file_of, parse_url, translated
from adapters.migrations import upgrade
from pipeline.errors import PersonCanFix


class Database:
    """A database by its address. `store`, `post` and `vault` keep their tables in it."""

    def __init__(self, url: str) -> None:
        self.url: sa.URL = parse_url(url)
        self.engine = connect(self.url)

    async def open(self) -> None:
        """Make the tables, or bring them up to date."""
        await upgrade(self.url.render_as_string(hide_password=False))

    async def close(self) -> None:
        """Give back all connections."""
        await self.engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with; errors come as ours."""
        with translated(self.url):
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction; PersonCanFix when the file of an SQLite database is gone."""
        file = file_of(self.url)
        if file is not None and not await asyncio.to_thread(file.exists):
            message = f"The database {file} is gone; what was saved in it went with it."
            raise PersonCanFix(message, "Put a backup of that file in its place.")
        with translated(self.url):
            async with self.engine.begin() as connection:
                yield connection
