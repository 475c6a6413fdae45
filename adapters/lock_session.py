"""One database session that holds every lock of this process; PostgreSQL frees them with it.

A lock is held by a session, so it is free as soon as its process or machine dies. A process that
is frozen keeps its session; the others see by the database's own clock that it is silent, and end
it. When the frozen one wakes up, its session is gone, and with it every turn that it had.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from hashlib import blake2b
from typing import Any

import psycopg
import sqlalchemy as sa

from adapters.database import uninterrupted
from adapters.postgres import address

SILENT_SECONDS = 10.0  # after which a process counts as frozen
ANSWER_SECONDS = 5.0  # the database has for a heartbeat
NAME = "mltrainer locks"
_HELD = """
SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_END_SILENT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = %s AND datname = current_database() AND usename = current_user
AND state_change < clock_timestamp() - make_interval(secs => %s)
"""

_UNLOCK = "SELECT count(pg_advisory_unlock(key)) FROM unnest(%s::bigint[]) AS key"


def key_of(name: str) -> int:
    """The number that PostgreSQL knows a lock by."""
    digest = blake2b(name.encode(), digest_size=8, person=b"mltrainer").digest()
    return int.from_bytes(digest, signed=True)


class LockSession:
    """Locks by their numbers. Every error is the end of the session, and of all its locks."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], name: str, silent: float) -> None:
        self._connection = connection
        self._name = name
        self._silent = silent
        self._one_at_a_time = asyncio.Lock()
        self._mine: set[int] = set()
        self._ended: list[int] = []  # to be given back with the next

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, url: sa.URL, *, name: str = NAME, silent: float = SILENT_SECONDS
    ) -> AsyncIterator["LockSession"]:
        """A session of its own; all locks are free when it is left.

        It ends the sessions of its `name` that were `silent` for so many seconds.
        """
        connection = await psycopg.AsyncConnection.connect(address(url, name=name), autocommit=True)
        try:
            yield cls(connection, name, silent)
        finally:
            with suppress(psycopg.Error, TimeoutError):
                await asyncio.wait_for(connection.close(), ANSWER_SECONDS)

    @asynccontextmanager
    async def holding(self, key: int, places: Sequence[int]) -> AsyncIterator[bool]:
        """Hold `key` and any one of `places`; False when either is held by others."""
        mine: list[int] = []
        try:
            await self._take(key, places, mine)
            yield bool(mine)
        finally:
            await self._give_back(mine)

    async def beat(self) -> None:
        """Show that this process lives, and end the sessions of frozen ones."""
        async with asyncio.timeout(ANSWER_SECONDS), self._one_at_a_time:
            await self._connection.execute(_END_SILENT, (self._name, self._silent))

    async def held(self) -> frozenset[int]:
        """The locks that any session holds."""
        async with asyncio.timeout(ANSWER_SECONDS), self._one_at_a_time:
            found = await self._connection.execute(_HELD)
            return frozenset(number for (number,) in await found.fetchall())

    @uninterrupted
    async def _take(self, key: int, places: Sequence[int], mine: list[int]) -> None:
        """Fill `mine` with both, or with nothing. The session itself would get a lock twice."""
        async with self._one_at_a_time:
            free = [place for place in places if place not in self._mine]
            if key in self._mine or not free:
                return
            number = await self._first(_try_both(len(free)), key, *free)
            if number > 0:
                mine += [key, free[number - 1]]
                self._mine.update(mine)
            elif number < 0:
                await self._first(_UNLOCK, [key])

    @uninterrupted
    async def _give_back(self, mine: Sequence[int]) -> None:
        self._ended += mine
        async with self._one_at_a_time:
            ended, self._ended = self._ended, []
            if not ended:  # there were none, or the one before gave them back with its own
                return
            self._mine.difference_update(ended)
            with suppress(psycopg.Error):  # a session that is lost holds nothing
                await self._first(_UNLOCK, ended)

    async def _first(self, query: str, *values: int | list[int]) -> int:
        async with asyncio.timeout(ANSWER_SECONDS):
            found = await self._connection.execute(query.encode(), values)
            row = await found.fetchone()
        return int(row[0]) if row else 0


def _try_both(places: int) -> str:
    """0 when the key is held; the number of the place that was free; -1 when none was."""
    tried = (f"WHEN pg_try_advisory_lock(%s) THEN {one + 1}" for one in range(places))
    return f"SELECT CASE WHEN NOT pg_try_advisory_lock(%s) THEN 0 {' '.join(tried)} ELSE -1 END"
