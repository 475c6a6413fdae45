"""Trains on this machine: the steps run one after the other on the workbench.

A run's folder holds `output.log` (all it printed) and `run.json` (where it is); the scripts can
write to neither, as each works in a folder of its own below. A run lives with the process that
began it: others that share the folder see it go on, and once that process has ended it is either
finished on disk, or lost and safe to submit anew. A process that stood still meanwhile may still
remember a run that another one has begun anew: what the folder says counts. What is more than this
process may carry at once waits in line, as a run that goes on: its log says so, and its place ends
with the process.
"""

import asyncio
import contextlib
import errno
import json
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from adapters.local_line import Line
from adapters.run_claim import RunClaim
from adapters.run_record import LOG, RunRecord, Status, lines_after
from adapters.sandbox.leftovers import end_leftovers
from pipeline.errors import MLTrainerError, NoRoom, PersonCanFix, TryAgain
from pipeline.jobs import Actor
from pipeline.ports.runtime import Offer, RunRequest, RunState, StepResult, Workbench

POLL_SECONDS = 1.0
_CANCEL_SECONDS = 5.0
_CLAIM_SECONDS = 1.0  # between two looks at whether a run is still ours and wanted
_REMEMBERED = 100  # runs that are over


@dataclass
class _Run:
    """A run of this process. `position` remembers where in the log a line number is.

    `begun` is told apart from what another process begins under the same name.
    """

    request: RunRequest
    log: TextIO
    claim: RunClaim
    begun: str = field(default_factory=lambda: secrets.token_hex(8))
    status: Status = "running"
    step: str = ""
    result: StepResult | None = None
    error: MLTrainerError | None = None
    task: asyncio.Task[None] | None = None
    position: tuple[int, int] = (0, 0)

    def save(self) -> None:
        """Write run.json, whole or not at all; nothing where another process has the run by now."""
        if not self.claim.holds():
            return
        record = RunRecord(self.request.name, self.status, self.step, self.result, self.begun)
        record.write(self.request.folder)

    def is_latest(self) -> bool:
        """Whether nobody has begun it anew since."""
        try:
            return RunRecord.read(self.request.folder).begun == self.begun
        except (OSError, ValidationError):
            return False


@dataclass
class LocalRuntime:
    """Implements pipeline.ports.runtime.Runtime with the workbench of this machine.

    It is nobody's account, so no call needs its owner.
    """

    workbench: Workbench
    name: str = "local"
    poll_seconds: float = POLL_SECONDS
    account: str | None = None
    line: Line = field(default_factory=Line)
    _runs: dict[str, _Run] = field(default_factory=dict)

    @property
    def offer(self) -> Offer:
        """What can be had here costs nothing."""
        return Offer("this machine")

    async def find(self, name: str, owner: Actor) -> str | None:  # noqa: ARG002
        """A run of this process under this name that goes on or is done."""
        for handle, run in self._runs.items():
            if run.request.name == name and run.status in {"running", "done"}:
                return handle if await asyncio.to_thread(run.is_latest) else None
        return None

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        """Prepare the environment, then start the steps; the handle is the run's folder.

        Raises what Workbench.prepare raises, PersonCanFix when the folder cannot be written, and
        TryAgain while another process does not let go of the run.
        """
        handle = str(request.folder)
        await self.cancel(handle, owner)
        try:
            run = await asyncio.to_thread(_open_run, request)
        except OSError as error:
            raise _unwritable(request.folder, error) from error
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(_let_go, run)
            python = await self.workbench.prepare(request.requirements, _writer(run))
            cleanup.pop_all()
        self._remember(handle, run)
        run.task = asyncio.create_task(self._carry(run, python), name=f"run {request.name}")
        run.task.add_done_callback(lambda _: _let_go(run))  # also when it never began
        return handle

    def _remember(self, handle: str, run: _Run) -> None:
        """Keep a run in mind, and let go of the oldest that are over: their folders say enough."""
        over = [one for one, old in self._runs.items() if old.task is None or old.task.done()]
        for one in over[: max(len(over) - _REMEMBERED, 0)]:
            del self._runs[one]
        self._runs[handle] = run

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:  # noqa: ARG002
        """State now; a run of another process is read from disk, or lost with that process."""
        run = self._runs.get(handle)
        if run is None or not await asyncio.to_thread(run.is_latest):
            return await asyncio.to_thread(_from_disk, Path(handle), lines_read)
        if run.error is not None:
            del self._runs[handle]  # asked again, it is lost and can be submitted anew
            raise run.error
        if run.task is not None and run.task.done() and not run.task.cancelled():
            run.task.result()
        status = run.status  # before the log, so that a finished run has given all its lines
        lines, run.position = await asyncio.to_thread(
            lines_after, run.request.folder / LOG, lines_read, run.position
        )
        return RunState(status, lines, run.step, run.result)

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        """All of it is here already."""

    async def cancel(self, handle: str, owner: Actor) -> bool:  # noqa: ARG002
        """End the run and its children; safe to repeat."""
        run = self._runs.get(handle)
        if run is not None and run.task is not None and not run.task.done():
            run.status = "lost"  # also where it has not begun yet
            run.task.cancel()
            await asyncio.wait({run.task}, timeout=_CANCEL_SECONDS)
        await _end_elsewhere(Path(handle))
        return True

    async def _carry(self, run: _Run, python: Path) -> None:
        """Run the steps until one does not end well."""
        watching = asyncio.create_task(_watch(run), name=f"claim on {run.request.name}")
        try:
            async with self.line.turn(run.request.steps[0].name, _writer(run)):
                run.status = await self._steps(run, python)
        except asyncio.CancelledError:
            run.status = "lost"  # it may be submitted anew
            raise
        except MLTrainerError as error:
            run.status, run.error = "lost", error
        except OSError as error:
            run.status, run.error = "lost", _unwritable(run.request.folder, error)
        finally:
            watching.cancel()
            with contextlib.suppress(OSError):
                run.save()

    async def _steps(self, run: _Run, python: Path) -> Status:
        """How they end; who replaced us meanwhile works in their folders, and ends them."""
        for step in run.request.steps:
            if not await asyncio.to_thread(_is_wanted, run):
                return "lost"
            run.step = step.name
            await asyncio.to_thread(step.work.mkdir, parents=True, exist_ok=True, mode=0o700)
            await asyncio.to_thread(run.save)
            write = _writer(run)
            run.result = await self.workbench.run(python, step, write)
            await write(_ended(step.name, run.result))
            if not run.result.ok:
                return "failed" if await asyncio.to_thread(_is_wanted, run) else "lost"
        return "done"


def _open_run(request: RunRequest) -> _Run:
    request.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    claim = RunClaim(request.folder)
    if not claim.take():
        raise TryAgain("Another process still carries this training.", "It is tried again.")
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(claim.release)
        end_leftovers(request.folder)
        log = request.folder / LOG
        log.unlink(missing_ok=True)  # one that was replaced may still write to it
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        run = _Run(request, os.fdopen(handle, "w", encoding="utf-8"), claim)
        cleanup.callback(run.log.close)
        run.save()
        cleanup.pop_all()
    return run


def _let_go(run: _Run) -> None:
    with contextlib.suppress(OSError):  # a full disk takes no last lines
        run.log.close()
    run.claim.release()


async def _watch(run: _Run) -> None:
    """End a run that another process wants ended, or has begun anew while this one was stopped."""
    while True:
        await asyncio.sleep(_CLAIM_SECONDS)
        if run.task is not None and not await asyncio.to_thread(_is_wanted, run):
            run.task.cancel()
            return


def _is_wanted(run: _Run) -> bool:
    """Whether it is still ours, and nobody asked for its end. Shows that we are alive."""
    return run.claim.holds() and not run.claim.is_end_wanted()


async def _end_elsewhere(folder: Path) -> None:
    """End a run that this process did not begin, and what is left of one whose process died."""
    claim = RunClaim(folder)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CANCEL_SECONDS):
            while await asyncio.to_thread(claim.is_carried):
                await asyncio.to_thread(claim.ask_for_end)
                await asyncio.sleep(_CLAIM_SECONDS / 5)
    await asyncio.to_thread(end_leftovers, folder)


def _ended(step: str, result: StepResult) -> str:
    """A progress line of our own: how long the step took."""
    numbers = {"seconds": round(result.seconds, 2)}
    message = "finished" if result.ok else f"ended: {result.ending}"
    return json.dumps({"step": step, "message": message, "numbers": numbers})


def _writer(run: _Run) -> Callable[[str], Awaitable[None]]:
    async def write(line: str) -> None:
        run.log.write(f"{line}\n")
        run.log.flush()

    return write


def _from_disk(folder: Path, lines_read: int) -> RunState:
    """What another process wrote down; a run that ended with its process before its end is lost.

    One that stands still is replaced at once, so that it writes down no end once it goes on.
    """
    claim = RunClaim(folder)
    try:
        is_carried = claim.is_carried()  # before the record, which is written first
        record = RunRecord.read(folder)
        if record.status not in {"done", "failed"} and not (
            is_carried and record.status == "running"
        ):
            _give_up(claim, folder)
            return RunState("lost")
        lines, _ = lines_after(folder / LOG, lines_read)
    except (OSError, ValidationError):
        return RunState("lost")
    return RunState(record.status, lines, record.step, record.result)


def _give_up(claim: RunClaim, folder: Path) -> None:
    if claim.take():
        try:
            end_leftovers(folder)
        finally:
            claim.release()


def _unwritable(folder: Path, error: OSError) -> PersonCanFix:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoRoom(
            "The disk is full: the training cannot go on.", "Free some space, then retry."
        )
    return PersonCanFix(
        f"The training cannot work in {folder}: {error.strerror or error}.",
        "Make the folder writable for the bot, then retry.",
    )


def adapter(*, workbench: Workbench, trainings_at_once: Mapping[str, int]) -> LocalRuntime:
    """The runtime of this machine."""
    return LocalRuntime(workbench, line=Line(trainings_at_once["local"]))
