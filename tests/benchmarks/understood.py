"""What came of a prompt, held against what its author expected of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.artifacts import DataReport
from pipeline.intent import ParsedIntent
from pipeline.outcomes import Ask
from pipeline.wishes import locked_values

Ending = Literal["right", "asked", "wrong", "stopped"]
_ROLES = {
    "target": "target",
    "target_column": "target",
    "text": "text",
    "time": "time",
    "series_id": "series_id",
    "image_column": "image",
    "source": "source",
    "prompt": "prompt",
    "response": "response",
}
_PLACES = {"first column": 0, "second column": 1}
_TOKENS = {"text": "tokens", "target": "tags"}
_NO_COLUMN = ("whole file",)


@dataclass(frozen=True)
class Understood:
    """How far a prompt came: its intent and report, the question, or what stopped it."""

    intent: ParsedIntent | None = None
    report: DataReport | None = None
    positive: str | None = None
    asked: Ask | None = None
    stopped: str = ""


@dataclass(frozen=True)
class Verdict:
    """The ending, what differs from what was expected, and how much of it was understood."""

    ending: Ending
    told: tuple[str, ...] = field(default=())
    task: bool = False
    columns: bool = False


def judge(expected: Mapping[str, Any], found: Understood) -> Verdict:
    """Right, asked, stopped, or wrong with every difference."""
    may_ask = expected.get("ask", ())
    task = found.intent is not None and found.intent.task_type == expected.get("task")
    if found.asked is not None:
        fair = found.asked.field in may_ask
        told = f"asked for {found.asked.field}: {', '.join(found.asked.options)}"
        return Verdict("right" if fair else "asked", (told,), fair or task, fair)
    if found.stopped:
        return Verdict("stopped", (found.stopped,), task)
    if may_ask:
        told = f"guessed instead of asking for {', '.join(may_ask)}"
        return Verdict("wrong", (told, _is(found)), task)
    told_all = tuple(_differences(expected, found))
    columns = task and found.report is not None and not [*_columns(expected, found.report)]
    return Verdict("wrong" if told_all else "right", told_all, task, columns)


def _is(found: Understood) -> str:
    roles = found.report.roles if found.report else {}
    return f"{found.intent.task_type if found.intent else None} {dict(roles)}"


def _differences(expected: Mapping[str, Any], found: Understood) -> Iterator[str]:
    intent, report = found.intent, found.report
    if intent is None or report is None:
        yield "nothing came of it"
        return
    if intent.task_type != expected["task"]:
        yield f"task {intent.task_type}, not {expected['task']}"
        return
    yield from _columns(expected, report)
    yield from _languages(expected, report)
    yield from _others(expected, found, report)
    wishes = locked_values(intent)
    for leaf, value in expected.get("wishes", {}).items():
        if wishes.get(leaf) != value:
            yield f"{leaf} is {wishes.get(leaf)!r}, not {value!r}"
    horizon = expected.get("horizon")
    if horizon is not None and intent.hyperparameters.horizon != horizon:
        yield f"horizon is {intent.hyperparameters.horizon}, not {horizon}"


def _columns(expected: Mapping[str, Any], report: DataReport) -> Iterator[str]:
    for key, usual in _ROLES.items():
        wanted = expected.get(key)
        if wanted is None or wanted in _NO_COLUMN:
            continue
        place = _PLACES.get(wanted) if isinstance(wanted, str) else None
        names = {report.names[place]} if place is not None else _set(wanted)
        role = _TOKENS.get(usual, usual) if "tags" in report.roles else usual
        if (got := _set(report.roles.get(role, ()))) != names:
            yield f"{role} is {sorted(got)}, not {sorted(names)}"


def _languages(expected: Mapping[str, Any], report: DataReport) -> Iterator[str]:
    for key, role in (("source_lang", "source"), ("target_lang", "target")):
        wanted = expected.get(key)
        name = report.roles.get(role)
        column = report.column(name) if isinstance(name, str) else None
        if wanted and column and wanted not in {column.language, column.name.lower()[:2]}:
            yield f"{role} is {column.name}, not in {wanted}"


def _others(expected: Mapping[str, Any], found: Understood, report: DataReport) -> Iterator[str]:
    unused = {*expected.get("id_columns", ()), *expected.get("ignore", ())}
    if learned := unused & _set(report.roles.get("features", ())):
        yield f"learns from {sorted(learned)}"
    positive = expected.get("positive_class")
    if positive is not None and found.positive is not None and str(positive) != found.positive:
        yield f"positive is {found.positive}, not {positive}"
    if expected.get("use_given_split") and not any(file.split for file in report.files):
        yield "the given split is not used"


def _set(value: Any) -> set[str]:  # noqa: ANN401 - one name or several, from JSON
    return {value} if isinstance(value, str) else set(value)
