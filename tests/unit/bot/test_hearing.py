"""A platform that is away at start is tried again while the others work; a refusal ends the bot."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.running.hearing import Hearing
from bot.running.serving import Died, Part, Shift
from bot.running.station import holding_chats
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.chat import Decide, Inbound, Ok, Reply
from tests.fakes.chat import FakeThreadedChat

pytestmark = pytest.mark.anyio
LONGEST = 10
AWAY = TryAgain("Discord could not be reached (ClientConnectorError).", "It is tried again.")
REFUSED = PersonCanFix("Discord does not accept the bot's token.", "Set DISCORD_BOT_TOKEN.")


@dataclass
class Discord(FakeThreadedChat):
    """A platform whose next starts fail with these errors, or hang until `answers` is set."""

    name: str = "discord"
    starts: deque[MLTrainerError] = field(default_factory=deque)
    answers: asyncio.Event | None = None
    closed: list[str] = field(default_factory=list)

    async def start(self, decide: Decide) -> None:
        if self.answers is not None:
            await self.answers.wait()
        await asyncio.sleep(0)
        if self.starts:
            raise self.starts.popleft()
        self.decide = decide

    async def close(self) -> None:
        self.closed.append(self.name)


async def hears(_: Inbound) -> Reply:
    return Ok()


@dataclass
class Bot:
    """One platform, a part beside it, and what the operator is told."""

    chat: Discord
    patience: float = LONGEST
    told: list[str] = field(default_factory=list)
    besides: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hearing = Hearing(self.chat, hears, self.tell, scale=0.0, patience=self.patience)
        here = self.hearing
        self.shift = Shift(
            [
                Part("What is heard", here.run, open=here.open, finish=here.finish),
                Part("The web server", asyncio.Event().wait, open=self.opens),  # type: ignore[arg-type]  # it never returns
            ]
        )

    def tell(self, platform: str, text: str) -> None:
        self.told.append(f"{platform}: {text}")

    async def opens(self) -> None:
        self.besides.append("open")

    async def works(self) -> None:
        """Until it is told to end, which `ready` and `heard` are waited for."""
        async with asyncio.timeout(LONGEST):
            await self.shift.work(lambda: asyncio.ensure_future(self.ends()))

    async def ends(self) -> None:
        while not self.hearing.heard:
            await asyncio.sleep(0)
        self.besides.append("heard" if self.chat.decide else "deaf")
        self.shift.end()


async def test_a_platform_that_answers_is_heard_and_nothing_more_is_said() -> None:
    bot = Bot(Discord())
    await bot.works()
    assert bot.told == []
    assert bot.besides == ["open", "heard"]
    assert bot.chat.decide is None


async def test_a_platform_that_is_away_at_start_is_told_and_tried_again() -> None:
    bot = Bot(Discord(starts=deque([AWAY, AWAY, AWAY])))
    await bot.works()
    assert bot.besides == ["open", "heard"]
    assert bot.told == [
        f"discord: {AWAY.message} It is tried again; the rest works.",
        "discord: connected",
    ]


async def test_a_platform_that_does_not_answer_holds_up_the_others_for_a_while_only() -> None:
    chat = Discord(answers=asyncio.Event())
    bot = Bot(chat, patience=0.01)

    async def answers_later() -> None:
        while not bot.besides:
            await asyncio.sleep(0)
        assert chat.answers is not None
        chat.answers.set()

    late = asyncio.ensure_future(answers_later())
    await bot.works()
    await late
    assert bot.told == [
        "discord: There is no answer yet. It is tried again; the rest works.",
        "discord: connected",
    ]


async def test_a_refusal_ends_the_start_with_its_own_words() -> None:
    bot = Bot(Discord(starts=deque([REFUSED])))
    with pytest.raises(PersonCanFix) as refused:
        await bot.works()
    assert refused.value is REFUSED
    assert bot.besides == []


async def test_a_refusal_that_comes_late_ends_the_bot_and_is_named() -> None:
    bot = Bot(Discord(starts=deque([AWAY, REFUSED])))
    with pytest.raises((Died, PersonCanFix), match="does not accept the bot's token") as died:
        await bot.works()
    assert died.value.hint == REFUSED.hint


async def test_the_platform_says_how_long_to_wait_before_the_next_try() -> None:
    waits = TryAgain("Discord asks us to slow down.", after=timedelta(hours=1))
    bot = Bot(Discord(starts=deque([waits])))
    bot.hearing = Hearing(bot.chat, hears, bot.tell, scale=1.0)
    await bot.hearing.open()
    await asyncio.sleep(0.01)
    assert not bot.hearing.heard
    await bot.hearing.finish()


async def test_an_end_while_a_platform_is_away_is_an_end() -> None:
    bot = Bot(Discord(answers=asyncio.Event()), patience=0.01)
    async with asyncio.timeout(LONGEST):
        await bot.shift.work(bot.shift.end)
    assert bot.besides == ["open"]


async def test_a_connection_that_is_lost_for_long_is_told_and_so_is_its_return() -> None:
    bot = Bot(Discord())
    bot.hearing = Hearing(bot.chat, hears, bot.tell, look_seconds=0.0)
    await bot.hearing.open()
    listening = asyncio.ensure_future(bot.hearing.run())
    async with asyncio.timeout(LONGEST):
        bot.chat.connected = False
        while not bot.told:
            await asyncio.sleep(0)
        bot.chat.connected = True
        while len(bot.told) == 1:
            await asyncio.sleep(0)
    listening.cancel()
    await bot.hearing.finish()
    assert bot.told[0].startswith("discord: connected no more")
    assert bot.told[1:] == ["discord: connected"]


async def test_a_short_drop_is_not_worth_a_word() -> None:
    bot = Bot(Discord())
    bot.hearing = Hearing(bot.chat, hears, bot.tell, look_seconds=0.0)
    await bot.hearing.open()
    listening = asyncio.ensure_future(bot.hearing.run())
    for connected in (False, True) * 10:
        bot.chat.connected = connected
        await asyncio.sleep(0)
    listening.cancel()
    assert bot.told == []


@pytest.mark.parametrize("names", [("discord", "slack"), ("slack", "discord"), ("a", "discord")])
async def test_discord_is_closed_last_in_whatever_order_platforms_are_found(
    names: tuple[str, ...],
) -> None:
    closed: list[str] = []
    async with holding_chats([Discord(name=name, closed=closed) for name in names]) as held:
        assert held[0].name == "discord"
    assert closed == [*(name for name in names if name != "discord"), "discord"]


async def test_a_platform_that_fails_to_close_keeps_no_other_open() -> None:
    closed: list[str] = []

    class Stuck(Discord):
        async def close(self) -> None:
            raise AWAY

    with pytest.raises(TryAgain):
        async with holding_chats([Stuck(name="slack"), Discord(closed=closed)]):
            pass
    assert closed == ["discord"]
