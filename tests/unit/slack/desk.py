"""A bot that decides what a test tells it to, connected to the fake Slack by the real client."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from pydantic import SecretStr

from adapters.platforms.slack import adapter
from adapters.platforms.slack.chat import SlackChat
from adapters.platforms.slack.manifest import PATH
from adapters.web import WebServer, application
from pipeline.jobs import Place
from pipeline.ports.chat import Inbound, Ok, Reply
from tests.fakes.slack import FakeSlack

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Desk:
    """Remembers what came in; `replies` are the next answers, an error is raised, else Ok."""

    chat: SlackChat
    slack: FakeSlack
    server: WebServer | None = None
    heard: list[Inbound] = field(default_factory=list)
    replies: list[Reply | Exception] = field(default_factory=list)
    draining: bool = False
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
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)
        return self.heard[-1]


async def away(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A person does something, in a thread of their own."""
    return await asyncio.to_thread(work, *args, **kwargs)


def make_chat(slack: FakeSlack) -> SlackChat:
    chat = adapter(
        slack_bot_token=SecretStr(slack.bot_token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_app_token=SecretStr(slack.app_token) if slack.socket_mode else None,
        slack_api_url=slack.api_url,
    )
    assert chat is not None
    return chat


@asynccontextmanager
async def opened(slack: FakeSlack) -> AsyncIterator[Desk]:
    """The adapter at work; over HTTP when the fake is not in Socket Mode."""
    desk = Desk(make_chat(slack), slack)
    await desk.chat.start(desk.decide)
    async with _web(desk):
        yield desk
        await desk.chat.stop()
    await desk.chat.close()


@asynccontextmanager
async def _web(desk: Desk) -> AsyncIterator[None]:
    app = application(
        chats=[desk.chat], database=nothing, metrics=no_metrics, draining=lambda: desk.draining
    )
    desk.server = WebServer(app, port=0, host="127.0.0.1")
    await desk.server.open()
    desk.slack.listen_at(f"http://127.0.0.1:{desk.server.port}{PATH}")
    serving = asyncio.create_task(desk.server.run())
    try:
        yield
    finally:
        await desk.server.finish()
        await serving


async def nothing() -> None:
    """A database that answers."""


async def no_metrics() -> bytes:
    return b""


def place(channel: str = "C1", thread: str | None = None) -> Place:
    return Place(platform="slack", space="T1", channel=channel, thread=thread)
