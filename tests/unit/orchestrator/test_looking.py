"""A training elsewhere that is looked at for days: what each look writes, and what is counted."""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from adapters import document
from adapters.store import SqlStore
from pipeline.jobs import JobStatus, Stage
from pipeline.outcomes import ComeBack, LookAgain
from tests.unit.orchestrator.scripted import (
    ARTIFACTS,
    Stageplay,
    Turn,
    next_process,
    stage_a_play,
)

pytestmark = pytest.mark.anyio

PAUSE = timedelta(seconds=30)
QUIET = LookAgain(PAUSE)
SUBMITTED = ComeBack(PAUSE, ARTIFACTS[Stage.MONITOR])


async def training(store: SqlStore, home: Path, looks: int) -> Stageplay:
    """A job that has submitted its training, with that many looks ahead."""
    turns: list[Turn] = [SUBMITTED, *[QUIET] * looks]
    play = await stage_a_play(store, home, {Stage.MONITOR: turns})
    assert await play.orchestrator.drive(play.job) is not None
    return play


async def look(play: Stageplay) -> None:
    """The next look, when its time has come."""
    play.clock.time = (await play.row()).wake_at
    await play.orchestrator.drive(play.job)


async def test_a_look_that_shows_nothing_new_writes_nothing_but_when_to_look_again(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await training(store, tmp_path, looks=300)
    before, told = await play.row(), await play.kinds()

    for _ in range(300):
        await look(play)

    after = await play.row()
    assert after.context == before.context
    assert await play.kinds() == told
    assert after.wake_at == before.wake_at + 300 * PAUSE
    assert len(document.write(after.context)[0]) == len(document.write(before.context)[0])


async def test_the_time_between_such_looks_is_counted_in_the_end(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await training(store, tmp_path, looks=5)

    row = await play.play()

    assert row.status is JobStatus.DONE
    assert row.context.seconds[Stage.MONITOR] == pytest.approx(6 * PAUSE.total_seconds())


@pytest.mark.parametrize("alone", [True, False])
async def test_a_process_that_dies_in_each_look_parks_the_job(
    store: SqlStore, tmp_path: Path, *, alone: bool
) -> None:
    play = await training(store, tmp_path, looks=1)
    await look(play)

    def die(*_: object) -> LookAgain:
        raise asyncio.CancelledError

    play.agents[Stage.MONITOR].turns = [die] * 9
    for _ in range(4):
        next_process(play, tmp_path, alone=alone)
        with contextlib.suppress(asyncio.CancelledError):
            await look(play)

    assert await play.status() is JobStatus.WAITING


async def test_looks_of_many_processes_are_told_to_nobody_and_park_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await training(store, tmp_path, looks=9)
    told = await play.kinds()

    for _ in range(9):
        next_process(play, tmp_path, alone=False)
        await look(play)

    assert await play.kinds() == told
    assert await play.status() is JobStatus.RUNNABLE
