"""A house that talks: what is said, what is heard, and the web server, around its jobs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Self

from bot.accounts.connecting import Backing, Connecting
from bot.conversation import Conversation
from bot.inbox.arrivals import Arrivals
from bot.inbox.reception import Reception
from bot.links import Links
from bot.posting.delivery import Delivery
from bot.predicting import Predicting
from bot.running.serving import GOODBYE, Part, Shift, holding, talked_for
from bot.wiring import House, accounts, open_chats, open_web, talk_lock
from pipeline.ports.chat import Decide, ThreadedChat
from pipeline.ports.post import Post

_LAST_WORDS = GOODBYE * 0.8  # seconds; what is under way then has the rest to arrive


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
    async with AsyncExitStack() as until_the_end:
        if (lock := talk_lock(house.settings)) is not None:
            patience = GOODBYE * min(house.settings.retry_scale, 1.0)
            alone = holding(lock, patience=patience, refusal=talked_for)
            await until_the_end.enter_async_context(alone)
        chats = {chat.name: chat for chat in open_chats(house.settings)}
        for chat in chats.values():
            until_the_end.push_async_callback(chat.close)
        said: dict[str, Delivery] = {}
        web = open_web(
            house,
            tuple(chats.values()),
            lambda: shift.draining,
            lambda: {name: asdict(one.counts) for name, one in said.items()},
        )
        front = _Front.of(house, chats, shift)
        said |= {name: _delivery(house, front, chat) for name, chat in chats.items()}
        yield Station(
            speaking=tuple(_speaking(name, one) for name, one in said.items()),
            listening=(
                *front.parts,
                *(_listening(chat, front.reception.decide) for chat in chats.values()),
                Part("The web server", web.run, open=web.open, finish=web.finish),
            ),
            chats=tuple(chats),
            port=lambda: web.port,
        )


@dataclass(frozen=True, slots=True)
class _Front:
    """Who takes in what people say, who handles it, and the accounts they connect."""

    post: Post
    accounts: Connecting
    reception: Reception
    arrivals: Arrivals

    @classmethod
    def of(cls, house: House, chats: Mapping[str, ThreadedChat], shift: Shift) -> Self:
        """Put the conversation together, from what the house has."""
        post = house.post()
        accounts = _connecting(house, post, chats)
        conversation = Conversation(
            house.store,
            house.home,
            post=post,
            accounts=accounts,
            links=Links(lambda place: chats[place.platform].link(place)),
            predict=Predicting(house.workbench, house.home),
        )
        arrivals = Arrivals(
            post=post,
            conversation=conversation,
            chats=chats,
            home=house.home,
            clock=house.clock,
            retry_scale=house.settings.retry_scale,
        )
        reception = Reception(
            conversation,
            post,
            house.sanitizer,
            arrived=arrivals.wake,
            draining=lambda: shift.draining,
        )
        return cls(post, accounts, reception, arrivals)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What runs of it."""
        return (
            Part("The wait for logins", self.accounts.run),
            Part("The handling of messages", self.arrivals.run, finish=self.arrivals.finish),
        )


def _connecting(house: House, post: Post, chats: Mapping[str, ThreadedChat]) -> Connecting:
    """People's accounts; that a login has come to its end is said on their own platform."""
    backing = Backing(
        store=house.store,
        vault=house.vault(),
        post=post,
        clock=house.clock,
        sanitizer=house.sanitizer,
    )
    return Connecting(
        backing,
        accounts(house.settings, connected=house.models.begin),
        tell=lambda actor, place, card: chats[actor.platform].whisper(actor, place, card),
    )


def _delivery(house: House, front: _Front, chat: ThreadedChat) -> Delivery:
    """Cards and replies of a platform."""
    return Delivery(
        store=house.store,
        post=front.post,
        chat=chat,
        clock=house.clock,
        titles=front.accounts.titles,
        scale=house.settings.retry_scale,
    )


def _speaking(name: str, delivery: Delivery) -> Part:
    """What is due is still said at the end."""
    finish = partial(delivery.drain, _LAST_WORDS)
    return Part(f"What is said on {name}", delivery.run, finish=finish)


def _listening(chat: ThreadedChat, decide: Decide) -> Part:
    """The platform's own connection, which mends itself."""

    async def until_the_end() -> None:
        await asyncio.Event().wait()

    name = f"What is heard on {chat.name}"
    return Part(name, until_the_end, open=lambda: chat.start(decide), finish=chat.stop)
