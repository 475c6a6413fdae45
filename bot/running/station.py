"""A house that talks: what is said, what is heard, and the web server, around its jobs."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
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
from bot.running.hearing import Hearing, Tell
from bot.running.serving import GOODBYE, Part, Shift, holding, talked_for
from bot.running.standby import Standby
from bot.wiring import House, accounts, called, open_chats, open_web, talk_lock
from pipeline.ports.chat import ThreadedChat
from pipeline.ports.post import Post
from pipeline.ports.turn import Turn

CLOSED_LAST = "discord"
_LAST_WORDS = GOODBYE * 0.8  # seconds; what is under way then has the rest to arrive


@dataclass(frozen=True, slots=True)
class Station:
    """What speaks outlives the runner of jobs, what listens does not.

    `heard` are the platforms; `port` is where the web server listens.
    """

    speaking: tuple[Part, ...]
    listening: tuple[Part, ...]
    heard: tuple[Hearing | Standby, ...]
    port: Callable[[], int]


@asynccontextmanager
async def open_station(house: House, shift: Shift, tell: Tell) -> AsyncIterator[Station]:
    """Plug in everything that a running bot has beside its jobs; chats are closed last."""
    async with AsyncExitStack() as until_the_end:
        if (lock := talk_lock(house.settings)) is not None:
            patience = GOODBYE * min(house.settings.retry_scale, 1.0)
            alone = holding(lock, shift, patience=patience, refusal=talked_for)
            await until_the_end.enter_async_context(alone)
        held = await until_the_end.enter_async_context(holding_chats(open_chats(house.settings)))
        chats = {chat.name: chat for chat in held}
        said: dict[str, Delivery] = {}
        web = open_web(
            house,
            tuple(chats.values()),
            lambda: shift.draining,
            lambda: {name: asdict(one.counts) for name, one in said.items()},
        )
        front = _Front.of(house, chats, shift)
        said |= {name: _delivery(house, front, chat) for name, chat in chats.items()}
        scale, decide, timed = house.settings.retry_scale, front.reception.decide, house.watch.timed
        heard = tuple(
            _alone(house, chat, Hearing(chat, timed(name, decide), tell, scale=scale), tell)
            for name, chat in chats.items()
        )
        yield Station(
            speaking=tuple(_speaking(name, one) for name, one in said.items()),
            listening=(
                *front.parts,
                *(_listening(one) for one in heard),
                Part("The web server", web.run, open=web.open, finish=web.finish),
            ),
            heard=heard,
            port=lambda: web.port,
        )


@asynccontextmanager
async def holding_chats(chats: Iterable[ThreadedChat]) -> AsyncIterator[tuple[ThreadedChat, ...]]:
    """The platforms, let go of one after the other in the end, Discord as the last.

    Its client has one session for all it does: what is said there may be said until then.
    """
    first_opened = tuple(sorted(chats, key=lambda chat: (chat.name != CLOSED_LAST, chat.name)))
    async with AsyncExitStack() as until_the_end:
        for chat in first_opened:
            until_the_end.push_async_callback(chat.close)
        yield first_opened


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
            sanitizer=house.sanitizer,
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


def _alone(house: House, chat: ThreadedChat, hearing: Hearing, tell: Tell) -> Hearing | Standby:
    """The hearing of a platform, in turns with other processes where it allows one listener."""
    doing = {"database": house.database, "doing": f"listening to {chat.name}"}
    turn: Turn | None = called("adapters.turn", "adapter", doing)
    if turn is None or not chat.manners.one_listener:
        return hearing
    return Standby(hearing, turn, tell)


def _listening(hearing: Hearing | Standby) -> Part:
    """The platform's own connection, which mends itself."""
    name = f"What is heard on {hearing.name}"
    return Part(name, hearing.run, open=hearing.open, finish=hearing.finish)
