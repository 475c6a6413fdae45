"""A platform that hears one process alone is heard by the one whose turn it is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.running import operating
from bot.running.hearing import Hearing
from bot.running.standby import Standby
from pipeline.errors import PersonCanFix
from pipeline.ports.chat import Decide, Inbound, Ok, Reply
from tests.fakes.chat import FakeThreadedChat

pytestmark = pytest.mark.anyio
LONGEST = 10


@dataclass
class Discord(FakeThreadedChat):
    """A platform that counts how often it was listened to, and may refuse."""

    name: str = "discord"
    listening: bool = False
    begun: int = 0
    refuses: bool = False

    async def start(self, decide: Decide) -> None:
        if self.refuses:
            raise PersonCanFix("Discord does not accept the bot's token.", "Set DISCORD_BOT_TOKEN.")
        self.decide = decide
        self.listening = True
        self.begun += 1

    async def stop(self) -> None:
        self.listening = False


@dataclass
class HandedTurn:
    """pipeline.ports.turn.Turn that a test gives and takes."""

    mine: asyncio.Event = field(default_factory=asyncio.Event)
    not_mine: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: bool = False

    def give(self) -> None:
        self.not_mine.clear()
        self.mine.set()

    def take(self) -> None:
        self.mine.clear()
        self.not_mine.set()

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.let_go = True

    async def begun(self) -> None:
        await self.mine.wait()

    async def lost(self) -> None:
        await self.not_mine.wait()


@dataclass
class Replica:
    """One process of many: its platform, its turn, and what its operator is told."""

    chat: Discord = field(default_factory=Discord)
    turn: HandedTurn = field(default_factory=HandedTurn)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        hearing = Hearing(self.chat, hears, self.tell, scale=0.0)
        self.standby = Standby(hearing, self.turn, self.tell, patience=0.01)

    def tell(self, platform: str, text: str) -> None:
        assert platform == "discord"
        self.told.append(text)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        await self.standby.open()
        task = asyncio.create_task(self.standby.run())
        try:
            yield task
        finally:
            await self.standby.finish()
            task.cancel()
            await asyncio.wait({task})


async def hears(_: Inbound) -> Reply:
    return Ok()


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONGEST):
        while not done():
            await asyncio.sleep(0)


async def test_who_has_the_turn_at_the_start_listens_at_once() -> None:
    replica = Replica()
    replica.turn.give()

    async with replica.running():
        assert replica.standby.state == operating.CONNECTED
        assert replica.chat.listening
    assert replica.told == []


async def test_who_stands_by_listens_when_the_other_one_ends() -> None:
    replica = Replica()

    async with replica.running():
        assert replica.standby.state == operating.STANDS_BY
        assert not replica.chat.listening
        replica.turn.give()
        await until(lambda: operating.CONNECTED in replica.told)

        assert replica.told == [operating.STANDS_BY, operating.CONNECTED]
        assert replica.chat.listening


async def test_who_loses_the_turn_listens_no_more_until_it_comes_again() -> None:
    replica = Replica()
    replica.turn.give()

    async with replica.running():
        replica.turn.take()
        await until(lambda: not replica.chat.listening)
        assert not replica.standby.heard
        replica.turn.give()
        await until(lambda: replica.chat.listening)

    assert replica.chat.begun == 2


async def test_the_turn_is_let_go_once_nothing_is_heard_any_more() -> None:
    replica = Replica()
    replica.turn.give()

    async with replica.running():
        pass

    assert not replica.chat.listening
    assert replica.turn.let_go


async def test_a_refusal_ends_the_part_also_when_the_turn_comes_late() -> None:
    replica = Replica(chat=Discord(refuses=True))

    async with replica.running() as task:
        replica.turn.give()
        with pytest.raises(PersonCanFix, match="does not accept"):
            await asyncio.wait_for(asyncio.shield(task), LONGEST)
