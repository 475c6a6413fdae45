"""One prompt through the real agents, and what language models took for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.clock import SystemClock
from adapters.hosts.folder import adapter as folder_host
from adapters.runtimes.local import adapter as local_runtime
from adapters.sources.file import adapter as file_source
from pipeline.agents import find_agents
from pipeline.artifacts import DataInput, DataReport, TrainingConfig
from pipeline.context import JobContext, Request
from pipeline.errors import PersonCanFix, Rejected
from pipeline.events import AgentLogged, Event, ModelCalled, ModelReplied
from pipeline.intent import ParsedIntent
from pipeline.jobs import Actor, JobId, Place, Stage
from pipeline.ledger import Ledger
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.model import Models, NoModels
from pipeline.ports.runtime import Workbench
from pipeline.recipe import known_recipes
from tests.benchmarks.understood import Understood

Prompt = Mapping[str, Any]
OWNER = Actor(platform="terminal", space="bench", id="bench")
_LIMIT = "The limit of"
_NOTHING = Decimal(0)


@dataclass
class Watch:
    """What models were asked in one prompt."""

    calls: int = 0
    replies: int = 0
    tokens: int = 0
    seconds: float = 0.0
    is_over: bool = False
    said: str = ""
    ledger: Ledger = field(default_factory=Ledger)

    async def note(self, event: Event) -> None:
        """One more event of the agents."""
        self.ledger.note(event)
        match event:
            case ModelCalled():
                self.calls += 1
            case ModelReplied():
                self.replies += 1
                self.tokens += event.tokens
                self.seconds += event.seconds
            case AgentLogged(message=said, warning=True):
                self.is_over |= said.startswith(_LIMIT)
                self.said = said

    @property
    def is_silent(self) -> bool:
        """A model was asked, and none of them answered."""
        return self.calls > 0 and self.replies == 0


class Reader:
    """Reads prompts; the files of a data set are taken in once, for all who read."""

    def __init__(self, home: Path, data: Path, workbench: Workbench) -> None:
        self._home = home
        self._data = data
        self._agents = find_agents()
        self._taken: dict[str, Understood | JobContext] = {}
        self._ports = Ports(
            clock=SystemClock(),
            emit=Watch().note,
            workbench=workbench,
            sources={"file": file_source()},  # type: ignore[dict-item]  # frozen, its name too
            runtimes={"local": local_runtime(workbench=workbench, trainings_at_once={"local": 4})},
            hosts={"folder": folder_host(models=home / "models")},  # type: ignore[dict-item]  # as above
            home=home,
            approval="never",
        )

    async def read(
        self, prompt: Prompt, models: Models | None = None, usd: Decimal = _NOTHING
    ) -> tuple[Understood, Watch]:
        """What is understood, with models that may spend so much, or by rules alone."""
        watch = Watch()
        taken = await self._take_in(prompt)
        if isinstance(taken, Understood):
            return taken, watch
        ports = replace(
            self._ports,
            emit=watch.note,
            models=models or NoModels(),
            ledger=watch.ledger,
            model_usd=usd,
        )
        request = taken.request.model_copy(update={"words": prompt["prompt"]})
        return await self._understand(taken.evolve(request=request), ports), watch

    async def _understand(self, context: JobContext, ports: Ports) -> Understood:
        found = Understood()
        for stage in (Stage.INTENT_PARSER, Stage.DATASET, Stage.CONFIG):
            trained = context.intent is not None and context.intent.task_type in known_recipes()
            if stage is Stage.CONFIG and not trained:
                break
            outcome = await self._stage(stage, context, ports)
            if isinstance(outcome, Understood):
                return replace(found, stopped=outcome.stopped)
            if isinstance(outcome, Ask):
                return replace(found, asked=outcome)
            assert isinstance(outcome, Done)
            context = context.with_artifact(outcome.artifact)
            found = _with(found, outcome)
        return found

    async def _take_in(self, prompt: Prompt) -> Understood | JobContext:
        name = prompt["dataset"]
        if name not in self._taken:
            folder = self._data / name
            tops = sorted({pattern.split("/")[0] for pattern in prompt["attach"]})
            files = [path for top in tops for path in sorted(folder.glob(top))]
            inputs = tuple(DataInput(location=str(path)) for path in files)
            context = _context(self._home, len(self._taken), inputs)
            outcome = await self._stage(Stage.INTAKE_MANAGER, context, self._ports)
            self._taken[name] = outcome if isinstance(outcome, Understood) else context
            if isinstance(outcome, Done):
                self._taken[name] = context.with_artifact(outcome.artifact)
        return self._taken[name]

    async def _stage(self, stage: Stage, context: JobContext, ports: Ports) -> Outcome | Understood:
        """Run a stage; what was refused is fed back, as often as the stage may try."""
        agent, told = self._agents[stage], ""
        for attempt in range(1, agent.retry.attempts + 1):
            try:
                return await agent.run(context, ports)
            except Rejected as refused:
                told = refused.message
                context = context.evolve(
                    feedback={stage: refused.feedback}, retry_counts={stage: attempt}
                )
            except PersonCanFix as problem:
                return Understood(stopped=f"{problem.message} {problem.hint}")
        return Understood(stopped=told)


def _with(found: Understood, outcome: Done) -> Understood:
    match outcome.artifact:
        case ParsedIntent():
            return replace(found, intent=outcome.artifact)
        case DataReport():
            return replace(found, report=outcome.artifact)
        case TrainingConfig():
            return replace(found, positive=outcome.artifact.positive)
        case _:
            return found


def _context(home: Path, number: int, inputs: tuple[DataInput, ...]) -> JobContext:
    return JobContext(
        job_id=JobId(f"j-{number:08d}"),
        created_at=datetime.now(UTC),
        owner=OWNER,
        thread=Place(platform="terminal", space="bench", channel="bench"),
        home=str(home),
        request=Request(words="take these files in", inputs=inputs),
    )
