"""What stays open when rules have read a request, and the question that settles it."""

from collections.abc import Mapping

from pydantic import JsonValue

from pipeline.artifacts import DataReport
from pipeline.errors import UnknownName
from pipeline.execution_plan import known_tasks
from pipeline.hearing import asking
from pipeline.hearing.roles import MOST_CLASSES
from pipeline.hearing.several import wanted_together
from pipeline.jobs import TaskType
from pipeline.oneanswer import CLASSIFYING, check_one_label, one_of
from pipeline.outcomes import Ask
from pipeline.readiness import FIND_GROUPS, GROUPING
from pipeline.recipe import find_task
from pipeline.understanding import Reading, readings

TARGET = "dataset.label_column"
FORECASTING = "time_series_forecasting"
_HARDLY = 0.1  # a score of data that cannot be the task
_WELL = 0.3
_MOST_CHOICES = 4


def unsuited(
    reading: Reading, words: str, report: DataReport, given: Mapping[str, JsonValue]
) -> Ask | None:
    """Asks for the task anew where the target was changed to one that the task cannot have."""
    if reading.score > _HARDLY or _could_be(reading.task, report, given.get(TARGET)):
        return None
    best = readings(with_target(words, given), report, known_tasks())[0]
    if best.score < _WELL:
        return None
    return Ask(instead(reading, best), "task_type", (best.task,))


def several(
    best: tuple[Reading, ...], words: str, report: DataReport, given: Mapping[str, JsonValue]
) -> Ask | None:
    """Asks which of several columns is to be predicted; series are forecast together."""
    if TARGET in given or any(reading.task == FORECASTING for reading in best):
        return None
    several = wanted_together(report, words)
    return one_of(several) if several else None


def check_label(
    ranked: tuple[Reading, ...], words: str, report: DataReport, given: Mapping[str, JsonValue]
) -> None:
    """PersonCanFix where the column that is asked for holds several labels in a cell."""
    best = ranked[0]
    if best.task not in CLASSIFYING and best.score >= _WELL:
        return
    asked = asking.ranked(report, with_target(words, given))[:1]
    for candidate in asked:
        if candidate.score >= asking.FILE:
            check_one_label(candidate.column)


def unsupported(
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


def which(best: tuple[Reading, ...], report: DataReport) -> str:
    """The question which of several tasks is meant."""
    named = " or ".join(title(reading) for reading in best[:4])
    if len(report.columns) > 1 and best[0].score > 0:
        return f"What should the model do with this data: {named}?"
    return f"I cannot tell what the model should do with this data. Is it {named}?"


def instead(named: Reading, best: Reading) -> str:
    """The question whether a task that the data can be is meant instead of the named one."""
    lacking = named.data[:1].lower() + named.data[1:].rstrip(".")
    return (
        f"You seem to ask for {title(named)}, but {lacking}. "
        f"Should the model do {title(best)} with this data instead?"
    )


def choices(ranked: tuple[Reading, ...]) -> tuple[str, ...]:
    """The tasks worth offering."""
    return tuple(reading.task for reading in ranked if reading.score > 0)[:_MOST_CHOICES]


def title(reading: Reading) -> str:
    """What a task is called within a sentence."""
    return find_task(reading.task).title.lower().replace("llm", "LLM")


def _could_be(task: TaskType, report: DataReport, target: object) -> bool:
    """Whether the column that was named, if any, can be the task's target at all."""
    column = report.column(target) if isinstance(target, str) else None
    role = find_task(task).role("target")
    if column is None or role is None:
        return True
    many = "category" in role.kinds and column.unique > MOST_CLASSES
    return column.kind in role.kinds and not many


def check_target(given: Mapping[str, JsonValue], report: DataReport) -> None:
    """UnknownName lists the columns where there is none of that name."""
    target = given.get(TARGET)
    known = {name.strip().lower() for name in report.names}
    if isinstance(target, str) and target.strip().lower() not in known:
        raise UnknownName("column", target, report.names, field="target")


def with_target(words: str, given: Mapping[str, JsonValue]) -> str:
    """The words with the target that was fixed by hand, as if they had said it."""
    target = given.get(TARGET)
    return f"{words}. The target is {target}." if target else words
