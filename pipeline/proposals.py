"""What a model proposes, taken apart with the same care as what a person types.

A proposal that cannot be is Rejected, with all that is wrong with it at once.
"""

import re
from collections.abc import Sequence

from pydantic import Field, JsonValue, ValidationError

from pipeline.artifacts import DataReport
from pipeline.asking import Reply, why
from pipeline.errors import PersonCanFix, Rejected
from pipeline.intent import ParsedIntent
from pipeline.recipe import Recipe
from pipeline.wishes import ROLE_LEAVES, parse

_LONGEST_LINE = 240
_MOST_SETTINGS = 40
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_COLUMNS = {*ROLE_LEAVES.values(), "dataset.ignored_columns", "dataset.extra_columns"}
# Never a model's to say: what is paid, published or shown, and whose it is.
_NOT_OURS = frozenset(("runtime", "budget_minutes", "dataset.url", "dataset.source_type"))
_DEPLOY = "deploy."
_TUNED = "hyperparameters."


class Setting(Reply):
    """One setting by its name."""

    name: str
    value: str = Field(description="as text; a list with commas")


def plain(text: str) -> str:
    """A model's words as one line of plain text."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
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
        if leaf in _NOT_OURS or leaf.startswith(_DEPLOY):
            continue
        if leaf in _COLUMNS:
            value, unknown = _columns(value, report)
            problems += [f"There is no column {plain(name)!r}." for name in unknown]
        found[leaf] = value
    if problems:
        raise Rejected(" ".join(problems))
    found.pop("task_type", None)
    return found


def check_settings(recipe: Recipe, intent: ParsedIntent) -> None:
    """Rejected where the recipe's schema does not take a proposed hyperparameter."""
    values = intent.hyperparameters.model_dump()
    named = [
        leaf.removeprefix(_TUNED)
        for leaf in intent.proposed
        if leaf.startswith(_TUNED) and leaf.removeprefix(_TUNED) in recipe.settings.model_fields
    ]
    try:
        recipe.settings.model_validate({name: values[name] for name in named})
    except ValidationError as error:
        title = recipe.title.lower()
        raise Rejected(f"Settings that {title} cannot have: {why(error)}.") from error


def _columns(value: JsonValue, report: DataReport) -> tuple[JsonValue, list[str]]:
    """Columns by their exact names, and those that are none."""
    names = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    known = {name.strip().lower(): name for name in report.names}
    exact = [name if name in report.names else known.get(name.strip().lower()) for name in names]
    unknown = [name for name, found in zip(names, exact, strict=True) if found is None]
    kept = [name for name in exact if name is not None]
    return (list(kept) if isinstance(value, list) else next(iter(kept), None)), unknown
