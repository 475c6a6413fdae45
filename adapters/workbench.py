"""The workbench on this machine: cached environments, sandboxed steps, results taken with care."""

import asyncio
import os
from pathlib import Path

from adapters import gpus
from adapters.environments import Environments
from adapters.sandbox.levels import choose
from adapters.sandbox.results import take_results
from adapters.sandbox.running import run_step
from adapters.sandbox.view import Sandbox
from pipeline.errors import NoRoom
from pipeline.ports.runtime import OnLine, SandboxLevel, Step, StepResult

_LEAST_ROOM = 1 << 20  # bytes
_LOOK_SECONDS = 0.5


class LocalWorkbench:
    """Implements pipeline.ports.runtime.Workbench on this machine."""

    def __init__(self, sandbox: Sandbox, environments: Environments) -> None:
        self._sandbox = sandbox
        self._environments = environments

    @property
    def level(self) -> SandboxLevel:
        """The sandbox level chosen by the self-test."""
        return self._sandbox.level

    @property
    def gpus(self) -> int:
        """How many GPUs a step can use."""
        return gpus.count()

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        """Find or make the cached environment of these requirements; returns its Python."""
        return await self._environments.prepare(requirements, on_line)

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        """Run one step to its end; cancelling the call ends the script and all its children.

        NoRoom for one that failed on a full disk, which is no fault of its own.
        """
        full = asyncio.create_task(_full(step.work))
        try:
            result = await run_step(self._sandbox, python, step, on_line)
            was_full = full.done() and result.ending == "failed"  # not for a limit of its own
            if not result.ok and (was_full or await asyncio.to_thread(_is_full, step.work)):
                message = f"The disk is full: the step '{step.name}' could not go on."
                raise NoRoom(message, "Free some space.")
            return result
        finally:
            full.cancel()

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        """Copy regular files only, never following links; PersonCanFix when over the size limit."""
        return take_results(produced, into)


async def _full(folder: Path) -> None:
    """Wait until the disk is full; there may be room again when a script has failed of it."""
    while True:
        if await asyncio.to_thread(_is_full, folder):
            return
        await asyncio.sleep(_LOOK_SECONDS)


def _is_full(folder: Path) -> bool:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False  # whoever writes there says what is wrong
    return disk.f_bavail * disk.f_frsize < _LEAST_ROOM


async def adapter(*, env_cache: Path, sandbox: SandboxLevel | None = None) -> LocalWorkbench:
    """The workbench at the best sandbox level; PersonCanFix when the machine has none."""
    return LocalWorkbench(await choose(sandbox), Environments(env_cache))
