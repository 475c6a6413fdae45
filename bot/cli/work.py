"""Working on a job from the command line: in this process, or following the one that does it.

One process at a time holds a home's lock and drives its jobs. It drives the job it was started for
and every job of a terminal that a person has touched since; a job left by a crash waits until
somebody resumes it. `mltrainer serve` and `mltrainer worker` drive every job of the home.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from bot import words
from bot.progress import Follower, settled
from bot.wiring import House
from pipeline.errors import Superseded, TryAgain
from pipeline.jobs import JobId, JobStatus
from pipeline.ports.chat import Chat
from pipeline.ports.lock import Lock
from pipeline.ports.store import JobRow

LOCK_POLL_SECONDS = 0.5
TERMINAL = "terminal"
_TROUBLES = 3


def holder_works_on(lock: Lock, row: JobRow) -> bool:
    """A process works in the home, on all its jobs or told of this one."""
    holder = lock.holder()
    return holder is not None and (holder.everything or row.updated_at >= holder.since)


class Runner:
    """The part of this process in the work of a home."""

    def __init__(self, house: House, note: Callable[[str], None]) -> None:
        self._house = house
        self._note = note
        self._troubles = 0

    async def try_to_hold(self) -> bool:
        """Take the home's lock when it is free. A cancel waits: nothing is taken after it."""
        taking = asyncio.ensure_future(asyncio.to_thread(self._house.lock.acquire))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            await asyncio.wait({taking})
            raise

    def others_work_on(self, row: JobRow) -> bool:
        """Another process has this job in hand."""
        return not self._house.lock.held and holder_works_on(self._house.lock, row)

    async def settle(
        self, job_id: JobId, chat: Chat, *, after: int = 0, quiet: bool = False
    ) -> JobRow:
        """Show a job until it settles, working on it unless another process does."""
        follower = Follower(self._house.store, chat, job_id, after=after, quiet=quiet)
        following = asyncio.create_task(follower.follow())
        working = asyncio.create_task(self._work(job_id))
        try:
            await asyncio.wait({following, working}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
            return await following
        finally:
            await _end(working)
            await _end(following)
            self._house.lock.release()

    async def _work(self, mine: JobId) -> None:
        """Drive due jobs; while another process holds the home, wait for it to go away."""
        while True:
            await self._wait_for_home(mine)
            with contextlib.suppress(Superseded):
                await self._drive_due(mine)
            self._house.lock.release()

    async def _wait_for_home(self, mine: JobId) -> None:
        told = False
        while not await self.try_to_hold():
            holder = self._house.lock.holder()
            if holder is not None and not told:
                self._note(words.holder(holder.pid))
                told = True
            await self._touch(mine)
            await asyncio.sleep(LOCK_POLL_SECONDS)
        row = await self._house.store.load(mine)
        if told and not await settled(self._house.store, row):
            self._note(words.TAKEN_OVER)

    async def _drive_due(self, mine: JobId) -> None:
        """Run the queue until an error of this command's own job ends it."""
        broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def drive(job_id: JobId) -> datetime | None:
            if job_id != mine and not await self._is_wanted(job_id):
                return None
            try:
                return await self._house.drive(job_id)
            except Exception as error:
                if job_id == mine and not broken.done() and self._is_hopeless(error):
                    broken.set_exception(error)
                raise

        queue = asyncio.create_task(self._house.queue(mine).run(drive))
        try:
            await asyncio.wait({queue, broken}, return_when=asyncio.FIRST_COMPLETED)
            if broken.done():
                broken.result()
            await queue
        finally:
            await _end(queue)
            broken.cancel()

    def _is_hopeless(self, error: Exception) -> bool:
        """A passing trouble (a full disk, a locked database) is told, and tried a few times."""
        self._troubles += 1
        if not isinstance(error, TryAgain) or self._troubles > _TROUBLES:
            return True
        self._note(words.sentences(error.message, error.hint))
        return False

    async def _is_wanted(self, job_id: JobId) -> bool:
        """A person at a terminal has spoken to this job since this process began to work.

        A job of a chat is shown by `mltrainer serve` alone, so it waits for that one.
        """
        row = await self._house.store.load(job_id)
        if row.context.thread.platform != TERMINAL:
            return False
        spoken_to = row.status is JobStatus.WAITING or row.cancel
        return spoken_to or holder_works_on(self._house.lock, row)

    async def _touch(self, job_id: JobId) -> None:
        """Make the holder see a job that was left before it came."""
        row = await self._house.store.load(job_id)
        if row.status is JobStatus.RUNNABLE and not self.others_work_on(row):
            with contextlib.suppress(Superseded):
                await self._house.store.save(row, row.context, wake_at=row.wake_at)


async def _end(task: asyncio.Task[JobRow] | asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end; its error was told already or concerns nobody here."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait({task})
    if task.done() and not task.cancelled():
        task.exception()
