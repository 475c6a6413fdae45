"""Config: the metric, the budget and every hyperparameter, each from the person or the recipe."""

import os
from types import MappingProxyType

from pydantic import JsonValue, ValidationError

from pipeline import bundle
from pipeline.artifacts import DataReport, TrainingConfig
from pipeline.context import JobContext
from pipeline.errors import Bug, PersonCanFix
from pipeline.events import AgentLogged
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.recipe import Recipe, find_recipe
from pipeline.retry import POLICIES
from pipeline.understanding import normal
from pipeline.wishes import locked_values

# Under this many rows a second thread costs more than it brings, on a busy machine ten times more.
_ROWS_FOR_ANOTHER_THREAD = 20_000
_YES = frozenset(("1", "true", "yes", "y", "t", "on"))
_PREFIX = "hyperparameters."
_HEARD = frozenset(  # by other agents
    (
        *("task_type", "runtime", "dataset.label_column", "architecture.backbone"),
        *("dataset.train_split", "dataset.val_split", "dataset.test_split"),
        *("hyperparameters.seed", "deploy.hf_repo_name"),
    )
)
_COLUMNS = MappingProxyType({"dataset.text_column": "text", "dataset.image_column": "image"})


class Config:
    """A value the person gave stands; one that means nothing here is said, not dropped silently."""

    name = Stage.CONFIG
    retry = POLICIES[Stage.CONFIG]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Settle all settings of the training."""
        intent, report = context.intent, context.data_report
        if intent is None or intent.task_type is None or report is None:
            raise Bug("Config needs the intent and the data report.")
        recipe = find_recipe(intent.task_type)
        metric = recipe.headline(bundle.classes(context))
        notes = tuple(
            f"{name} has no meaning for {recipe.title.lower()} here and is not used"
            for name in _unheard(recipe, intent)
        )
        for note in notes:
            await ports.emit(AgentLogged(stage=self.name, message=note, warning=True))
        config = TrainingConfig(
            metric=metric.name,
            better=metric.better,
            positive=_positive(report, context.request.words),
            seed=bundle.seed(context),
            budget_seconds=context.request.budget_seconds or recipe.budget_seconds,
            threads=_threads(report.rows),
            hyperparameters=_settings(recipe, intent),
            notes=notes,
        )
        return Done(config, _note(config))


def _unheard(recipe: Recipe, intent: ParsedIntent) -> tuple[str, ...]:
    """The person's wishes that nothing here can follow."""
    heard = _HEARD | {f"{_PREFIX}{name}" for name in recipe.settings.model_fields}
    heard |= {leaf for leaf, role in _COLUMNS.items() if recipe.role(role) is not None}
    return tuple(name.removeprefix(_PREFIX) for name in intent.locked if name not in heard)


def _settings(recipe: Recipe, intent: ParsedIntent) -> dict[str, JsonValue]:
    wishes = locked_values(intent)
    names = (name for name in recipe.settings.model_fields if f"{_PREFIX}{name}" in wishes)
    given = {name: wishes[f"{_PREFIX}{name}"] for name in names}
    try:
        return recipe.settings.model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise PersonCanFix(
            f"{name} cannot be {first['input']}: {first['msg']}.",
            f"Give another {name}.",
            field=f"{_PREFIX}{name}",
        ) from error


def _positive(report: DataReport, words: str) -> str | None:
    """The one of two labels that says yes, or that the words name alone, else the rarer."""
    target = report.roles.get("target")
    column = report.column(target) if isinstance(target, str) else None
    if column is None or column.unique != 2 or not column.top:  # noqa: PLR2004  (binary)
        return None
    labels = [label for label, _ in column.top]
    if column.kind == "boolean":
        wanted = [label for label in labels if label.lower() in _YES]
    else:
        wanted = [label for label in labels if _is_named(label, words)]
    return wanted[0] if len(wanted) == 1 else labels[-1]


def _is_named(label: str, words: str) -> bool:
    """Whether the words hold the whole label; a number or a letter is no name."""
    spoken = normal(label)
    return len(spoken) > 1 and not spoken.isdigit() and f" {spoken} " in f" {normal(words)} "


def _threads(rows: int) -> int:
    return 1 if rows < _ROWS_FOR_ANOTHER_THREAD else max(1, (os.cpu_count() or 1))


def _note(config: TrainingConfig) -> str:
    positive = f" (positive: {config.positive})" if config.positive else ""
    return f"{config.metric}{positive}, up to {config.budget_seconds:.0f} s, seed {config.seed}"


AGENT = Config()
