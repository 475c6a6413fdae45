"""Where code runs: the workbench on this machine, and runtimes that carry a whole training."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

SandboxLevel = Literal["full", "partial", "limited"]
Ending = Literal["ok", "failed", "timeout", "memory", "output"]
OnLine = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one step: wall seconds, bytes of memory, of one written file, of printed output."""

    seconds: float = 600
    memory: int = 8 << 30
    file_size: int = 4 << 30
    output: int = 16 << 20
    processes: int = 256


@dataclass(frozen=True, slots=True)
class Step:
    """One script run in a sandbox, with no network.

    The script sees only `reads` (read-only) and `work` (its current folder, the only writable
    one), at the same paths as outside. Arguments are passed as they are.
    """

    name: str
    script: Path
    arguments: tuple[str, ...]
    work: Path
    reads: tuple[Path, ...] = ()
    limits: Limits = Limits()
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended. `tail` holds its last lines of output, oldest first."""

    ending: Ending
    exit_code: int | None
    seconds: float
    tail: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """The script ended by itself with exit code 0."""
        return self.ending == "ok"


class Workbench(Protocol):
    """Runs bundle scripts on this machine, each in an environment of its own requirements."""

    @property
    def level(self) -> SandboxLevel:
        """The sandbox level chosen by the self-test."""
        ...

    @property
    def gpus(self) -> int:
        """How many GPUs a step can use."""
        ...

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        """Find or make the cached environment of these requirements; returns its Python."""
        ...

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        """Run one step to its end; cancelling the call ends the script and all its children."""
        ...

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        """Copy regular files only, never following links; PersonCanFix when over the size limit."""
        ...


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A training to submit under a name of its own: the steps run one after the other."""

    name: str
    folder: Path
    requirements: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class RunState:
    """Where a submitted run is. `lines` are the output lines after the asked number."""

    status: Literal["running", "done", "failed", "cancelled", "lost"]
    lines: tuple[str, ...] = ()
    step: str = ""
    result: StepResult | None = None


class Runtime(Protocol):
    """Carries a training somewhere. `name` is the adapter's file name.

    `account` is the kind of credential of the job's owner that it takes, if any.
    """

    name: str
    account: str | None
    poll_seconds: float

    async def find(self, name: str) -> str | None:
        """Handle of a run submitted earlier under this name, also by another process."""
        ...

    async def submit(self, request: RunRequest) -> str:
        """Start the run; returns the handle by which it is found again."""
        ...

    async def check(self, handle: str, lines_read: int) -> RunState:
        """State now, and the output after `lines_read` lines."""
        ...

    async def cancel(self, handle: str) -> None:
        """End the run and its children; safe to repeat."""
        ...
