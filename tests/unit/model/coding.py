"""A job that has come as far as its scripts, on a workbench that plays what they would do."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.sandbox.results import take_results
from pipeline.agents.codegen import AGENT
from pipeline.artifacts import Bundle, ColumnReport, Preprocessing
from pipeline.bundle import sha256, sources
from pipeline.context import JobContext
from pipeline.editing import Edit, Edits
from pipeline.events import AgentLogged, Event
from pipeline.folders import JobFolder
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.runtime import OnLine, StepResult
from pipeline.ports.runtime import Step as Running
from tests.fakes.clock import FakeClock
from tests.fakes.models import Line, ScriptedModel, ScriptedModels
from tests.unit.agents.made import JOB, table

Rows = Sequence[Sequence[str]]
NAMES = ["left", "age", "note"]
TRAIN = [["no" if n % 3 else "yes", str(20 + n), f"a{n}"] for n in range(40)]
VALIDATION = [["no" if n % 3 else "yes", str(20 + n), f"v{n}"] for n in range(8)]
HELD_OUT = [["no" if n % 2 else "yes", str(40 + n), f"t{n}"] for n in range(10)]
COLUMNS = (
    ColumnReport(name="left", kind="category", missing=0, unique=2, top=(("no", 40),)),
    ColumnReport(name="age", kind="integer", missing=0, unique=40, minimum=18, maximum=80),
    ColumnReport(name="note", kind="category", missing=0, unique=12),
)
PARTS: Mapping[str, Rows] = {
    "fit/train": TRAIN,
    "fit/validation": VALIDATION,
    "heldout/test": HELD_OUT,
}
_SETTLED: list[JobContext] = []  # by rules, the same for every test
OK = StepResult("ok", 0, 0.1, ())
EDITED = Edits(edits=(Edit(file="prepare.py", find="LEAST_ROWS = 20", replace="LEAST_ROWS = 21"),))


def write(folder: Path, parts: Mapping[str, Rows]) -> None:
    """The parts as prepare.py leaves them."""
    for name, rows in parts.items():
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(row)}\n" for row in [NAMES, *rows]), "ascii")
    (folder / "prepared.json").write_text("{}", "utf-8")


@dataclass
class Stagehand:
    """pipeline.ports.runtime.Workbench: `does` says how each step ends, or what it leaves."""

    level: str = "full"
    does: dict[str, StepResult | Callable[[Path], None]] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        del requirements, on_line
        return Path("python")

    async def run(self, python: Path, step: Running, on_line: OnLine | None = None) -> StepResult:
        del python, on_line
        self.ran.append(step.name)
        done = self.does.get(step.name, OK)
        if isinstance(done, StepResult):
            return done
        done(step.work)
        return OK

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        return take_results(produced, into)


@dataclass
class Coding:
    """A table whose rows are cut, and the model that is asked about its scripts."""

    home: Path
    hand: Stagehand = field(default_factory=Stagehand)
    events: list[Event] = field(default_factory=list)
    context: JobContext | None = None

    @property
    def folder(self) -> JobFolder:
        return JobFolder.of(self.home, JOB)

    @property
    def said(self) -> list[str]:
        return [one.message for one in self.events if isinstance(one, AgentLogged)]

    async def cut(self) -> JobContext:
        """The job with its rows cut, all by rules."""
        if not _SETTLED:
            made = table(self.home, "predict left", *COLUMNS)
            await made.through(Stage.ARCHITECTURE)
            _SETTLED.append(made.context)
        write(self.folder.prepared, PARTS)
        rows: Any = {"train": 40, "validation": 8, "test": 10}
        prepared = Preprocessing(
            folder=str(self.folder.prepared),
            rows=rows,
            duplicates_removed=0,
            strategy="at random",
            steps=(),
            seed=42,
        )
        settled = _SETTLED[0].evolve(home=str(self.home))
        self.context = settled.with_artifact(prepared)
        return self.context

    async def asked(self, *lines: Line, last: bool = True, redos: int = 0) -> Outcome:
        """One attempt of the stage, in which a model says these lines; the last one, mostly."""
        context = self.context or await self.cut()
        retries = {Stage.CODEGEN: 2} if last else {}
        context = context.evolve(retry_counts=retries, redos=redos)
        self.model = ScriptedModel(lines)
        outcome = await AGENT.run(context, self.ports)
        if isinstance(outcome, Done):
            self.context = context.with_artifact(outcome.artifact)
        return outcome

    @property
    def ports(self) -> Ports:
        async def emit(event: Event) -> None:
            self.events.append(event)

        return Ports(
            clock=FakeClock(),
            emit=emit,
            workbench=self.hand,  # type: ignore[arg-type]  # its level is any text
            sources={},
            runtimes={},
            hosts={},
            home=self.home,
            approval="paid",
            models=ScriptedModels([self.model]),
            model_usd=Decimal(1),
        )

    def rows(self, part: str) -> list[list[str]]:
        """The rows of a part as they lie there now."""
        lines = (self.folder.prepared / f"{part}.jsonl").read_text("ascii").splitlines()
        return [json.loads(line) for line in lines[1:]]

    @property
    def is_drafted(self) -> bool:
        """Whether scripts and rows are the recipe's own."""
        bundle = self.context.bundle if self.context else None
        task = self.context.intent.task_type if self.context and self.context.intent else None
        assert isinstance(bundle, Bundle)
        assert task is not None
        own = sources(task)
        scripts = all(bundle.files[name] == sha256(own[name]) for name in own)
        return scripts and all(self.rows(part) == rows for part, rows in PARTS.items())
