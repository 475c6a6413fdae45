"""Trainings on this machine wait for their turn, visibly, and can be ended while they do."""

import asyncio
from pathlib import Path

import pytest

from adapters.runtimes.local import LocalRuntime, adapter
from pipeline.jobs import Stage
from pipeline.ports.runtime import RunRequest, RunState, Step
from pipeline.scripts import progress
from tests.fakes.jobs import ANN
from tests.unit.runtime.test_local_runtime import ScriptedWorkbench

pytestmark = pytest.mark.anyio

WAITS = "waits for its turn: 1 training is under way on this machine"
TURN = "its turn has come"


def one_at_a_time(*held: str) -> tuple[LocalRuntime, ScriptedWorkbench]:
    workbench = ScriptedWorkbench(held={name: asyncio.Event() for name in held})
    return adapter(workbench=workbench, trainings_at_once={"local": 1}), workbench


def training(tmp_path: Path, name: str) -> RunRequest:
    """Its one step bears its name."""
    folder = tmp_path / "runs" / name
    return RunRequest(name, folder, (), (Step(name, folder, (), folder / name),))


async def submitted(runtime: LocalRuntime, tmp_path: Path, *names: str) -> list[str]:
    handles = [await runtime.submit(training(tmp_path, name), ANN) for name in names]
    await asyncio.sleep(0.05)
    return handles


async def look(runtime: LocalRuntime, handle: str) -> RunState:
    return await runtime.check(handle, 0, ANN)


async def ended(runtime: LocalRuntime, handle: str) -> str:
    async with asyncio.timeout(10):
        while (state := await look(runtime, handle)).status == "running":
            await asyncio.sleep(0.001)
    return state.status


def told(state: RunState) -> list[str]:
    """What a person reads of it, but for how long each step took."""
    events = [progress(Stage.MONITOR, line) for line in state.lines]
    return [one.message for one in events if one and not one.numbers]


async def test_the_second_begins_when_the_first_has_ended(tmp_path: Path) -> None:
    runtime, workbench = one_at_a_time("a")
    first, second = await submitted(runtime, tmp_path, "a", "b")

    waiting = await look(runtime, second)
    workbench.held["a"].set()

    assert (waiting.status, waiting.step, told(waiting)) == ("running", "", [WAITS])
    assert not any("b begins" in line for line in waiting.lines)
    assert await ended(runtime, second) == "done"
    assert told(await look(runtime, second)) == [WAITS, TURN]
    assert told(await look(runtime, first)) == []
    assert workbench.ended == ["a", "b"]


async def test_first_come_first_served(tmp_path: Path) -> None:
    runtime, workbench = one_at_a_time("a")
    *_, last = await submitted(runtime, tmp_path, "a", "d", "c", "b")

    workbench.held["a"].set()

    assert await ended(runtime, last) == "done"
    assert workbench.ended == ["a", "d", "c", "b"]


async def test_one_in_line_can_be_ended_at_once_and_takes_nobodys_turn(tmp_path: Path) -> None:
    runtime, workbench = one_at_a_time("a")
    _, second, third = await submitted(runtime, tmp_path, "a", "b", "c")

    async with asyncio.timeout(1):
        await runtime.cancel(second, ANN)

    assert (await look(runtime, second)).status == "lost"
    assert (await look(runtime, third)).status == "running"
    workbench.held["a"].set()
    assert await ended(runtime, third) == "done"
    assert workbench.ended == ["a", "c"]


async def test_one_that_is_ended_makes_room_for_the_next(tmp_path: Path) -> None:
    runtime, workbench = one_at_a_time("a")
    first, second = await submitted(runtime, tmp_path, "a", "b")

    await runtime.cancel(first, ANN)

    assert await ended(runtime, second) == "done"
    assert workbench.ended == ["a", "b"]


async def test_one_in_line_goes_on_for_other_processes_and_is_lost_with_its_own(
    tmp_path: Path,
) -> None:
    runtime, _ = one_at_a_time("a")
    first, second = await submitted(runtime, tmp_path, "a", "b")
    other, _ = one_at_a_time()

    seen = await look(other, second)
    task = runtime._runs[second].task
    assert task is not None
    task.cancel()  # as the end of the process does
    await asyncio.wait({task})

    assert (seen.status, told(seen)) == ("running", [WAITS])
    assert (await look(other, second)).status == "lost"
    await runtime.cancel(first, ANN)
    (again,) = await submitted(other, tmp_path, "b")
    assert await ended(other, again) == "done"
