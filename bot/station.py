"""A house that talks: what is said, what is heard, and the web server, around its jobs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.conversation import Conversation
from bot.delivery import Delivery
from bot.serving import GOODBYE, Part, Shift
from bot.wiring import House, accounts, open_chats, open_web
from pipeline.ports.chat import Decide, ThreadedChat
from pipeline.ports.post import Post


@dataclass(frozen=True, slots=True)
class Station:
    """What speaks outlives the runner of jobs, what listens does not.

    `chats` are the names of the platforms; `port` is where the web server listens.
    """

    speaking: tuple[Part, ...]
    listening: tuple[Part, ...]
    chats: tuple[str, ...]
    port: Callable[[], int]


@asynccontextmanager
async def open_station(house: House, shift: Shift) -> AsyncIterator[Station]:
    """Plug in everything that a running bot has beside its jobs; chats are closed last."""
    post = house.post()
    async with AsyncExitStack() as open_until_the_end:
        chats = open_chats(house.settings)
        for chat in chats:
            open_until_the_end.push_async_callback(chat.close)
        web = open_web(house, chats, lambda: shift.draining)
        decide = Conversation(house.store, house.home).decide
        yield Station(
            speaking=tuple(_speaking(house, post, chat) for chat in chats),
            listening=(
                *(_listening(chat, decide) for chat in chats),
                Part("The web server", web.run, open=web.open, finish=web.finish),
            ),
            chats=tuple(chat.name for chat in chats),
            port=lambda: web.port,
        )


def _speaking(house: House, post: Post, chat: ThreadedChat) -> Part:
    """Cards and replies; at the end what is due is still said."""
    delivery = Delivery(
        store=house.store,
        post=post,
        chat=chat,
        clock=house.clock,
        titles={kind: one.account.title for kind, one in accounts(house.settings).items()},
        scale=house.settings.retry_scale,
    )
    name = f"What is said on {chat.name}"
    return Part(name, delivery.run, finish=lambda: delivery.drain(GOODBYE))


def _listening(chat: ThreadedChat, decide: Decide) -> Part:
    """The platform's own connection, which mends itself."""

    async def until_the_end() -> None:
        await asyncio.Event().wait()

    name = f"What is heard on {chat.name}"
    return Part(name, until_the_end, open=lambda: chat.start(decide), finish=chat.stop)
