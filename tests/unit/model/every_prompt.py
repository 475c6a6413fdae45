"""Every prompt of a job, filled in by the code that asks them."""

from importlib.resources import files
from pathlib import Path

from pipeline import asking, bundle, diagnosing, editing, prompting
from pipeline.agents import codegen, deploy, intake_manager, preprocessing
from pipeline.artifacts import ColumnReport, Run
from pipeline.folders import JobFolder
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.model import ModelRefused
from pipeline.ports.runtime import RunState
from tests.fakes.clock import FakeClock
from tests.fakes.models import ScriptedModel, ScriptedModels
from tests.unit.agents.made import Table, table
from tests.unit.bot.finished import METRICS

PROMPTS = sorted(
    one.name.removesuffix(".md")
    for one in files("pipeline.prompts").iterdir()
    if one.name.endswith(".md") and one.name != "ADDING.md"
)
BEFORE = (Stage.INTENT_PARSER, Stage.DATASET, Stage.CONFIG, Stage.ARCHITECTURE)
LEFT = ColumnReport(
    name="left", kind="category", missing=0, unique=2, top=(("no", 70), ("yes", 30))
)


def source(name: str) -> str:
    return prompting._source(name)


def wide(home: Path, words: str, *more: ColumnReport, **settings: str) -> Table:
    """A table of sixty columns and more, as wide as any is shown."""
    columns = [
        ColumnReport(
            name=f"measurement_{number:02}_a",
            kind=("number", "category", "integer")[number % 3],
            missing=number,
            unique=9 + number,
            minimum=0.5,
            maximum=1234.5,
            top=((f"value {number}", 40), ("another value", 20)),
        )
        for number in range(62 - len(more))
    ]
    return table(home, words, *more, *columns, rows=12_345, settings=settings)


async def everything_asked(home: Path, made: Table) -> dict[str, str]:
    """All prompts of a job, filled in by the code that asks them. The model never answers."""
    model = ScriptedModel([ModelRefused("is away")])
    made.ports_are = {"models": ScriptedModels([model]), "model_usd": 1}
    for stage in BEFORE:
        await made.run(stage)
    ports = Ports(
        clock=FakeClock(),
        emit=made_emit,
        workbench=None,  # type: ignore[arg-type]  # nothing runs here
        sources={},
        runtimes={"local": None, "modal": None},  # type: ignore[dict-item]  # only named
        hosts={"folder": None},  # type: ignore[dict-item]  # the same
        home=home,
        approval="paid",
        models=ScriptedModels([model]),
        model_usd=1,  # type: ignore[arg-type]  # a whole dollar
    )
    run = Run(
        runtime="local", name="r", metrics=METRICS, folder=str(home), log_tail=("x" * 90,) * 30
    )
    context = made.context.evolve(run=run)
    folder = JobFolder.of(home, context.job_id)
    assert context.architecture is not None
    lines = context.architecture.requirements
    await intake_manager._heard(context, ports)
    await preprocessing.AGENT._left_out(context, ports)
    bundle.write(context, folder.bundle, lines)
    values = codegen._facts(context, ports, folder, lines)
    await asking.ask(context, ports, Stage.CODEGEN, editing.Edits, prompt="codegen", values=values)
    await diagnosing._diagnosis(context, ports, RunState("failed", step="train"), "It ended.")
    await deploy.AGENT._told(context, ports)
    return {
        next(name for name in PROMPTS if source(name).startswith(one.system)): (
            f"{one.system}\n{one.turns[-1].text}"
        )
        for one in model.asked
    }


async def made_emit(event: object) -> None:
    del event
