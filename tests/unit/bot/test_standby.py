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
    """A platform that counts how often it was listened to, and may refuse, at once or late."""

    name: str = "discord"
    listening: bool = False
    begun: int = 0
    refuses: bool = False
    answers: asyncio.Event | None = None

    async def start(self, decide: Decide) -> None:
        if self.answers is not None:
            await self.answers.wait()
        if self.refuses:
            raise PersonCanFix("Discord does not accept the bot's token.", "Set DISCORD_BOT_TOKEN.")
        self.decide = decide
        self.listening = True
        self.begun += 1

    async def stop(self) -> None:
        self.listening = False


@dataclass
class HandedTurn:
    """pipeline.ports.turn.Turn that a test gives, takes and breaks.

    `let_go` once it is over, and nothing was heard any more by then.
    """

    chat: Discord
    mine: asyncio.Event = field(default_factory=asyncio.Event)
    not_mine: asyncio.Event = field(default_factory=asyncio.Event)
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: bool = False

    def give(self) -> None:
        self.not_mine.clear()
        self.mine.set()

    def take(self) -> None:
        self.mine.clear()
        self.not_mine.set()

    async def run(self) -> None:
        try:
            await self.broken.wait()
            raise PersonCanFix("The turn cannot be asked for.", "Give us the right.")
        finally:
            self.let_go = not self.chat.listening

    async def begun(self) -> None:
        await self.mine.wait()

    async def lost(self) -> None:
        await self.not_mine.wait()


@dataclass
class Replica:
    """One process of many: its platform, its turn, and what its operator is told."""

    chat: Discord = field(default_factory=Discord)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.turn = HandedTurn(self.chat)
        hearing = Hearing(self.chat, hears, self.tell, scale=0.0, patience=0.01)
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
    assert replica.told == [operating.STANDS_BY, operating.CONNECTED]


async def test_nothing_goes_on_behind_a_turn_that_was_lost() -> None:
    replica = Replica()
    tasks = []

    async with replica.running():
        for _ in range(3):
            replica.turn.give()
            await until(lambda: replica.chat.listening)
            replica.turn.take()
            await until(lambda: not replica.chat.listening)
            tasks.append(len(asyncio.all_tasks()))

    assert tasks == tasks[:1] * 3


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


async def test_a_refusal_that_comes_after_the_start_ends_the_part() -> None:
    replica = Replica(chat=Discord(refuses=True, answers=asyncio.Event()))
    replica.turn.give()

    async with replica.running() as task:
        assert replica.chat.answers is not None
        replica.chat.answers.set()
        with pytest.raises(PersonCanFix, match="does not accept"):
            await asyncio.wait_for(asyncio.shield(task), LONGEST)


@pytest.mark.parametrize("is_mine", [True, False])
async def test_a_turn_that_cannot_be_asked_for_ends_the_part(*, is_mine: bool) -> None:
    replica = Replica()
    if is_mine:
        replica.turn.give()

    async with replica.running() as task:
        replica.turn.broken.set()
        with pytest.raises(PersonCanFix, match="cannot be asked for"):
            await asyncio.wait_for(asyncio.shield(task), LONGEST)
