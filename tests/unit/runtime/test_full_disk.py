"""A script that fails on a full disk is no fault of its own: what it was part of waits for room."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.runtimes.local import LocalRuntime
from adapters.workbench import LocalWorkbench, adapter
from pipeline.errors import NoRoom
from pipeline.ports.runtime import OnLine, RunRequest, Step
from tests.fakes.jobs import ANN
from tests.unit.care.small_disk import SmallDisk, small_disk

pytestmark = pytest.mark.anyio
MEGABYTES = 8
WRITES = """import sys
open("written", "wb").write(bytes(int(sys.argv[1])))
sys.exit(int(sys.argv[2]))
"""
FAILS_LATE = """import os, sys, time
try:
    with open("written", "wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
except OSError as error:
    time.sleep(1.5)
    os.remove("written")
    sys.exit(str(error))
"""


class Bench(LocalWorkbench):
    """Scripts run with this very Python."""

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        del requirements, on_line
        return Path(sys.executable)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", megabytes=MEGABYTES) as disk:
        (disk.path / "work").mkdir()
        yield disk


@pytest.fixture
async def bench(tmp_path: Path) -> Bench:
    made = await adapter(env_cache=tmp_path, sandbox="limited")
    return Bench(made._sandbox, made._environments)


def writing(disk: SmallDisk, megabytes: int, code: int = 0) -> Step:
    """A step that writes so much, and then ends with that code."""
    script = disk.path / "write.py"
    script.write_text(WRITES)
    arguments = (str(megabytes << 20), str(code))
    return Step("train", script, arguments, disk.path / "work", reads=(script,))


async def test_a_step_that_finds_no_room_waits_for_it(disk: SmallDisk, bench: Bench) -> None:
    with pytest.raises(NoRoom, match="step 'train' could not go on"):
        await bench.run(Path(sys.executable), writing(disk, 2 * MEGABYTES))


async def test_a_step_that_found_no_room_waits_for_it_though_there_is_some_again(
    disk: SmallDisk, bench: Bench
) -> None:
    step = writing(disk, 2 * MEGABYTES)
    step.script.write_text(FAILS_LATE)
    with pytest.raises(NoRoom, match="step 'train' could not go on"):
        await bench.run(Path(sys.executable), step)


async def test_a_step_that_fails_beside_free_room_has_failed(disk: SmallDisk, bench: Bench) -> None:
    result = await bench.run(Path(sys.executable), writing(disk, 1, code=1))
    assert result.ending == "failed"


async def test_a_training_that_finds_no_room_is_begun_anew_when_there_is(
    disk: SmallDisk, bench: Bench
) -> None:
    runtime = LocalRuntime(bench)
    folder = disk.path / "runs" / "j-1-0"
    step = writing(disk, MEGABYTES // 2)
    request = RunRequest("j-1-0", folder, (), (step,))
    disk.fill(left=3 << 20)
    handle = await runtime.submit(request, ANN)
    with pytest.raises(NoRoom):
        await over(runtime, handle)
    disk.empty()
    (disk.path / "work" / "written").unlink()

    assert (await runtime.check(handle, 0, ANN)).status == "lost"
    assert await over(runtime, await runtime.submit(request, ANN)) == "done"


async def over(runtime: LocalRuntime, handle: str) -> str:
    """How a run ended."""
    async with asyncio.timeout(60):
        while (state := await runtime.check(handle, 0, ANN)).status == "running":
            await asyncio.sleep(0.05)
    return state.status
