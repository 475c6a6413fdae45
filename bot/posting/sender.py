"""Letters to chat: each once, in the order of its thread, and no faster than the platform takes.

A letter is marked before it is sent. Where a crash or a lost answer leaves open whether it arrived,
it is sent again to a platform that takes a key once. Another is searched for the key; where that
cannot be done, only what must not be missed is sent again. Where the thread is gone, its owner is
written to.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.posting.moving import as_shown, to_owner
from bot.posting.pace import Pace
from pipeline.errors import (
    Bug,
    MLTrainerError,
    PersonCanFix,
    Superseded,
    TryAgain,
    from_unexpected,
)
from pipeline.ports.chat import Gone, Ref, ThreadedChat, Unsure
from pipeline.ports.clock import Clock
from pipeline.ports.post import Letter, Post

POLL_SECONDS = 0.3
_BREATH = 0.05  # seconds between two looks, however much is going on
_AT_ONCE = 16  # letters under way
_SEND_SECONDS = 60.0
_LONGEST_PAUSE = 60.0
_LONGEST_WAIT = 300.0  # for an operator
_LAST_SECONDS = 2.0
_OUTAGE_SECONDS = 1.0
_BUGS_BORNE = 5  # refusals of a letter because of what is in it
_REFUSALS_BORNE = 288  # for what an operator can put right: about a day
_REFUSED_AT_ONCE = 10_000
_log = logging.getLogger(__name__)


@dataclass
class Counts:
    """What happened to letters since the start, for /metrics."""

    posted: int = 0
    edited: int = 0
    found: int = 0
    repeated: int = 0
    moved: int = 0
    resent_uncertain: int = 0
    not_resent_uncertain: int = 0
    delayed: int = 0
    given_up: int = 0


class Sender:
    """Sends the letters of one platform.

    `scale` multiplies the pauses that it chooses itself, never those that the platform asks for.
    """

    def __init__(
        self,
        *,
        post: Post,
        chat: ThreadedChat,
        clock: Clock,
        written: asyncio.Event | None = None,
        scale: float = 1.0,
    ) -> None:
        self.counts = Counts()
        self._post = post
        self._chat = chat
        self._clock = clock
        self._written = written or asyncio.Event()
        self._scale = scale
        self._pace = Pace(clock, chat.manners)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._refused: Counter[str] = Counter()

    async def run(self) -> None:
        """Send until cancelled; an outage of the database only makes it pause."""
        try:
            while True:
                pause = POLL_SECONDS
                try:
                    await self._begin_ready()
                except (TryAgain, PersonCanFix) as outage:
                    _log.warning("no letter can be read now: %s", outage)
                    pause = _OUTAGE_SECONDS * self._scale
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._written.wait(), pause)
                self._written.clear()
                await asyncio.sleep(_BREATH)
        finally:
            await self._end()

    async def step(self) -> bool:
        """Send what may go now, to its end; False when nothing is due."""
        due = await self._begin_ready()
        if under_way := set(self._under_way.values()):
            await asyncio.wait(under_way)
        self._reap()
        return due or bool(under_way)

    async def flush(self) -> None:
        """Send everything that is due, as fast as it may go."""
        while await self.step():  # noqa: ASYNC110  (what opens the way is time)
            await asyncio.sleep(POLL_SECONDS / 3)

    async def _begin_ready(self) -> bool:
        self._reap()
        letters = await self._post.outgoing(self._chat.name, self._clock.now())
        for letter in sorted(letters, key=lambda one: (not one.urgent, one.due_at)):
            thread = letter.place.key
            room = len(self._under_way) < _AT_ONCE and thread not in self._under_way
            if room and self._pace.take(letter):
                task = asyncio.ensure_future(self._deliver(letter))
                task.add_done_callback(lambda _: self._written.set())
                self._under_way[thread] = task
        return bool(letters)

    def _reap(self) -> None:
        """Let go of what is finished; an error that nobody expected ends the sender."""
        finished = {thread: task for thread, task in self._under_way.items() if task.done()}
        for thread in finished:
            del self._under_way[thread]
        ended = (task.exception() for task in finished.values() if not task.cancelled())
        for error in [error for error in ended if error is not None]:
            raise error

    async def _end(self) -> None:
        """Let what is under way arrive, for a moment: cut off, it might be lost or doubled."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(set(self._under_way.values()), timeout=_LAST_SECONDS)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _deliver(self, letter: Letter) -> None:
        try:
            await self._attempt(letter)
        except asyncio.CancelledError:
            with contextlib.suppress(MLTrainerError):
                await self._post.delay(letter, self._clock.now(), uncertain=True)
            raise

    async def _attempt(self, letter: Letter) -> None:
        try:
            await self._post.begin(letter)
        except (Superseded, TryAgain, PersonCanFix) as taken:
            _log.info("a letter is left for later: %s", taken, extra={"job_id": letter.job_id})
            return
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                ref = await self._send(letter)
        except Exception as error:  # noqa: BLE001  (an edge: one letter leaves the others alone)
            await self._insist(partial(self._not_sent, letter, error))
        else:
            await self._insist(partial(self._post.sent, letter, ref))
            self._refused.pop(letter.key, None)

    async def _send(self, letter: Letter) -> Ref | None:
        try:
            if letter.edits is not None:
                return await self._edit(letter.edits, letter)
            if letter.uncertain and not self._chat.repeats:
                return await self._post_unless_there(letter)
            ref = await self._chat.post(letter.place, letter.card, letter.key, letter.notify)
        except Gone as gone:
            ref = await to_owner(self._chat, letter, gone)
            self.counts.moved += 1
        self.counts.repeated += 1 if letter.uncertain else 0
        self.counts.posted += 1
        return ref

    async def _edit(self, ref: Ref, letter: Letter) -> Ref:
        changed = await self._chat.edit(ref, as_shown(letter))
        self.counts.edited += 1
        return changed

    async def _post_unless_there(self, letter: Letter) -> Ref | None:
        """Send what may have been sent, on a platform that would show it twice."""
        found = await self._find(letter)
        if found is not None:
            return found
        if not self._worth_sending_twice(letter):
            self.counts.not_resent_uncertain += 1
            return None
        ref = await self._chat.post(letter.place, letter.card, letter.key, letter.notify)
        self.counts.resent_uncertain += 0 if self._chat.finds else 1
        self.counts.posted += 1
        return ref

    async def _find(self, letter: Letter) -> Ref | None:
        if not self._chat.finds:
            return None
        try:
            found = await self._chat.find(letter.place, letter.key)
        except TryAgain as error:
            raise Unsure(error.message, error.hint, after=error.after) from error
        self.counts.found += 1 if found is not None else 0
        return found

    def _worth_sending_twice(self, letter: Letter) -> bool:
        """Searched for in vain it was not sent at all; unsearched it might be read twice."""
        return self._chat.finds or letter.kind == "card" or letter.waits_for_person

    async def _not_sent(self, letter: Letter, error: Exception) -> None:
        match error:
            case Gone():
                await self._give_up(letter, error)
            case Unsure() | TimeoutError():
                await self._later(letter, error, uncertain=True)
            case TryAgain():  # not this time; what was sent before may still have arrived
                unsearched = letter.uncertain and self._chat.repeats
                await self._later(letter, error, uncertain=unsearched)
            case _:
                await self._refuse(letter, error)

    async def _later(self, letter: Letter, error: Exception, *, uncertain: bool = False) -> None:
        """At the time that the platform names, which all letters of that sort keep; or soon."""
        pause = self._pause(letter.tries)
        if isinstance(error, TryAgain) and error.after is not None:
            pause = error.after
            self._pace.hold(letter, pause.total_seconds())
        self.counts.delayed += 1
        await self._post.delay(letter, self._clock.now() + pause, uncertain=uncertain)

    async def _refuse(self, letter: Letter, error: Exception) -> None:
        """The platform will not have it: tried a few times more, and then not again."""
        tries = self._refused[letter.key] + 1
        ours = isinstance(error, MLTrainerError)
        for_us = isinstance(from_unexpected(error), Bug)
        spared = for_us or letter.kind == "file"  # what says that the job is done waits behind it
        if tries > (_BUGS_BORNE if spared else _REFUSALS_BORNE):
            await self._give_up(letter, error)
            return
        _log.error(
            "a %s was refused: %s",
            letter.kind,
            error if ours else type(error).__name__,
            exc_info=None if ours else error,
            extra={"job_id": letter.job_id},
        )
        longest = _LONGEST_PAUSE if spared else _LONGEST_WAIT
        until = self._clock.now() + self._pause(tries, longest)
        await self._post.delay(letter, until, uncertain=letter.uncertain)
        if len(self._refused) >= _REFUSED_AT_ONCE:  # a newer card took the place of many of them
            self._refused.pop(next(iter(self._refused)))
        self._refused[letter.key] = tries

    async def _give_up(self, letter: Letter, error: Exception) -> None:
        await self._post.sent(letter, None)
        self.counts.given_up += 1
        self._refused.pop(letter.key, None)
        place = {"job_id": letter.job_id}
        _log.error("a %s will never be sent: %s", letter.kind, error, extra=place)

    def _pause(self, tries: int, longest: float = _LONGEST_PAUSE) -> timedelta:
        return timedelta(seconds=min(2.0 ** min(tries, 10), longest) * self._scale)

    async def _insist(self, work: Callable[[], Awaitable[None]]) -> None:
        """What became of a letter is written down, however long the database is away."""
        while True:
            try:
                return await work()
            except (TryAgain, PersonCanFix) as outage:
                _log.warning("a sent letter cannot be marked now: %s", outage)
            await asyncio.sleep(_OUTAGE_SECONDS * self._scale)
