"""A model that answers anything that is valid makes nothing worse: the job stands as asked."""

import asyncio
import tempfile
from decimal import Decimal
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.agents.architecture import Choice
from pipeline.agents.config import Tuned
from pipeline.agents.dataset import Suspect, Suspects
from pipeline.agents.intent_parser import Understood
from pipeline.artifacts import ColumnReport
from pipeline.asking import Reply
from pipeline.errors import Rejected
from pipeline.execution_plan import known_tasks
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage
from pipeline.outcomes import Done
from pipeline.proposals import Setting
from pipeline.recipe import Recipe, find_recipe
from pipeline.wishes import leaves, locked_values
from tests.fakes.models import ScriptedModel, ScriptedModels
from tests.unit.agents.made import Table, table

COLUMNS = (
    ColumnReport(name="left", kind="category", missing=0, unique=2, top=(("no", 70), ("yes", 30))),
    ColumnReport(name="age", kind="integer", missing=0, unique=40, minimum=18, maximum=80),
    ColumnReport(name="plan", kind="category", missing=0, unique=3, top=(("basic", 60),)),
    ColumnReport(name="calls", kind="integer", missing=0, unique=20, minimum=0, maximum=9),
    ColumnReport(name="note", kind="text", missing=3, unique=90, mean_words=9),
    ColumnReport(name="since", kind="date", missing=0, unique=80, frequency="D"),
    ColumnReport(name="row", kind="id", missing=0, unique=100),
    ColumnReport(name="one", kind="constant", missing=0, unique=1),
)
FIXED = {"target": "left", "epochs": 7, "test_split": 0.2}
STAGES = (Stage.INTENT_PARSER, Stage.DATASET, Stage.CONFIG, Stage.ARCHITECTURE)
NAMES = st.one_of(
    st.sampled_from([*(one.name for one in COLUMNS), "Left", " age "]), st.text(max_size=9)
)
VALUES = st.one_of(
    NAMES,
    st.lists(NAMES, max_size=9).map(",".join),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["true", "false", "adamw", "modal", "huggingface", "f1", "rmse", "0.999"]),
)
HYPERPARAMETERS = ("epochs", "seed", "trials", "learning_rate", "folds", "horizon")
SETTING_NAMES = st.one_of(st.sampled_from([*leaves(), *HYPERPARAMETERS]), st.text(max_size=9))
SETTINGS = st.lists(st.builds(Setting, name=SETTING_NAMES, value=VALUES), max_size=4).map(tuple)
METRICS = st.sampled_from(
    [None, "accuracy", "f1", "macro_f1", "roc_auc", "rmse", "silhouette", "x"]
)
ANYTHING: dict[Stage, st.SearchStrategy[Reply]] = {
    Stage.INTENT_PARSER: st.builds(
        Understood,
        task_type=st.one_of(st.none(), st.sampled_from([*known_tasks()]), st.text(max_size=9)),
        why=st.text(max_size=30),
        settings=SETTINGS,
    ),
    Stage.DATASET: st.builds(
        Suspects,
        leave_out=st.lists(
            st.builds(Suspect, column=NAMES, why=st.text(max_size=30)), max_size=9
        ).map(tuple),
    ),
    Stage.CONFIG: st.builds(Tuned, metric=METRICS, settings=SETTINGS, why=st.text(max_size=30)),
    Stage.ARCHITECTURE: st.builds(
        Choice,
        backbone=st.sampled_from([None, "lightgbm", "light_ensemble", "gpt-9", "../x", ""]),
        why=st.text(max_size=30),
    ),
}
REPLIES = st.fixed_dictionaries(
    {stage: st.lists(any_reply, min_size=3, max_size=3) for stage, any_reply in ANYTHING.items()}
)
FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


async def played(home: Path, replies: dict[Stage, list[Reply]], **fixed: object) -> Table:
    """The stages with a model that gives these replies, each as often as it may try."""
    made = table(home, "predict left", *COLUMNS, settings=fixed)  # type: ignore[arg-type]
    for stage in STAGES:
        for attempt in range(3):
            model = ScriptedModel([replies[stage][attempt]])
            made.ports_are = {"models": ScriptedModels([model]), "model_usd": Decimal(1)}
            made.context = made.context.evolve(retry_counts={stage: attempt})
            try:
                outcome = await made.run(stage)
            except Rejected:
                assert attempt < 2
                continue
            assert isinstance(outcome, Done)
            break
    return made


@cache
def by_rules(**fixed: object) -> Table:
    async def play(home: Path) -> Table:
        made = table(home, "predict left", *COLUMNS, settings=fixed)  # type: ignore[arg-type]
        await made.through(Stage.ARCHITECTURE)
        return made

    with tempfile.TemporaryDirectory() as home:
        return asyncio.run(play(Path(home)))


def check(made: Table, plain: Table) -> None:
    """What holds whatever a model says."""
    intent, config, chosen = made.context.intent, made.context.config, made.context.architecture
    assert isinstance(intent, ParsedIntent)
    assert intent.task_type == "tabular_classification"
    assert made.report.roles["target"] == "left"
    usual = plain.report.roles["features"]
    assert 2 * len(made.report.roles["features"]) >= len(usual)
    assert plain.context.intent is not None
    assert locked_values(intent) == locked_values(plain.context.intent)
    assert intent.deploy == plain.context.intent.deploy
    assert (intent.runtime, intent.budget_minutes) == (None, None)
    recipe = find_recipe(intent.task_type)
    assert isinstance(recipe, Recipe)
    assert config is not None
    assert plain.context.config is not None
    assert config.budget_seconds == plain.context.config.budget_seconds
    assert config.metric in {metric.name for metric in recipe.metrics}
    recipe.settings.model_validate(config.hyperparameters)
    assert chosen is not None
    assert chosen.backbone in {one.name for one in recipe.backbones}
    known = {line for one in recipe.backbones for line in one.requirements}
    assert plain.context.architecture is not None
    assert set(chosen.requirements) <= known | set(plain.context.architecture.requirements)


@given(REPLIES)
@FEW
def test_any_valid_replies_leave_a_job_that_can_be_done(
    replies: dict[Stage, list[Reply]],
) -> None:
    with tempfile.TemporaryDirectory() as home:
        check(asyncio.run(played(Path(home), replies)), by_rules())


@given(REPLIES)
@FEW
def test_any_valid_replies_leave_what_the_person_fixed(replies: dict[Stage, list[Reply]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        check(asyncio.run(played(Path(home), replies, **FIXED)), by_rules(**FIXED))
