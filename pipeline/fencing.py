"""What an attempt does only while its job is its own.

A process that stood still may have been replaced. What it wakes up to is an environment that is
ready or a script that has ended, and what it does next is to empty a folder: of another's results.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from pipeline.ports.runtime import AroundWorkbench, OnLine, Step, StepResult, Workbench


class FencedWorkbench(AroundWorkbench):
    """Each environment and each step ends with a look at the job.

    `hold` raises Superseded where another process went on with it.
    """

    def __init__(self, workbench: Workbench, hold: Callable[[], Awaitable[object]]) -> None:
        super().__init__(workbench)
        self._hold = hold

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        """The same, for a job that is still ours."""
        python = await super().prepare(requirements, on_line)
        await self._hold()
        return python

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        """The same, for a job that is still ours."""
        result = await super().run(python, step, on_line)
        await self._hold()
        return result
