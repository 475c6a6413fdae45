"""Trainings on this machine: followed, cancelled, and told apart after a restart."""

import asyncio
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.run_claim import RunClaim
from adapters.runtimes import local
from adapters.runtimes.local import LocalRuntime, adapter
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.runtime import (
    Ending,
    OnLine,
    RunRequest,
    RunState,
    SandboxLevel,
    Step,
    StepResult,
)
from tests.fakes.jobs import ANN
from tests.unit.care.small_disk import small_disk

pytestmark = pytest.mark.anyio


@dataclass
class ScriptedWorkbench:
    """Steps that print two lines and end as told; a step named in `held` waits to be let go."""

    endings: dict[str, Ending] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    failure: Exception | None = None
    level: SandboxLevel = "full"
    gpus: int = 0
    began: asyncio.Event = field(default_factory=asyncio.Event)
    ended: list[str] = field(default_factory=list)

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        await on_line(f"installing {', '.join(requirements)}")
        return Path("/nowhere/python")

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        assert python.name == "python"
        assert on_line is not None
        assert step.work.is_dir()
        self.began.set()
        try:
            await on_line(f"{step.name} begins")
            if step.name in self.held:
                await self.held[step.name].wait()
            await on_line(f"{step.name} ends")
            if self.failure is not None:
                raise self.failure
        finally:
            self.ended.append(step.name)
        ending = self.endings.get(step.name, "ok")
        return StepResult(ending, 0 if ending == "ok" else 1, 1.0, (f"{step.name} ends",))

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        raise NotImplementedError


class SilentWorkbench(ScriptedWorkbench):
    """Nothing is printed before the step named in `held` is let go."""

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        del requirements, on_line
        return Path("/nowhere/python")

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        self.began.set()
        await self.held["baseline"].wait()
        return await super().run(python, step, on_line)


def _request(tmp_path: Path) -> RunRequest:
    folder = tmp_path / "runs" / "j-1-0"
    steps = tuple(
        Step(name, tmp_path / f"{name}.py", (), folder / name) for name in ("baseline", "train")
    )
    return RunRequest("j-1-0", folder, ("numpy",), steps)


async def _finished(runtime: LocalRuntime, handle: str) -> RunState:
    for _ in range(1000):
        state = await runtime.check(handle, 0, ANN)
        if state.status != "running":
            return state
        await asyncio.sleep(0.001)
    raise AssertionError("the run did not end")


def _plain(state: RunState) -> list[str]:
    return [line for line in state.lines if not line.startswith("{")]


async def test_the_steps_run_one_after_the_other(tmp_path: Path) -> None:
    runtime = adapter(workbench=ScriptedWorkbench(), trainings_at_once={"local": 4})

    handle = await runtime.submit(_request(tmp_path), ANN)
    state = await _finished(runtime, handle)

    assert (state.status, state.step) == ("done", "train")
    assert _plain(state) == [
        *("installing numpy", "baseline begins", "baseline ends", "train begins", "train ends"),
    ]


async def test_a_line_is_what_was_written_as_one(tmp_path: Path) -> None:
    runtime = LocalRuntime(ScriptedWorkbench())
    folder = tmp_path / "run"
    request = RunRequest("j-1-0", folder, (), (Step("a\u2028b", tmp_path, (), folder / "a"),))

    state = await _finished(runtime, await runtime.submit(request, ANN))

    assert "a\u2028b begins" in state.lines


async def test_a_step_that_fails_is_the_last(tmp_path: Path) -> None:
    workbench = ScriptedWorkbench(endings={"baseline": "memory"})
    runtime = LocalRuntime(workbench)

    state = await _finished(runtime, await runtime.submit(_request(tmp_path), ANN))

    assert (state.status, state.step) == ("failed", "baseline")
    assert state.result is not None
    assert state.result.ending == "memory"
    assert workbench.ended == ["baseline"]


async def test_only_new_lines_are_given(tmp_path: Path) -> None:
    hold = asyncio.Event()
    runtime = LocalRuntime(ScriptedWorkbench(held={"train": hold}))
    handle = await runtime.submit(_request(tmp_path), ANN)
    read: list[str] = []
    while "train begins" not in read:
        read += (await runtime.check(handle, len(read), ANN)).lines
        await asyncio.sleep(0.001)
    hold.set()
    await _finished(runtime, handle)

    rest = (await runtime.check(handle, len(read), ANN)).lines

    assert rest[0] == "train ends"
    assert (await runtime.check(handle, len(read) + len(rest), ANN)).lines == ()
    assert (await runtime.check(handle, 0, ANN)).lines == (*read, *rest)


async def test_a_running_run_is_found_by_its_name(tmp_path: Path) -> None:
    runtime = LocalRuntime(ScriptedWorkbench(held={"baseline": asyncio.Event()}))
    handle = await runtime.submit(_request(tmp_path), ANN)

    assert await runtime.find("j-1-0", ANN) == handle
    assert await runtime.find("j-2-0", ANN) is None
    await runtime.cancel(handle, ANN)


async def test_a_failed_run_is_not_found_so_that_it_can_be_tried_again(tmp_path: Path) -> None:
    runtime = LocalRuntime(ScriptedWorkbench(endings={"baseline": "failed"}))
    await _finished(runtime, await runtime.submit(_request(tmp_path), ANN))

    assert await runtime.find("j-1-0", ANN) is None


async def test_cancelling_ends_the_step_and_may_be_repeated(tmp_path: Path) -> None:
    workbench = ScriptedWorkbench(held={"baseline": asyncio.Event()})
    runtime = LocalRuntime(workbench)
    handle = await runtime.submit(_request(tmp_path), ANN)
    await asyncio.wait_for(workbench.began.wait(), 10)

    await runtime.cancel(handle, ANN)
    await runtime.cancel(handle, ANN)

    assert (await runtime.check(handle, 0, ANN)).status == "lost"
    assert workbench.ended == ["baseline"]


async def test_after_a_restart_a_finished_run_is_read_from_disk(tmp_path: Path) -> None:
    first = LocalRuntime(ScriptedWorkbench(endings={"train": "failed"}))
    handle = await first.submit(_request(tmp_path), ANN)
    before = await _finished(first, handle)

    after = await LocalRuntime(ScriptedWorkbench()).check(handle, 2, ANN)

    assert after == RunState(before.status, before.lines[2:], before.step, before.result)


async def test_another_process_sees_a_run_go_on_and_its_end(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    first = LocalRuntime(ScriptedWorkbench(held={"baseline": go_on}))
    handle = await first.submit(_request(tmp_path), ANN)
    await asyncio.wait_for(first.workbench.began.wait(), 10)  # type: ignore[attr-defined]
    second = LocalRuntime(ScriptedWorkbench())

    during = await second.check(handle, 0, ANN)
    go_on.set()
    await _finished(first, handle)
    after = await second.check(handle, 0, ANN)

    assert (during.status, _plain(during)[-1]) == ("running", "baseline begins")
    assert (after.status, _plain(after)[-1]) == ("done", "train ends")


async def test_another_process_ends_a_run_before_it_begins_it_anew(tmp_path: Path) -> None:
    held = ScriptedWorkbench(held={"baseline": asyncio.Event()})
    first, second = LocalRuntime(held), LocalRuntime(ScriptedWorkbench())
    handle = await first.submit(_request(tmp_path), ANN)
    await asyncio.wait_for(held.began.wait(), 10)

    again = await second.submit(_request(tmp_path), ANN)

    assert again == handle
    assert held.ended == ["baseline"]
    assert (await _finished(second, handle)).status == "done"
    assert (await first.check(handle, 0, ANN)).status == "done"


async def test_a_run_is_as_the_process_that_began_it_last_has_it(tmp_path: Path) -> None:
    first = LocalRuntime(ScriptedWorkbench(endings={"baseline": "failed"}))
    bench = ScriptedWorkbench(held={"baseline": asyncio.Event()})
    second = LocalRuntime(bench)
    handle = await first.submit(_request(tmp_path), ANN)
    failed = await _finished(first, handle)

    await second.submit(_request(tmp_path), ANN)
    await asyncio.wait_for(bench.began.wait(), 10)

    assert failed.status == "failed"
    assert (await first.check(handle, 0, ANN)).status == "running"
    await first.cancel(handle, ANN)
    assert bench.ended == ["baseline"]
    assert (await second.check(handle, 0, ANN)).status == "lost"


async def test_a_run_that_another_process_has_begun_anew_is_not_found(tmp_path: Path) -> None:
    first, second = LocalRuntime(ScriptedWorkbench()), LocalRuntime(ScriptedWorkbench())
    handle = await first.submit(_request(tmp_path), ANN)
    await _finished(first, handle)
    found = await first.find("j-1-0", ANN)

    await _finished(second, await second.submit(_request(tmp_path), ANN))

    assert (found, await first.find("j-1-0", ANN)) == (handle, None)


async def test_a_step_that_who_replaced_us_has_ended_has_not_failed(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    first = LocalRuntime(
        ScriptedWorkbench(held={"baseline": go_on}, endings={"baseline": "failed"})
    )
    handle = await first.submit(_request(tmp_path), ANN)
    (Path(handle) / "run.lock").unlink()  # as is done with the lock of a process that was stopped
    go_on.set()

    assert (await _finished(first, handle)).status == "lost"


async def test_a_run_that_was_taken_over_while_its_environment_was_made_begins_nothing(
    tmp_path: Path,
) -> None:
    class TakenOver(ScriptedWorkbench):
        async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
            (tmp_path / "runs" / "j-1-0" / "run.lock").unlink()
            return await super().prepare(requirements, on_line)

    bench = TakenOver()
    runtime = LocalRuntime(bench)

    state = await _finished(runtime, await runtime.submit(_request(tmp_path), ANN))

    assert (state.status, bench.ended) == ("lost", [])


async def test_a_process_that_stood_still_writes_down_no_end_of_a_run_that_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_CLAIM_SECONDS", 60)  # it beats no more
    monkeypatch.setattr("adapters.lock._is_stopped", lambda _: True)
    go_on = asyncio.Event()
    bench = ScriptedWorkbench(held={"baseline": go_on})
    first, second = LocalRuntime(bench), LocalRuntime(ScriptedWorkbench())
    handle = await first.submit(_request(tmp_path), ANN)
    await asyncio.wait_for(bench.began.wait(), 10)
    os.utime(Path(handle) / "run.lock", (0, 0))

    given_up = await second.check(handle, 0, ANN)
    go_on.set()
    await _finished(first, handle)

    assert given_up.status == "lost"
    assert (await second.check(handle, 0, ANN)).status == "lost"


async def test_who_wanted_the_end_of_a_run_does_not_end_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_CLAIM_SECONDS", 0.02)
    request, go_on = _request(tmp_path), asyncio.Event()
    request.folder.mkdir(parents=True)
    RunClaim(request.folder).ask_for_end()
    runtime = LocalRuntime(ScriptedWorkbench(held={"baseline": go_on}))

    handle = await runtime.submit(request, ANN)
    await asyncio.sleep(0.3)
    go_on.set()

    assert (await _finished(runtime, handle)).status == "done"


async def test_a_process_whose_run_was_taken_over_leaves_it_alone(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    first = LocalRuntime(ScriptedWorkbench(held={"baseline": go_on}, endings={"train": "failed"}))
    second = LocalRuntime(ScriptedWorkbench())
    handle = await first.submit(_request(tmp_path), ANN)
    (Path(handle) / "run.lock").unlink()  # as is done with the lock of a process that was stopped

    await second.submit(_request(tmp_path), ANN)
    theirs = await _finished(second, handle)
    go_on.set()
    await asyncio.wait_for(asyncio.wait({first._runs[handle].task}), 10)  # type: ignore[type-var]

    assert theirs.status == "done"
    assert await LocalRuntime(ScriptedWorkbench()).check(handle, 0, ANN) == theirs


async def test_a_process_that_ends_leaves_a_run_that_is_lost_not_cancelled(tmp_path: Path) -> None:
    first = LocalRuntime(ScriptedWorkbench(held={"baseline": asyncio.Event()}))
    handle = await first.submit(_request(tmp_path), ANN)
    task = first._runs[handle].task
    assert task is not None
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait({task})

    assert (await LocalRuntime(ScriptedWorkbench()).check(handle, 0, ANN)).status == "lost"


async def test_a_run_nobody_knows_is_lost(tmp_path: Path) -> None:
    assert (await LocalRuntime(ScriptedWorkbench()).check(str(tmp_path), 0, ANN)).status == "lost"


async def test_a_full_disk_is_told_and_the_run_can_be_submitted_anew(tmp_path: Path) -> None:
    failure = OSError(28, "No space left on device")
    runtime = LocalRuntime(ScriptedWorkbench(failure=failure))
    handle = await runtime.submit(_request(tmp_path), ANN)

    with pytest.raises(PersonCanFix, match="disk is full"):
        await _finished(runtime, handle)
    assert (await runtime.check(handle, 0, ANN)).status == "lost"


async def test_a_disk_that_fills_up_under_a_run_leaves_nothing_claimed(tmp_path: Path) -> None:
    hold = asyncio.Event()
    bench = SilentWorkbench(held={"baseline": hold})
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        request = _request(disk.path)
        runtime = LocalRuntime(bench)
        handle = await runtime.submit(request, ANN)
        await bench.began.wait()
        disk.fill()
        hold.set()
        with pytest.raises(PersonCanFix, match="disk is full"):
            await _finished(runtime, handle)

        with pytest.raises(PersonCanFix, match="disk is full"):
            await runtime.submit(request, ANN)
        disk.empty()

        assert (await runtime.check(handle, 0, ANN)).status == "lost"
        assert (await _finished(runtime, await runtime.submit(request, ANN))).status == "done"


async def test_what_stops_the_environment_is_told_at_once(tmp_path: Path) -> None:
    class NoNetwork(ScriptedWorkbench):
        async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
            await on_line(requirements[0])
            raise TryAgain("no network")

    with pytest.raises(TryAgain, match="no network"):
        await LocalRuntime(NoNetwork()).submit(_request(tmp_path), ANN)


async def test_the_record_of_a_run_is_for_the_owner_alone(tmp_path: Path) -> None:
    request = _request(tmp_path)
    runtime = LocalRuntime(ScriptedWorkbench())
    await _finished(runtime, await runtime.submit(request, ANN))

    record = json.loads((request.folder / "run.json").read_bytes())

    assert (record["name"], record["status"]) == ("j-1-0", "done")
    assert (request.folder / "output.log").stat().st_mode & 0o077 == 0
    assert request.folder.stat().st_mode & 0o077 == 0


async def test_runs_that_are_over_are_forgotten_and_read_from_disk(tmp_path: Path) -> None:
    runtime = LocalRuntime(ScriptedWorkbench())
    first = ""
    for number in range(110):
        folder = tmp_path / "runs" / f"j-{number}"
        request = RunRequest(f"j-{number}", folder, (), (Step("train", folder, (), folder / "t"),))
        handle = await runtime.submit(request, ANN)
        first = first or handle
        assert (await _finished(runtime, handle)).status == "done"

    assert len(runtime._runs) <= 101
    assert (await runtime.check(first, 0, ANN)).status == "done"
