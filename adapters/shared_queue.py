"""The queue of many processes: Procrastinate hands jobs out, a lock of the database guards each.

Every process asks the job table once a second what is due, and puts what has a free turn into the
queue; whoever takes it out locks the job and drives it. Losing the database ends all drives of the
process, since others may have its jobs by then; it goes on when the database is back.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.agenda import Agenda, Due
from adapters.engine import Engine, Row, Serve, lost
from adapters.lock_session import LockSession, key_of
from adapters.turns import Limits, in_turn, together
from pipeline.jobs import JobId
from pipeline.ports.clock import Clock
from pipeline.ports.queue import Drive
from pipeline.ports.store import Store

_BEAT_SECONDS = 1.0
_SWEEP_SECONDS = 10.0
_PAUSES = (1.0, 2.0, 5.0, 10.0)  # seconds before the database is tried again
_LONG_LIFE = 60.0  # seconds, after which the first pause is right again
_LONGEST_GOODBYE = 10.0  # seconds a cancelled drive has to end what it started
_EVERYTHING = Limits()
_log = logging.getLogger(__name__)


class SharedQueue:
    """pipeline.ports.queue.Queue for many processes on one PostgreSQL.

    `only` is the one job that a command works on; it takes no part in the work on others.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        url: sa.URL,
        limits: Limits = _EVERYTHING,
        only: JobId | None = None,
    ) -> None:
        self._agenda = Agenda(store, clock)
        self._url = url
        self._limits = limits
        self._only = only
        self._hands = asyncio.Semaphore(limits.at_once)
        self._drives: dict[JobId, asyncio.Task[Any]] = {}
        self._closing = False
        self._others_wait = False

    async def wake(self, job_id: JobId) -> None:
        """Look at once instead of at the next tick."""
        self._agenda.wake(job_id)

    async def run(self, drive: Drive) -> None:
        """Drive due jobs until cancelled, through every loss of the database."""
        clock = asyncio.get_running_loop().time
        losses = 0
        while True:
            began = clock()
            try:
                await self._live(drive)
            except lost() as error:
                _log.warning("The queue lost its database, and goes on with it: %s", error)
            losses = 1 if clock() - began > _LONG_LIFE else losses + 1
            await asyncio.sleep(_PAUSES[min(losses, len(_PAUSES)) - 1])

    async def finish(self, seconds: float) -> None:
        """Take nothing new; what is nearly done has some seconds to be saved."""
        self._closing = True
        if self._drives:
            await asyncio.wait(self._drives.values(), timeout=seconds)

    async def _live(self, drive: Drive) -> None:
        """One life: from a connection to its loss, at which every drive ends."""
        async with LockSession.opened(self._url) as session:

            async def serve(job_id: JobId) -> None:
                await self._serve(job_id, drive, session)

            if self._only is not None:
                parts = self._beat(session), self._serve_one(self._only, serve)
                await _first_end(*parts, before_the_end=self._end_drives)
                return
            async with Engine.opened(self._url, serve, self._limits.at_once) as engine:
                await _first_end(
                    self._beat(session),
                    self._plan(session, engine),
                    self._sweep(engine),
                    engine.work(),
                    before_the_end=self._end_drives,
                )

    async def _beat(self, session: LockSession) -> None:
        """Notice the loss of the locks within seconds."""
        while True:
            await session.beat()
            await asyncio.sleep(_BEAT_SECONDS)

    async def _plan(self, session: LockSession, engine: Engine) -> None:
        """Put what is due and has a free turn into the queue."""
        while True:
            queued, held = await engine.queued(), await session.held()
            due = await self._agenda.due(without=self._drives)  # last: what ended is not due
            free = [one for one in due if _job(one.job_id) not in held]
            under_way = self._under_way({one.owner for one in free}, held)
            turns = in_turn(free, under_way, self._limits)
            self._others_wait = len(turns) < len(free)
            new = [one for one in turns if one.job_id not in queued]
            await engine.defer([_row(some) for some in together(new, self._limits.at_once)])
            await self._agenda.rest()

    async def _serve_one(self, job_id: JobId, serve: Serve) -> None:
        """Drive one job whenever it is due and in nobody's hand."""
        while True:
            if any(one.job_id == job_id for one in await self._agenda.due(without=())):
                await serve(job_id)
            await self._agenda.rest()

    async def _sweep(self, engine: Engine) -> None:
        """Rows of dead processes bind nobody; they are only swept away."""
        while True:
            if swept := await engine.sweep():
                _log.info("%s rows of processes that died were swept from the queue.", swept)
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _serve(self, job_id: JobId, drive: Drive, session: LockSession) -> None:
        """Drive a job if this is its only drive anywhere and its owner has a free place."""
        owner = await self._agenda.owner(job_id)
        async with self._hands:
            if owner is None or job_id in self._drives or self._closing:
                return
            work = asyncio.ensure_future(self._locked(job_id, owner, drive, session))
            self._drives[job_id] = work
            try:
                await asyncio.wait({work})
            finally:
                work.cancel()
                await asyncio.wait({work}, timeout=_LONGEST_GOODBYE)
                del self._drives[job_id]
        self._note(job_id, work)

    async def _locked(
        self, job_id: JobId, owner: str, drive: Drive, session: LockSession
    ) -> datetime | None:
        async with session.holding(_job(job_id), self._places(owner)) as mine:
            return await drive(job_id) if mine else None

    def _note(self, job_id: JobId, work: asyncio.Task[datetime | None]) -> None:
        """Remember when a driven job is worth another look. One that fails stops no other."""
        error = None if work.cancelled() else work.exception()
        if error is not None:
            self._agenda.failed(job_id, error)
        else:
            next_due = None if work.cancelled() else work.result()
            self._agenda.ended(job_id, next_due, at_once=self._others_wait)

    def _places(self, owner: str) -> Sequence[int]:
        return [key_of(f"person:{owner}:{one}") for one in range(self._limits.per_person)]

    def _under_way(self, owners: Iterable[str], held: frozenset[int]) -> Counter[str]:
        """How many jobs of each are driven now, in any process."""
        return Counter({one: len(held.intersection(self._places(one))) for one in owners})

    async def _end_drives(self) -> None:
        tasks = tuple(self._drives.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_LONGEST_GOODBYE)


def _row(some: Sequence[Due]) -> Row:
    return Row([one.job_id for one in some], priority=-some[0].rank)


def _job(job_id: JobId) -> int:
    return key_of(f"job:{job_id}")


async def _first_end(
    *parts: Coroutine[Any, Any, None],
    before_the_end: Callable[[], Awaitable[None]],
) -> None:
    """Run all until one ends or fails, then end the others; the error of the first is raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await before_the_end()
        for task in tasks:
            task.add_done_callback(_asked)
            task.cancel()
        await asyncio.wait(tasks, timeout=_LONGEST_GOODBYE)
    for task in done:
        task.result()


def _asked(task: asyncio.Task[None]) -> None:
    """Ask for the error of one that ended by the same cause, or too late: nobody else does."""
    if not task.cancelled():
        task.exception()
