"""The forms: a key, a change, a new job, a try. Made from what is known, read back with care."""

from collections.abc import Mapping

from bot import phrases
from bot.predicting import Input, input_of
from pipeline.changes import changes
from pipeline.errors import PersonCanFix
from pipeline.jobs import Place
from pipeline.ports.account import Account
from pipeline.ports.chat import Field, Form
from pipeline.ports.store import JobRow
from pipeline.recipe import Recipe, find_task
from pipeline.wishes import parse

MOST_FIELDS = 5
_TITLE = 24
_CHOICES = 25
_CHOICE_SIGNS = 75
_LABEL = 45
_HINT = 100
Values = Mapping[str, str | bool]


def account(service: Account, token: str, errors: Mapping[str, str] | None = None) -> Form:
    """What a service asks for; `token` says whose form it is. No value is ever shown again."""
    fields = tuple(
        Field(
            id=one.id,
            label=one.label,
            kind="secret" if one.secret else "text",
            hint=phrases.KEY_HINT if one.secret else one.example,
        )
        for one in service.fields
    )
    title = service.title[:_TITLE]
    return Form(
        id="account",
        title=title,
        state=token,
        fields=fields,
        errors=errors or {},
        opened_by="paste",
    )


def new_job(place: Place) -> Form:
    """A request for a model, with its file."""
    del place
    words = Field(id="words", label="What should the model do?", kind="long", hint=phrases.WANT)
    file = Field(id="data", label="The data", kind="file", required=False, hint=phrases.DATA_HINT)
    fields = (words, file)
    return Form(id="new", title=phrases.NEW_TITLE, state="new", fields=fields, opened_by="new")


def change(row: JobRow) -> Form:
    """The settings worth changing, as they stand now."""
    known = [field for field in (_target(row), _metric(row), _epochs(row), _minutes(row)) if field]
    other = Field(
        id="other",
        label="Anything else (name=value)",
        kind="long",
        hint=phrases.CHANGES_HINT,
        required=False,
    )
    fields = (*known, other)
    title = phrases.CHANGE_TITLE
    return Form(id="change", title=title, state=row.id, fields=fields, opened_by="change")


def read_changes(row: JobRow, values: Values) -> tuple[dict[str, str], dict[str, str]]:
    """What differs from what stood in the form, checked; and the errors by field."""
    wanted: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in change(row).fields:
        said = str(values.get(field.id) or "").strip()
        if not said or said == field.value:
            continue
        named = _others(said) if field.id == "other" else {field.id: said}
        wrong = _wrong(named) if named else phrases.CHANGES_HINT
        if wrong:
            errors[field.id] = wrong
        else:
            wanted |= named
    return wanted, errors


def try_it(row: JobRow) -> Form:
    """One field for a text; the columns of a small table; else rows as they come."""
    fields = _input_fields(input_of(row.context))
    return Form(id="try", title=phrases.TRY_TITLE, state=row.id, fields=fields, opened_by="try")


def _input_fields(wanted: Input) -> tuple[Field, ...]:
    if wanted.kind == "text":
        return (Field(id="text", label="The text", kind="long"),)
    if wanted.kind == "file":
        return (Field(id="file", label="The file", kind="file"),)
    if 0 < len(wanted.columns) <= MOST_FIELDS:
        return tuple(
            Field(id=f"column-{number}", label=name[:_LABEL], required=False)
            for number, name in enumerate(wanted.columns)
        )
    hint = phrases.VALUES_HINT + (f": {', '.join(wanted.columns)}" if wanted.columns else "")
    return (Field(id="rows", label="Rows", kind="long", hint=hint[:_HINT]),)


def _target(row: JobRow) -> Field | None:
    report = row.context.data_report
    now = row.context.columns.get("target")
    if report is None or report.layout != "table" or not isinstance(now, str):
        return None
    few = len(report.names) <= _CHOICES and all(len(one) <= _CHOICE_SIGNS for one in report.names)
    label = "The column to predict"
    if not few:
        return Field(id="target", label=label, value=now, required=False)
    return Field(
        id="target", label=label, kind="choice", choices=report.names, value=now, required=False
    )


def _metric(row: JobRow) -> Field | None:
    recipe, config = _recipe(row), row.context.config
    if recipe is None:
        return None
    names = tuple(metric.name for metric in recipe.metrics)[:_CHOICES]
    now = config.metric if config and config.metric in names else ""
    return Field(
        id="metric", label="Judged by", kind="choice", choices=names, value=now, required=False
    )


def _epochs(row: JobRow) -> Field | None:
    recipe, config = _recipe(row), row.context.config
    if recipe is None or "epochs" not in recipe.settings.model_fields:
        return None
    now = config.hyperparameters.get("epochs") if config else None
    value = "" if now is None else str(now)
    return Field(id="epochs", label="Epochs", value=value, required=False)


def _minutes(row: JobRow) -> Field:
    config = row.context.config
    value = f"{config.budget_seconds / 60:g}" if config else ""
    return Field(id="budget_minutes", label="Minutes of training", value=value, required=False)


def _recipe(row: JobRow) -> Recipe | None:
    intent = row.context.intent
    if intent is None or intent.task_type is None:
        return None
    found = find_task(intent.task_type)
    return found if isinstance(found, Recipe) else None


def _others(said: str) -> Mapping[str, str]:
    return changes(said) or changes(f"change {said}")


def _wrong(named: Mapping[str, str]) -> str:
    """Why these changes cannot be; empty when they can."""
    problems = []
    for name, value in named.items():
        if name == "host":  # no leaf of the intent; its name is checked at intake
            continue
        try:
            parse(name, value)
        except PersonCanFix as problem:
            problems.append(f"{problem.message} {problem.hint}".strip())
    return " ".join(problems)
