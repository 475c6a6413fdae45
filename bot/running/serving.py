"""The bot at work: its parts started in order, watched, and ended in the opposite order.

What listens is started last and ended first, so nothing new comes in while the rest finishes what
it has in hand. A part that ends by itself ends the whole: half a bot would look alive and answer
nobody.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.ports.lock import Lock

GOODBYE = 10.0  # seconds a part has to finish what it has in hand
_LONGEST_GOODBYE = 20.0  # all together; supervisors kill after 30 s as a rule
_SHORTEST_GOODBYE = 1.0
_POLL_SECONDS = 0.2
_log = logging.getLogger(__name__)


class Died(MLTrainerError):
    """A part of the bot ended although nobody asked it to."""


async def nothing() -> None:
    """A part that needs no opening or no closing."""


@dataclass(frozen=True, slots=True)
class Part:
    """Runs until it is cancelled. `finish` ends what it has in hand, within `GOODBYE` seconds.

    `open` may refuse to start, with an error that a person can read.
    """

    name: str
    run: Callable[[], Awaitable[None]]
    open: Callable[[], Awaitable[None]] = nothing
    finish: Callable[[], Awaitable[None]] = nothing


@dataclass(slots=True)
class Shift:
    """One run of the bot; `ready` and `draining` are what `/ready` and the conversation ask."""

    parts: Sequence[Part] = ()
    goodbye: float = GOODBYE
    ready: bool = False
    draining: bool = False
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _running: dict[asyncio.Future[None], Part] = field(default_factory=dict)

    def end(self) -> None:
        """Begin the orderly end; safe to repeat."""
        self.draining = True
        self.ready = False
        self._ended.set()

    async def work(self, opened: Callable[[], object]) -> None:
        """Run all parts until `end`; Died when one ended by itself, naming it and its cause."""
        ended = asyncio.ensure_future(self.until_end())
        opening = asyncio.ensure_future(self._open())
        try:
            await asyncio.wait({ended, opening}, return_when=asyncio.FIRST_COMPLETED)
            if opening.done() and not self.draining:
                opening.result()
                self.ready = True
                opened()
                await self._watch(ended)
        finally:
            self.end()
            await _cancelled(opening)
            await _cancelled(ended)
            await self._close()

    async def _open(self) -> None:
        for part in self.parts:
            await part.open()
            _log.debug("%s: open", part.name)
            self._running[asyncio.ensure_future(part.run())] = part

    async def until_end(self) -> None:
        """Return when the end was begun."""
        await self._ended.wait()

    async def _watch(self, ended: asyncio.Future[None]) -> None:
        done, _ = await asyncio.wait({ended, *self._running}, return_when=asyncio.FIRST_COMPLETED)
        for task, part in self._running.items():
            if task in done:
                raise _death(part, task)

    async def _close(self) -> None:
        now = asyncio.get_running_loop().time
        end = now() + _LONGEST_GOODBYE
        for task, part in reversed(self._running.items()):
            if not task.done():
                finishing = asyncio.ensure_future(part.finish())
                left = min(self.goodbye, max(end - now(), _SHORTEST_GOODBYE))
                if not (await asyncio.wait({finishing}, timeout=left))[0]:
                    _log.warning("%s did not finish in time; the next start goes on", part.name)
                await _end(part, finishing)
            await _end(part, task)
            _log.debug("%s: ended", part.name)


async def _end(part: Part, task: asyncio.Future[None]) -> None:
    """The end of the others goes on, whatever one part makes of its own."""
    await _cancelled(task)
    if not task.cancelled() and (error := task.exception()):
        _log.warning("%s ended with: %s", part.name, error, exc_info=error)


def _death(part: Part, task: asyncio.Future[None]) -> Died:
    error = None if task.cancelled() else task.exception()
    told = f"{error.message}" if isinstance(error, MLTrainerError) else type(error).__name__
    cause = told if error is not None else "it ended by itself"
    hint = error.hint if isinstance(error, MLTrainerError) else ""
    died = Died(f"{part.name} stopped: {cause}", hint or "Start it again; every job goes on.")
    died.__cause__ = error
    return died


async def _cancelled(task: asyncio.Future[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


@contextlib.contextmanager
def signals(end: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT begin the orderly end; a second Ctrl-C does not wait for it."""
    loop = asyncio.get_running_loop()
    asked = signal.SIGINT, signal.SIGTERM

    def interrupted() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        end()

    loop.add_signal_handler(signal.SIGINT, interrupted)
    loop.add_signal_handler(signal.SIGTERM, end)
    try:
        yield
    finally:
        for number in asked:
            loop.remove_signal_handler(number)


def in_use(pid: int | None) -> PersonCanFix:
    """Another process works on all jobs of the home."""
    by, stop = _process(pid)
    return PersonCanFix(
        f"This home is in use: {by} works on its jobs.",
        f"Stop it ({stop}) or wait for its end, then start again; or set another MLTRAINER_HOME; "
        "or take part without working on jobs: mltrainer serve --no-work.",
    )


def talked_for(pid: int | None) -> PersonCanFix:
    """Another process talks for the home; two would say everything twice."""
    by, stop = _process(pid)
    return PersonCanFix(
        f"This home is in use: {by} talks for it.",
        f"Stop it ({stop}) or wait for its end, then start again; or set another MLTRAINER_HOME.",
    )


def _process(pid: int | None) -> tuple[str, str]:
    return (f"process {pid}", f"kill {pid}") if pid else ("another process", "its Ctrl-C")


def check_free(lock: Lock) -> None:
    """Refuse a home in use before anything of it is opened, which takes seconds."""
    if not lock.is_passing():
        raise in_use(lock.held_by())


@contextlib.asynccontextmanager
async def holding(
    lock: Lock,
    shift: Shift,
    *,
    patience: float,
    refusal: Callable[[int | None], PersonCanFix] = in_use,
) -> AsyncIterator[None]:
    """Hold a lock of the home; `refusal` of its holder is raised when another process keeps it.

    A predecessor that is ending or stands still is waited for, `patience` seconds. That this
    process is ending is told as soon as its shift ends.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + patience
    while not await _taken(lock):  # at least once, however slow the machine
        if clock() >= end or not await asyncio.to_thread(lock.is_passing):
            raise refusal(lock.held_by())
        await asyncio.sleep(_POLL_SECONDS)
    leaving = asyncio.ensure_future(_leaving(lock, shift))
    try:
        yield
    finally:
        await _cancelled(leaving)
        lock.release()


async def _leaving(lock: Lock, shift: Shift) -> None:
    await shift.until_end()
    lock.leave()


async def _taken(lock: Lock) -> bool:
    """Try once. A cancel waits for the answer, and gives back what was taken."""
    taking = asyncio.ensure_future(asyncio.to_thread(lock.acquire, everything=True))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        await asyncio.wait({taking})
        lock.release()
        raise
