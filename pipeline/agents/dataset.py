"""Dataset: which column plays which part, which are left out and why, and whether it can work."""

import asyncio
from dataclasses import dataclass
from functools import partial

from pydantic import Field

from pipeline import describing
from pipeline.artifacts import DataReport
from pipeline.asking import Reply, ask
from pipeline.casting import (
    Roles,
    all_roles,
    fixed_roles,
    found_roles,
    ignored_columns,
    known_column,
    leaks,
)
from pipeline.context import JobContext
from pipeline.doubts import unclear_role
from pipeline.errors import Bug, PersonCanFix
from pipeline.events import AgentLogged
from pipeline.folders import JobFolder
from pipeline.hearing import asking
from pipeline.hearing.leaving import left_out, only_these
from pipeline.hearing.several import wanted_together
from pipeline.improving import improved
from pipeline.inspection import saved_report
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage, TaskType
from pipeline.oneanswer import CLASSIFYING, check_one_label, one_of
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.proposals import plain
from pipeline.recipe import Evidence, Role, Task, find_recipe, find_task
from pipeline.retry import POLICIES

_UNWANTED = "as you said"
_MOST_SHOWN = 20
_FEW_TO_SUSPECT = 2  # with one column to learn from there is nothing to leave out


class Suspect(Reply):
    """A column that would not be known when the model is used."""

    column: str
    why: str = Field(description="in a few words")


class Suspects(Reply):
    """What would make the score a lie."""

    leave_out: tuple[Suspect, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    """The report with its roles as rules see them, and what is to be said of it."""

    report: DataReport
    warnings: tuple[str, ...]


class Dataset:
    """Columns that the person named are kept as named; the rest follows the evidence."""

    name = Stage.DATASET
    retry = POLICIES[Stage.DATASET]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Fill roles and ignored columns of the report, or ask which column is meant."""
        intent = context.intent
        if intent is None or intent.task_type is None:
            raise Bug("The dataset stage needs a task.")
        report = await saved_report(JobFolder.of(ports.home, context.job_id), ports)
        words = context.request.heard
        drafted = await asyncio.to_thread(_by_rules, intent.task_type, intent, report, words)
        if isinstance(drafted, Ask):
            return drafted
        propose = partial(self._suspected, context, ports, drafted.report)
        report = await improved(self, context, ports, propose) or drafted.report
        for told in drafted.warnings:
            await ports.emit(AgentLogged(stage=self.name, message=told, warning=True))
        return Done(report, _note(report))

    async def _suspected(
        self, context: JobContext, ports: Ports, report: DataReport
    ) -> DataReport | None:
        """The report without the columns that a model takes for leaks, each told of."""
        features = report.roles.get("features")
        if not isinstance(features, tuple) or len(features) < _FEW_TO_SUSPECT:
            return None
        reply = await ask(
            context,
            ports,
            self.name,
            Suspects,
            prompt="dataset",
            values={
                **describing.facts(context, ports, report),
                "roles": describing.roles(report.roles),
                "ignored": describing.roles(report.ignored),
            },
        )
        if reply is None:
            return None
        insisted = (context.intent.dataset.extra_columns if context.intent else None) or ()
        wanted = {*insisted, *await asyncio.to_thread(_spoken_of, report, context.request.heard)}
        left = {
            one.column: f"may be known only afterwards: {plain(one.why)}"
            for one in reply.leave_out
            if one.column in features and one.column not in wanted
        }
        gone = _proposed_away(context.intent)
        if not left or 2 * (len(features) - len(left)) < len(features) + gone:
            return None
        for column, why in left.items():
            told = _warning(column, why, kept=False)
            await ports.emit(AgentLogged(stage=self.name, message=told, warning=True))
        kept = tuple(name for name in features if name not in left)
        roles = {**report.roles, "features": kept}
        return report.model_copy(update={"roles": roles, "ignored": {**report.ignored, **left}})


def _by_rules(
    task_type: TaskType, intent: ParsedIntent, report: DataReport, words: str
) -> _Draft | Ask:
    """What words and data say by themselves, or the question which column is meant.

    It takes seconds where a table is wide: never to be called where other jobs wait for it.
    """
    task = find_task(task_type)
    _check_rows(task, report)
    evidence = task.evidence(report, words)
    fixed = fixed_roles(task, report, intent)
    if "target" not in fixed and (several := wanted_together(report, words)):
        if task.role("features") is not None:
            return one_of(several)
        fixed |= _all_targets(task, report, evidence, several)
    doubt = unclear_role(task, report, evidence, fixed, intent)
    if doubt is not None:
        return doubt
    found = found_roles(evidence, fixed)
    _check_one_label(task_type, report, found.get("target"))
    telling = leaks(report, found.get("target"))
    kept = [column for column in telling if column in (intent.dataset.extra_columns or ())]
    left = {column: why for column, why in telling.items() if column not in kept}
    unwanted = {**left, **dict.fromkeys(_unwanted(report, intent, words), _UNWANTED)}
    roles = all_roles(task, report, found, unwanted)
    if _lacks(task, roles):
        find_recipe(task_type)  # a task that cannot be trained yet says so first
    _check_roles(task, report, roles)
    ignored = ignored_columns(report, roles, unwanted)
    warnings = (_warning(column, why, kept=column in kept) for column, why in telling.items())
    return _Draft(report.model_copy(update={"roles": roles, "ignored": ignored}), tuple(warnings))


def _proposed_away(intent: ParsedIntent | None) -> int:
    """How many columns a model has left out already."""
    leaf = "dataset.ignored_columns"
    proposed = intent is not None and leaf in intent.proposed and leaf not in intent.locked
    return len(intent.dataset.ignored_columns or ()) if intent is not None and proposed else 0


def _spoken_of(report: DataReport, words: str) -> tuple[str, ...]:
    """Columns that the person wrote of by their whole names."""
    return tuple(column.name for column in report.columns if asking.named(column, words))


def _warning(column: str, why: str, *, kept: bool) -> str:
    if kept:
        return (
            f"The column {column} is kept, though it {why}: the score may be too good to be true."
        )
    return f"The column {column} is left out: it {why}. To keep it: --set extra_columns={column}"


def _all_targets(
    task: Task, report: DataReport, evidence: Evidence, several: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Several series side by side are forecast together."""
    role = task.role("target")
    columns = [report.column(name) for name in several]
    side_by_side = not evidence.roles.get("series_id") and "time" in evidence.roles
    fit = role is not None and all(one is not None and one.kind in role.kinds for one in columns)
    return {"target": several} if side_by_side and fit else {}


def _check_one_label(task: TaskType, report: DataReport, target: object) -> None:
    """PersonCanFix where the cells of the target hold several labels each."""
    column = report.column(target) if isinstance(target, str) else None
    if task in CLASSIFYING and column is not None:
        check_one_label(column)


def _unwanted(report: DataReport, intent: ParsedIntent, words: str) -> tuple[str, ...]:
    """Columns that the person says to leave out; PersonCanFix for one that is not there."""
    named = intent.dataset.ignored_columns or ()
    known = (known_column(report, column, "dataset.ignored_columns") for column in named)
    wanted = frozenset(only_these(report, words))
    others = [name for name in report.names if wanted and name not in wanted]
    return (*known, *left_out(report, words), *others)


def _lacks(task: Task, roles: Roles) -> bool:
    return any(role.required and not roles.get(role.name) for role in task.roles)


def _check_rows(task: Task, report: DataReport) -> None:
    if report.rows < task.minimum_rows:
        raise PersonCanFix(
            f"There are {report.rows} rows; {task.title.lower()} needs at least "
            f"{task.minimum_rows} to learn anything that holds.",
            "Bring more examples: a file with more rows.",
            field="data",
        )


def _check_roles(task: Task, report: DataReport, roles: Roles) -> None:
    for role in task.roles:
        value = roles.get(role.name)
        if role.required and not value:
            raise _nobody_plays(role, report)
        column = report.column(value) if isinstance(value, str) else None
        if column is not None and column.kind == "empty":
            raise PersonCanFix(
                f"The column '{column.name}' has no usable values, so there is nothing to learn.",
                f"Name another column to predict: {', '.join(_usable(report, role))}.",
                field=role.name,
                options=_usable(report, role),
            )
        if column is not None and column.unique < role.least_values:
            raise PersonCanFix(
                f"Every row has the same value in '{column.name}', so there is only one class and "
                "nothing to tell apart.",
                "Bring examples of the other kind as well, name another column, or say “find "
                "groups” to look for rows that stand out.",
                field=role.name,
                options=_usable(report, role),
            )


def _nobody_plays(role: Role, report: DataReport) -> PersonCanFix:
    shown = report.names[:_MOST_SHOWN]
    return PersonCanFix(
        f"I found no column that could be {role.title}.",
        f"Name it; the columns are: {', '.join(shown)}.",
        field=role.name,
        options=shown,
    )


def _usable(report: DataReport, role: Role) -> tuple[str, ...]:
    """Columns that could play the part as well; where classes are wanted, no fractions."""
    kinds = set(role.kinds) - ({"number"} if "category" in role.kinds else set())
    told_apart = (column for column in report.columns if column.unique > 1)
    return tuple(column.name for column in told_apart if column.kind in kinds)[:_MOST_SHOWN]


def _note(report: DataReport) -> str:
    parts = [f"{role}: {name}" for role, name in report.roles.items() if isinstance(name, str)]
    features = report.roles.get("features")
    if isinstance(features, tuple):
        parts.append(f"{len(features)} features")
    if report.ignored:
        parts.append(f"ignored: {', '.join(list(report.ignored)[:5])}")
    return f"{report.rows:,} rows; " + "; ".join(parts)


AGENT = Dataset()
