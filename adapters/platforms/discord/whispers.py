"""Answers that one person sees: beside what they just did, else in direct messages."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import discord

from adapters.platforms.discord import cards
from adapters.platforms.discord.cards import Kind
from adapters.platforms.discord.drawing import Drawn
from adapters.platforms.discord.errors import CLOSED_DMS, FOREIGN, code, translate, translated
from adapters.platforms.discord.sending import Sending, any_nonce
from adapters.platforms.discord.threads import Threads
from pipeline.errors import MLTrainerError
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Card, Gone

_WINDOW_SECONDS = 840.0  # of the fifteen minutes in which an interaction can be followed up
_REMINDER_SECONDS = 3600.0
_MOST_REMEMBERED = 2000
_CLOSED = Card(
    title="I have an answer for you alone, and you take no direct messages from this server.",
    body="Type /mltrainer status here: only you see what I say to that. Or allow direct messages "
    "in this server's privacy settings.",
)
_log = logging.getLogger(__name__)


@dataclass
class Whispers:
    """Sends a card to one person.

    What was pressed lately is remembered, for Discord lets its answer be followed by others.
    """

    sending: Sending
    threads: Threads
    monotonic: Callable[[], float] = time.monotonic
    _pressed: dict[tuple[str, str], tuple[float, discord.Webhook]] = field(default_factory=dict)
    _reminded: dict[str, float] = field(default_factory=dict)

    def pressed(self, actor: Actor, place: Place, interaction: discord.Interaction) -> None:
        """Somebody pressed or sent something, and was answered."""
        while len(self._pressed) >= _MOST_REMEMBERED:
            self._pressed.pop(next(iter(self._pressed)))
        self._pressed.pop((actor.id, place.key), None)
        end = self.monotonic() + _WINDOW_SECONDS
        self._pressed[actor.id, place.key] = (end, interaction.followup)  # no more: it has values

    async def send(self, actor: Actor, place: Place, card: Card) -> None:
        """Whisper where the person looks, else write to them; Gone when neither can be."""
        end, address = self._pressed.get((actor.id, place.key), (0.0, None))
        if address is not None and end > self.monotonic():
            try:
                await follow(address, card)
            except MLTrainerError as error:
                _log.info("A private answer could not follow another: %s", error.message)
            else:
                return
        await self._write(actor, place, card)

    async def _write(self, actor: Actor, place: Place, card: Card) -> None:
        channel = place.channel if _is_direct(place) else await self.sending.direct(actor.id)
        try:
            await self.sending.send(channel, under=any_nonce(), view=Drawn(cards.components(card)))
        except FOREIGN as error:
            if code(error) not in CLOSED_DMS or _is_direct(place):
                raise translate(error) from None
            await self._remind(actor, place)

    async def _remind(self, actor: Actor, place: Place) -> None:
        """Say in the place, once in an hour, that there is something; never what it is."""
        if self._reminded.get(actor.id, 0.0) > self.monotonic():
            raise Gone("This person takes no direct messages.", "They can type /mltrainer status.")
        channel, root = self.threads.channel(place)
        with translated():
            await self.sending.card(
                channel, _CLOSED, under=any_nonce(), notify=actor, replies_to=root
            )
        if len(self._reminded) >= _MOST_REMEMBERED:
            self._reminded.clear()
        self._reminded[actor.id] = self.monotonic() + _REMINDER_SECONDS


async def follow(address: discord.Webhook, card: Card, *, kind: Kind = "a") -> None:
    """Say something more to who pressed a button, when they were answered already."""
    with translated():
        await address.send(
            view=Drawn(cards.components(card, kind=kind)),
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
            wait=True,
        )


def _is_direct(place: Place) -> bool:
    return place.space.startswith("@")
