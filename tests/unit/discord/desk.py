"""A bot that decides what a test tells it to, connected to the fake Discord by the real client."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from pydantic import SecretStr

from adapters.platforms.discord import adapter
from adapters.platforms.discord.chat import DiscordChat
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Inbound, Ok, Reply
from tests.fakes.discord import FakeDiscord, Person, Seen

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Desk:
    """Remembers what came in; `replies` are the next answers, an error is raised, else Ok."""

    chat: DiscordChat
    discord: FakeDiscord
    heard: list[Inbound] = field(default_factory=list)
    replies: list[Reply | Exception] = field(default_factory=list)
    before: Callable[[], Awaitable[object]] | None = None

    async def decide(self, said: Inbound) -> Reply:
        if self.before:
            await self.before()
        self.heard.append(said)
        reply = self.replies.pop(0) if self.replies else Ok()
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def hears(self, count: int = 1) -> Inbound:
        """The last of so many things that came in."""
        await until(lambda: len(self.heard) >= count)
        return self.heard[-1]

    def place(self, channel: str = "C1", thread: str | None = None) -> Place:
        """A place of the first guild."""
        found = self.discord.world.channel(channel).id
        guild = self.discord.guild
        return Place(platform="discord", space=guild, channel=found, thread=thread)

    def below(self, root: Seen) -> Place:
        """The thread that a message begins, or stands in."""
        return self.place(root.channel, root.root)

    async def thread(self, person: Person, words: str = "train a filter") -> Place:
        """A thread that was begun under somebody's words."""
        root = await away(person.mention, "C1", words)
        await until(lambda: len(self.heard) >= 1)
        self.heard.clear()
        return await self.chat.open_thread(self.below(root), "j-1: a filter", "key")


async def until(true: Callable[[], object]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


async def away(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A person does something, in a thread of their own."""
    return await asyncio.to_thread(work, *args, **kwargs)


def actor(person: Person, *, admin: bool = False) -> Actor:
    name = person.discord.world.accounts[person.id].name
    return Actor(platform="discord", space="", id=person.id, name=name, admin=admin)


def make_chat(discord: FakeDiscord, token: str = "") -> DiscordChat:
    chat = adapter(
        discord_bot_token=SecretStr(token or discord.token),
        discord_api_url=discord.api_url,
        discord_gateway_url=discord.gateway_url,
    )
    assert chat is not None
    chat.pauses = (0.0, 0.0)
    return chat


@asynccontextmanager
async def opened(discord: FakeDiscord) -> AsyncIterator[Desk]:
    """The adapter at work."""
    desk = Desk(make_chat(discord), discord)
    await desk.chat.start(desk.decide)
    yield desk
    await desk.chat.stop()
    await desk.chat.close()
