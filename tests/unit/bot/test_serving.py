"""The bot's parts: started in order, watched, ended in the opposite order."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bot.running.serving import Died, Part, Shift, holding, signals
from pipeline.errors import PersonCanFix, TryAgain
from tests.fakes.clock import FakeClock
from tests.fakes.lock import FakeHolder, FakeLock

pytestmark = pytest.mark.anyio
LONGEST = 10


@dataclass
class Crew:
    """Parts that write down what happens to them."""

    heard: list[str] = field(default_factory=list)

    def part(
        self,
        name: str,
        *,
        run: Callable[[], Awaitable[None]] | None = None,
        opens: Exception | None = None,
        finish: Callable[[], Awaitable[None]] | None = None,
    ) -> Part:
        async def open_it() -> None:
            self.heard.append(f"{name} opens")
            if opens is not None:
                raise opens

        async def run_it() -> None:
            try:
                await (run or asyncio.Event().wait)()
            finally:
                self.heard.append(f"{name} ends")

        async def finish_it() -> None:
            self.heard.append(f"{name} finishes")
            if finish is not None:
                await finish()

        return Part(name, run_it, open=open_it, finish=finish_it)


async def work(shift: Shift, opened: Callable[[], object] = lambda: None) -> None:
    async with asyncio.timeout(LONGEST):
        await shift.work(opened)


async def fails() -> None:
    raise TryAgain("The database does not answer.", "Start it.")


async def slips() -> None:
    raise ZeroDivisionError


async def returns() -> None:
    """Nobody asked for that."""


async def test_what_listens_is_opened_last_and_ended_first() -> None:
    crew = Crew()
    shift = Shift([crew.part("speaker"), crew.part("queue"), crew.part("ears")])
    await work(shift, lambda: asyncio.get_running_loop().call_soon(shift.end))
    assert crew.heard == [
        *("speaker opens", "queue opens", "ears opens"),
        *("ears finishes", "ears ends"),
        *("queue finishes", "queue ends"),
        *("speaker finishes", "speaker ends"),
    ]


async def test_it_is_ready_between_start_and_end_and_draining_from_then_on() -> None:
    seen: list[tuple[bool, bool]] = []
    shift = Shift()

    async def look() -> None:
        seen.append((shift.ready, shift.draining))

    shift.parts = [Crew().part("ears", finish=look)]

    def opened() -> None:
        seen.append((shift.ready, shift.draining))
        shift.end()

    await work(shift, opened)
    assert seen == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("run", "cause"),
    [
        (fails, "The queue stopped: The database does not answer."),
        (slips, "The queue stopped: ZeroDivisionError"),
        (returns, "The queue stopped: it ended by itself"),
    ],
)
async def test_a_part_that_dies_ends_the_others_in_order_and_is_named(
    run: Callable[[], Awaitable[None]], cause: str
) -> None:
    crew = Crew()
    parts = [crew.part("The speaker"), crew.part("The queue", run=run), crew.part("The ears")]
    with pytest.raises(Died) as died:
        await work(Shift(parts))
    assert died.value.message == cause
    assert died.value.hint
    ends = [line for line in crew.heard if line.endswith(("finishes", "ends"))]
    assert ends == [
        "The queue ends",
        *("The ears finishes", "The ears ends"),
        *("The speaker finishes", "The speaker ends"),
    ]


async def test_a_part_that_cannot_open_is_said_and_what_was_open_is_ended() -> None:
    crew, said = Crew(), []
    refuses = crew.part("web", opens=PersonCanFix("Port 3000 is taken.", "Set PORT."))
    with pytest.raises(PersonCanFix, match="Port 3000"):
        await work(Shift([crew.part("queue"), refuses]), lambda: said.append("ready"))
    assert said == []
    assert crew.heard[-1] == "queue ends"


async def test_a_part_that_does_not_finish_holds_up_nobody_for_long() -> None:
    crew = Crew()
    stuck = crew.part("ears", finish=asyncio.Event().wait)  # type: ignore[arg-type]  # it never returns
    shift = Shift([crew.part("queue"), stuck], goodbye=0.05)
    await work(shift, shift.end)
    assert crew.heard[-1] == "queue ends"


async def test_a_part_that_fails_at_its_end_does_not_keep_the_others_from_theirs() -> None:
    crew = Crew()
    shift = Shift([crew.part("queue"), crew.part("ears", finish=slips)])
    await work(shift, shift.end)
    assert crew.heard[-1] == "queue ends"


async def test_an_end_while_it_still_opens_stops_that() -> None:
    shift = Shift()

    async def forever() -> None:
        shift.end()
        await asyncio.Event().wait()

    said: list[str] = []
    shift.parts = [Part("slow", returns, open=forever)]
    await work(shift, lambda: said.append("ready"))
    assert said == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_begins_the_orderly_end(number: signal.Signals) -> None:
    crew = Crew()
    shift = Shift([crew.part("queue")])
    with signals(shift.end):
        await work(shift, lambda: os.kill(os.getpid(), number))
    assert crew.heard[-2:] == ["queue finishes", "queue ends"]


def kept(tries: int, *, leaving: bool) -> FakeLock:
    """The lock of a home that another process keeps for some tries."""
    clock = FakeClock()
    return FakeLock(clock, other=FakeHolder(4711, clock.now(), leaving=leaving), busy=tries)


async def test_a_predecessor_that_is_just_ending_is_waited_for() -> None:
    lock = kept(2, leaving=True)
    async with holding(lock, Shift(), patience=LONGEST):
        assert lock.mine is not None
        assert lock.mine.everything
    assert not lock.held


async def test_one_that_does_not_end_in_time_is_refused_too() -> None:
    with pytest.raises(PersonCanFix, match="process 4711"):
        async with holding(kept(1_000, leaving=True), Shift(), patience=0.01):
            pytest.fail("nobody may work here")


async def test_a_home_in_use_is_refused_at_once_with_the_process_and_what_to_do() -> None:
    lock = kept(1_000, leaving=False)
    with pytest.raises(PersonCanFix, match="process 4711") as refused:
        async with holding(lock, Shift(), patience=LONGEST):
            pytest.fail("nobody may work here")
    assert lock.busy == 999
    assert "kill 4711" in refused.value.hint
    assert "--no-work" in refused.value.hint


async def test_a_process_that_begins_to_end_says_so_to_its_successor() -> None:
    lock, shift = FakeLock(), Shift()
    async with holding(lock, shift, patience=LONGEST):
        shift.end()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert lock.mine is not None
        assert lock.mine.leaving
