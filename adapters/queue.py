"""The embedded queue: drives what is due in this process, and keeps nothing of its own.

Once a second it asks the store what is due: timers, replies, cancels, jobs left by a crash and
hints that were lost are all found by that one question.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from adapters.lock import HomeLock
from pipeline.errors import PersonCanFix, Superseded, TryAgain
from pipeline.jobs import JobId
from pipeline.ports.clock import Clock
from pipeline.ports.queue import Drive
from pipeline.ports.store import Store

_AT_ONCE = 4
_TICK = timedelta(seconds=1)
_BREATH = 0.03  # seconds
_AFTER_ERROR = timedelta(seconds=10)
_LONGEST_GOODBYE = 10.0  # seconds a cancelled drive has to end what it started
_log = logging.getLogger(__name__)


class EmbeddedQueue:
    """pipeline.ports.queue.Queue for one process per home."""

    def __init__(self, *, store: Store, clock: Clock, lock: HomeLock) -> None:
        self._store = store
        self._clock = clock
        self._lock = lock
        self._woken = asyncio.Event()
        self._driven: dict[JobId, asyncio.Task[datetime | None]] = {}
        self._not_before: dict[JobId, datetime] = {}
        self._beat_at: datetime | None = None

    async def wake(self, job_id: JobId) -> None:
        """Look at once instead of at the next tick."""
        self._not_before.pop(job_id, None)
        self._woken.set()

    async def run(self, drive: Drive) -> None:
        """Drive due jobs until cancelled.

        PersonCanFix when another process works in this home; Superseded when one took over.
        A drive that fails is logged and tried again; the others go on.
        """
        async with self._working():
            while True:
                await self._turn(drive)
                await self._rest()

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
        self._woken.clear()
        now = self._clock.now()
        await self._beat(now)
        self._not_before = {job: at for job, at in self._not_before.items() if at > now}
        for job_id in await self._ask(now):
            if job_id in self._driven or job_id in self._not_before:
                continue
            if len(self._driven) >= _AT_ONCE:
                break
            self._start(job_id, drive)

    async def _beat(self, now: datetime) -> None:
        """Show once a tick that this process lives; Superseded when that was doubted."""
        if self._beat_at is not None and now - self._beat_at < _TICK:
            return
        self._beat_at = now
        if not await asyncio.to_thread(self._lock.beat):
            raise Superseded("Another process took over this home; this one stops.")

    async def _ask(self, now: datetime) -> tuple[JobId, ...]:
        try:
            return await self._store.due(now)
        except TryAgain as error:
            _log.warning("%s", error)
            return ()

    def _start(self, job_id: JobId, drive: Drive) -> None:
        _log.debug("%s is driven", job_id)
        task = asyncio.ensure_future(drive(job_id))
        self._driven[job_id] = task
        task.add_done_callback(lambda ended: self._note(job_id, ended))

    def _note(self, job_id: JobId, task: asyncio.Task[datetime | None]) -> None:
        """Remember when a driven job is worth another look."""
        del self._driven[job_id]
        now = self._clock.now()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("drive of %s failed: %s", job_id, error, exc_info=error)
            self._not_before[job_id] = now + _AFTER_ERROR
        else:
            next_due = None if task.cancelled() else task.result()
            # No longer than a tick: a cancel or a retry from elsewhere makes it due before that.
            self._not_before[job_id] = min(next_due or now + _TICK, now + _TICK)
        self._woken.set()

    async def _rest(self) -> None:
        """Sleep to the next tick, or less when a job is due before it; never less than a breath.

        Many drives that end one after the other are worth one question, not one each.
        """
        await asyncio.sleep(_BREATH)
        now = self._clock.now()
        nearest = min(self._not_before.values(), default=now + _TICK)
        seconds = max(min(nearest - now, _TICK).total_seconds(), 0)
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

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
