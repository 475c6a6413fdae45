"""Discord as a platform of the house: pipeline.ports.chat.ThreadedChat."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Never

import discord

from adapters.file_names import clean
from adapters.platforms.discord import commands, sending
from adapters.platforms.discord.answering import PAUSES, Answers
from adapters.platforms.discord.errors import (
    FOREIGN,
    UNKNOWN_MESSAGE,
    VANISHED,
    code,
    translate,
    translated,
)
from adapters.platforms.discord.events import PLATFORM
from adapters.platforms.discord.files import Files
from adapters.platforms.discord.line import Line
from adapters.platforms.discord.sending import Sending, nonce
from adapters.platforms.discord.threads import Threads
from adapters.platforms.discord.whispers import Whispers
from pipeline.errors import MLTrainerError
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Attachment, Card, Decide, Manners, Ref

_DRAIN_SECONDS = 8.0
_WEB = "https://discord.com/channels"
_log = logging.getLogger(__name__)


class DiscordChat:
    """Any number of servers, and direct messages. Nothing is opened before the first call.

    Nothing comes over HTTP, so `web` is empty. `pauses` are the seconds before a message that could
    not be taken is tried again.
    """

    name = PLATFORM
    finds = False
    repeats = True
    web: Mapping[str, Never] = MappingProxyType({})
    manners = Manners(
        post_seconds=0.3, edit_seconds=10.0, edits_a_minute=None, by_thread=True, one_listener=True
    )

    def __init__(self, token: str, api_url: str, gateway_url: str | None) -> None:
        self._line = Line(token, api_url, gateway_url)
        self._sending = Sending(self._line)
        self._threads = Threads(self._line, self._sending)
        self._whispers = Whispers(self._sending, self._threads)
        self._files = Files(self._line)
        self._answers: Answers | None = None
        self.pauses: Sequence[float] = PAUSES

    def __repr__(self) -> str:
        return "DiscordChat(…)"

    @property
    def connected(self) -> bool:
        """Whether Discord tells us things now."""
        return self._line.connected

    async def start(self, decide: Decide) -> None:
        """Listen; PersonCanFix names the token that Discord does not accept."""
        client = await self._line.client()
        self._answers = Answers(client, decide, self._whispers, self.pauses)
        client.ears = self._answers.ears
        await self._line.connect()
        try:
            await commands.register(client)
        except MLTrainerError as error:
            _log.warning("/%s could not be told to Discord: %s", commands.NAME, error.message)

    async def open_thread(self, place: Place, title: str, key: str) -> Place:
        """The thread of a place, made where there is none; direct messages as they are."""
        return await self._threads.open(place, title, key)

    async def post(self, place: Place, card: Card, key: str, notify: Actor | None = None) -> Ref:
        """Send a card; one that is only a picture becomes a file with its text."""
        channel, root = self._threads.channel(place)
        if card.picture and not card.actions and not card.stages:
            picture = await _read(card)
            with translated():
                sent = await self._sending.picture(
                    channel, card, picture, under=nonce(key), notify=notify
                )
            return Ref(place=place, id=sent)
        with translated():
            sent = await self._sending.card(
                channel, card, under=nonce(key), notify=notify, replies_to=root
            )
        if card.picture:
            await self._add_picture(channel, card, f"{key}:picture")
        return Ref(place=place, id=sent)

    async def edit(self, ref: Ref, card: Card) -> Ref:
        """Change a card in place; posted anew where it is gone."""
        channel, _ = self._threads.channel(ref.place)
        try:
            await self._sending.change(channel, ref.id, card)
        except FOREIGN as error:
            if code(error) in VANISHED:
                return await self.post(ref.place, card, f"instead-of-{ref.id}")
            raise translate(error) from None
        return ref

    async def whisper(self, actor: Actor, place: Place, card: Card) -> None:
        """Beside what the person has just pressed, else in their direct messages."""
        await self._whispers.send(actor, place, card)

    async def direct(self, actor: Actor) -> Place:
        """The person's direct messages with the bot."""
        channel = await self._sending.direct(actor.id)
        return Place(platform=self.name, space=f"@{actor.id}", channel=channel)

    async def redact(self, place: Place, message: str) -> bool:
        """Delete somebody's message; nobody can in direct messages."""
        if place.space.startswith("@"):
            return False
        begins = place.thread in {None, message}  # a thread has the id of what it was begun under
        places = [place.channel] if begins else [str(place.thread), place.channel]
        for channel in places:
            try:
                await self._sending.take_back(channel, message)
            except discord.Forbidden:
                return False
            except FOREIGN as error:
                if code(error) != UNKNOWN_MESSAGE:
                    raise translate(error) from None
            else:
                return True
        return True

    async def find(self, place: Place, key: str) -> Ref | None:
        """Nothing is searched: a post under the same key is the same message."""
        del place, key
        return None

    async def download(self, attachment: Attachment, folder: Path, largest: int) -> Path:
        """Fetch a file; PersonCanFix when it cannot be had."""
        return await self._files.download(attachment, folder, largest)

    async def link(self, place: Place) -> str:
        """The address of a thread; empty where there is none."""
        if place.space.startswith("@"):
            return f"{_WEB}/@me/{place.channel}"
        return f"{_WEB}/{place.space}/{place.thread}" if place.thread else ""

    async def stop(self) -> None:
        """Take nothing more, finish what is in hand, then hang up. Posting still works."""
        if self._answers is not None:
            await self._answers.drain(_DRAIN_SECONDS)
        await self._line.disconnect()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._files.close()
        await self._line.close()

    async def _add_picture(self, channel: str, card: Card, key: str) -> None:
        """The message stands already: a picture that cannot follow must not repeat it."""
        words = card.model_copy(update={"title": "", "body": "", "facts": (), "tone": "info"})
        try:
            picture = await _read(card)
            with translated():
                await self._sending.picture(channel, words, picture, under=nonce(key))
        except (MLTrainerError, OSError) as error:
            _log.warning("A picture could not be sent to Discord: %s", type(error).__name__)


async def _read(card: Card) -> sending.Picture:
    if card.picture is None:
        raise FileNotFoundError(card.title)
    content = await asyncio.to_thread(card.picture.path.read_bytes)
    return sending.Picture(clean(card.picture.path.name), content, card.picture.alt)
