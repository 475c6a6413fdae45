"""Columns, settings and the model to train: a language model proposes, the recipe checks."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.agents.architecture import Choice
from pipeline.agents.config import Tuned
from pipeline.agents.dataset import Suspect, Suspects
from pipeline.artifacts import ColumnReport
from pipeline.errors import Rejected
from pipeline.jobs import Stage
from pipeline.outcomes import Done
from pipeline.proposals import Setting
from tests.fakes.models import Line, ScriptedModel, ScriptedModels
from tests.unit.agents.made import Table, table

pytestmark = pytest.mark.anyio
COLUMNS = (
    ColumnReport(name="left", kind="category", missing=0, unique=2, top=(("no", 70), ("yes", 30))),
    ColumnReport(name="age", kind="integer", missing=0, unique=40, minimum=18, maximum=80),
    ColumnReport(name="plan", kind="category", missing=0, unique=3, top=(("basic", 60),)),
    ColumnReport(name="last_call", kind="integer", missing=0, unique=30, minimum=0, maximum=90),
    ColumnReport(name="calls", kind="integer", missing=0, unique=20, minimum=0, maximum=9),
)


async def before(home: Path, stage: Stage, words: str = "predict left", **settings: str) -> Table:
    """A job whose stages before this one were done by rules."""
    made = table(home, words, *COLUMNS, settings=settings)
    order = (Stage.INTENT_PARSER, Stage.DATASET, Stage.CONFIG, Stage.ARCHITECTURE)
    for one in order[: order.index(stage)]:
        await made.run(one)
    return made


async def asked(made: Table, stage: Stage, *lines: Line) -> ScriptedModel:
    model = ScriptedModel(lines)
    made.ports_are = {"models": ScriptedModels([model]), "model_usd": Decimal(1)}
    outcome = await made.run(stage)
    assert isinstance(outcome, Done)
    return model


async def test_a_suspected_leak_is_left_out_and_said(tmp_path: Path) -> None:
    made = await before(tmp_path, Stage.DATASET)
    suspect = Suspect(column="last_call", why="is made when somebody leaves")
    await asked(made, Stage.DATASET, Suspects(leave_out=(suspect,)))
    assert "last_call" not in made.report.roles["features"]
    assert "is made when somebody leaves" in made.report.ignored["last_call"]
    assert "--set extra_columns=last_call" in made.warned[-1]


@pytest.mark.parametrize("names", [("left",), ("salary",), ("age", "plan", "calls"), ()])
async def test_a_model_cannot_take_the_target_or_most_of_the_table(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    made = await before(tmp_path, Stage.DATASET)
    suspects = tuple(Suspect(column=name, why="because") for name in names)
    await asked(made, Stage.DATASET, Suspects(leave_out=suspects))
    assert len(made.report.roles["features"]) == 4


async def test_a_column_that_the_person_wants_stays(tmp_path: Path) -> None:
    made = await before(tmp_path, Stage.DATASET, extra_columns="last_call")
    suspect = Suspect(column="last_call", why="is made when somebody leaves")
    await asked(made, Stage.DATASET, Suspects(leave_out=(suspect,)))
    assert "last_call" in made.report.roles["features"]


async def test_settings_within_the_schema_are_taken_with_their_reason(tmp_path: Path) -> None:
    made = await before(tmp_path, Stage.CONFIG)
    recipe = made.context.intent
    assert recipe is not None
    await made.run(Stage.CONFIG)
    draft = made.context.config
    assert draft is not None
    name = next(iter(draft.hyperparameters))
    reply = Tuned(metric="accuracy", why="both classes matter the same")
    model = await asked(made, Stage.CONFIG, reply)
    assert made.context.config is not None
    assert made.context.config.metric == "accuracy"
    assert made.context.config.budget_seconds == draft.budget_seconds
    assert name in model.shown


@pytest.mark.parametrize(
    ("reply", "feedback"),
    [
        (Tuned(metric="cleverness"), "Unknown metric 'cleverness'"),
        (Tuned(settings=(Setting(name="magic", value="9"),)), "Unknown setting 'magic'"),
    ],
)
async def test_settings_that_cannot_be_go_back(tmp_path: Path, reply: Tuned, feedback: str) -> None:
    made = await before(tmp_path, Stage.CONFIG)
    with pytest.raises(Rejected, match=feedback):
        await asked(made, Stage.CONFIG, reply)


async def test_a_metric_that_the_person_named_stays(tmp_path: Path) -> None:
    made = await before(tmp_path, Stage.CONFIG, "predict left, judge it by log loss")
    await asked(made, Stage.CONFIG, Tuned(metric="accuracy"))
    assert made.context.config is not None
    assert made.context.config.metric == "log_loss"


async def test_a_model_of_the_menu_is_taken(tmp_path: Path) -> None:
    made = await before(tmp_path, Stage.ARCHITECTURE)
    await asked(made, Stage.ARCHITECTURE, Choice(backbone="lightgbm", why="it is quick"))
    assert made.context.architecture is not None
    assert made.context.architecture.backbone == "lightgbm"
    assert made.context.architecture.why == "it is quick"


async def test_what_is_not_on_the_menu_goes_back(tmp_path: Path) -> None:
    made = await before(tmp_path, Stage.ARCHITECTURE)
    with pytest.raises(Rejected, match="Unknown backbone 'gpt-9'") as refused:
        await asked(made, Stage.ARCHITECTURE, Choice(backbone="gpt-9"))
    assert "light_ensemble" in refused.value.feedback


async def test_a_backbone_that_the_person_named_is_not_asked_about(tmp_path: Path) -> None:
    made = await before(tmp_path, Stage.ARCHITECTURE, backbone="lightgbm")
    model = await asked(made, Stage.ARCHITECTURE, Choice(backbone="light_ensemble"))
    assert model.asked == []
    assert made.context.architecture is not None
    assert made.context.architecture.backbone == "lightgbm"
