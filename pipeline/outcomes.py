"""What an agent may answer: its artifact, or why it cannot give it yet."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pipeline.artifacts import Artifact
from pipeline.context import JobContext
from pipeline.events import Event
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class Done:
    """The stage is finished and this is its artifact. `note` is one short line for the person."""

    artifact: Artifact
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Only the person knows: the job waits for a reply that sets `field`."""

    question: str
    field: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedCredential:
    """An account of the owner is needed; `title` is what people call its service."""

    kind: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Approve:
    """A plan that waits for a yes."""

    plan: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ComeBack:
    """Not finished: save what there is and run the agent again later. Counts as no attempt.

    `events` are saved together with the artifact: after a crash there are both or none.
    """

    after: timedelta
    artifact: Artifact
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class LookAgain:
    """As ComeBack, with nothing new since the last time: only when to look again is saved."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Redo:
    """An earlier stage must be done again with this feedback; at most twice in a job."""

    stage: Stage
    feedback: str


Outcome = Done | Ask | NeedCredential | Approve | ComeBack | LookAgain | Redo


class Agent(Protocol):
    """One stage's worker. Safe to run twice; writes one artifact."""

    @property
    def name(self) -> Stage:
        """The stage this agent does."""
        ...

    @property
    def retry(self) -> RetryPolicy:
        """How often it may try."""
        ...

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Do the stage's work for this job."""
        ...
