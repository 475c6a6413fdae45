"""What the pipeline needs from outside. Each port is a Protocol; adapters are its real side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

from pipeline.events import Event
from pipeline.ledger import Ledger
from pipeline.ports.account import Accounts, NoAccounts
from pipeline.ports.clock import Clock
from pipeline.ports.host import Host
from pipeline.ports.model import Models, NoModels
from pipeline.ports.runtime import Runtime, Workbench
from pipeline.ports.source import Source
from pipeline.ports.store import Training
from pipeline.ports.vault import Finder, NothingHeld
from pipeline.ports.weights import NoWeights, Weights


class Emit(Protocol):
    """Show and save an event at once, while the stage is still running."""

    async def __call__(self, event: Event) -> None:
        """Write one event."""
        ...


class Trainings(Protocol):
    """The runs of all jobs at a place."""

    async def __call__(self, runtime: str) -> tuple[Training, ...]:
        """Those of open jobs, as saved now."""
        ...


async def _no_others(runtime: str) -> tuple[Training, ...]:  # noqa: ARG001  (Trainings)
    return ()


@dataclass(frozen=True, slots=True)
class Ports:
    """All that an agent may reach. Shelves are mappings from the adapter's file name.

    `approval` and `share` are the settings of that name; `model_usd` is what a job may spend on
    language models; `trainings_at_once` by runtime, where there is a limit.
    """

    clock: Clock
    emit: Emit
    workbench: Workbench
    sources: Mapping[str, Source]
    runtimes: Mapping[str, Runtime]
    hosts: Mapping[str, Host]
    home: Path
    approval: str
    vault: Finder = field(default_factory=NothingHeld)
    accounts: Accounts = field(default_factory=NoAccounts)
    models: Models = field(default_factory=NoModels)
    weights: Weights = field(default_factory=NoWeights)
    trainings: Trainings = _no_others
    trainings_at_once: Mapping[str, int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    share: Literal["schema", "samples"] = "schema"
    model_usd: Decimal = Decimal(0)
