"""A job as far as its stages have come, whose file has columns made by hand."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from pipeline.agents import find_agents
from pipeline.artifacts import ColumnReport, DataInput, DataReport, FileReport
from pipeline.context import JobContext, Request
from pipeline.events import AgentLogged, Event
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import Actor, JobId, Place, Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from tests.unit.orchestrator.scripted import Clock

JOB = JobId("j-aaaaaaaa")
AGE = ColumnReport(name="age", kind="number", missing=0, unique=70)
REGION = ColumnReport(
    name="region", kind="category", missing=0, unique=3, top=(("north", 40), ("south", 30))
)
LEFT = ColumnReport(
    name="HasLeft", kind="boolean", missing=0, unique=2, top=(("no", 80), ("yes", 20))
)
ROW = ColumnReport(name="row", kind="id", missing=0, unique=100)
SAME = ColumnReport(name="branch", kind="constant", missing=0, unique=1, top=(("main", 100),))
MAIL = ColumnReport(name="mail", kind="text", missing=0, unique=100, mean_words=30)


class Copying:
    """A workbench that only takes results."""

    level = "full"
    gpus = 0

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        into.mkdir(parents=True, exist_ok=True)
        return (Path(shutil.copy(produced, into / produced.name)),)


@dataclass
class Table:
    """A job whose file has these columns, as far as its stages have come."""

    home: Path
    context: JobContext
    said: list[Event] = field(default_factory=list)
    ports_are: dict[str, Any] = field(default_factory=dict)
    workbench: Copying = field(default_factory=Copying)

    @property
    def warned(self) -> list[str]:
        """What the stages warned of."""
        return [event.message for event in self.said if isinstance(event, AgentLogged)]

    @property
    def report(self) -> DataReport:
        """The report with the parts that its columns play."""
        assert self.context.data_report is not None
        return self.context.data_report

    async def run(self, stage: Stage) -> Outcome:
        async def emit(event: Event) -> None:
            self.said.append(event)

        ports = Ports(
            clock=Clock(),
            emit=emit,
            workbench=self.workbench,  # type: ignore[arg-type]  # these stages run no script
            sources={},
            runtimes={},
            hosts={},
            home=self.home,
            approval="paid",
            **self.ports_are,
        )
        outcome = await find_agents()[stage].run(self.context, ports)
        if isinstance(outcome, Done):
            self.context = self.context.with_artifact(outcome.artifact)
        return outcome

    async def through(self, last: Stage) -> Outcome:
        """Run the stages from the intent to this one, leaving the splitting out."""
        order = (Stage.INTENT_PARSER, Stage.DATASET, Stage.CONFIG, Stage.ARCHITECTURE)
        outcome: Outcome | None = None
        for stage in order[: order.index(last) + 1]:
            outcome = await self.run(stage)
        assert outcome is not None
        return outcome


def table(
    home: Path,
    words: str,
    *columns: ColumnReport,
    rows: int = 100,
    settings: Mapping[str, JsonValue] | None = None,
    budget: float | None = None,
    **facts: Any,
) -> Table:
    report = DataReport(
        files=(FileReport(name="data.csv", format="csv", rows=rows, kept=rows, table="0.jsonl"),),
        rows=rows,
        columns=columns,
        duplicates=0,
        sha256="0" * 64,
        **facts,
    )
    folder = fresh(JobFolder.of(home, JOB).report)
    (folder / "report.json").write_text(report.model_dump_json(), "utf-8")
    request = Request(
        words=words,
        inputs=(DataInput(location="data.csv"),),
        settings=settings or {},
        budget_seconds=budget,
    )
    place = Place(platform="terminal", space="tty", channel="tty")
    context = JobContext(
        job_id=JOB,
        created_at=Clock().now(),
        owner=Actor(platform="terminal", space="tty", id="me"),
        thread=place,
        home=str(home),
        request=request,
    )
    return Table(home, context)
