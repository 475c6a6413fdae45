"""What stays open when rules have read a request, and the question that settles it."""

from collections.abc import Mapping

from pydantic import JsonValue

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.casting import Roles
from pipeline.errors import UnknownName
from pipeline.execution_plan import known_tasks
from pipeline.hearing import asking
from pipeline.hearing.roles import MOST_CLASSES
from pipeline.hearing.several import wanted_together
from pipeline.intent import ParsedIntent
from pipeline.jobs import TaskType
from pipeline.oneanswer import CLASSIFYING, check_one_label, one_of
from pipeline.outcomes import Ask
from pipeline.readiness import FIND_GROUPS, GROUPING
from pipeline.recipe import Evidence, Role, Task, find_task
from pipeline.understanding import Reading, readings

TARGET = "dataset.label_column"
FORECASTING = "time_series_forecasting"
_HARDLY = 0.1  # a score of data that cannot be the task
_WELL = 0.3
_MOST_CHOICES = 4
_FEW_OPTIONS = 6
_VALUES_SHOWN = 3
_LONGEST_VALUE = 20


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


def unclear_role(
    task: Task,
    report: DataReport,
    evidence: Evidence,
    fixed: Roles,
    intent: ParsedIntent,
) -> Ask | None:
    """A question about the first role that several columns could play equally well."""
    for role in task.roles:
        if role.name in fixed:
            continue
        chosen = evidence.roles.get(role.name)
        rivals = evidence.doubts.get(role.name, ())
        options = tuple(dict.fromkeys((*([chosen] if isinstance(chosen, str) else ()), *rivals)))
        if rivals and len(options) > 1:
            expert = intent.user_expertise_level == "expert"
            options = options if expert else options[:_FEW_OPTIONS]
            return Ask(_question(role, report, options, expert=expert), role.name, options)
    return None


def _question(role: Role, report: DataReport, options: tuple[str, ...], *, expert: bool) -> str:
    """An expert is asked in a word; others also read what the columns hold."""
    asked = f"Which column is {role.title}?"
    if expert:
        return asked
    told = [text for name in options if (text := _holds(report.column(name)))]
    why = "Your words fit several of them equally well."
    return " ".join((asked, why, "; ".join(told) + "." if told else "")).strip()


def _holds(column: ColumnReport | None) -> str:
    """What a column holds: a few of its values or its range; nothing of personal data."""
    if column is None or column.personal:
        return ""
    if column.minimum is not None and column.maximum is not None and column.kind != "boolean":
        return f"{column.name} goes from {column.minimum:g} to {column.maximum:g}"
    values = ", ".join(value[:_LONGEST_VALUE] for value, _ in column.top[:_VALUES_SHOWN])
    more = ", …" if column.unique > _VALUES_SHOWN else ""
    return f"{column.name} holds {values}{more}" if values else ""
