"""Config: the metric, the budget and every hyperparameter, each from the person or the recipe."""

import os
from collections.abc import Iterator
from functools import partial

from pydantic import Field, JsonValue, ValidationError

from pipeline import bundle, describing
from pipeline.artifacts import Care, DataReport, TrainingConfig
from pipeline.asking import Reply, ask
from pipeline.context import JobContext
from pipeline.errors import Bug, PersonCanFix, UnknownName
from pipeline.events import AgentLogged
from pipeline.hearing.wanted import positive_of
from pipeline.improving import improved
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.proposals import Setting, check_metric, plain, settled
from pipeline.recipe import Metric, Recipe, find_recipe
from pipeline.retry import POLICIES
from pipeline.wishes import ROLE_LEAVES, setting_leaf, wanted_values

# Under this many rows a second thread costs more than it brings, on a busy machine ten times more.
_ROWS_FOR_ANOTHER_THREAD = 20_000
_PREFIX = "hyperparameters."
_OF_CLASSES = frozenset(("accuracy", "f1", "macro_f1"))
_SAY_CARE = frozenset(("recall", "precision"))  # the field's words for the two mistakes
TWO = 2
_HEARD = frozenset(  # by other agents, or kept by a model that stays in a folder
    (
        *("task_type", "runtime", "architecture.backbone", "user_expertise_level"),
        *("dataset.train_split", "dataset.val_split", "dataset.test_split"),
        *("dataset.ignored_columns", "dataset.extra_columns", "dataset.bad_rows", "budget_minutes"),
        *("hyperparameters.seed", "deploy.hf_repo_name", "deploy.publish", "deploy.private_repo"),
    )
)


class Tuned(Reply):
    """What to train otherwise than the program would."""

    metric: str | None = Field(default=None, description="one of the metrics, or null")
    settings: tuple[Setting, ...] = Field(default=(), description="only what is to be changed")
    why: str = Field(default="", description="one short sentence for the person")


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
        classes = bundle.classes(context) if _tells_classes(recipe) else 0
        positive = positive_of(report, context.request.heard) if classes else None
        care = intent.care if classes == TWO else None
        metric = _metric(recipe, intent, classes, care)
        unheard = _unheard(recipe, intent, metric, care)
        notes = tuple(_why_unheard(name, recipe, intent, metric) for name in unheard)
        for note in notes:
            await ports.emit(AgentLogged(stage=self.name, message=note, warning=True))
        config = TrainingConfig(
            metric=metric.name,
            better=metric.better,
            positive=positive,
            seed=bundle.seed(context),
            budget_seconds=_budget(context, recipe),
            threads=_threads(report.rows),
            hyperparameters=_settings(recipe, intent),
            care=care,
            notes=(*notes, *_why_care(care, metric, positive)),
        )
        propose = partial(self._tuned, context, ports, recipe, config)
        return Done(*(await improved(self, context, ports, propose) or (config, _note(config))))

    async def _tuned(
        self, context: JobContext, ports: Ports, recipe: Recipe, draft: TrainingConfig
    ) -> tuple[TrainingConfig, str] | None:
        """What a model would train otherwise, within the recipe's schema."""
        intent, report = context.intent, context.data_report
        if intent is None or report is None:
            raise Bug("Config needs the intent and the data report.")
        reply = await ask(
            context,
            ports,
            self.name,
            Tuned,
            prompt="config",
            values={
                **describing.facts(context, ports),
                "roles": describing.roles(context.columns),
                "draft": f"{draft.metric}, up to {draft.budget_seconds:.0f} s, seed {draft.seed}",
                "locked": ", ".join(intent.locked) or "nothing",
                "metrics": ", ".join(metric.name for metric in recipe.metrics),
                "settings": describing.schema(recipe.settings, draft.hyperparameters),
            },
        )
        if reply is None:
            return None
        classes = bundle.classes(context) if _tells_classes(recipe) else 0
        reply = reply.model_copy(update={"metric": _for_classes(reply.metric, classes)})
        config = _with_tuning(recipe, intent, draft, reply, report)
        return None if config == draft else (config, f"{_note(config)}: {plain(reply.why)}")


def _with_tuning(
    recipe: Recipe, intent: ParsedIntent, draft: TrainingConfig, reply: Tuned, report: DataReport
) -> TrainingConfig:
    """The draft with what was proposed; Rejected where that cannot be. What is fixed stays."""
    changed: dict[str, object] = {}
    if reply.metric and reply.metric != draft.metric and not (intent.metric or intent.care):
        changed = _judged_by(recipe, reply.metric, report)
    unknown = [one.name for one in reply.settings if one.name not in recipe.settings.model_fields]
    if unknown:
        raise UnknownName("setting", plain(", ".join(unknown)), recipe.settings.model_fields)
    free = {
        one.name: one.value for one in reply.settings if setting_leaf(one.name) not in intent.locked
    }
    settings = settled(recipe, {**draft.hyperparameters, **free})
    return draft.model_copy(update={"hyperparameters": settings, **changed})


def _judged_by(recipe: Recipe, name: str, report: DataReport) -> dict[str, object]:
    metric = next((one for one in recipe.metrics if one.name == name), None)
    if metric is None:
        raise UnknownName("metric", plain(name), (one.name for one in recipe.metrics))
    check_metric(metric.name, report, report.roles.get("target"))
    return {"metric": metric.name, "better": metric.better}


def _tells_classes(recipe: Recipe) -> bool:
    """Whether the answer is a class; else the values of the target are no classes."""
    return any(metric.name in _OF_CLASSES for metric in recipe.metrics)


def _metric(recipe: Recipe, intent: ParsedIntent, classes: int, care: Care | None) -> Metric:
    """The metric that the person cares about, where the recipe measures it, else its own.

    Who fears one of two mistakes is told how well the wanted class is found, not how well rows
    are ordered.
    """
    usual = recipe.headline(classes)
    named = None if care and intent.metric in _SAY_CARE else intent.metric
    wanted = _for_classes(named or ("f1" if care else None), classes)
    return next((metric for metric in recipe.metrics if metric.name == wanted), usual)


def _for_classes(metric: str | None, classes: int) -> str | None:
    """With more than two classes nobody's F1 is meant but that of all of them."""
    return "macro_f1" if metric == "f1" and classes > TWO else metric


def _budget(context: JobContext, recipe: Recipe) -> float:
    said = context.intent.budget_minutes if context.intent else None
    return context.request.budget_seconds or (said * 60 if said else recipe.budget_seconds)


def _unheard(
    recipe: Recipe, intent: ParsedIntent, metric: Metric, care: Care | None
) -> tuple[str, ...]:
    """The person's wishes that nothing here can follow."""
    heard = _HEARD | {setting_leaf(name) for name in recipe.settings.model_fields}
    heard |= {leaf for role, leaf in ROLE_LEAVES.items() if recipe.role(role) is not None}
    if intent.architecture.pretrained is False:
        heard |= {"architecture.pretrained"}  # no model that begins from nothing is against it
    if intent.metric in {metric.name, "f1"}:
        heard |= {"metric"}
    if care is not None:
        heard |= {"care", *({"metric"} if intent.metric in _SAY_CARE else ())}
    return tuple(name.removeprefix(_PREFIX) for name in intent.locked if name not in heard)


def _why_unheard(name: str, recipe: Recipe, intent: ParsedIntent, metric: Metric) -> str:
    if name == "care":
        return "There are no two classes here, so no mistake of one kind is worse: care is not used"
    if name == "metric":
        known = ", ".join(one.name for one in recipe.metrics)
        return (
            f"You ask for {intent.metric}, by which {recipe.title.lower()} is not judged here: "
            f"{metric.name} is used. Known: {known}"
        )
    return f"{name} has no meaning for {recipe.title.lower()} here and is not used"


def _settings(recipe: Recipe, intent: ParsedIntent) -> dict[str, JsonValue]:
    wishes = wanted_values(intent)
    leaves = {name: setting_leaf(name) for name in recipe.settings.model_fields}
    given = {name: wishes[leaf] for name, leaf in leaves.items() if leaf in wishes}
    try:
        return recipe.settings.model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise PersonCanFix(
            f"{name} cannot be {first['input']}: {first['msg']}.",
            f"Give another {name}.",
            field=setting_leaf(name),
        ) from error


def _why_care(care: Care | None, metric: Metric, positive: str | None) -> Iterator[str]:
    """What follows from the mistake that is worse, in words."""
    if care is None:
        return
    worse = {"misses": f"to miss a {positive}", "false_alarms": f"to say {positive} wrongly"}[care]
    judged = f" The result is judged by the F1 of {positive}." if metric.name == "f1" else ""
    yield f"You say that it is worse {worse}: the model leans that way.{judged}"


def _threads(rows: int) -> int:
    return 1 if rows < _ROWS_FOR_ANOTHER_THREAD else max(1, (os.cpu_count() or 1))


def _note(config: TrainingConfig) -> str:
    positive = f" (positive: {config.positive})" if config.positive else ""
    return f"{config.metric}{positive}, up to {config.budget_seconds:.0f} s, seed {config.seed}"


AGENT = Config()
