"""What an attempt does only while its job is its own.

A process that stood still may have been replaced. What it wakes up to is an environment that is
ready or a script that has ended, and what it does next is to empty a folder: of another's results.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from pipeline.ports.runtime import OnLine, SandboxLevel, Step, StepResult, Workbench


class FencedWorkbench:
    """pipeline.ports.runtime.Workbench around another; each call ends with a look at the job.

    `hold` raises Superseded where another process went on with it.
    """

    def __init__(self, workbench: Workbench, hold: Callable[[], Awaitable[object]]) -> None:
        self._workbench = workbench
        self._hold = hold

    @property
    def level(self) -> SandboxLevel:
        """The same."""
        return self._workbench.level

    @property
    def gpus(self) -> int:
        """The same."""
        return self._workbench.gpus

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        """The same, for a job that is still ours."""
        python = await self._workbench.prepare(requirements, on_line)
        await self._hold()
        return python

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        """The same, for a job that is still ours."""
        result = await self._workbench.run(python, step, on_line)
        await self._hold()
        return result

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        """The same."""
        return self._workbench.take(produced, into)
