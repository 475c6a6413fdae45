"""Dataset: which column plays which part, which are left out and why, and whether it can work."""

from collections.abc import Mapping

from pipeline.artifacts import DataReport
from pipeline.context import JobContext
from pipeline.errors import Bug, PersonCanFix, UnknownName
from pipeline.folders import JobFolder
from pipeline.inspection import saved_report
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage, TaskType
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.recipe import Evidence, Recipe, Role, find_recipe
from pipeline.retry import POLICIES
from pipeline.understanding import normal

Roles = Mapping[str, str | tuple[str, ...]]
_LEFT_OUT = {
    "id": "an id: it names the row and says nothing about it",
    "constant": "the same value in every row",
    "empty": "no value in any row",
}


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
        recipe = find_recipe(intent.task_type)
        _check_rows(intent.task_type, recipe, report)
        evidence = recipe.evidence(report, normal(context.request.words))
        fixed = _fixed(recipe, report, intent)
        doubt = _doubt(recipe, evidence, fixed)
        if doubt is not None:
            return doubt
        roles = _roles(recipe, report, _found(evidence, fixed))
        _check_roles(recipe, report, roles)
        report = report.model_copy(update={"roles": roles, "ignored": _ignored(report, roles)})
        return Done(report, _note(report))


def _fixed(recipe: Recipe, report: DataReport, intent: ParsedIntent) -> dict[str, str]:
    """Roles the person named; an unknown column lists the known ones."""
    named = {
        "target": intent.dataset.label_column,
        "text": intent.dataset.text_column,
        "image": intent.dataset.image_column,
    }
    fixed: dict[str, str] = {}
    for role, column in named.items():
        if column is None or recipe.role(role) is None:
            continue
        same = [name for name in report.names if name.strip().lower() == column.strip().lower()]
        if column not in report.names and len(same) != 1:
            raise UnknownName("column", column, report.names, field=role)
        fixed[role] = column if column in report.names else same[0]
    return fixed


def _doubt(recipe: Recipe, evidence: Evidence, fixed: Mapping[str, str]) -> Ask | None:
    """A question about the first role that several columns could play equally well."""
    for role in recipe.roles:
        if role.name in fixed:
            continue
        chosen = evidence.roles.get(role.name)
        rivals = evidence.doubts.get(role.name, ())
        options = tuple(dict.fromkeys((*([chosen] if isinstance(chosen, str) else ()), *rivals)))
        if rivals and len(options) > 1:
            return Ask(f"Which column is {role.title}?", role.name, options)
    return None


def _found(evidence: Evidence, fixed: Mapping[str, str]) -> Roles:
    """The evidence with the person's columns in it; what was read beside another one falls."""
    others = any(evidence.roles.get(role) != column for role, column in fixed.items())
    kept = {
        role: value
        for role, value in evidence.roles.items()
        if value not in fixed.values() and not (others and role == "features")
    }
    return {**kept, **fixed}


def _roles(recipe: Recipe, report: DataReport, found: Roles) -> Roles:
    """Every role with its column or columns; what is left over are features."""
    taken = {
        name for value in found.values() for name in ([value] if isinstance(value, str) else value)
    }
    roles = {role.name: found[role.name] for role in recipe.roles if found.get(role.name)}
    if (features := recipe.role("features")) is not None and "features" not in roles:
        roles["features"] = tuple(
            column.name
            for column in report.columns
            if column.name not in taken and column.kind in features.kinds
        )
    return roles


def _check_rows(task: TaskType, recipe: Recipe, report: DataReport) -> None:
    if report.rows < recipe.minimum_rows:
        raise PersonCanFix(
            f"There are {report.rows} rows; {task.replace('_', ' ')} needs {recipe.minimum_rows}.",
            "Bring more examples: a file with more rows.",
            field="data",
        )


def _check_roles(recipe: Recipe, report: DataReport, roles: Roles) -> None:
    for role in recipe.roles:
        if role.required and not roles.get(role.name):
            raise _nobody_plays(role, report)
    target = roles.get("target")
    column = report.column(target) if isinstance(target, str) else None
    if column is not None and column.kind == "empty":
        raise PersonCanFix(
            f"The column '{column.name}' has no usable values, so there is nothing to learn.",
            f"Name another column to predict: {', '.join(report.names[:20])}.",
            field="target",
            options=_usable(report),
        )
    if column is not None and column.unique < 2 and "target" in roles:  # noqa: PLR2004  (two classes)
        raise PersonCanFix(
            f"Every row has the same value in '{column.name}', so there is nothing to tell apart.",
            "Name another column, or bring examples of the other kind as well.",
            field="target",
            options=_usable(report),
        )


def _nobody_plays(role: Role, report: DataReport) -> PersonCanFix:
    return PersonCanFix(
        f"I found no column that could be {role.title}.",
        f"Name it; the columns are: {', '.join(report.names[:20])}.",
        field=role.name,
        options=report.names[:20],
    )


def _usable(report: DataReport) -> tuple[str, ...]:
    kinds = {"boolean", "category", "integer"}
    told_apart = (column for column in report.columns if column.unique > 1)
    return tuple(column.name for column in told_apart if column.kind in kinds)[:20]


def _ignored(report: DataReport, roles: Roles) -> dict[str, str]:
    used = {
        name for value in roles.values() for name in ([value] if isinstance(value, str) else value)
    }
    return {
        column.name: _LEFT_OUT.get(column.kind, "not needed for this task")
        for column in report.columns
        if column.name not in used
    }


def _note(report: DataReport) -> str:
    parts = [f"{role}: {name}" for role, name in report.roles.items() if isinstance(name, str)]
    features = report.roles.get("features")
    if isinstance(features, tuple):
        parts.append(f"{len(features)} features")
    if report.ignored:
        parts.append(f"ignored: {', '.join(list(report.ignored)[:5])}")
    return f"{report.rows:,} rows; " + "; ".join(parts)


AGENT = Dataset()
