"""What a service is here, and one trouble of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from pipeline.context import JobContext
from pipeline.jobs import Actor, JobId, Stage
from pipeline.ports import Ports
from pipeline.ports.account import Account
from pipeline.ports.runtime import Runtime
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN
from tests.fakes.vault import MemoryVault

KINDS = ("401", "403", "402 or 409", "429 with Retry-After", "503", "hang", "cut", "lost answer")
PAUSE = 7  # seconds that a service asks to be left alone
ALWAYS = 1_000_000


@dataclass(frozen=True)
class Trouble:
    """Where it strikes, in words; it begins, and lasts until it is over.

    `struck` says whether it did: None where that is always told in the job.
    """

    where: str
    begin: Callable[[], object]
    over: Callable[[], object]
    struck: Callable[[], bool] | None = None


class Service(Protocol):
    """One service with a fake of it behind. `title` is what messages call it."""

    name: str
    title: str
    stage: Stage
    account: Account | None
    vault: MemoryVault

    @property
    def secrets(self) -> Sequence[str]:
        """What must stand nowhere."""
        ...

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        """One of each kind."""
        ...

    def plugged(self, ports: Ports) -> Ports:
        """The ports with the real adapter of this service."""
        ...

    def next_up(self, context: JobContext, home: Path) -> JobContext:
        """The job just before it meets the service."""
        ...

    async def connect(self, owner: Actor) -> None:
        """The person gives their account, as they do in a form."""
        ...

    def made(self, home: Path, job: JobId) -> int:
        """How many runs, repositories or copies of the data there are now: one is right."""
        ...


def with_runtime(ports: Ports, runtime: Runtime, vault: MemoryVault) -> Ports:
    """The ports with one more place to train."""
    return replace(ports, runtimes={**ports.runtimes, runtime.name: runtime}, vault=vault)


def new_vault() -> MemoryVault:
    """A vault that holds nothing yet."""
    return MemoryVault(clock=FakeClock())


OWNER = ANN
