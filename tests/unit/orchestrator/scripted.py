"""Agents that answer from a script, and an orchestrator around them on the real store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.store import SqlStore
from pipeline.artifacts import (
    Architecture,
    Artifact,
    Bundle,
    Collected,
    DataReport,
    Preprocessing,
    Release,
    Run,
    TrainingConfig,
)
from pipeline.context import JobContext, Request
from pipeline.intent import ParsedIntent
from pipeline.jobs import Actor, JobId, JobStatus, Place, Stage, TaskType, new_job_id
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Agent, Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.store import JobRow
from pipeline.retry import POLICIES, RetryPolicy

ARTIFACTS: dict[Stage, Artifact] = {
    Stage.INTAKE_MANAGER: Collected(files=(), runtime="local", host="folder", summary=()),
    Stage.INTENT_PARSER: ParsedIntent(task_type=TaskType("text_classification")),
    Stage.DATASET: DataReport(files=(), rows=9, columns=(), duplicates=0, sha256="0"),
    Stage.PREPROCESSING: Preprocessing(
        folder="", rows={}, duplicates_removed=0, strategy="", steps=(), seed=1
    ),
    Stage.CONFIG: TrainingConfig(
        metric="f1",
        better="higher",
        positive=None,
        seed=1,
        budget_seconds=1,
        threads=1,
        hyperparameters={},
    ),
    Stage.ARCHITECTURE: Architecture(backbone="b", why="", requirements=()),
    Stage.CODEGEN: Bundle(folder="", files={}, requirements=(), rehearsal_seconds=0),
    Stage.MONITOR: Run(runtime="local", name="run"),
    Stage.DEPLOY: Release(host="folder", url=None, path=None),
}

Turn = Callable[[JobContext, Ports], Outcome] | Outcome | Exception


@dataclass
class Scripted:
    """Plays its turns one after the other, then is done."""

    name: Stage
    turns: list[Turn] = field(default_factory=list)
    seen: list[JobContext] = field(default_factory=list)

    @property
    def retry(self) -> RetryPolicy:
        return POLICIES[self.name]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        self.seen.append(context)
        turn: Turn = self.turns.pop(0) if self.turns else Done(ARTIFACTS[self.name])
        if isinstance(turn, Exception):
            raise turn
        return turn(context, ports) if callable(turn) else turn


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def pass_(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Journal:
    """Keeps what would go to the job's log."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []

    def traceback(self, job_id: JobId, stage: Stage, error: Exception) -> None:  # noqa: ARG002
        self.errors.append(error)


@dataclass
class Stageplay:
    """A job, its scripted agents and the orchestrator that drives them."""

    store: SqlStore
    clock: Clock
    agents: dict[Stage, Scripted]
    orchestrator: Orchestrator
    journal: Journal
    job: JobId

    async def row(self) -> JobRow:
        return await self.store.load(self.job)

    async def play(self, most: int = 50) -> JobRow:
        """Drive, moving the clock to every next due time, until the job settles."""
        for _ in range(most):
            due = await self.orchestrator.drive(self.job)
            if due is None:
                return await self.row()
            self.clock.time = max(self.clock.time, due)
        message = "the job never settled"
        raise AssertionError(message)

    async def kinds(self) -> list[str]:
        return [recorded.event.kind for recorded in await self.store.events(self.job)]

    async def status(self) -> JobStatus:
        return (await self.row()).status


def ports(clock: Clock, home: Path) -> Ports:
    async def emit(event: object) -> None: ...

    return Ports(
        clock=clock,
        emit=emit,
        workbench=None,  # type: ignore[arg-type]  # no scripted agent runs a script
        sources={},
        runtimes={},
        hosts={},
        home=home,
        approval="paid",
    )


async def stage_a_play(
    store: SqlStore, home: Path, turns: dict[Stage, Sequence[Turn]] | None = None
) -> Stageplay:
    """Save a job and put scripted agents around it; stages without turns are simply done."""
    clock, journal, job = Clock(), Journal(), new_job_id()
    agents = {stage: Scripted(stage, list((turns or {}).get(stage, ()))) for stage in Stage}
    cast: dict[Stage, Agent] = dict(agents)
    orchestrator = Orchestrator(store=store, agents=cast, ports=ports(clock, home), journal=journal)
    context = JobContext(
        job_id=job,
        created_at=clock.now(),
        owner=Actor(platform="terminal", space="tty", id="me"),
        thread=Place(platform="terminal", space="tty", channel="tty", thread=job),
        home=str(home),
        request=Request(words="make me a model"),
    )
    await store.create(context, ())
    return Stageplay(store, clock, agents, orchestrator, journal, job)


def next_process(play: Stageplay, home: Path, *, alone: bool = True) -> None:
    """The job is driven by a process that knows nothing of it."""
    play.orchestrator = Orchestrator(
        store=play.store,
        agents=dict(play.agents),
        ports=ports(play.clock, home),
        journal=play.journal,
        alone=alone,
    )
