"""What Slack refuses in blocks and views: the limits that shape a bot's messages."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.fakes.slack.workspace import Json, Value

MESSAGE_BLOCKS, VIEW_BLOCKS, VIEW_BYTES = 50, 100, 250_000
KNOWN_ELSEWHERE = {"card", "carousel", "container", "context_actions", "data_visualization", "file"}
KNOWN_ELSEWHERE |= {"plan", "table", "task_card", "video"}
ACTIONS = {"button", "checkboxes", "datepicker", "overflow", "radio_buttons", "static_select"}
ACTIONS |= {"users_select", "conversations_select", "channels_select", "multi_static_select"}
INPUTS = (ACTIONS - {"button", "overflow"}) | {"file_input", "plain_text_input", "number_input"}
INPUTS |= {"email_text_input", "url_text_input"}
RICH_PARTS = {"rich_text_section", "rich_text_preformatted", "rich_text_list", "rich_text_quote"}
RICH_PIECES = {"text", "link", "user", "usergroup", "channel", "broadcast", "emoji", "date"}
OPTION_COUNTS = {"radio_buttons": 10, "checkboxes": 10, "overflow": 5}
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}

Problems = Iterator[str]


def in_message(blocks: Value) -> list[str]:
    """Everything that is wrong with a message's blocks."""
    if not isinstance(blocks, list):
        return ["blocks is no list"]
    return [*_in_blocks(blocks, MESSAGE_BLOCKS)]


def in_view(view: Value) -> list[str]:
    """Everything that is wrong with a modal or a Home tab."""
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return ["[ERROR] missing required field: type [json-pointer:/view]"]
    return [f"[ERROR] {one} [json-pointer:/view]" for one in _in_view(view)]


def _in_view(view: Json) -> Problems:
    yield from _in_blocks(view.get("blocks", []), VIEW_BLOCKS)
    yield from _longer("private_metadata", view.get("private_metadata"), 3000)
    yield from _longer("callback_id", view.get("callback_id"), 255)
    if len(repr(view)) > VIEW_BYTES:
        yield "view_too_large"
    if view["type"] == "home":
        return
    yield from _text("title", view.get("title"), 24, plain=True)
    for name in ("submit", "close"):
        if name in view:
            yield from _text(name, view[name], 24, plain=True)
    if "submit" not in view and any(one.get("type") == "input" for one in view.get("blocks", [])):
        yield "a view with input blocks needs submit"


def _in_blocks(blocks: list[Json], most: int) -> Problems:
    if len(blocks) > most:
        yield f"no more than {most} items allowed"
    for block in blocks:
        yield from _in_block(block)
    yield from _twice("block_id", [one.get("block_id") for one in blocks])
    markdown = sum(len(one.get("text", "")) for one in blocks if one.get("type") == "markdown")
    if markdown > 12_000:
        yield "markdown blocks hold more than 12000 characters"


def _in_block(block: Json) -> Problems:
    kind = block.get("type", "")
    yield from _longer("block_id", block.get("block_id"), 255)
    if kind in CHECKS:
        yield from CHECKS[kind](block)
    elif kind not in KNOWN_ELSEWHERE:
        yield f"unsupported type: {kind}"


def _section(block: Json) -> Problems:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        yield "a section needs text or fields"
    if "text" in block:
        yield from _text("section text", block["text"], 3000)
    if len(fields) > 10 or ("fields" in block and not fields):
        yield "a section has 1 to 10 fields"
    for one in fields:
        yield from _text("field", one, 2000)
    if "accessory" in block:
        yield from _element(block["accessory"], ACTIONS | {"image"})


def _header(block: Json) -> Problems:
    yield from _text("header", block.get("text"), 150, plain=True)


def _context(block: Json) -> Problems:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 10:
        yield "a context has 1 to 10 elements"
    for one in elements:
        yield from _image(one) if one.get("type") == "image" else _text("context", one, 3000)


def _actions(block: Json) -> Problems:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 25:
        yield "actions have 1 to 25 elements"
    for one in elements:
        yield from _element(one, ACTIONS)
    yield from _twice("action_id", [one.get("action_id") for one in elements])


def _input(block: Json) -> Problems:
    yield from _text("label", block.get("label"), 2000, plain=True)
    if "hint" in block:
        yield from _text("hint", block["hint"], 2000, plain=True)
    yield from _element(block.get("element", {}), INPUTS)


def _image(block: Json) -> Problems:
    if not block.get("alt_text"):
        yield "an image needs alt_text"
    yield from _longer("alt_text", block.get("alt_text"), 2000)
    if bool(block.get("image_url")) == bool(block.get("slack_file")):
        yield "an image has image_url or slack_file"
    yield from _longer("image_url", block.get("image_url"), 3000)
    if block.get("slack_file"):
        yield "slack_file is not processed yet"


def _markdown(block: Json) -> Problems:
    if not block.get("text"):
        yield "markdown needs text"


def _rich_text(block: Json) -> Problems:
    if not block.get("elements"):
        yield "rich_text needs elements"
    for one in block.get("elements", []):
        yield from _rich_part(one, RICH_PARTS)


def _rich_part(part: Json, allowed: set[str]) -> Problems:
    """A part of rich text and the pieces in it; preformatted text holds words and links only."""
    kind = part.get("type", "")
    if kind not in allowed:
        yield f"unsupported rich text: {kind}"
    if kind == "text" and not part.get("text"):
        yield "rich text must be more than 0 characters"
    inside = {"text", "link"} if kind == "rich_text_preformatted" else RICH_PIECES
    for one in part.get("elements", []):
        yield from _rich_part(one, {"rich_text_section"} if kind == "rich_text_list" else inside)


def _divider(_block: Json) -> Problems:
    yield from ()


CHECKS: dict[str, Callable[[Json], Problems]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "divider": _divider,
}


def _element(element: Json, allowed: set[str]) -> Problems:
    kind = element.get("type", "")
    if kind not in allowed:
        yield f"unsupported element: {kind}"
        return
    if kind == "image":
        yield from _image(element)
        return
    yield from _longer("action_id", element.get("action_id"), 255)
    if "placeholder" in element:
        yield from _text("placeholder", element["placeholder"], 150, plain=True)
    if "confirm" in element:
        yield from _confirm(element["confirm"])
    if kind == "button":
        yield from _button(element)
    elif kind == "plain_text_input":
        yield from _text_input(element)
    elif kind == "file_input" and not 1 <= element.get("max_files", 10) <= 10:
        yield "max_files is 1 to 10"
    elif kind in {"checkboxes", "overflow", "radio_buttons", "static_select"}:
        yield from _options(element, OPTION_COUNTS.get(kind, 100))


def _button(element: Json) -> Problems:
    yield from _text("button", element.get("text"), 75, plain=True)
    yield from _longer("value", element.get("value"), 2000)
    yield from _longer("url", element.get("url"), 3000)
    yield from _longer("accessibility_label", element.get("accessibility_label"), 75)
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield "style is primary or danger"
    if "value" in element and not element["value"]:
        yield "value must be more than 0 characters"


def _text_input(element: Json) -> Problems:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not 0 <= least <= most <= 3000 or most < 1:
        yield "min_length and max_length are within 3000"
    yield from _longer("initial_value", element.get("initial_value"), most)


def _options(element: Json, most: int) -> Problems:
    options = element.get("options", [])
    if not 1 <= len(options) <= most:
        yield f"{element['type']} has 1 to {most} options"
    for one in options:
        yield from _text("option", one.get("text"), 75)
        yield from _longer("option value", one.get("value"), 150)
    for name in ("initial_option", "initial_options"):
        wanted = element.get(name, [])
        if any(one not in options for one in (wanted if isinstance(wanted, list) else [wanted])):
            yield f"{name} is none of the options"


def _confirm(dialog: Json) -> Problems:
    for name, most in CONFIRM.items():
        if name in dialog or name == "text":
            yield from _text(f"confirm {name}", dialog.get(name), most)


def _text(name: str, text: Value, most: int, *, plain: bool = False) -> Problems:
    if not isinstance(text, dict) or text.get("type") not in {"plain_text", "mrkdwn"}:
        yield f"{name} needs a text object"
        return
    if plain and text["type"] != "plain_text":
        yield f"{name} must be plain_text"
    if not text.get("text"):
        yield f"{name} must be more than 0 characters"
    yield from _longer(name, text.get("text"), most)


def _longer(name: str, value: Value, most: int) -> Problems:
    if len(value or "") > most:
        yield f"{name} must be less than {most + 1} characters"


def _twice(name: str, values: list[Any]) -> Problems:
    for value, count in Counter(one for one in values if one).items():
        if count > 1:
            yield f"{name} {value} already exists"
