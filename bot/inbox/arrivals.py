"""Messages that were taken in, handled one after the other in each thread, side by side in many.

Handling may be cut off anywhere and begins anew: a job that a message starts has its id from the
beginning, a reply its key, and a file is fetched into a folder of its message.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

from bot import phrases, words
from bot.authority import may_act
from bot.conversation import Conversation, sorry, went_wrong
from bot.doors.desk import Said
from bot.doors.prediction import is_asked_for
from bot.doors.reading import begins
from bot.inbox.attached import Attached, Fetched
from bot.inbox.leaks import Leaks
from bot.inbox.pasted import taken_out
from pipeline.errors import MLTrainerError, NoRoom, PersonCanFix, Superseded, TryAgain
from pipeline.jobs import JobId
from pipeline.ports.chat import Card, Gone, Mention, Ok, Reply, ThreadedChat, Whisper
from pipeline.ports.clock import Clock
from pipeline.ports.post import CLAIM_SECONDS, Arrival, Post
from pipeline.ports.sanitizer import Sanitizer
from pipeline.ports.store import JobRow

LARGEST = 200 << 20  # bytes of one file
TRIES = 8
_AT_ONCE = 16
_IDLE_SECONDS = 1.0
_BREATH = 0.02  # seconds between two looks, however many messages come
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0
_STANDS_SECONDS = 5.0  # for which a message with a key in it may wait for its files
_TITLE = 60
_log = logging.getLogger(__name__)


class Arrivals:
    """Handles what the reception kept; `chats` are the platforms by their name."""

    def __init__(
        self,
        *,
        post: Post,
        conversation: Conversation,
        chats: Mapping[str, ThreadedChat],
        home: Path,
        clock: Clock,
        sanitizer: Sanitizer,
        largest: int = LARGEST,
        retry_scale: float = 1.0,
    ) -> None:
        self._post = post
        self._conversation = conversation
        self._chats = chats
        self._clock = clock
        self._retry_scale = retry_scale
        self._awake = asyncio.Event()
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._attached = Attached(home, sanitizer, largest)
        self._leaks = Leaks(conversation.warning)
        self._ending = False

    def wake(self) -> None:
        """Something has arrived."""
        self._awake.set()

    async def run(self) -> None:
        """Handle messages as they come, until cancelled."""
        try:
            while True:
                self._awake.clear()
                await self._begin_due()
                await self._wait()
        finally:
            for task in self._in_hand.values():
                task.cancel()
            if self._in_hand:
                await asyncio.wait(self._in_hand.values())

    async def finish(self) -> None:
        """Begin nothing new and wait for what is in hand."""
        self._ending = True
        if self._in_hand:
            await asyncio.wait(self._in_hand.values())

    async def drain(self) -> None:
        """Handle everything that is due now, once, and wait for it."""
        await self._begin_due()
        if self._in_hand:
            await asyncio.wait(tuple(self._in_hand.values()))

    async def _begin_due(self) -> None:
        if self._ending or len(self._in_hand) >= _AT_ONCE:
            return
        try:
            due = await self._post.arrivals(self._clock.now())
        except (TryAgain, PersonCanFix) as error:
            _log.warning("messages cannot be read now: %s", error.message)
            return
        for arrival in due:
            key = arrival.mention.key
            if key not in self._in_hand and len(self._in_hand) < _AT_ONCE:
                task = asyncio.create_task(self._handle(arrival))
                self._in_hand[key] = task
                task.add_done_callback(partial(self._let_go, key))

    def _let_go(self, key: str, task: asyncio.Task[None]) -> None:
        del task
        self._in_hand.pop(key, None)
        self.wake()

    async def _wait(self) -> None:
        await asyncio.sleep(_BREATH)
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                await self._awake.wait()
        except TimeoutError:
            return

    async def _handle(self, arrival: Arrival) -> None:
        """Handle one message, unless another process does, and hold on to it meanwhile."""
        try:
            if not await self._post.claim(arrival.mention.key):
                return
        except (TryAgain, PersonCanFix) as error:
            _log.warning("a message waits: %s", error.message)
            await asyncio.sleep(_IDLE_SECONDS)  # it is found again at once, and must not spin
            return
        holding = asyncio.create_task(self._hold(arrival.mention.key))
        try:
            await self._deal_with(arrival)
        finally:
            holding.cancel()

    async def _hold(self, key: str) -> None:
        while True:
            await asyncio.sleep(CLAIM_SECONDS / 3)
            with contextlib.suppress(MLTrainerError):
                await self._post.renew(key)

    async def _deal_with(self, arrival: Arrival) -> None:
        """Handle one message to its end, or put it off."""
        chat = self._chats.get(arrival.mention.place.platform)
        try:
            if chat is None:
                await self._put_off(arrival)
                return
            try:
                await self._understand(arrival, chat)
            except Gone:
                pass  # there is nobody left to answer
            except (TryAgain, Superseded, NoRoom) as error:
                await self._try_later(arrival, chat, error)
                return
            except MLTrainerError as error:
                await self._complain(arrival, chat, sorry(error))
            await self._done_with(arrival)
        except Exception as error:  # noqa: BLE001  (an edge: one message must not stop the others)
            _log.warning("a message could not be handled", exc_info=error)
            await self._survive(arrival, chat)

    async def _understand(self, arrival: Arrival, chat: ThreadedChat) -> None:
        mention, pasted = _as_said(arrival)
        row = await self._conversation.job_of(mention)
        if mention.edited or (pasted and (_is_empty(mention) or _wants_account(row))):
            await self._leaks.tell(chat, mention, pasted)
            return
        if await self._conversation.begun(arrival.job_id):
            return  # a crash came between the start of the job and the mark of its message
        new = begins(mention, row)
        if _takes_files(mention, row):
            target = arrival.job_id if new or row is None else row.id
            fetched = await self._fetched(mention, chat, target, pasted)
            mention = mention.model_copy(update={"files": fetched.files, "attachments": ()})
            if fetched.kinds and _is_empty(mention):
                return
        else:
            await self._leaks.tell(chat, mention, pasted)
        mention = await self._in_a_thread(arrival, chat, mention) if new else mention
        outcome = await self._conversation.heard(mention, arrival.job_id)
        await self._tell(mention, chat, outcome)

    async def _in_a_thread(self, arrival: Arrival, chat: ThreadedChat, mention: Mention) -> Mention:
        """The message in the thread of its job; one that was deleted can begin none."""
        place = mention.place
        if self._leaks.deleted(mention) and place.thread == mention.message:
            place = place.model_copy(update={"thread": None})
        title = f"{arrival.job_id}: {words.shortened(mention.text, _TITLE) or phrases.NEW_TITLE}"
        place = await chat.open_thread(place, title, f"{arrival.job_id}:thread")
        return mention.model_copy(update={"place": place})

    async def _fetched(
        self, mention: Mention, chat: ThreadedChat, job_id: JobId, pasted: tuple[str, ...]
    ) -> Fetched:
        """The files of a message, which go with it when it is deleted because of a key."""
        fetching = asyncio.ensure_future(self._attached.fetch(chat, mention, job_id))
        try:
            if pasted:
                await asyncio.wait({fetching}, timeout=_STANDS_SECONDS)
                await self._leaks.tell(chat, mention, pasted)
            fetched = await fetching
        finally:
            fetching.cancel()
            await asyncio.wait({fetching})
        await self._leaks.tell(chat, mention, fetched.kinds, fetched.names)
        if fetched.failed is not None:
            raise fetched.failed
        return fetched

    async def _complain(self, arrival: Arrival, chat: ThreadedChat, card: Card) -> None:
        """Say what went wrong in the thread, which may have to be begun for that."""
        mention, _ = _as_said(arrival)
        if await self._conversation.job_at(mention.place) is None:
            mention = await self._in_a_thread(arrival, chat, mention)
        await self._tell(mention, chat, Said(place=mention.place, card=card))

    async def _tell(self, mention: Mention, chat: ThreadedChat, outcome: Reply | Said) -> None:
        """Answer in the thread or privately; an answer that went out before is not repeated."""
        match outcome:
            case Said():
                key = f"{mention.key}:said"
                looks = chat.finds and not chat.repeats
                if looks and await chat.find(outcome.place, key):
                    return  # a process that was killed had answered
                try:
                    await chat.post(outcome.place, outcome.card, key, notify=mention.actor)
                except Gone:  # the thread is; who asked may still be there
                    await chat.whisper(mention.actor, mention.place, outcome.card)
            case Whisper():
                await chat.whisper(mention.actor, mention.place, outcome.card)
            case Ok():
                return
            case _:
                card = Card(title=phrases.NEEDS_A_BUTTON)
                await chat.whisper(mention.actor, mention.place, card)

    async def _try_later(self, arrival: Arrival, chat: ThreadedChat, error: MLTrainerError) -> None:
        if arrival.tries + 1 < TRIES:
            after = error.after if isinstance(error, TryAgain) else None
            await self._put_off(arrival, after)
            return
        body = f"{error.message} {phrases.SAY_IT_AGAIN}"
        card = Card(title=phrases.gave_up(TRIES), body=body, tone="bad")
        await self._complain(arrival, chat, card)
        await self._done_with(arrival)

    async def _done_with(self, arrival: Arrival) -> None:
        await self._post.handled(arrival.mention.key)
        self._leaks.forget(arrival.mention)

    async def _put_off(self, arrival: Arrival, after: timedelta | None = None) -> None:
        pause = min(_FIRST_PAUSE * 2**arrival.tries, _LONGEST_PAUSE) * self._retry_scale
        until = self._clock.now() + (after or timedelta(seconds=pause))
        await self._post.put_off(arrival.mention.key, until)

    async def _survive(self, arrival: Arrival, chat: ThreadedChat | None) -> None:
        """After an error that nobody foresaw: again later, and in the end given up."""
        try:
            if chat is None or arrival.tries + 1 < TRIES:
                await self._put_off(arrival)
                return
            await self._done_with(arrival)
            await chat.whisper(arrival.mention.actor, arrival.mention.place, went_wrong())
        except MLTrainerError as error:
            _log.warning("a message waits: %s", error.message)
            await asyncio.sleep(_IDLE_SECONDS)  # it is found again at once, and must not spin


def _as_said(arrival: Arrival) -> tuple[Mention, tuple[str, ...]]:
    """A message as of its person alone, who names no file of this machine, and the keys in it."""
    mention, kinds = taken_out(arrival.mention)
    return mention.model_copy(update={"files": ()}), kinds


def _is_empty(mention: Mention) -> bool:
    return not (mention.text or mention.attachments or mention.files)


def _wants_account(row: JobRow | None) -> bool:
    waiting = row.context.waiting if row is not None else None
    return waiting is not None and waiting.reason == "credential"


def _takes_files(mention: Mention, row: JobRow | None) -> bool:
    """Nobody fills a job's folder who may not speak to it."""
    if not mention.attachments:
        return False
    return row is None or may_act(mention, row) or is_asked_for(mention.text)
