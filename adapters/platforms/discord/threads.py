"""Threads: found, begun under a message, or not there any more."""

from typing import Final

import discord

from adapters.plain_text import cut, plain
from adapters.platforms.discord.errors import (
    FOREIGN,
    NOT_ALLOWED,
    THREAD_EXISTS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    WRONG_CHANNEL,
    code,
    translate,
)
from adapters.platforms.discord.line import Line
from adapters.platforms.discord.sending import Sending, nonce
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.jobs import Place
from pipeline.ports.chat import Card

_LONGEST_NAME = 100
_WEEK: Final = 10080  # minutes: the longest that Discord keeps a quiet thread open
_MOST_REMEMBERED = 5000
_NEEDED = {
    "View Channels": "view_channel",
    "Send Messages": "send_messages",
    "Create Public Threads": "create_public_threads",
    "Send Messages in Threads": "send_messages_in_threads",
}


class Threads:
    """Begins threads, and remembers which places have none yet."""

    def __init__(self, line: Line, sending: Sending) -> None:
        self._line = line
        self._sending = sending
        self._unbegun: dict[str, None] = {}

    def heard(self, place: Place) -> None:
        """A message came that could become a thread."""
        if len(self._unbegun) >= _MOST_REMEMBERED:
            self._unbegun.pop(next(iter(self._unbegun)))
        self._unbegun[place.key] = None

    def begun(self, place: Place) -> None:
        """It has become one."""
        self._unbegun.pop(place.key, None)

    def channel(self, place: Place) -> tuple[str, str]:
        """Where to send what is for a place, and the message that it replies to, if any."""
        if place.thread is None or place.key not in self._unbegun:
            return place.thread or place.channel, ""
        if self._line.knows(place.thread):  # another process of ours has begun it
            self.begun(place)
            return place.thread, ""
        return place.channel, place.thread

    async def open(self, place: Place, title: str, key: str) -> Place:
        """The thread of a place, made where there is none; a place without threads as it is."""
        if place.space.startswith("@"):
            return place
        name = cut(" ".join(plain(title).split()), _LONGEST_NAME) or "mltrainer"
        if place.thread is None:
            return await self._anew(place, name, key)
        client = await self._line.client()
        known = client.get_channel(int(place.thread)) is not None
        if not known and not await self._begin(place, place.thread, name):
            return await self._anew(place, name, key)
        self.begun(place)
        return place

    async def _anew(self, place: Place, name: str, key: str) -> Place:
        """A thread under a new message that says what it is about."""
        try:
            under = nonce(f"{key}:thread")
            root = await self._sending.card(place.channel, Card(title=name), under=under)
        except FOREIGN as error:
            raise await self._meaning(error, place) from None
        begun = place.model_copy(update={"thread": root})
        await self._begin(begun, root, name)
        return begun

    async def _begin(self, place: Place, message: str, name: str) -> bool:
        """Make a thread from a message, once; False where the message is gone."""
        http = await self._line.http()
        try:
            await http.start_thread_with_message(
                place.channel, message, name=name, auto_archive_duration=_WEEK
            )
        except FOREIGN as error:
            word = code(error)
            if word == THREAD_EXISTS:
                return True
            if word in {UNKNOWN_MESSAGE, WRONG_CHANNEL} and await self._exists(message):
                return True
            if word == UNKNOWN_MESSAGE:
                return False
            raise await self._meaning(error, place) from None
        return True

    async def _exists(self, thread: str) -> bool:
        """Whether there is a thread of its own, which no message has begun."""
        http = await self._line.http()
        try:
            await http.get_channel(thread)
        except FOREIGN as error:
            if code(error) == UNKNOWN_CHANNEL:
                return False
            raise translate(error) from None
        return True

    async def _meaning(self, error: BaseException, place: Place) -> MLTrainerError:
        """A permission that is missing is named, for somebody can grant it."""
        if code(error) not in NOT_ALLOWED:
            return translate(error)
        lacking = await self._lacking(place)
        return PersonCanFix(
            f"I cannot begin a thread here: I lack the permission {lacking}.",
            "An administrator of this server can grant it to my role in this channel; then "
            "mention me again.",
        )

    async def _lacking(self, place: Place) -> str:
        client = await self._line.client()
        channel = client.get_channel(int(place.channel))
        names = list(_NEEDED)
        if isinstance(channel, discord.abc.GuildChannel) and channel.guild.me is not None:
            has = channel.permissions_for(channel.guild.me)
            names = [name for name, word in _NEEDED.items() if not getattr(has, word)] or names
        return " and ".join(names) if len(names) < len(_NEEDED) else "Create Public Threads"
