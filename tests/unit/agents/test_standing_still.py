"""One process serves every chat: while rules read long words or a wide table, others go on."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.context import Request
from pipeline.hearing.naming import may_be_named
from pipeline.jobs import Stage
from pipeline.outcomes import Done
from tests.unit.agents.made import LEFT, table

pytestmark = pytest.mark.anyio
VERY_MANY = 5_000
LONGEST_GAP = 1.0  # seconds; where the machine is busy, a part of the time that all of it takes
PRICE = ColumnReport(name="price", kind="number", missing=0, unique=90)
SYLLABLES = ("ta", "ro", "mi", "ken", "sal", "por", "bel", "dun", "fi", "gra", "wol", "nex")


class Ticker:
    """Another chat in the same loop: the longest time for which it was not served."""

    longest = 0.0

    async def run(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now


@asynccontextmanager
async def ticking() -> AsyncIterator[Ticker]:
    ticker = Ticker()
    task = asyncio.create_task(ticker.run())
    await asyncio.sleep(0)
    yield ticker
    await asyncio.sleep(0.02)  # a gap is only known when it is over
    task.cancel()


def made_up(number: int) -> str:
    """A word for a number; three syllables, so that many are alike."""
    count = len(SYLLABLES)
    places = (number, number // count, number // count**2)
    return "".join(SYLLABLES[place % count] for place in places)


def wide(columns: int) -> list[ColumnReport]:
    """Columns of made-up words, each of which the long words say as well."""
    return [
        ColumnReport(name=f"{made_up(at)} {at}", kind="number", missing=0, unique=90)
        for at in range(columns)
    ]


def long_words(letters: int) -> str:
    told = " ".join(made_up(7 * at) for at in range(letters // 6))
    return f"who has left? {told}"[:letters]


async def test_a_long_message_about_a_wide_table_keeps_nobody_waiting(tmp_path: Path) -> None:
    job = table(tmp_path, long_words(4_000), *wide(3_000), LEFT)
    started = time.monotonic()
    async with ticking() as ticker:
        outcome = await job.through(Stage.DATASET)
    took = time.monotonic() - started
    assert isinstance(outcome, Done), outcome
    assert job.report.roles["target"] == "HasLeft"
    assert ticker.longest < max(LONGEST_GAP, took / 5), f"{ticker.longest:.1f} of {took:.1f} s"


def test_of_a_very_wide_table_only_columns_that_are_said_are_compared() -> None:
    near = may_be_named(report(*wide(VERY_MANY), LEFT, PRICE), ("left", "costs", "wolnaxta"))
    assert [column.name for column in near] == ["HasLeft", "price"]


def test_of_any_other_table_every_column_is_compared() -> None:
    assert len(may_be_named(report(*wide(1_000), LEFT), ("lefft",))) == 1_001


def test_of_a_very_long_message_rules_hear_the_beginning() -> None:
    request = Request(words=long_words(40_000))
    assert len(request.words) > 39_000
    assert request.heard == request.words[:4_000]


def report(*columns: ColumnReport) -> DataReport:
    return DataReport(files=(), rows=100, columns=columns, duplicates=0, sha256="0" * 64)
