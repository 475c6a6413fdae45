"""What a script prints is a stranger's text: it goes nowhere before its secrets are taken out.

A traceback can quote a cell, and from there it would reach the log, the job's record, the thread.
"""

from dataclasses import replace
from pathlib import Path

from pipeline.ports.runtime import AroundWorkbench, OnLine, Step, StepResult, Workbench
from pipeline.ports.sanitizer import Sanitizer


class GuardedWorkbench(AroundWorkbench):
    """Every line of output is cleaned; files are data, and stay as they are."""

    def __init__(self, workbench: Workbench, sanitizer: Sanitizer) -> None:
        super().__init__(workbench)
        self._sanitizer = sanitizer

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        """The same, with what the installer prints cleaned."""
        return await super().prepare(requirements, self._cleaned(on_line))

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        """The same, with what the script prints cleaned."""
        told = None if on_line is None else self._cleaned(on_line)
        result = await super().run(python, step, told)
        return replace(result, tail=tuple(map(self._clean, result.tail)))

    def _cleaned(self, on_line: OnLine) -> OnLine:
        async def clean(line: str) -> None:
            await on_line(self._clean(line))

        return clean

    def _clean(self, line: str) -> str:
        return self._sanitizer.clean(line).text
