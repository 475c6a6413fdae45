"""What is due by the job table, whose it is, and when a job is worth another look."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.errors import TryAgain
from pipeline.jobs import JobId
from pipeline.ports.clock import Clock
from pipeline.ports.store import Store

TICK = timedelta(seconds=1)
_BREATH = 0.03  # seconds
_AFTER_ERROR = timedelta(seconds=10)
_MOST_KNOWN = 20_000  # jobs
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A job whose time has come. `rank` counts the jobs of its owner that go before it.

    `is_look`: it was driven here and put off, as a training elsewhere is; that takes a moment.
    """

    job_id: JobId
    owner: str
    rank: int = 0
    is_look: bool = False


class Agenda:
    """Asks the store what is due, a moment later for a job that was driven just now."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._woken = asyncio.Event()
        self._not_before: dict[JobId, datetime] = {}
        self._soon: dict[JobId, datetime] = {}  # due before the next tick
        self._put_off: dict[JobId, None] = {}  # for longer than a tick, in this order
        self._owners: dict[JobId, str] = {}

    def wake(self, job_id: JobId) -> None:
        """Look at once instead of at the next tick."""
        self._not_before.pop(job_id, None)
        self._woken.set()

    async def due(self, without: Collection[JobId]) -> tuple[Due, ...]:
        """What may be driven now, the longest waiting first; nothing while the store is away."""
        self._woken.clear()
        now = self._clock.now()
        self._not_before = {job: at for job, at in self._not_before.items() if at > now}
        self._soon = {job: at for job, at in self._soon.items() if at > now}
        try:
            found = await self._store.due(now)
            asked = [one for one in found if one not in without and one not in self._not_before]
            owners = await self._whose(asked)
        except TryAgain as error:
            _log.warning("%s", error)
            return ()
        return tuple(
            Due(one, owners[one], is_look=one in self._put_off) for one in asked if one in owners
        )

    async def owner(self, job_id: JobId) -> str | None:
        """Whose a job is; None where there is no such job."""
        return (await self._whose((job_id,))).get(job_id)

    def ended(self, job_id: JobId, next_due: datetime | None, *, at_once: bool = True) -> None:
        """A drive has ended. It is looked at again when it is due.

        That is no longer than a tick: a cancel or a retry from elsewhere makes it due before.
        `at_once`: others may have waited for its place, so that what is due is asked now.
        """
        tick = self._clock.now() + TICK
        self._not_before[job_id] = min(next_due or tick, tick)
        self._put_off.pop(job_id, None)
        if next_due is not None and next_due < tick:
            self._soon[job_id] = next_due
        elif next_due is not None:
            self._put_off[job_id] = None
        if len(self._put_off) > _MOST_KNOWN:  # others may have ended what was put off here
            del self._put_off[next(iter(self._put_off))]
        if at_once:
            self._woken.set()

    def failed(self, job_id: JobId, error: BaseException) -> None:
        """A drive has failed. It is tried again in a while; the others go on."""
        _log.error("drive of %s failed: %s", job_id, error, exc_info=error)
        self._put_off.pop(job_id, None)
        self._not_before[job_id] = self._clock.now() + _AFTER_ERROR
        self._woken.set()

    async def rest(self) -> None:
        """Sleep to the next tick, or less when a job is due before it; never less than a breath.

        Many drives that end one after the other are worth one question, not one each.
        """
        await asyncio.sleep(_BREATH)
        now = self._clock.now()
        nearest = min(self._soon.values(), default=now + TICK)
        seconds = max(min(nearest - now, TICK).total_seconds(), 0)
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _whose(self, jobs: Sequence[JobId]) -> Mapping[JobId, str]:
        """Owners never change, so each is asked once."""
        if len(self._owners) > _MOST_KNOWN:
            self._owners = {}
        unknown = [one for one in jobs if one not in self._owners]
        if unknown:
            self._owners |= await self._store.owners(unknown)
        return self._owners
