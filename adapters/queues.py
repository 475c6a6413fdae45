"""Which queue and which lock belong to a home: of one process, or of many on one database."""

from pathlib import Path

import sqlalchemy as sa

from adapters.database import file_of
from adapters.lock import HomeLock
from adapters.queue import EmbeddedQueue
from adapters.turns import Limits
from pipeline.jobs import JobId
from pipeline.ports.clock import Clock
from pipeline.ports.lock import Lock
from pipeline.ports.queue import Queue
from pipeline.ports.store import Store


def home_lock(url: sa.URL, home: Path) -> Lock:
    """Who works on the jobs of a home. A server's database lets many work at once."""
    if file_of(url) is not None:
        return HomeLock(home / "mltrainer.lock")
    from adapters.open_door import OpenDoor  # noqa: PLC0415  (slow to import)

    return OpenDoor(url)


def queue(
    url: sa.URL, store: Store, clock: Clock, lock: Lock, *, limits: Limits, only: JobId | None
) -> Queue:
    """Who drives the jobs: this process alone, or it and others on the same database.

    `only` is the job of a command that takes no part in others' work; alone, it does all of it.
    """
    if isinstance(lock, HomeLock):
        return EmbeddedQueue(store=store, clock=clock, lock=lock, limits=limits)
    from adapters.shared_queue import SharedQueue  # noqa: PLC0415  (slow to import)

    return SharedQueue(store=store, clock=clock, url=url, limits=limits, only=only)
