"""Expecting Discord to say no."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import discord
import pytest

from tests.fakes.discord import FakeDiscord, Person, Seen
from tests.unit.fake_discord.small_app import SmallBot

T = TypeVar("T")


@contextmanager
def refused(code: int) -> Iterator[pytest.ExceptionInfo[discord.HTTPException]]:
    """The call inside is refused with this code of Discord's."""
    with pytest.raises(discord.HTTPException) as raised:
        yield raised
    assert raised.value.code == code, raised.value


async def away(do: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """What a person does, outside of the loop in which the bot runs."""
    return await asyncio.to_thread(do, *arguments, **named)


async def until(true: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


def room(bot: SmallBot, fake: FakeDiscord, name: str = "C1") -> discord.PartialMessageable:
    """A channel as something to send to, without asking for it first."""
    place = fake.world.channel(name)
    return bot.get_partial_messageable(int(place.id), guild_id=int(place.guild))


def said(person: Person, message: discord.Message) -> Seen:
    """The bot's message as somebody sees it."""
    channel = str(message.channel.id)
    known = [one for one in person.discord.messages(channel) if one.ts == str(message.id)]
    return known[0]
