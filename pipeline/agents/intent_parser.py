"""Intent: from plain words, and the data beside them, to a structure every later stage reads."""

from collections.abc import Mapping

from pydantic import JsonValue

from pipeline.artifacts import DataReport
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix, UnknownName
from pipeline.execution_plan import known_tasks
from pipeline.folders import JobFolder
from pipeline.hearing import asking
from pipeline.hearing.belonging import spoken_roles
from pipeline.hearing.expertise import expertise
from pipeline.hearing.horizon import spoken_horizon
from pipeline.hearing.judging import spoken_judgement
from pipeline.hearing.roles import MOST_CLASSES
from pipeline.hearing.several import wanted_together
from pipeline.hearing.wishes import spoken_wishes
from pipeline.inspection import saved_report
from pipeline.intent import DatasetIntent, ParsedIntent, SourceType
from pipeline.jobs import Stage, TaskType
from pipeline.oneanswer import CLASSIFYING, check_one_label, one_of
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.readiness import FIND_GROUPS, GROUPING
from pipeline.recipe import Recipe, find_task
from pipeline.retry import POLICIES
from pipeline.understanding import Reading, equally_good, read, readings, ruled_out
from pipeline.wishes import parse, parse_all, with_wishes

# Said of one task alone: "5 groups" means nothing where nothing is grouped.
_OF_ONE_TASK = {
    "hyperparameters.clusters": "clustering",
    "hyperparameters.horizon": "time_series_forecasting",
}
_TARGET = "dataset.label_column"
_FORECASTING = "time_series_forecasting"
_HARDLY = 0.1  # a score of data that cannot be the task
_WELL = 0.3
_MOST_CHOICES = 4


class IntentParser:
    """Rules read the request; what the person fixed, by hand or in passing, is locked."""

    name = Stage.INTENT_PARSER
    retry = POLICIES[Stage.INTENT_PARSER]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Settle on one task, or ask which of the equally good ones is meant."""
        report = await saved_report(JobFolder.of(ports.home, context.job_id), ports)
        words = context.request.words
        given = parse_all(context.request.settings)
        task = given.get("task_type")
        if task is not None:
            reading = read(TaskType(str(task)), _with_target(words, given), report)
            if (asked := _unsuited(reading, words, report, given)) is not None:
                return asked
            return Done(_intent(context, report, reading, given), f"{_title(reading)}, as you said")
        _check_target(given, report)
        ranked = readings(_with_target(words, given), report, known_tasks())
        best = equally_good(ranked)
        _check_one_label(ranked, words, report, given)
        asked = _several(best, words, report, given) or _unsupported(best, ranked, report)
        if asked is None and len(best) != 1:
            asked = Ask(_which(best, report), "task_type", tuple(one.task for one in best))
        if asked is not None:
            return asked
        reading = best[0]
        if (other := ruled_out(ranked)) is not None:
            return Ask(_instead(other, reading), "task_type", _choices(ranked))
        return Done(
            _intent(context, report, reading, given), f"{_title(reading)}: {reading.reason}"
        )


def _unsuited(
    reading: Reading, words: str, report: DataReport, given: Mapping[str, JsonValue]
) -> Ask | None:
    """Asks for the task anew where the target was changed to one that the task cannot have."""
    if reading.score > _HARDLY or _could_be(reading.task, report, given.get(_TARGET)):
        return None
    best = readings(_with_target(words, given), report, known_tasks())[0]
    if best.score < _WELL:
        return None
    return Ask(_instead(reading, best), "task_type", (best.task,))


def _could_be(task: TaskType, report: DataReport, target: object) -> bool:
    """Whether the column that was named, if any, can be the task's target at all."""
    column = report.column(target) if isinstance(target, str) else None
    role = find_task(task).role("target")
    if column is None or role is None:
        return True
    many = "category" in role.kinds and column.unique > MOST_CLASSES
    return column.kind in role.kinds and not many


def _several(
    best: tuple[Reading, ...], words: str, report: DataReport, given: Mapping[str, JsonValue]
) -> Ask | None:
    """Asks which of several columns is to be predicted; series are forecast together."""
    if _TARGET in given or any(reading.task == _FORECASTING for reading in best):
        return None
    several = wanted_together(report, words)
    return one_of(several) if several else None


def _check_one_label(
    ranked: tuple[Reading, ...], words: str, report: DataReport, given: Mapping[str, JsonValue]
) -> None:
    """PersonCanFix where the column that is asked for holds several labels in a cell."""
    best = ranked[0]
    if best.task not in CLASSIFYING and best.score >= _WELL:
        return
    asked = asking.ranked(report, _with_target(words, given))[:1]
    for candidate in asked:
        if candidate.score >= asking.FILE:
            check_one_label(candidate.column)


def _unsupported(
    best: tuple[Reading, ...], ranked: tuple[Reading, ...], report: DataReport
) -> Ask | None:
    """Where nothing says what to predict, the column is asked for: the task follows from it."""
    groups = any(one.task == GROUPING for one in best)
    others = [one for one in best if one.task != GROUPING]
    if not others or any(one.supported or not one.targets for one in others):
        return None
    likely = {name for one in ranked if not one.supported for name in one.targets}
    targets = [name for name in reversed(report.names) if name in likely]
    options = (*targets, *((FIND_GROUPS,) if groups else ()))
    return Ask("Which column should the model predict?", "target", options)


def _check_target(given: Mapping[str, JsonValue], report: DataReport) -> None:
    """UnknownName lists the columns where there is none of that name."""
    target = given.get(_TARGET)
    known = {name.strip().lower() for name in report.names}
    if isinstance(target, str) and target.strip().lower() not in known:
        raise UnknownName("column", target, report.names, field="target")


def _with_target(words: str, given: Mapping[str, JsonValue]) -> str:
    """The words with the target that was fixed by hand, as if they had said it."""
    target = given.get(_TARGET)
    return f"{words}. The target is {target}." if target else words


def _intent(
    context: JobContext, report: DataReport, reading: Reading, given: dict[str, JsonValue]
) -> ParsedIntent:
    """What is wanted: wishes given outright beat those said in passing."""
    words = context.request.words
    wishes = {**_spoken(words, report, reading.task), **given}
    draft = ParsedIntent(
        task_description=words,
        dataset=DatasetIntent(
            url=context.request.inputs[0].location if context.request.inputs else None,
            source_type=_source_type(context),
        ),
        runtime=context.collected.runtime if context.collected else None,
        user_expertise_level=expertise(words, wishes),
    )
    return with_wishes(draft, wishes).model_copy(update={"task_type": reading.task})


def _spoken(words: str, report: DataReport, task: TaskType) -> dict[str, JsonValue]:
    """Wishes said in passing that can be meant; one out of its range was none."""
    known = find_task(task)
    measured = [metric.name for metric in known.metrics] if isinstance(known, Recipe) else ()
    said = spoken_judgement(words, spoken_wishes(words), measured)
    said |= spoken_roles(words, report, [role.name for role in known.roles])
    dates = [column.frequency for column in report.columns if column.frequency]
    ahead = spoken_horizon(words, dates[0] if dates else None)
    said |= {"hyperparameters.horizon": ahead} if ahead else {}
    wishes: dict[str, JsonValue] = {}
    for leaf, value in said.items():
        if _OF_ONE_TASK.get(leaf, task) != task:
            continue
        try:
            dotted, checked = parse(leaf, value)
        except PersonCanFix:
            continue
        wishes[dotted] = checked
    return wishes


def _source_type(context: JobContext) -> SourceType:
    location = context.request.inputs[0].location if context.request.inputs else ""
    return "url" if location.startswith(("https://", "http://")) else "upload"


def _which(best: tuple[Reading, ...], report: DataReport) -> str:
    named = " or ".join(_title(reading) for reading in best[:4])
    if len(report.columns) > 1 and best[0].score > 0:
        return f"What should the model do with this data: {named}?"
    return f"I cannot tell what the model should do with this data. Is it {named}?"


def _instead(named: Reading, best: Reading) -> str:
    lacking = named.data[:1].lower() + named.data[1:].rstrip(".")
    return (
        f"You seem to ask for {_title(named)}, but {lacking}. "
        f"Should the model do {_title(best)} with this data instead?"
    )


def _choices(ranked: tuple[Reading, ...]) -> tuple[str, ...]:
    return tuple(reading.task for reading in ranked if reading.score > 0)[:_MOST_CHOICES]


def _title(reading: Reading) -> str:
    return find_task(reading.task).title.lower().replace("llm", "LLM")


AGENT = IntentParser()
