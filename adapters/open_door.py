"""In place of a home's lock, where a server's database lets many processes work at once.

Nobody is kept out: each job has a lock of its own there. Who works is still asked, to tell a
person that a job is under way.
"""

import os
from dataclasses import dataclass
from datetime import datetime

import psycopg
import sqlalchemy as sa

from adapters.lock_session import NAME
from adapters.postgres import address

_WORKING = """
SELECT min(backend_start) FROM pg_stat_activity
WHERE application_name = %s AND datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """Some process that works on every job; it may be on any machine."""

    since: datetime
    pid: int = 0
    everything: bool = True


class OpenDoor:
    """pipeline.ports.lock.Lock that everybody gets."""

    def __init__(self, url: sa.URL) -> None:
        self._url = url
        self._since: datetime | None = None

    @property
    def held(self) -> bool:
        """Whether this process works."""
        return self._since is not None

    def acquire(self, *, everything: bool = False) -> bool:
        """Come in."""
        del everything
        self._since = datetime.now().astimezone()
        return True

    def release(self) -> None:
        """Leave."""
        self._since = None

    def leave(self) -> None:
        """Nobody waits for it."""

    def is_passing(self) -> bool:
        """Nobody is kept out."""
        return True

    def holder(self) -> Worker | None:
        """The first of those who work on every job; None when nobody does."""
        if self._since is not None:
            return Worker(self._since, os.getpid())
        try:
            with psycopg.connect(address(self._url)) as connection:
                found = connection.execute(_WORKING, (NAME,)).fetchone()
        except psycopg.Error:
            return None
        return Worker(found[0]) if found and found[0] is not None else None

    def held_by(self) -> int | None:
        """Id of this process while it works; the others may be on other machines."""
        return os.getpid() if self.held else None
