"""The embedded queue: drives what is due in this process, and keeps nothing of its own.

Once a second it asks the store what is due: timers, replies, cancels, jobs left by a crash and
hints that were lost are all found by that one question.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from adapters.agenda import TICK, Agenda, Due
from adapters.lock import HomeLock
from adapters.turns import Limits, in_turn
from pipeline.errors import PersonCanFix, Superseded
from pipeline.jobs import JobId
from pipeline.ports.clock import Clock
from pipeline.ports.queue import Drive
from pipeline.ports.store import Store

_LONGEST_GOODBYE = 10.0  # seconds a cancelled drive has to end what it started
_EVERYTHING = Limits()
_log = logging.getLogger(__name__)


class EmbeddedQueue:
    """pipeline.ports.queue.Queue for one process per home."""

    def __init__(
        self, *, store: Store, clock: Clock, lock: HomeLock, limits: Limits = _EVERYTHING
    ) -> None:
        self._agenda = Agenda(store, clock)
        self._clock = clock
        self._lock = lock
        self._limits = limits
        self._driven: dict[JobId, asyncio.Task[datetime | None]] = {}
        self._owners: Counter[str] = Counter()
        self._beat_at: datetime | None = None
        self._closing = False

    async def wake(self, job_id: JobId) -> None:
        """Look at once instead of at the next tick."""
        self._agenda.wake(job_id)

    async def run(self, drive: Drive) -> None:
        """Drive due jobs until cancelled.

        PersonCanFix when another process works in this home; Superseded when one took over.
        A drive that fails is logged and tried again; the others go on.
        """
        async with self._working():
            while True:
                await self._turn(drive)
                await self._agenda.rest()

    async def finish(self, seconds: float) -> None:
        """Take nothing new; what is nearly done has some seconds to be saved."""
        self._closing = True
        if self._driven:
            await asyncio.wait(self._driven.values(), timeout=seconds)

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        """Hold the lock, unless the caller holds it already, and leave no drive behind."""
        lent = self._lock.held
        if not lent and not await asyncio.to_thread(self._lock.acquire):
            raise _taken(self._lock.held_by())
        try:
            yield
        finally:
            await self._end_drives()
            if not lent:
                self._lock.release()

    async def _turn(self, drive: Drive) -> None:
        """Start what is due and not under way."""
        await self._beat(self._clock.now())
        due = await self._agenda.due(without=self._driven)
        free = 0 if self._closing else self._limits.at_once - len(self._driven)
        for one in in_turn(due, self._owners, self._limits)[: max(free, 0)]:
            self._start(one, drive)

    async def _beat(self, now: datetime) -> None:
        """Show once a tick that this process lives; Superseded when that was doubted."""
        if self._beat_at is not None and now - self._beat_at < TICK:
            return
        self._beat_at = now
        if not await asyncio.to_thread(self._lock.beat):
            raise Superseded("Another process took over this home; this one stops.")

    def _start(self, due: Due, drive: Drive) -> None:
        _log.debug("%s is driven", due.job_id)
        task = asyncio.ensure_future(drive(due.job_id))
        self._driven[due.job_id] = task
        self._owners[due.owner] += 1
        task.add_done_callback(lambda ended: self._note(due, ended))

    def _note(self, due: Due, task: asyncio.Task[datetime | None]) -> None:
        """Make room, and remember when a driven job is worth another look."""
        del self._driven[due.job_id]
        self._owners[due.owner] -= 1
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._agenda.failed(due.job_id, error)
        else:
            self._agenda.ended(due.job_id, None if task.cancelled() else task.result())

    async def _end_drives(self) -> None:
        tasks = tuple(self._driven.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_LONGEST_GOODBYE)


def _taken(pid: int | None) -> PersonCanFix:
    by = f"process {pid}" if pid else "another process"
    return PersonCanFix(
        f"This home is held by {by}, which works on its jobs.",
        "Let it finish or stop it; your wish is saved. Or use another MLTRAINER_HOME.",
    )
