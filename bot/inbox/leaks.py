"""Who brought a key into the chat is told so alone; the message is deleted where that can be."""

import contextlib
import logging
from typing import Protocol

from pipeline.errors import MLTrainerError
from pipeline.ports.chat import Card, Gone, Mention, ThreadedChat

_log = logging.getLogger(__name__)


class Warn(Protocol):
    """Makes the card of a warning."""

    def __call__(
        self, kinds: tuple[str, ...], files: tuple[str, ...] = (), *, deleted: bool = False
    ) -> Card:
        """For keys of these kinds, in the words of a message or in its files."""
        ...


class Leaks:
    """Remembers the messages in hand that it has warned of, however often they are tried."""

    def __init__(self, warn: Warn) -> None:
        self._warn = warn
        self._told: set[tuple[str, bool]] = set()
        self._deleted: set[str] = set()

    async def tell(
        self,
        chat: ThreadedChat,
        mention: Mention,
        kinds: tuple[str, ...],
        files: tuple[str, ...] = (),
    ) -> None:
        """Delete first, then warn, once; TryAgain when the warning should be tried later."""
        about = (mention.key, bool(files))
        if not kinds or about in self._told:
            return
        card = self._warn(kinds, files, deleted=await self._delete(chat, mention))
        with contextlib.suppress(Gone):  # who cannot be reached is understood anyway
            await chat.whisper(mention.actor, mention.place, card)
        self._told.add(about)

    def deleted(self, mention: Mention) -> bool:
        """Whether a message was deleted because of a key in it."""
        return mention.key in self._deleted

    def forget(self, mention: Mention) -> None:
        """A message is dealt with."""
        self._told -= {(mention.key, True), (mention.key, False)}
        self._deleted.discard(mention.key)

    async def _delete(self, chat: ThreadedChat, mention: Mention) -> bool:
        if self.deleted(mention) or not mention.message:
            return self.deleted(mention)
        try:
            gone = await chat.redact(mention.place, mention.message)
        except MLTrainerError as error:
            _log.warning("a message with a key in it could not be deleted: %s", error.message)
            return False
        if gone:
            self._deleted.add(mention.key)
        return gone
