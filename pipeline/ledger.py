"""What a job has spent, and what it has said of language models, by its own events."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Self

from pipeline.errors import PersonCanFix
from pipeline.events import (
    AgentLogged,
    AnswerReceived,
    Event,
    JobResumed,
    ModelCalled,
    ModelReplied,
    TrainingCharged,
)

_MOST_SILENT = 2
_MOST_USD = 1000


@dataclass(slots=True)
class Ledger:
    """Kept from the events, which outlive a process that died in the middle of a stage.

    `charged` holds the price of each run elsewhere by its handle. `silent` counts by provider and
    model the calls since its latest answer, or since its person did something about the job.
    """

    usd: Decimal = Decimal(0)
    charged: dict[str, Decimal] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    replies: int = 0
    silent: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def compute_usd(self) -> Decimal:
        """What was spent on trainings elsewhere."""
        return sum(self.charged.values(), Decimal(0))

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """The ledger of a job whose events these are."""
        ledger = cls()
        for event in events:
            ledger.note(event)
        return ledger

    def copy(self) -> Self:
        """The same, to be gone on with apart."""
        charged, said = dict(self.charged), set(self.said)
        return replace(self, charged=charged, said=said, silent=self.silent.copy())

    def note(self, event: Event) -> None:
        """One more event."""
        match event:
            case ModelCalled():
                self.silent[event.provider, event.model] += 1
            case ModelReplied():
                self.usd += Decimal(str(event.cost_usd))
                self.replies += 1
                del self.silent[event.provider, event.model]
            case AnswerReceived() | JobResumed():
                self.silent.clear()
            case TrainingCharged():
                self.charged[event.run] = Decimal(str(event.usd))
            case AgentLogged():
                self.said.add(event.message)

    def is_silent(self, provider: str, model: str) -> bool:
        """Whether a model has left its latest calls without an answer: no stage waits for it."""
        return self.silent[provider, model] >= _MOST_SILENT


def dollars(value: str) -> float:
    """What models of the person's own key may spend in a job; PersonCanFix for no such sum."""
    told = value.strip().strip("$").strip()
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", told) or not 0 < float(told) <= _MOST_USD:
        raise PersonCanFix(
            f"model_usd={value} cannot be.", f"Give dollars, from 0.01 to {_MOST_USD:,}."
        )
    return float(told)
