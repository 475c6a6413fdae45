"""Runs one step inside a sandbox: its lines, its limits, and how it ended."""

import asyncio
import contextlib
import shutil
import signal
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import psutil

from adapters.sandbox.leftovers import kill_tree
from adapters.sandbox.lines import Lines
from adapters.sandbox.view import SCRATCH, Sandbox, module_folder
from pipeline.ports.runtime import Ending, OnLine, Step, StepResult

_TAIL = 60
_CHUNK = 64 << 10
_WATCH_SECONDS = 0.5
_GRACE_SECONDS = 1.5
_LINE_COST = 32  # bytes that a line costs beside its text, so that empty lines are no flood gate
_KILLED = 128 + signal.SIGKILL
_OUT_OF_MEMORY = ("MemoryError", "std::bad_alloc", "Cannot allocate memory", "out of memory")


@dataclass
class _Output:
    """What a step printed so far; `over` is set when it printed more than it may."""

    limit: int
    on_line: OnLine | None
    size: int = 0
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=_TAIL))
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, stream: asyncio.StreamReader) -> None:
        """Deliver lines until the stream ends; beyond the limit only empty the pipe."""
        lines = Lines()
        while data := await stream.read(_CHUNK):
            room = max(0, self.limit - self.size)
            self.size += len(data) + _LINE_COST * data.count(b"\n")
            await self._deliver(lines.feed(data[:room]))
            if self.size > self.limit:
                self.over.set()
            await asyncio.sleep(0)  # a flood must not keep the rest of the bot waiting
        await self._deliver(lines.finish())

    async def _deliver(self, lines: list[str]) -> None:
        for line in lines:
            self.tail.append(line)
            if self.on_line is not None:
                await self.on_line(line)


async def run_step(
    sandbox: Sandbox, python: Path, step: Step, on_line: OnLine | None
) -> StepResult:
    """Run the step to its end. Cancelling ends the script with everything it started."""
    await asyncio.to_thread(step.work.mkdir, parents=True, exist_ok=True, mode=0o700)
    began = monotonic()
    output = _Output(step.limits.output, on_line)
    process = await asyncio.create_subprocess_exec(
        *sandbox.command(python, step),
        cwd=module_folder(),
        env={},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    reader = asyncio.create_task(output.read(process.stdout))
    try:
        forced = await _first_end(process.pid, step, reader, output)
    finally:
        await _end(process, reader)
        await asyncio.to_thread(shutil.rmtree, step.work / SCRATCH, ignore_errors=True)
    code = process.returncode
    ending = forced or _ending(code, output.tail)
    return StepResult(ending, code, monotonic() - began, tuple(output.tail))


async def _first_end(
    pid: int, step: Step, reader: asyncio.Task[None], output: _Output
) -> Ending | None:
    """What happens first: the output ends (None), or a limit is passed."""
    memory = asyncio.create_task(_memory_passed(pid, step.limits.memory))
    flood = asyncio.create_task(output.over.wait())
    try:
        done, _ = await asyncio.wait(
            {reader, memory, flood},
            timeout=step.limits.seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
    finally:
        memory.cancel()
        flood.cancel()
    if not done:
        return "timeout"
    if output.over.is_set():
        return "output"
    if reader in done:
        reader.result()
        return None
    memory.result()
    return "memory"


async def _memory_passed(pid: int, limit: int) -> None:
    """Return once the processes of a step together hold more than `limit` bytes."""
    while await asyncio.to_thread(_memory, pid, limit) <= limit:  # noqa: ASYNC110 - a limit is polled
        await asyncio.sleep(_WATCH_SECONDS)


def _memory(pid: int, limit: int) -> int:
    """Bytes held by a process and all it started; shared pages count once when it matters."""
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    rough = sum(_size(process, "rss") for process in family)
    return rough if rough <= limit else sum(_size(process, "pss") for process in family)


def _size(process: psutil.Process, kind: str) -> int:
    with contextlib.suppress(psutil.NoSuchProcess):
        if kind == "pss":
            with contextlib.suppress(psutil.AccessDenied):
                return int(process.memory_full_info().pss)
        return int(process.memory_info().rss)
    return 0


async def _end(process: asyncio.subprocess.Process, reader: asyncio.Task[None]) -> None:
    """End whatever still runs, and read what it had printed."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait({reader}, timeout=_GRACE_SECONDS)
    finally:
        if not reader.done():
            reader.cancel()
            with contextlib.suppress(psutil.NoSuchProcess):
                kill_tree(psutil.Process(process.pid))
    if process.stdout is not None:
        while await process.stdout.read(_CHUNK):
            pass
    await process.wait()


def _ending(code: int | None, tail: deque[str]) -> Ending:
    """Tell apart how a step ended that no limit of ours ended."""
    if code == 0:
        return "ok"
    last = list(tail)[-10:]
    if code == _KILLED or any(word in line for line in last for word in _OUT_OF_MEMORY):
        return "memory"
    return "timeout" if code == 128 + signal.SIGXCPU else "failed"
