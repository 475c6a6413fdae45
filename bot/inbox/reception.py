"""What a platform calls: it takes messages in, and answers buttons, commands and forms at once.

A message is kept before the platform is told that we have it, and handled afterwards: while that
cannot be done the platform must keep it, so the error goes back to it. Everything else is answered
from the database alone, well within the seconds a platform gives.
"""

import logging
import traceback
from collections.abc import Callable

from bot import phrases
from bot.conversation import Conversation, went_wrong
from bot.inbox.pasted import cleaned, filled_again, said, taken_out, without_marks
from pipeline.errors import TryAgain
from pipeline.jobs import new_job_id
from pipeline.ports.chat import (
    Card,
    Choices,
    Command,
    Inbound,
    Mention,
    Ok,
    Reply,
    Submit,
    Suggest,
    Whisper,
)
from pipeline.ports.post import Post
from pipeline.ports.sanitizer import Sanitizer

_log = logging.getLogger(__name__)


def _nobody() -> None:
    """Nobody waits for arrivals."""


def _never() -> bool:
    return False


class Reception:
    """`arrived` wakes who handles messages; `draining` says whether this process is ending."""

    def __init__(
        self,
        conversation: Conversation,
        post: Post,
        sanitizer: Sanitizer,
        *,
        arrived: Callable[[], None] = _nobody,
        draining: Callable[[], bool] = _never,
    ) -> None:
        self._conversation = conversation
        self._post = post
        self._sanitizer = sanitizer
        self._arrived = arrived
        self._draining = draining

    async def decide(self, inbound: Inbound) -> Reply:
        """Take a message in, or raise; answer anything else, whatever happens.

        While somebody types, an answer that fails is none.
        """
        if isinstance(inbound, Mention):
            return await self._take(inbound)
        typing = isinstance(inbound, Suggest)
        if self._draining() and not typing:
            return Whisper(card=Card(title=phrases.RESTARTING, body=phrases.NOTHING_LOST))
        try:
            reply = await self._answer(cleaned(inbound, self._sanitizer))
        except Exception as error:  # noqa: BLE001  (an edge: a person waits for an answer)
            _record(error)
            return Choices() if typing else Whisper(card=went_wrong())
        if not typing:
            self._arrived()
        return reply

    async def _answer(self, inbound: Inbound) -> Reply:
        """A command with a key in it is no command, and its person is warned."""
        if isinstance(inbound, Command):
            _, kinds = without_marks(f"{inbound.name} {inbound.arguments}")
            if kinds:
                return Whisper(card=self._conversation.warning(kinds))
        reply = await self._conversation.decide(inbound)
        return (
            filled_again(reply, inbound, self._sanitizer) if isinstance(inbound, Submit) else reply
        )

    async def _take(self, mention: Mention) -> Reply:
        """Keep a message without its keys; one that is not for us is dropped unread.

        Of a message that was changed only the keys matter.
        """
        if self._draining():
            raise TryAgain(phrases.RESTARTING, phrases.NOTHING_LOST)
        clean = said(mention, self._sanitizer) if mention.edited else None
        if clean is not None and not taken_out(clean)[1]:
            return Ok()
        if not mention.addressed and await self._conversation.job_at(mention.place) is None:
            return Ok()
        await self._post.arrive(clean or said(mention, self._sanitizer), new_job_id())
        self._arrived()
        return Ok()


def _record(error: Exception) -> None:
    """Where it happened and what kind it was; its words may repeat what was in a form."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("an answer failed with %s\n%s", type(error).__name__, where)
