"""A form as a Slack modal, and what comes back from one. No value of a secret stands in a modal."""

import json
from collections.abc import Mapping
from typing import Any

from adapters.platforms.slack.cards import Json, plain_text
from pipeline.jobs import Place
from pipeline.ports.chat import Attachment, Card, Field, Form

_LONGEST_TITLE = 24
_LONGEST_INPUT = 3000
_LONGEST_LABEL = 150
_LONGEST_OPTION = 75
_LONGEST_CHOICE = 150
_MOST_CHOICES = 100
_MOST_FILES = 10
_ELEMENT = "value"
_YES = "yes"


def view(form: Form, place: Place) -> Json:
    """The modal of a form; `place` and the form's state come back when it is sent."""
    shown: dict[str, object] = {
        "type": "modal",
        "callback_id": form.id,
        "private_metadata": json.dumps(
            {"state": form.state, "channel": place.channel, "thread": place.thread}
        ),
        "title": plain_text(form.title, _LONGEST_TITLE),
        "submit": plain_text("Send", _LONGEST_TITLE),
        "close": plain_text("Close", _LONGEST_TITLE),
        "blocks": [block for field in form.fields for block in _blocks(field, form)],
    }
    if any(field.kind == "secret" for field in form.fields):
        shown["clear_on_close"] = True
    return shown


def notice(card: Card) -> Json:
    """A modal that only says something."""
    return {
        "type": "modal",
        "title": plain_text("mltrainer", _LONGEST_TITLE),
        "close": plain_text("Close", _LONGEST_TITLE),
        "blocks": [
            {"type": "section", "text": plain_text(words, _LONGEST_INPUT)}
            for words in (card.title, card.body)
            if words
        ],
    }


def errors(form: Form, known: Mapping[str, object]) -> dict[str, str]:
    """What is wrong, by the block that shows it; `known` are the blocks of the open modal."""
    first = next(iter(known), "")
    said: dict[str, str] = {}
    for field, words in form.errors.items():
        block = field if field in known else first
        said[block] = " ".join(filter(None, (said.get(block), words)))
    return said


def asks_the_same(form: Form, shown: Mapping[str, object]) -> bool:
    """Whether every field of the form stands in the open modal already."""
    return all(field.id in shown for field in form.fields)


def inputs(blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The input blocks of a modal by their ids."""
    return {block["block_id"]: block for block in blocks if block.get("type") == "input"}


def values(state: Mapping[str, Any]) -> dict[str, str | bool]:
    """What was filled in, by the field's id; a field for files has none."""
    found: dict[str, str | bool] = {}
    for block, elements in state.items():
        for element in elements.values():
            if element.get("type") != "file_input":
                found[block] = _value(element)
    return found


def attachments(state: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The files that were chosen."""
    elements = [one for block in state.values() for one in block.values()]
    return tuple(
        attachment(file)
        for element in elements
        if element.get("type") == "file_input"
        for file in element.get("files") or ()
    )


def attachment(file: Mapping[str, Any]) -> Attachment:
    """A file as Slack's payloads describe it."""
    name = file.get("name") or file.get("title") or "file"
    return Attachment(
        id=str(file["id"]),
        name=str(name),
        size=int(file.get("size") or 0),
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
    )


def _value(element: Mapping[str, Any]) -> str | bool:
    match element.get("type"):
        case "checkboxes":
            return bool(element.get("selected_options"))
        case "static_select":
            return str((element.get("selected_option") or {}).get("value") or "")
        case _:
            return str(element.get("value") or "")


def _blocks(field: Field, form: Form) -> list[Json]:
    """The input of a field, with what was wrong with it above it, where the form is shown anew."""
    wrong = form.errors.get(field.id)
    above: list[Json] = (
        [{"type": "context", "elements": [plain_text(f"✗ {wrong}", _LONGEST_LABEL)]}]
        if wrong
        else []
    )
    block: dict[str, object] = {
        "type": "input",
        "block_id": field.id,
        "label": plain_text(field.label, _LONGEST_LABEL),
        "element": _element(field),
        "optional": not field.required or field.kind == "bool",  # else only yes could be sent
    }
    if field.hint:
        block["hint"] = plain_text(field.hint, _LONGEST_LABEL)
    return [*above, block]


def _element(field: Field) -> Json:
    match field.kind:
        case "choice":
            return _select(field)
        case "bool":
            return _checkbox(field)
        case "file":
            return {"type": "file_input", "action_id": _ELEMENT, "max_files": _MOST_FILES}
        case "secret":
            return _input()
        case "text" | "long":
            before = {"initial_value": field.value[:_LONGEST_INPUT]} if field.value else {}
            return {**_input(), **before, "multiline": field.kind == "long"}


def _input() -> Json:
    return {"type": "plain_text_input", "action_id": _ELEMENT, "max_length": _LONGEST_INPUT}


def _select(field: Field) -> Json:
    options = {one: _option(one) for one in field.choices[:_MOST_CHOICES]}
    before = {"initial_option": options[field.value]} if field.value in options else {}
    select = {"type": "static_select", "action_id": _ELEMENT, "options": list(options.values())}
    return select | before


def _checkbox(field: Field) -> Json:
    options = [_option(field.label, _YES)]
    before = {"initial_options": options} if field.value.lower() in {"yes", "true", "1"} else {}
    return {"type": "checkboxes", "action_id": _ELEMENT, "options": options} | before


def _option(words: str, value: str = "") -> Json:
    chosen = (value or words)[:_LONGEST_CHOICE]
    return {"text": plain_text(words, _LONGEST_OPTION), "value": chosen}
