"""What the terminal prints, read as a person or a pipe reads it."""

import io

import pytest

from adapters.platforms.terminal import Terminal
from pipeline.jobs import Place
from pipeline.ports.chat import Action, Card, Inbound, Ok, Ref, Reply, StageLine
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN

pytestmark = pytest.mark.anyio

HERE = Place(platform="terminal", space="local", channel="screen")


class Screen:
    """A terminal whose output is a plain file."""

    def __init__(self) -> None:
        self.out, self.clock = io.StringIO(), FakeClock()
        self.terminal = Terminal(
            actor=ANN, place=HERE, out=self.out, monotonic=self.clock.monotonic
        )

    @property
    def lines(self) -> list[str]:
        return self.out.getvalue().splitlines()

    async def show(self, state: StageLine, *log: str, ref: Ref | None = None) -> Ref:
        card = Card(title="Job j-1", body="words", stages=(state,), log=log)
        if ref is None:
            return await self.terminal.post(HERE, card, "key")
        return await self.terminal.edit(ref, card)


def running(note: str) -> StageLine:
    return StageLine(title="dataset", state="running", note=note)


DONE = StageLine(title="dataset", state="done", note="4.8s")


async def test_a_finished_stage_is_one_line_and_no_escape_codes() -> None:
    screen = Screen()
    ref = await screen.show(running("running"))
    await screen.show(DONE, ref=ref)
    await screen.show(DONE, ref=ref)
    assert screen.lines == ["Job j-1  words", ">> dataset              ✓  4.8s"]
    assert "\x1b" not in screen.out.getvalue()


async def test_progress_on_a_pipe_is_said_after_two_seconds_and_then_now_and_then() -> None:
    screen = Screen()
    ref = await screen.show(running("running"))
    for second in range(1, 10):
        screen.clock.advance(1)
        await screen.show(running(f"{second}0%"), ref=ref)
    assert [line.split()[-1] for line in screen.lines[1:]] == ["20%", "70%"]


async def test_each_line_of_the_log_is_printed_once() -> None:
    screen = Screen()
    ref = await screen.show(running("running"), "first")
    await screen.show(running("running"), "first", "second\nand its end", ref=ref)
    assert screen.lines[1:] == ["   first", "   second", "   and its end"]


async def test_a_stage_that_runs_again_is_shown_again() -> None:
    screen = Screen()
    ref = await screen.show(DONE)
    await screen.show(running("running, attempt 2"), ref=ref)
    await screen.show(DONE, ref=ref)
    assert screen.lines[1:] == [">> dataset              ✓  4.8s"] * 2


async def test_a_result_stands_unframed_so_that_its_lines_can_be_found() -> None:
    screen = Screen()
    card = Card(title="Ready.", body="Metric      f1 0.9 [sic]\nModel       /m", tone="good")
    await screen.terminal.post(HERE, card, "end")
    assert screen.lines == ["", "Agent: Ready.", "Metric      f1 0.9 [sic]", "Model       /m"]


async def test_a_card_that_is_said_shows_its_stages_but_not_those_to_come() -> None:
    screen = Screen()
    screen.terminal.tell(Card(title="Job j-1", body="words", stages=(DONE, StageLine(title="x"))))
    assert screen.lines == ["", "Agent: Job j-1", "words", ">> dataset              ✓  4.8s"]


async def test_who_is_asked_in_a_talk_is_told_what_can_be_typed() -> None:
    async def decide(inbound: Inbound) -> Reply:
        del inbound
        return Ok()

    actions = (Action(id="approve", label="Approve"), Action(id="change", label="Change"))
    asking = Card(title="Is this right?", actions=actions, tone="waiting")
    screen = Screen()
    screen.terminal.tell(asking)
    assert screen.lines == ["", "Agent: Is this right?"]
    await screen.terminal.start(decide)
    screen.terminal.tell(asking)
    await screen.terminal.stop()
    assert screen.lines[-1] == "Say: approve, change NAME to VALUE"
