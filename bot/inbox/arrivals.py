"""Messages that were taken in, handled one after the other in each thread, side by side in many.

Handling may be cut off anywhere and begins anew: a job that a message starts has its id from the
beginning, a reply its key, and a file is fetched into a folder of its message.
"""

import asyncio
import contextlib
import hashlib
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
from bot.inbox.pasted import without_marks
from pipeline.errors import MLTrainerError, PersonCanFix, Superseded, TryAgain
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import JobId
from pipeline.ports.chat import Card, Gone, Mention, Ok, Reply, ThreadedChat, Whisper
from pipeline.ports.clock import Clock
from pipeline.ports.post import Arrival, Post
from pipeline.ports.store import JobRow

LARGEST = 200 << 20  # bytes of one file
TRIES = 8
_MOST_FILES = 20
_AT_ONCE = 8
_IDLE_SECONDS = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0
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
        largest: int = LARGEST,
        retry_scale: float = 1.0,
    ) -> None:
        self._post = post
        self._conversation = conversation
        self._chats = chats
        self._home = home
        self._clock = clock
        self._largest = largest
        self._retry_scale = retry_scale
        self._awake = asyncio.Event()
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._warned: set[str] = set()
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
        if self._ending:
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
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                await self._awake.wait()
        except TimeoutError:
            return

    async def _handle(self, arrival: Arrival) -> None:
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
            except (TryAgain, Superseded) as error:
                await self._try_later(arrival, chat, error)
                return
            except MLTrainerError as error:
                await self._tell(
                    arrival, chat, Said(place=arrival.mention.place, card=sorry(error))
                )
            await self._post.handled(arrival.mention.key)
            self._warned.discard(arrival.mention.key)
        except Exception as error:  # noqa: BLE001  (an edge: one message must not stop the others)
            _log.warning("a message could not be handled", exc_info=error)
            await self._survive(arrival, chat)

    async def _understand(self, arrival: Arrival, chat: ThreadedChat) -> None:
        mention = await self._in_a_thread(arrival, chat)
        text, pasted = without_marks(mention.text)
        row = await self._conversation.job_at(mention.place)
        if pasted and mention.key not in self._warned:
            await self._warn(mention, chat, pasted)
        if pasted and (_wants_account(row) or not (text or mention.attachments)):
            return
        mention = mention.model_copy(update={"text": text})
        if _takes_files(mention, row):
            target = row.id if row is not None else arrival.job_id
            files = await self._fetched(mention, chat, target)
            mention = mention.model_copy(update={"files": files})
        outcome = await self._conversation.heard(mention, arrival.job_id)
        await self._tell(arrival, chat, outcome)

    async def _in_a_thread(self, arrival: Arrival, chat: ThreadedChat) -> Mention:
        """The message as of this person alone: no file of this machine is theirs to name."""
        mention = arrival.mention.model_copy(update={"files": ()})
        if mention.place.thread is not None:
            return mention
        title = words.shortened(mention.text, _TITLE) or phrases.NEW_TITLE
        title = f"{arrival.job_id}: {title}"
        place = await chat.open_thread(mention.place, title, f"{arrival.job_id}:thread")
        return mention.model_copy(update={"place": place})

    async def _warn(self, mention: Mention, chat: ThreadedChat, kinds: tuple[str, ...]) -> None:
        """Once, however often the rest is tried; who cannot be reached is understood anyway."""
        card = self._conversation.warning(kinds)
        with contextlib.suppress(Gone):
            await chat.whisper(mention.actor, mention.place, card)
        self._warned.add(mention.key)

    async def _fetched(
        self, mention: Mention, chat: ThreadedChat, job_id: JobId
    ) -> tuple[str, ...]:
        """The attachments as files of the job, each in a folder of its own."""
        if len(mention.attachments) > _MOST_FILES:
            raise PersonCanFix(phrases.too_many_files(_MOST_FILES), phrases.ONE_ARCHIVE)
        name = hashlib.sha256(mention.key.encode()).hexdigest()[:12]
        uploads = JobFolder.of(self._home, job_id).uploads / name
        files = []
        for number, attachment in enumerate(mention.attachments, 1):
            folder = await asyncio.to_thread(fresh, uploads / str(number))
            files.append(str(await chat.download(attachment, folder, self._largest)))
        return tuple(files)

    async def _tell(self, arrival: Arrival, chat: ThreadedChat, outcome: Reply | Said) -> None:
        """Answer in the thread or privately; an answer that went out before is not repeated."""
        mention = arrival.mention
        match outcome:
            case Said():
                key = f"{mention.key}:said"
                if chat.finds and await chat.find(outcome.place, key):
                    return  # a process that was killed had answered
                await chat.post(outcome.place, outcome.card, key, notify=mention.actor)
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
        await self._tell(arrival, chat, Said(place=arrival.mention.place, card=card))
        await self._post.handled(arrival.mention.key)

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
            await self._post.handled(arrival.mention.key)
            await chat.whisper(arrival.mention.actor, arrival.mention.place, went_wrong())
        except MLTrainerError as error:
            _log.warning("a message waits: %s", error.message)
            await asyncio.sleep(_IDLE_SECONDS)  # it is found again at once, and must not spin


def _wants_account(row: JobRow | None) -> bool:
    waiting = row.context.waiting if row is not None else None
    return waiting is not None and waiting.reason == "credential"


def _takes_files(mention: Mention, row: JobRow | None) -> bool:
    """Nobody fills a job's folder who may not speak to it."""
    if not mention.attachments:
        return False
    return row is None or may_act(mention.actor, row) or is_asked_for(mention.text)
