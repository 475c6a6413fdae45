"""What is sent into a channel: each once, under its nonce; changed in place, or taken back."""

import base64
import hashlib
import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord.http import handle_message_parameters

from adapters.plain_text import cut, plain
from adapters.platforms.discord import cards
from adapters.platforms.discord.drawing import Drawn
from adapters.platforms.discord.errors import (
    ARCHIVED,
    FOREIGN,
    code,
    makes_no_sense,
    translate,
    translated,
)
from adapters.platforms.discord.line import Line
from pipeline.jobs import Actor
from pipeline.ports.chat import Card, Gone

_NONCE = 25
_UNNAMED = "picture"


def nonce(key: str) -> str:
    """What makes Discord take a message under a key once, for some minutes."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()[:_NONCE]


def any_nonce() -> str:
    """One for a message that has no key: the client's own repeats are still one message."""
    return secrets.token_hex(_NONCE // 2)


@dataclass(frozen=True)
class Picture:
    """The bytes of an image with its name and its alt text."""

    name: str
    content: bytes
    alt: str

    def file(self) -> discord.File:
        """As discord.py takes it."""
        alt = cut(plain(self.alt), cards.LONGEST_ALT)
        name = self.name or _UNNAMED
        return discord.File(io.BytesIO(self.content), filename=name, description=alt or None)


class Sending:
    """Calls on messages. Their errors are Discord's own, for who knows what they mean there."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def card(
        self,
        channel: str,
        card: Card,
        *,
        under: str,
        notify: Actor | None = None,
        replies_to: str = "",
    ) -> str:
        """Send a card; the id of its message."""
        shown: dict[str, Any] = {"content": cards.content(card, notify) or "…"}
        if not cards.is_plain(card):
            shown = {"view": Drawn(cards.components(card, notify))}
        return await self.send(channel, under=under, notify=notify, replies_to=replies_to, **shown)

    async def picture(
        self, channel: str, card: Card, picture: Picture, *, under: str, notify: Actor | None = None
    ) -> str:
        """Send a picture with what a card says of it."""
        words = cards.content(card, notify)
        return await self.send(
            channel,
            under=under,
            notify=notify,
            file=picture.file(),
            **({"content": words} if words else {}),
        )

    async def send(
        self,
        channel: str,
        *,
        under: str,
        notify: Actor | None = None,
        replies_to: str = "",
        **shown: Any,
    ) -> str:
        """Send what is shown; `notify` alone is told, `replies_to` is the message it answers."""
        if "view" not in shown:
            shown["flags"] = discord.MessageFlags(suppress_embeds=True)
        http = await self._line.http()
        with handle_message_parameters(
            nonce=under,
            allowed_mentions=_told(notify),
            **_reference(replies_to),
            **shown,
        ) as parameters:
            said = await http.send_message(channel, params=parameters)
        return _id_of(said)

    async def change(self, channel: str, message: str, card: Card) -> None:
        """Change a card in place; in a thread that has gone to sleep, after waking it."""
        try:
            await self._change(channel, message, card)
        except discord.HTTPException as error:
            if code(error) != ARCHIVED:
                raise
            await self._wake(channel)
            await self._change(channel, message, card)

    async def take_back(self, channel: str, message: str) -> None:
        """Delete a message, somebody else's too where that is allowed."""
        http = await self._line.http()
        await http.delete_message(channel, message)

    async def direct(self, user: str) -> str:
        """The channel of a person's direct messages."""
        with translated():
            http = await self._line.http()
            return _id_of(await http.start_private_message(user))

    async def _change(self, channel: str, message: str, card: Card) -> None:
        http = await self._line.http()
        with handle_message_parameters(
            content=None,
            view=Drawn(cards.components(card)),
            allowed_mentions=discord.AllowedMentions.none(),
        ) as parameters:
            _id_of(await http.edit_message(channel, message, params=parameters))

    async def _wake(self, thread: str) -> None:
        """A thread that was locked stays asleep: nothing can be changed there any more."""
        http = await self._line.http()
        try:
            await http.edit_channel(int(thread), archived=False)
        except FOREIGN as error:
            if isinstance(error, discord.Forbidden) or code(error) == ARCHIVED:
                raise Gone(
                    "This thread in Discord is closed.", "A moderator can open it."
                ) from None
            raise translate(error) from None


def _told(notify: Actor | None) -> discord.AllowedMentions:
    users = [discord.Object(int(notify.id))] if notify and notify.id.isdecimal() else []
    return discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=users)


def _reference(message: str) -> dict[str, Any]:
    """The argument that makes a message a reply."""
    if not message:
        return {}
    return {"message_reference": {"message_id": message, "fail_if_not_exists": False}}


def _id_of(answer: object) -> str:
    """What Discord calls the thing that was made; Unsure when it was not Discord that answered."""
    if not isinstance(answer, Mapping) or "id" not in answer:
        raise makes_no_sense()
    return str(answer["id"])
