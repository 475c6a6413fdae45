"""Explicit wishes ("--set name=value", "change epochs to 5"): checked and put into the intent."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from pipeline.errors import PersonCanFix, UnknownName
from pipeline.intent import ParsedIntent

ROLE_LEAVES = MappingProxyType(
    {
        "target": "dataset.label_column",
        "text": "dataset.text_column",
        "image": "dataset.image_column",
        "time": "dataset.time_column",
        "series_id": "dataset.series_column",
        "source": "dataset.source_column",
        "prompt": "dataset.prompt_column",
        "response": "dataset.response_column",
        "group": "dataset.group_column",
        "known": "dataset.known_columns",
    }
)
# Never a model's to say: what is paid, published or shown, whose it is, what makes a score a lie,
# and what the data says itself.
_THE_PERSONS = frozenset(
    (
        *("task_type", "runtime", "budget_minutes", "dataset.url", "dataset.source_type"),
        *("dataset.format", "dataset.extra_columns", "dataset.bad_rows", "dataset.train_split"),
    )
)
_OF_DEPLOY = "deploy."
_OF_TRAINING = ("hyperparameters", "peft", "precision", "architecture")
_NOT_A_WISH = {"locked", "proposed", "task_description"}


@cache
def leaves() -> tuple[str, ...]:
    """Every leaf of the intent by its dotted name."""
    return tuple(_walk(ParsedIntent, ""))


@cache
def setting_leaf(setting: str) -> str:
    """The leaf by which a setting of a training is wished for, as `peft.lora_r`."""
    dotted = (f"{section}.{setting}" for section in _OF_TRAINING)
    return next((one for one in dotted if one in leaves()), f"{_OF_TRAINING[0]}.{setting}")


def may_propose(leaf: str) -> bool:
    """Whether a language model may fill a leaf."""
    return leaf not in _THE_PERSONS and not leaf.startswith(_OF_DEPLOY)


def _walk(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if name in _NOT_A_WISH:
            continue
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _walk(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


def leaf(name: str) -> str:
    """The dotted leaf that a short name means: `target`, `epochs`, `hyperparameters.epochs`."""
    name = ROLE_LEAVES.get(name, name)
    if name in leaves():
        return name
    ends = [known for known in leaves() if known.rsplit(".", 1)[-1] == name]
    if len(ends) == 1:
        return ends[0]
    raise UnknownName("setting", name, (*ROLE_LEAVES, *leaves()))


def parse(name: str, value: JsonValue) -> tuple[str, JsonValue]:
    """Check one wish; returns its dotted leaf and its value in the leaf's own type."""
    dotted = leaf(name)
    *path, last = dotted.split(".")
    model: type[BaseModel] = ParsedIntent
    for part in path:
        inner = model.model_fields[part].annotation
        model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else model
    field = model.model_fields[last]
    if isinstance(value, str) and "tuple" in str(field.annotation):
        value = [part.strip() for part in value.split(",")]
    try:
        checked = model.model_validate({last: value})
    except ValidationError as error:
        cause = error.errors()[0]["msg"]
        raise PersonCanFix(
            f"{name}={value} cannot be: {cause}.", f"Give another {name}."
        ) from error
    return dotted, TypeAdapter(JsonValue).validate_python(
        checked.model_dump(mode="json", include={last})[last]
    )


def parse_all(wishes: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Check all wishes and report every problem together."""
    parsed: dict[str, JsonValue] = {}
    problems: list[PersonCanFix] = []
    for name, value in wishes.items():
        try:
            dotted, checked = parse(name, value)
        except PersonCanFix as problem:
            problems.append(problem)
        else:
            parsed[dotted] = checked
    if problems:
        raise PersonCanFix(
            " ".join(problem.message for problem in problems),
            " ".join(dict.fromkeys(problem.hint for problem in problems)),
        )
    return parsed


def with_wishes(intent: ParsedIntent, wishes: Mapping[str, JsonValue]) -> ParsedIntent:
    """The intent with these leaves set and locked: nothing may change them afterwards."""
    locked = tuple(sorted({*intent.locked, *wishes}))
    return _filled(intent, wishes).model_copy(update={"locked": locked})


def with_proposals(intent: ParsedIntent, proposals: Mapping[str, JsonValue]) -> ParsedIntent:
    """The intent with these leaves set where its person left them open."""
    free = {dotted: value for dotted, value in proposals.items() if dotted not in intent.locked}
    proposed = tuple(sorted({*intent.proposed, *free}))
    return _filled(intent, free).model_copy(update={"proposed": proposed})


def _filled(intent: ParsedIntent, values: Mapping[str, JsonValue]) -> ParsedIntent:
    document = intent.model_dump(mode="json")
    for dotted, value in values.items():
        *path, last = dotted.split(".")
        section = document
        for part in path:
            section = section[part]
        section[last] = value
    return ParsedIntent.model_validate(document)


def locked_values(intent: ParsedIntent) -> dict[str, JsonValue]:
    """What the person fixed, by dotted leaf."""
    return _values(intent, intent.locked)


def wanted_values(intent: ParsedIntent) -> dict[str, JsonValue]:
    """What the person fixed and what was proposed for them, by dotted leaf."""
    return _values(intent, (*intent.locked, *intent.proposed))


def _values(intent: ParsedIntent, names: Iterable[str]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for dotted in names:
        section: JsonValue = intent.model_dump(mode="json")
        for part in dotted.split("."):
            section = section[part] if isinstance(section, dict) else None
        found[dotted] = section
    return found
