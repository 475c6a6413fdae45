"""What Discord takes as a modal, as slash commands and as suggestions."""

import re

from tests.fakes.discord.limits import (
    LABEL,
    SELECTS,
    TEXT,
    TEXT_INPUT,
    check_options,
    check_select,
    walk,
)
from tests.fakes.discord.refusals import Problems
from tests.fakes.discord.world import Json

FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
FIELDS = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX}
MOST_LABELS, MOST_CHOICES, MOST_COMMANDS = 5, 25, 100
COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10


def check_modal(data: Json) -> None:
    problems = Problems()
    problems.longest("data.title", data.get("title") or "", 45, 1)
    problems.longest("data.custom_id", data.get("custom_id") or "", 100, 1)
    top = data.get("components") or []
    if not 1 <= len(top) <= MOST_LABELS:
        words = f"Must be between 1 and {MOST_LABELS} in length."
        problems.add("data.components", "BASE_TYPE_BAD_LENGTH", words)
    for at, one in enumerate(top):
        _check_top(one, f"data.components.{at}", problems)
    ids = [one["custom_id"] for one in walk(top) if "custom_id" in one]
    if len(set(ids)) < len(ids):
        words = "Component custom id cannot be duplicated"
        problems.add("data.components", "COMPONENT_CUSTOM_ID_DUPLICATED", words)
    problems.refuse()


def _check_top(one: Json, path: str, problems: Problems) -> None:
    """A label with its field, or text."""
    if one.get("type") == TEXT:
        problems.longest(f"{path}.content", one.get("content") or "", 4000, 1)
        return
    if one.get("type") != LABEL:
        problems.add(f"{path}.type", "UNION_TYPE_CHOICES", "Only labels and text in a modal")
        return
    problems.longest(f"{path}.label", one.get("label") or "", 45, 1)
    problems.longest(f"{path}.description", one.get("description") or "", 100)
    field = one.get("component") or {}
    if field.get("type") not in FIELDS:
        problems.add(f"{path}.component.type", "UNION_TYPE_CHOICES", f"Must be one of {FIELDS}")
        return
    _check_field(field, f"{path}.component", problems)


def _check_field(field: Json, path: str, problems: Problems) -> None:
    problems.longest(f"{path}.custom_id", field.get("custom_id") or "", 100, 1)
    kind = field["type"]
    if field.get("disabled"):
        words = "Components in a modal cannot be disabled"
        problems.add(f"{path}.disabled", "COMPONENT_CANNOT_BE_DISABLED_IN_MODAL", words)
    if field.get("min_values") == 0 and field.get("required", True):
        words = "Must be at least 1 where the component is required"
        problems.add(f"{path}.min_values", "NUMBER_TYPE_MIN", words)
    if kind == TEXT_INPUT:
        least, most = field.get("min_length") or 0, field.get("max_length") or 4000
        if not (0 <= least <= most <= 4000 and most):
            problems.add(f"{path}.max_length", "NUMBER_TYPE_MAX", "Must be at most 4000")
        problems.longest(f"{path}.value", field.get("value") or "", most)
        problems.longest(f"{path}.placeholder", field.get("placeholder") or "", 100)
    elif kind in SELECTS:
        check_select(field, path, problems)
    elif kind in {RADIO, CHECKBOXES}:
        check_options(field, path, 10, problems, least=2 if kind == RADIO else 1)


def check_commands(commands: list[Json]) -> None:
    """The whole list that is registered at once."""
    problems = Problems()
    names = [one.get("name") for one in commands]
    if len(commands) > MOST_COMMANDS or len(set(names)) < len(names):
        words = "Application command names must be unique, and at most 100"
        problems.add("commands", "APPLICATION_COMMANDS_DUPLICATE_NAME", words)
    for at, one in enumerate(commands):
        _check_named(one, str(at), problems)
        _check_command_options(one.get("options") or [], str(at), problems)
    problems.refuse()


def _check_named(one: Json, path: str, problems: Problems) -> None:
    name = str(one.get("name") or "")
    if not COMMAND_NAME.fullmatch(name) or name != name.lower():
        words = "Command name is invalid: lowercase, 1 to 32 characters"
        problems.add(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", words)
    if one.get("type", 1) in {1, *range(1, 12)}:
        problems.longest(f"{path}.description", one.get("description") or "", 100, 1)


def _check_command_options(options: list[Json], path: str, problems: Problems) -> None:
    if len(options) > MOST_CHOICES:
        words = "Must be 25 or fewer in length."
        problems.add(f"{path}.options", "BASE_TYPE_BAD_LENGTH", words)
    required = [bool(one.get("required")) for one in options]
    if required != sorted(required, reverse=True):
        words = "Required options must be placed before non-required options"
        problems.add(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
    for at, one in enumerate(options):
        place = f"{path}.options.{at}"
        _check_named(one, place, problems)
        _check_choices(one, place, problems)
        if one.get("type") in {SUBCOMMAND, GROUP}:
            _check_command_options(one.get("options") or [], place, problems)


def _check_choices(option: Json, path: str, problems: Problems) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        words = "Choices and autocomplete exclude each other"
        problems.add(f"{path}.autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE", words)
    check_choices(choices, f"{path}.choices", problems)


def check_choices(choices: list[Json], path: str, problems: Problems) -> None:
    """Choices of an option, registered or suggested."""
    if len(choices) > MOST_CHOICES:
        problems.add(path, "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length.")
    for at, one in enumerate(choices):
        problems.longest(f"{path}.{at}.name", one.get("name") or "", 100, 1)
        problems.longest(f"{path}.{at}.value", one.get("value") or "", 100, 1)


def check_suggestions(data: Json) -> None:
    problems = Problems()
    check_choices(data.get("choices") or [], "data.choices", problems)
    problems.refuse()
