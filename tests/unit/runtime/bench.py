"""A place where a test runs a few lines of a stranger's Python in a sandbox."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from adapters.sandbox.running import run_step
from adapters.sandbox.view import Sandbox
from pipeline.ports.runtime import Limits, OnLine, Step, StepResult

SHORT = Limits(seconds=30, memory=1 << 30, file_size=32 << 20, output=1 << 20, processes=64)


@dataclass
class Bench:
    """Runs code in `folder`: the script lies in `bundle/`, its work folder is `work/`."""

    sandbox: Sandbox
    folder: Path
    python: Path = Path(sys.executable)
    limits: Limits = SHORT
    lines: list[str] = field(default_factory=list)

    def step(self, code: str, *arguments: str, reads: tuple[Path, ...] = ()) -> Step:
        script = self.folder / "bundle" / "script.py"
        work = self.folder / "work"
        for folder in (script.parent, work):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        script.write_text(code)
        script.chmod(0o600)
        return Step("test", script, arguments, work, reads, self.limits)

    async def run(self, step: Step, on_line: OnLine | None = None) -> StepResult:
        return await run_step(self.sandbox, self.python, step, on_line or self._keep)

    async def _keep(self, line: str) -> None:
        self.lines.append(line)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def survivors(self) -> list[str]:
        """Command lines of processes that still name this bench."""
        return survivors(self.folder)


def survivors(folder: Path) -> list[str]:
    """Command lines of all processes that name a folder."""
    return [
        " ".join(process.info["cmdline"] or [])
        for process in psutil.process_iter(["cmdline"])
        if str(folder) in " ".join(process.info["cmdline"] or [])
    ]
