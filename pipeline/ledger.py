"""What a job has spent on language models and what it has said of them, by its own events."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from pipeline.events import AgentLogged, Event, ModelReplied


@dataclass(slots=True)
class Ledger:
    """Kept from the events, which outlive a process that died in the middle of a stage."""

    usd: Decimal = Decimal(0)
    said: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """The ledger of a job whose events these are."""
        ledger = cls()
        for event in events:
            ledger.note(event)
        return ledger

    def note(self, event: Event) -> None:
        """One more event."""
        match event:
            case ModelReplied():
                self.usd += Decimal(str(event.cost_usd))
            case AgentLogged():
                self.said.add(event.message)
