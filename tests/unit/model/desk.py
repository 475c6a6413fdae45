"""A job that asks scripted models, and what was said in its thread meanwhile."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import asking
from pipeline.context import JobContext, Request
from pipeline.events import AgentLogged, Event
from pipeline.jobs import Actor, JobId, Place, Stage
from pipeline.ledger import Ledger
from pipeline.ports import Ports
from pipeline.ports.model import Model
from tests.fakes.clock import FakeClock
from tests.fakes.models import ScriptedModels

ANN = Actor(platform="slack", space="T1", id="U1", name="ann")


class Colour(asking.Reply):
    """A colour and how sure one is of it."""

    name: str
    sure: float


@dataclass
class Desk:
    """Asks for a colour by a prompt of the test."""

    home: Path
    models: tuple[Model, ...] = ()
    limit: str = "1.00"
    feedback: str = ""
    owner: Actor = ANN
    ports_are: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def context(self) -> JobContext:
        stage = Stage.INTENT_PARSER
        return JobContext(
            job_id=JobId("j-aaaaaaaa"),
            created_at=FakeClock().now(),
            owner=self.owner,
            thread=Place(platform="slack", space="T1", channel="C1", thread="1.1"),
            home=str(self.home),
            request=Request(words="make me a model"),
            feedback={stage: self.feedback} if self.feedback else {},
        )

    @property
    def ports(self) -> Ports:
        async def emit(event: Event) -> None:
            self.events.append(event)
            self.ledger.note(event)

        return Ports(
            clock=FakeClock(),
            emit=emit,
            workbench=None,  # type: ignore[arg-type]  # nothing runs here
            sources={},
            runtimes={},
            hosts={},
            home=self.home,
            approval="paid",
            models=ScriptedModels(self.models),
            ledger=self.ledger,
            model_usd=Decimal(self.limit),
            **self.ports_are,
        )

    async def ask(self, **more: Any) -> Colour | None:
        values = {"words": "blue or green?"}
        return await asking.ask(
            self.context,
            self.ports,
            Stage.INTENT_PARSER,
            Colour,
            prompt="colour",
            values=values,
            **more,
        )

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    @property
    def said(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, AgentLogged)]
