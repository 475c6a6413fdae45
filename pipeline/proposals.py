"""What a model proposes, taken apart with the same care as what a person types.

A proposal that cannot be is Rejected, with all that is wrong with it at once.
"""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field, JsonValue, ValidationError

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.asking import Reply, why
from pipeline.casting import Roles, all_roles, fixed_roles, found_roles
from pipeline.errors import PersonCanFix, Rejected
from pipeline.hearing import asking
from pipeline.hearing.roles import MOST_CLASSES
from pipeline.intent import ParsedIntent
from pipeline.prompting import one_line
from pipeline.recipe import Evidence, Recipe, Role, Task
from pipeline.wishes import ROLE_LEAVES, may_propose, parse, setting_leaf, wanted_values

_LONGEST_LINE = 240
_MOST_SETTINGS = 40
_MOST_TOLD = 5  # unknown columns
_LONGEST_FEEDBACK = 2_000
_COLUMNS = {*ROLE_LEAVES.values(), "dataset.ignored_columns"}
_SPLITS = frozenset(("dataset.val_split", "dataset.test_split"))
_LEAST_SPLIT, _MOST_SPLIT = 0.05, 0.4
_IGNORED = "dataset.ignored_columns"
_TARGET = "dataset.label_column"
_TOO_COMMON = 0.8  # the share of one answer from which accuracy flatters
_CLEARLY = 0.2  # by which one column must be spoken of more than another


class Setting(Reply):
    """One setting by its name."""

    name: str
    value: str = Field(description="as text; a list with commas")


def plain(text: str) -> str:
    """A model's words as one line of plain text."""
    line = one_line(text)
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"


def proposals(settings: Sequence[Setting], report: DataReport) -> dict[str, JsonValue]:
    """The proposed leaves, checked like a person's; Rejected names all that cannot be."""
    found: dict[str, JsonValue] = {}
    problems: list[str] = []
    for one in settings[:_MOST_SETTINGS]:
        try:
            leaf, value = parse(one.name, one.value)
        except PersonCanFix as problem:
            problems.append(f"{problem.message} {problem.hint}")
            continue
        if not may_propose(leaf):
            continue
        if leaf in _COLUMNS:
            value, unknown = _columns(value, report)
            problems += [f"There is no column {plain(name)!r}." for name in unknown[:_MOST_TOLD]]
        problems += _too_much(leaf, value, report)
        found[leaf] = value
    if problems:
        raise Rejected(plain(" ".join(problems)), feedback=" ".join(problems)[:_LONGEST_FEEDBACK])
    return found


def _too_much(leaf: str, value: JsonValue, report: DataReport) -> Iterator[str]:
    """What would leave too little to learn from or to judge by."""
    if leaf in _SPLITS and isinstance(value, float) and not _LEAST_SPLIT <= value <= _MOST_SPLIT:
        yield f"{leaf} must be from {_LEAST_SPLIT:g} to {_MOST_SPLIT:g}."
    if leaf == _IGNORED and isinstance(value, list) and 2 * len(value) > len(report.columns):
        yield "More than half of the columns cannot be ignored."


def check_roles(task: Task, intent: ParsedIntent, report: DataReport, words: str) -> None:
    """Rejected where a proposed column cannot play its part, or a part has none.

    So is a proposed metric that flatters.
    """
    values = intent.dataset.model_dump()
    for role in task.roles:
        leaf = ROLE_LEAVES.get(role.name, "")
        told = values.get(leaf.removeprefix("dataset.")) if leaf in intent.proposed else None
        for name in [told] if isinstance(told, str) else told or ():
            if not _can_play(role, report.column(name)):
                raise Rejected(f"The column {plain(name)} cannot be {role.title}.")
    evidence = task.evidence(report, words)
    found = found_roles(evidence, fixed_roles(task, report, intent))
    _check_enough(task, report, all_roles(task, report, found, {}), evidence)
    if "metric" in intent.proposed:
        check_metric(intent.metric, report, found.get("target"))


def check_metric(metric: str | None, report: DataReport, target: object) -> None:
    """Rejected for accuracy where one answer is so common that it says little."""
    column = report.column(target) if isinstance(target, str) else None
    most = column.top[0][1] if column and column.top else 0
    common = most / max(report.rows, 1)
    if metric == "accuracy" and common > _TOO_COMMON:
        raise Rejected(
            f"Accuracy says little here: {common:.0%} of the rows have the same answer.",
            feedback="Accuracy says little where one answer is that common. Leave the metric.",
        )


def _check_enough(task: Task, report: DataReport, roles: Roles, evidence: Evidence) -> None:
    """Rejected where a later stage would have to stop: a part without a column, too few rows."""
    for role in task.roles:
        if role.required and not (roles.get(role.name) or evidence.doubts.get(role.name)):
            raise Rejected(f"{task.title} needs {role.title}, and no column is named for it.")
    if report.rows < task.minimum_rows:
        raise Rejected(f"{task.title} needs {task.minimum_rows} rows; there are {report.rows}.")


def as_heard(
    proposed: Mapping[str, JsonValue], report: DataReport, words: str
) -> dict[str, JsonValue]:
    """The proposals without another target than the one that the words themselves speak of."""
    ranked = asking.ranked(report, words)
    target, best = proposed.get(_TARGET), ranked[0] if ranked else None
    speaks = next((one.score for one in ranked if one.column.name == target), 0)
    heard = best is not None and best.score >= asking.VALUE and best.score - speaks > _CLEARLY
    return {leaf: value for leaf, value in proposed.items() if not (heard and leaf == _TARGET)}


def _can_play(role: Role, column: ColumnReport | None) -> bool:
    """Whether a column can play a part; what has too many values is no class."""
    if column is None or column.kind not in role.kinds or column.unique < role.least_values:
        return False
    return not (role.name == "target" and "category" in role.kinds and column.unique > MOST_CLASSES)


def check_settings(recipe: Recipe, intent: ParsedIntent) -> None:
    """Rejected where the recipe's schema does not take a proposed hyperparameter."""
    values = wanted_values(intent)
    leaves = {name: setting_leaf(name) for name in recipe.settings.model_fields}
    named = {name: values[leaf] for name, leaf in leaves.items() if leaf in intent.proposed}
    settled(recipe, named)


def settled(recipe: Recipe, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """All settings of a training with these values; Rejected where its schema does not take one."""
    try:
        return recipe.settings.model_validate(values).model_dump(mode="json")
    except ValidationError as error:
        title = recipe.title.lower()
        raise Rejected(f"Settings that {title} cannot have: {why(error)}.") from error


def _columns(value: JsonValue, report: DataReport) -> tuple[JsonValue, list[str]]:
    """Columns by their exact names, and those that are none."""
    names = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    known = {name.strip().lower(): name for name in report.names}
    named = frozenset(report.names)
    exact = [name if name in named else known.get(name.strip().lower()) for name in names]
    unknown = [name for name, found in zip(names, exact, strict=True) if found is None]
    kept = [name for name in exact if name is not None]
    return (list(kept) if isinstance(value, list) else next(iter(kept), None)), unknown
