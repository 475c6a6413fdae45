"""What a person's client makes of typing: entities, links, and the values of a form's fields."""

import html
import re
from collections.abc import Mapping, Sequence

from tests.fakes.slack.seeing import inputs_of, plain
from tests.fakes.slack.workspace import Json, Value

ADDRESS = re.compile(r"https?://[^\s<>|]+")
MAIL = re.compile(r"(?<![\w@.])[\w.+-]+@[\w-]+\.[a-z]{2,}(?![\w.])")
REQUIRED = "Please complete this required field."
CHOICES = {"static_select", "radio_buttons"}

Filled = Mapping[str, object]


def typed(text: str) -> str:
    """A message as the client sends it."""
    escaped = html.escape(text, quote=False)
    linked = ADDRESS.sub(lambda found: f"<{found[0]}>", escaped)
    return MAIL.sub(lambda found: f"<mailto:{found[0]}|{found[0]}>", linked)


def labels_of(blocks: list[Json]) -> dict[str, str]:
    """Labels of a form's fields by their block ids."""
    return {one.get("block_id", ""): plain(one["label"]) for one in inputs_of(blocks)}


def filled(blocks: list[Json], given: Filled) -> tuple[Json, dict[str, str]]:
    """A form's values as they are sent, and what the client itself refuses, by label."""
    values: Json = {}
    problems: dict[str, str] = {}
    for block in inputs_of(blocks):
        label, element = plain(block["label"]), block["element"]
        value = given.get(label, _standing(element))
        if problem := _problem(element, value, optional=block.get("optional", False)):
            problems[label] = problem
        action = {"type": element["type"], **_sent(element, value)}
        values.setdefault(block.get("block_id", ""), {})[element.get("action_id", "")] = action
    return values, problems


def _standing(element: Json) -> Value:
    """What stands in a field before anybody touches it."""
    if element["type"] in CHOICES:
        return plain((element.get("initial_option") or {}).get("text"))
    if element["type"] == "checkboxes":
        return [plain(one["text"]) for one in element.get("initial_options", [])]
    return element.get("initial_value") or ""


def _problem(element: Json, value: Value, *, optional: bool) -> str:
    if value in ("", None, [], ()):
        return "" if optional else REQUIRED
    if element["type"] == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(value) <= most:
            return f"This field takes {least} to {most} characters."
    return ""


def _sent(element: Json, value: Value) -> Json:
    kind = element["type"]
    if kind in CHOICES:
        return {"selected_option": _options(element, [value])[0] if value else None}
    if kind == "checkboxes":
        every = [plain(one["text"]) for one in element["options"]]
        ticked = (every if value else []) if isinstance(value, bool) else value
        return {"selected_options": _options(element, ticked)}
    if kind == "file_input":
        return {"files": value or []}
    return {"value": value or None}


def _options(element: Json, texts: Sequence[str]) -> list[Json]:
    known = {plain(one["text"]): one for one in element["options"]}
    missing = [one for one in texts if one not in known]
    if missing:
        raise LookupError(f"no choice {missing}; there are {sorted(known)}")
    return [known[one] for one in texts]
