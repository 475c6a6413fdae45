"""Where code runs: the workbench on this machine, and runtimes that carry a whole training."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor

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
        """Run one step to its end; cancelling the call ends the script and all its children.

        NoRoom for one that failed because its disk is full.
        """
        ...

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        """Copy regular files only, never following links; PersonCanFix when over the size limit."""
        ...


class AroundWorkbench:
    """A Workbench around another: all is the other's but for what a subclass does beside it."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    @property
    def level(self) -> SandboxLevel:
        """The other's."""
        return self._workbench.level

    @property
    def gpus(self) -> int:
        """The other's."""
        return self._workbench.gpus

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        """The other's."""
        return await self._workbench.prepare(requirements, on_line)

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        """The other's."""
        return await self._workbench.run(python, step, on_line)

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        """The other's."""
        return self._workbench.take(produced, into)


@dataclass(frozen=True, slots=True)
class Gpu:
    """A kind of GPU that can be had: its memory in GB, and US dollars an hour (0: nothing)."""

    name: str
    memory: int
    usd_hour: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a runtime can do, and its price list of the day `priced_on`.

    `usd_hour` is a machine's price without a GPU. `stops` says whether a run can be ended from
    here; one that cannot is bounded by its request's `seconds`, at most `most_seconds`.
    `start_seconds` is how long it usually takes until the first step begins.
    """

    title: str
    gpus: tuple[Gpu, ...] = ()
    usd_hour: Decimal = Decimal(0)
    priced_on: date | None = None
    stops: bool = True
    most_seconds: float | None = None
    start_seconds: float = 0


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A training to submit under a name of its own: the steps run one after the other.

    Each step's work folder lies in `folder`. `gpu` names one of the runtime's offer, empty for
    none. After `seconds` of wall time a run elsewhere is ended by the service itself.
    """

    name: str
    folder: Path
    requirements: tuple[str, ...]
    steps: tuple[Step, ...]
    gpu: str = ""
    seconds: float = 3600


@dataclass(frozen=True, slots=True)
class RunState:
    """Where a submitted run is. `lines` are the output lines after the asked number.

    `missing` is one that the service does not show now and may show in a moment; `lost` is gone.
    `page` is where a person can look at it, if there is such a place. `why` is what the person
    must know of one that the service itself ended: no script is to blame.
    """

    status: Literal["running", "done", "failed", "cancelled", "missing", "lost"]
    lines: tuple[str, ...] = ()
    step: str = ""
    result: StepResult | None = None
    page: str = ""
    why: PersonCanFix | None = None


class Runtime(Protocol):
    """Carries a training somewhere. `name` is the adapter's file name.

    `account` is the kind of credential of the job's owner that it takes, if any. Every call is
    made with that owner's own credential; PersonCanFix when there is none.
    """

    name: str
    account: str | None
    poll_seconds: float

    @property
    def offer(self) -> Offer:
        """What can be had, and at what price."""
        ...

    async def find(self, name: str, owner: Actor) -> str | None:
        """Handle of a run submitted earlier under this name, also by another process."""
        ...

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        """Start the run; returns the handle by which it is found again.

        PersonCanFix with field "runtime" when the service refuses to run it.
        """
        ...

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        """State now, and the output after `lines_read` lines."""
        ...

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        """Bring what the steps of a run that is done left: their work folders, below `into`.

        Safe to repeat. TryAgain when something is missing that may still come.
        """
        ...

    async def cancel(self, handle: str, owner: Actor) -> bool:
        """End the run and its children; safe to repeat. False where the service has no stop."""
        ...
