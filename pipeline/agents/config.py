"""Config: the metric, the budget and every hyperparameter, each from the person or the recipe."""

import os

from pydantic import JsonValue, ValidationError

from pipeline import bundle
from pipeline.artifacts import DataReport, TrainingConfig
from pipeline.context import JobContext
from pipeline.errors import Bug, PersonCanFix
from pipeline.events import AgentLogged
from pipeline.hearing.likeness import likeness, words_of
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.recipe import Metric, Recipe, find_recipe
from pipeline.retry import POLICIES
from pipeline.wishes import ROLE_LEAVES, locked_values

# Under this many rows a second thread costs more than it brings, on a busy machine ten times more.
_ROWS_FOR_ANOTHER_THREAD = 20_000
_YES = frozenset(
    (
        *("1", "true", "yes", "y", "t", "on", "ja", "j", "oui", "si", "sí", "sim", "да", "tak"),
        *("ano", "evet", "positive", "pos"),
    )
)
_PREFIX = "hyperparameters."
_SAME = 0.9  # of a word and how it may be misspelt
_HEARD = frozenset(  # by other agents, or kept by a model that stays in a folder
    (
        *("task_type", "runtime", "architecture.backbone", "user_expertise_level"),
        *("dataset.train_split", "dataset.val_split", "dataset.test_split"),
        *("dataset.ignored_columns", "dataset.extra_columns", "dataset.bad_rows", "budget_minutes"),
        *("hyperparameters.seed", "deploy.hf_repo_name", "deploy.publish", "deploy.private_repo"),
    )
)


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
        metric = _metric(recipe, intent, bundle.classes(context))
        notes = tuple(
            _why_unheard(name, recipe, intent, metric) for name in _unheard(recipe, intent, metric)
        )
        for note in notes:
            await ports.emit(AgentLogged(stage=self.name, message=note, warning=True))
        config = TrainingConfig(
            metric=metric.name,
            better=metric.better,
            positive=_positive(report, context.request.words),
            seed=bundle.seed(context),
            budget_seconds=_budget(context, recipe),
            threads=_threads(report.rows),
            hyperparameters=_settings(recipe, intent),
            notes=notes,
        )
        return Done(config, _note(config))


def _metric(recipe: Recipe, intent: ParsedIntent, classes: int) -> Metric:
    """The metric that the person cares about, where the recipe measures it, else its own."""
    usual = recipe.headline(classes)
    wanted = _for_classes(intent.metric, classes)
    return next((metric for metric in recipe.metrics if metric.name == wanted), usual)


def _for_classes(metric: str | None, classes: int) -> str | None:
    """With more than two classes nobody's F1 is meant but that of all of them."""
    return "macro_f1" if metric == "f1" and classes > 2 else metric  # noqa: PLR2004  (two classes)


def _budget(context: JobContext, recipe: Recipe) -> float:
    said = context.intent.budget_minutes if context.intent else None
    return context.request.budget_seconds or (said * 60 if said else recipe.budget_seconds)


def _unheard(recipe: Recipe, intent: ParsedIntent, metric: Metric) -> tuple[str, ...]:
    """The person's wishes that nothing here can follow."""
    heard = _HEARD | {f"{_PREFIX}{name}" for name in recipe.settings.model_fields}
    heard |= {leaf for role, leaf in ROLE_LEAVES.items() if recipe.role(role) is not None}
    if intent.metric in {metric.name, "f1"}:
        heard |= {"metric"}
    return tuple(name.removeprefix(_PREFIX) for name in intent.locked if name not in heard)


def _why_unheard(name: str, recipe: Recipe, intent: ParsedIntent, metric: Metric) -> str:
    if name == "metric":
        known = ", ".join(one.name for one in recipe.metrics)
        return (
            f"You ask for {intent.metric}, by which {recipe.title.lower()} is not judged here: "
            f"{metric.name} is used. Known: {known}"
        )
    return f"{name} has no meaning for {recipe.title.lower()} here and is not used"


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
    wanted = [label for label in labels if label.lower() in _YES]
    if len(wanted) != 1:
        wanted = [label for label in labels if _is_named(label, words)]
    return wanted[0] if len(wanted) == 1 else labels[-1]


def _is_named(label: str, words: str) -> bool:
    """Whether the words hold the whole label; a number or a letter is no name."""
    wanted, spoken = words_of(label), words_of(words)
    if len(label) < 2 or label.isdigit() or not wanted:  # noqa: PLR2004  (a letter)
        return False
    return any(
        all(likeness(one, said) >= _SAME for one, said in zip(wanted, spoken[at:], strict=False))
        for at in range(len(spoken) - len(wanted) + 1)
    )


def _threads(rows: int) -> int:
    return 1 if rows < _ROWS_FOR_ANOTHER_THREAD else max(1, (os.cpu_count() or 1))


def _note(config: TrainingConfig) -> str:
    positive = f" (positive: {config.positive})" if config.positive else ""
    return f"{config.metric}{positive}, up to {config.budget_seconds:.0f} s, seed {config.seed}"


AGENT = Config()
