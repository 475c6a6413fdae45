"""A turn by a lock of the database: what one process of many does, as long as it lives.

The lock is that of a session: it is free at once when its process dies, after `SILENT_SECONDS` when
its process is frozen, and when the database restarts. Then whoever asks first has it.
"""

import asyncio
import logging

import sqlalchemy as sa

from adapters.database import file_of
from adapters.records import Database
from pipeline.ports.turn import Turn

_BEAT_SECONDS = 1.0
_NAME = "mltrainer turns"
_log = logging.getLogger(__name__)


class DatabaseTurn:
    """pipeline.ports.turn.Turn among all processes on one PostgreSQL; `name` says what is done."""

    def __init__(self, url: sa.URL, name: str) -> None:
        self._url = url
        self._name = name
        self._mine = asyncio.Event()
        self._not_mine = asyncio.Event()
        self._not_mine.set()

    async def run(self) -> None:
        """Try to be the one, and stay it, until cancelled."""
        from adapters.engine import lost  # noqa: PLC0415  (slow to import)

        while True:
            try:
                await self._live()
            except lost() as error:
                _log.warning("Whose turn it is (%s) cannot be asked now: %s", self._name, error)
            finally:
                self._mine.clear()
                self._not_mine.set()
            await asyncio.sleep(_BEAT_SECONDS)

    async def begun(self) -> None:
        """Wait until it is the turn of this process."""
        await self._mine.wait()

    async def lost(self) -> None:
        """Wait until it is that no longer."""
        await self._not_mine.wait()

    async def _live(self) -> None:
        from adapters.lock_session import LockSession, key_of  # noqa: PLC0415  (slow to import)

        key, place = key_of(f"turn:{self._name}"), key_of(f"place:{self._name}")
        async with LockSession.opened(self._url, name=_NAME) as session:
            while True:
                async with session.holding(key, (place,)) as is_mine:
                    if is_mine:
                        self._not_mine.clear()
                        self._mine.set()
                    await session.beat()
                    while is_mine:
                        await asyncio.sleep(_BEAT_SECONDS)
                        await session.beat()
                await asyncio.sleep(_BEAT_SECONDS)


def adapter(*, database: Database, doing: str) -> Turn | None:
    """None where the database belongs to one process, whose turn it always is."""
    return DatabaseTurn(database.url, doing) if file_of(database.url) is None else None
