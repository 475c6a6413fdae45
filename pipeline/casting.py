"""Which column plays which part: what the person fixed, then what the data shows, then the rest."""

from collections.abc import Iterable, Mapping

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.errors import UnknownName
from pipeline.intent import ParsedIntent
from pipeline.recipe import Evidence, Role, Task
from pipeline.wishes import ROLE_LEAVES, wanted_values

Parts = str | tuple[str, ...]
Roles = Mapping[str, Parts]
_LEFT_OUT = {
    "id": "an id: it names the row and says nothing about it",
    "constant": "the same value in every row",
    "empty": "no value in any row",
}
_PERSONAL = "personal data or a secret by its shape"
_KEPT_APART = ("group", "time")  # roles that say how rows belong together: a wish for one is enough


def fixed_roles(task: Task, report: DataReport, intent: ParsedIntent) -> dict[str, Parts]:
    """Roles the person named, or a model for them; an unknown column lists the known ones."""
    wishes = wanted_values(intent)
    fixed: dict[str, Parts] = {}
    for role, leaf in ROLE_LEAVES.items():
        told = wishes.get(leaf)
        if task.role(role) is None or not told:
            continue
        if isinstance(told, str):
            fixed[role] = known_column(report, told, role)
        elif isinstance(told, list):
            fixed[role] = tuple(known_column(report, str(name), role) for name in told)
    return fixed


def known_column(report: DataReport, column: str, role: str) -> str:
    """The column of this name, in any case; UnknownName lists all."""
    if column in report.names:
        return column
    same = [name for name in report.names if name.strip().lower() == column.strip().lower()]
    if len(same) != 1:
        raise UnknownName("column", column, report.names, field=role)
    return same[0]


def found_roles(evidence: Evidence, fixed: Roles) -> Roles:
    """The evidence with the person's columns in it.

    A column that is moved to another part leaves its own to the one that it replaces; features
    that were read beside another target fall, and so does a way to keep rows apart of which the
    person names the other.
    """
    named = set(_names(columns for role, columns in fixed.items() if role != "known"))
    moved = {column: evidence.roles.get(role) for role, column in fixed.items()}
    others = any(evidence.roles.get(role) != column for role, column in fixed.items())
    apart = [role for role in _KEPT_APART if role in fixed]
    kept: dict[str, Parts] = {}
    for role, value in evidence.roles.items():
        falls = (others and role == "features") or (apart and role in _KEPT_APART)
        if role in fixed or (falls and "features" in evidence.roles):
            continue
        replaced = moved.get(value) if isinstance(value, str) and value in moved else value
        if replaced is not None and not named & set(_names([replaced])):
            kept[role] = replaced
    played = {**kept, **fixed}
    return played | _beside(played)


def all_roles(task: Task, report: DataReport, found: Roles, unwanted: Mapping[str, str]) -> Roles:
    """Every role with its column or columns; what is left over are features."""
    roles = {role.name: found[role.name] for role in task.roles if found.get(role.name)}
    features = task.role("features")
    if features is None:
        return roles
    taken = set(_names(value for role, value in roles.items() if role != "time"))
    if "features" not in roles:
        roles["features"] = tuple(
            column.name for column in report.columns if _learnable(column, features)
        )
        roles["features"] = tuple(name for name in roles["features"] if name not in taken)
    roles["features"] = tuple(name for name in roles["features"] if name not in unwanted)
    return roles


def ignored_columns(
    report: DataReport, roles: Roles, unwanted: Mapping[str, str]
) -> dict[str, str]:
    """Columns that play no part, each with the reason."""
    used = set(_names(roles.values()))
    return {
        column.name: _why_ignored(column, unwanted)
        for column in report.columns
        if column.name not in used
    }


def leaks(report: DataReport, target: object) -> dict[str, str]:
    """Columns that say what the target says or are known only after it, and why."""
    found: dict[str, str] = {}
    for one, other in report.same:
        if target in {one, other}:
            found[other if one == target else one] = f"says almost the same as {target}"
    for column, of in report.afterwards:
        if of == target:
            found[column] = f"is filled only for one value of {target}: it is known only afterwards"
    return found


def _beside(played: Roles) -> dict[str, Parts]:
    """What is known ahead, without the columns that play another part."""
    known = played.get("known", ())
    others = set(_names(value for role, value in played.items() if role != "known"))
    return {"known": tuple(name for name in _names([known]) if name not in others)} if known else {}


def _names(values: Iterable[Parts]) -> tuple[str, ...]:
    return tuple(
        name for value in values for name in ((value,) if isinstance(value, str) else value)
    )


def _learnable(column: ColumnReport, features: Role) -> bool:
    return column.kind in features.kinds and not column.personal


def _why_ignored(column: ColumnReport, unwanted: Mapping[str, str]) -> str:
    if column.name in unwanted:
        return unwanted[column.name]
    if column.personal:
        return f"{_PERSONAL} ({', '.join(column.personal)})"
    return _LEFT_OUT.get(column.kind, "not needed for this task")
