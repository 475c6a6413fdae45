"""What a person sees of messages and views: words, buttons, fields and alt texts, no JSON."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fakes.slack.workspace import BOT_NAME, BOT_USER, Json, Message, Value, View, Workspace
from tests.fakes.watching import Seen, SeenView

TO_EVERYBODY = re.compile(r"<!(channel|here|everyone|subteam\^\w+)(\|[^>]*)?>")
TO_SOMEBODY = re.compile(r"<@(\w+)(\|[^>]*)?>")
LINK = re.compile(r"<(https?:[^|>]+|mailto:[^|>]+)(?:\|([^>]+))?>")
LOUD_WORD = re.compile(r"(?<!\w)@(channel|here|everyone)\b")


@dataclass(frozen=True)
class Button:
    """A button with what stands behind it; `confirm` is the question it asks first."""

    label: str
    element: Json = field(repr=False)
    block_id: str = ""

    @property
    def confirm(self) -> str:
        dialog = self.element.get("confirm", {})
        return " ".join(str(dialog[one]["text"]) for one in ("title", "text") if one in dialog)

    @property
    def url(self) -> str:
        return str(self.element.get("url", ""))


def seen(workspace: Workspace, message: Message) -> Seen:
    blocks = message.body.get("blocks") or []
    lines = list(_lines(workspace, blocks)) if blocks else [_text_of(workspace, message)]
    files = [workspace.files[one] for one in message.files]
    alts = [f"[file {one.title or one.name}: {one.alt}]" for one in files]
    labels = tuple(one.label for one in buttons_of(blocks))
    by, text = workspace.accounts[message.user].name, "\n".join([*lines, *alts])
    names = tuple(one.name for one in files)
    return Seen(
        message.channel, message.ts, message.thread_ts, by, text, labels, names, message.body
    )


def seen_view(workspace: Workspace, view: View) -> SeenView:
    blocks = view.body.get("blocks", [])
    fields = tuple(plain(one["label"]) for one in inputs_of(blocks))
    title = plain(view.body.get("title"))
    shown = [plain(view.body[one]) for one in ("submit", "close") if one in view.body]
    ends = [f"[{one}]" for one in shown]
    text = "\n".join([title, *_lines(workspace, blocks), *ends])
    labels = tuple(one.label for one in buttons_of(blocks))
    return SeenView(view.id, title, text, fields, labels, view.body)


def buttons_of(blocks: list[Json]) -> list[Button]:
    """Every button, in reading order."""
    return [
        Button(plain(one["text"]), one, block.get("block_id", ""))
        for block in blocks
        for one in [*block.get("elements", []), block.get("accessory") or {}]
        if one.get("type") == "button"
    ]


def inputs_of(blocks: list[Json]) -> list[Json]:
    return [one for one in blocks if one.get("type") == "input"]


def plain(text: Value) -> str:
    return str(text["text"]) if text else ""


def pinged(message: Message, *, at_worst: bool = False) -> set[str]:
    """Whom a message notified when it was sent: user ids, and "everybody".

    The fallback text beside blocks counts only at worst: it may notify, and nobody may rely on it.
    """
    first = message.versions[0]
    blocks, text = first.get("blocks") or [], first.get("text") or ""
    texts = [*_marked_up_in(blocks), *([text] if at_worst or not blocks else [])]
    loud = first.get("parse") == "full" or bool(first.get("link_names"))
    found = {one[1] for text in texts for one in TO_SOMEBODY.finditer(text)}
    if any(TO_EVERYBODY.search(one) or (loud and LOUD_WORD.search(one)) for one in texts):
        found.add("everybody")
    return found


def _marked_up_in(part: Value) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _marked_up_in(one)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn" or (part.get("type") == "markdown" and "text" in part):
            yield str(part["text"])
        if part.get("type") == "user":
            yield f"<@{part['user_id']}>"
        if part.get("type") == "broadcast":
            yield f"<!{part['range']}>"
        for one in part.values():
            yield from _marked_up_in(one)


def _text_of(workspace: Workspace, message: Message) -> str:
    return read(workspace, message.body.get("text") or "")


def read(workspace: Workspace, markup: str) -> str:
    """Markup as it is shown: names for ids, labels for links, real characters for entities."""

    def name(found: re.Match[str]) -> str:
        known = workspace.accounts.get(found[1])
        return "@" + (BOT_NAME if found[1] == BOT_USER else known.name if known else found[1])

    shown = TO_SOMEBODY.sub(name, markup)
    shown = TO_EVERYBODY.sub(lambda found: "@" + found[1], shown)
    return html.unescape(LINK.sub(lambda found: found[2] or found[1], shown))


def _lines(workspace: Workspace, blocks: list[Json]) -> Iterator[str]:
    for block in blocks:
        yield from _block(workspace, block)


def _block(workspace: Workspace, block: Json) -> Iterator[str]:
    if block.get("label"):
        yield plain(block["label"])
    if block.get("text"):
        yield _words(workspace, block["text"])
    for one in block.get("fields", []):
        yield _words(workspace, one)
    for one in [*block.get("elements", []), block.get("accessory") or {}]:
        yield from _element(workspace, one)
    if block.get("element"):
        yield from _element(workspace, block["element"])
    if block.get("hint"):
        yield plain(block["hint"])
    if block.get("alt_text"):
        yield f"[image: {block['alt_text']}]"


def _element(workspace: Workspace, element: Json) -> Iterator[str]:
    kind = element.get("type", "")
    if kind in {"plain_text", "mrkdwn"}:
        yield _words(workspace, element)
    elif kind == "button":
        yield f"[{plain(element['text'])}]"
    elif kind == "image":
        yield f"[image: {element['alt_text']}]"
    elif kind == "plain_text_input":
        yield f"[{element.get('initial_value') or plain(element.get('placeholder'))}]"
    elif kind.startswith("rich_text"):
        yield from _rich(workspace, element)
    for one in element.get("options", []):
        yield f"( ) {_words(workspace, one['text'])}"


def _rich(workspace: Workspace, element: Json) -> Iterator[str]:
    """Rich text: the pieces of a section in one line."""
    pieces = element.get("elements", [])
    if pieces and pieces[0].get("type", "").startswith("rich_text"):
        for one in pieces:
            yield from _rich(workspace, one)
        return
    yield "".join(_piece(workspace, one) for one in pieces)


def _piece(workspace: Workspace, piece: Json) -> str:
    if piece.get("type") == "user":
        return read(workspace, f"<@{piece['user_id']}>")
    return str(piece.get("text") or piece.get("url") or piece.get("range") or "")


def _words(workspace: Workspace, text: Value) -> str:
    """A text object, or the bare text of a markdown block."""
    if isinstance(text, str):
        return read(workspace, text)
    return read(workspace, text["text"]) if text["type"] == "mrkdwn" else str(text["text"])
