"""Dataset: which column plays which part, which are left out and why, and whether it can work."""

from collections.abc import Mapping

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.context import JobContext
from pipeline.errors import Bug, PersonCanFix, UnknownName
from pipeline.events import AgentLogged
from pipeline.folders import JobFolder
from pipeline.hearing.leaving import left_out, only_these
from pipeline.inspection import saved_report
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.recipe import Evidence, Role, Task, find_recipe, find_task
from pipeline.retry import POLICIES
from pipeline.wishes import ROLE_LEAVES, locked_values

Roles = Mapping[str, str | tuple[str, ...]]
_LEFT_OUT = {
    "id": "an id: it names the row and says nothing about it",
    "constant": "the same value in every row",
    "empty": "no value in any row",
}
_PERSONAL = "personal data or a secret by its shape"
_UNWANTED = "as you said"
_MOST_SHOWN = 20
_FEW_OPTIONS = 6
_VALUES_SHOWN = 3


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
        task, words = find_task(intent.task_type), context.request.words
        _check_rows(task, report)
        evidence = task.evidence(report, words)
        fixed = _fixed(task, report, intent)
        doubt = _doubt(task, report, evidence, fixed, intent)
        if doubt is not None:
            return doubt
        found = _found(evidence, fixed)
        unwanted = dict.fromkeys(_unwanted(report, intent, words), _UNWANTED)
        leaks = _leaks(report, found.get("target"), intent)
        roles = _roles(task, report, found, {**leaks, **unwanted})
        if _lacks(task, roles):
            find_recipe(intent.task_type)  # a task that cannot be trained yet says so first
        _check_roles(task, report, roles)
        report = report.model_copy(
            update={"roles": roles, "ignored": _ignored(report, roles, {**leaks, **unwanted})}
        )
        for column, why in leaks.items():
            told = (
                f"The column {column} is left out: {why}. To keep it: --set extra_columns={column}"
            )
            await ports.emit(AgentLogged(stage=self.name, message=told, warning=True))
        return Done(report, _note(report))


def _fixed(task: Task, report: DataReport, intent: ParsedIntent) -> dict[str, str]:
    """Roles the person named; an unknown column lists the known ones."""
    wishes = locked_values(intent)
    fixed: dict[str, str] = {}
    for role, leaf in ROLE_LEAVES.items():
        column = wishes.get(leaf)
        if isinstance(column, str) and task.role(role) is not None:
            fixed[role] = _known(report, column, role)
    return fixed


def _known(report: DataReport, column: str, role: str) -> str:
    if column in report.names:
        return column
    same = [name for name in report.names if name.strip().lower() == column.strip().lower()]
    if len(same) != 1:
        raise UnknownName("column", column, report.names, field=role)
    return same[0]


def _doubt(
    task: Task,
    report: DataReport,
    evidence: Evidence,
    fixed: Mapping[str, str],
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
    values = ", ".join(value[:_MOST_SHOWN] for value, _ in column.top[:_VALUES_SHOWN])
    more = ", …" if column.unique > _VALUES_SHOWN else ""
    return f"{column.name} holds {values}{more}" if values else ""


def _found(evidence: Evidence, fixed: Mapping[str, str]) -> Roles:
    """The evidence with the person's columns in it.

    A column that is moved to another part leaves its own to the one that it replaces; features
    that were read beside another target fall.
    """
    moved = {column: evidence.roles.get(role) for role, column in fixed.items()}
    others = any(evidence.roles.get(role) != column for role, column in fixed.items())
    kept: dict[str, str | tuple[str, ...]] = {}
    for role, value in evidence.roles.items():
        if role in fixed or (others and role == "features"):
            continue
        replaced = moved.get(value) if isinstance(value, str) and value in moved else value
        if replaced is not None and replaced not in fixed.values():
            kept[role] = replaced
    return {**kept, **fixed}


def _unwanted(report: DataReport, intent: ParsedIntent, words: str) -> tuple[str, ...]:
    """Columns that the person says to leave out; PersonCanFix for one that is not there."""
    named = intent.dataset.ignored_columns or ()
    known = (_known(report, column, "dataset.ignored_columns") for column in named)
    wanted = only_these(report, words)
    others = [name for name in report.names if wanted and name not in wanted]
    return (*known, *left_out(report, words), *others)


def _roles(task: Task, report: DataReport, found: Roles, unwanted: Mapping[str, str]) -> Roles:
    """Every role with its column or columns; what is left over are features."""
    taken = {
        name for value in found.values() for name in ([value] if isinstance(value, str) else value)
    }
    roles = {role.name: found[role.name] for role in task.roles if found.get(role.name)}
    features = task.role("features")
    if features is None:
        return roles
    if "features" not in roles:
        roles["features"] = tuple(
            column.name
            for column in report.columns
            if column.name not in taken and column.kind in features.kinds and not column.personal
        )
    roles["features"] = tuple(name for name in roles["features"] if name not in unwanted)
    return roles


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


def _ignored(report: DataReport, roles: Roles, unwanted: Mapping[str, str]) -> dict[str, str]:
    used = {
        name for value in roles.values() for name in ([value] if isinstance(value, str) else value)
    }
    return {
        column.name: _why_ignored(column, unwanted)
        for column in report.columns
        if column.name not in used
    }


def _why_ignored(column: ColumnReport, unwanted: Mapping[str, str]) -> str:
    if column.name in unwanted:
        return unwanted[column.name]
    if column.personal:
        return f"{_PERSONAL} ({', '.join(column.personal)})"
    return _LEFT_OUT.get(column.kind, "not needed for this task")


def _leaks(report: DataReport, target: object, intent: ParsedIntent) -> dict[str, str]:
    """Columns that say what the target says or are known only after it, unless wanted; why."""
    wanted = intent.dataset.extra_columns or ()
    found: dict[str, str] = {}
    for one, other in report.same:
        if target in {one, other}:
            found[other if one == target else one] = f"says nearly the same as {target}: a leak"
    for column, of in report.afterwards:
        if of == target:
            found[column] = f"known only afterwards: filled only for one value of {target}"
    return {column: why for column, why in found.items() if column not in wanted}


def _note(report: DataReport) -> str:
    parts = [f"{role}: {name}" for role, name in report.roles.items() if isinstance(name, str)]
    features = report.roles.get("features")
    if isinstance(features, tuple):
        parts.append(f"{len(features)} features")
    if report.ignored:
        parts.append(f"ignored: {', '.join(list(report.ignored)[:5])}")
    return f"{report.rows:,} rows; " + "; ".join(parts)


AGENT = Dataset()
