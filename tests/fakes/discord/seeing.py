"""What a person sees of messages and forms: words, buttons, fields and alt texts, no JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes import watching
from tests.fakes.discord import markdown
from tests.fakes.discord.limits import (
    BUTTON,
    FILE,
    GALLERY,
    LABEL,
    TEXT,
    TEXT_INPUT,
    THUMBNAIL,
    walk,
)
from tests.fakes.discord.markdown import Reading
from tests.fakes.discord.world import LOADING, V2, Json, Message, View, World
from tests.fakes.watching import SeenView

ATTACHED = "attachment://"
THINKING = "mltrainer is thinking..."


@dataclass(frozen=True)
class Button:
    """A button with what stands behind it."""

    label: str
    element: Json = field(repr=False)

    @property
    def url(self) -> str:
        return str(self.element.get("url") or "")

    @property
    def custom_id(self) -> str:
        return str(self.element.get("custom_id") or "")


@dataclass(frozen=True)
class Seen(watching.Seen):
    """A message as a person on Discord sees it.

    A message in a thread has its parent's name as `channel` and the thread's id as `thread`.
    `links`, `mentions`, `headings` and `styled` are what the client made of unescaped markup;
    `reads` is the text without buttons and files.
    """

    reads: str = field(default="", repr=False)
    links: tuple[str, ...] = field(default=(), repr=False)
    mentions: tuple[str, ...] = field(default=(), repr=False)
    headings: tuple[str, ...] = field(default=(), repr=False)
    styled: tuple[str, ...] = field(default=(), repr=False)


def seen(world: World, message: Message) -> Seen:
    """A message as it is now; the same one is not read twice."""
    if message.read_as is None or message.read_as[0] is not message.body:
        message.read_as = (message.body, _seen(world, message))
    shown: Seen = message.read_as[1]
    return shown


def _seen(world: World, message: Message) -> Seen:
    place, pieces = world.channels[message.channel], list(_pieces(message))
    readings = [_read(world, one.words) for one in pieces if one.kind == "text"]
    texts = iter(readings)
    lines = [next(texts).text if one.kind == "text" else one.shown for one in pieces]
    return Seen(
        world.handle(place),
        message.id,
        place.id if place.kind == "thread" else "",
        world.accounts[message.author].name,
        "\n".join(lines),
        tuple(one.label for one in buttons_of(message.body)),
        tuple(one.words for one in pieces if one.kind == "file"),
        message.body,
        "\n".join(one.text for one in readings),
        tuple(link for one in readings for link in one.links),
        tuple(name for one in readings for name in one.mentions),
        tuple(words for one in readings for words in one.headings),
        tuple(words for one in readings for words in one.styled),
    )


@dataclass(frozen=True)
class Piece:
    """A part of a message that can be read: markup, a button's label, or a file's name."""

    kind: Literal["text", "button", "file"]
    words: str
    alt: str = ""

    @property
    def shown(self) -> str:
        return f"[file {self.words}: {self.alt}]" if self.kind == "file" else f"[{self.words}]"


def _read(world: World, markup: str) -> Reading:
    def name_of(user: str) -> str:
        ours = {str(int(one) + 1) for one in list(world.guilds)}
        known = world.bot if user in ours else world.accounts.get(user)
        return known.name if known else user

    return markdown.read(markup, name_of)


def _pieces(message: Message) -> Iterator[Piece]:
    """In reading order. In a card only those files are seen that a component shows."""
    alts = {one.name: one.alt for one in message.files}
    if message.flags & LOADING:
        yield Piece("text", THINKING)
    if not message.flags & V2:
        yield Piece("text", message.body.get("content") or "")
        yield from (Piece("file", name, alt) for name, alt in alts.items())
    for one in walk(message.body.get("components") or []):
        if one["type"] == TEXT:
            yield Piece("text", one.get("content") or "")
        elif one["type"] == BUTTON:
            yield Piece("button", str(one.get("label") or ""))
        elif one["type"] in {FILE, THUMBNAIL, GALLERY}:
            yield from _placed(one, alts)


def _placed(component: Json, alts: Mapping[str, str]) -> Iterator[Piece]:
    """The files that a component shows, with alt texts of its own or of theirs."""
    for one in component.get("items") or [component]:
        url = str((one.get("media") or one.get("file") or {}).get("url") or "")
        name = url.removeprefix(ATTACHED)
        yield Piece("file", name, one.get("description") or alts.get(name, ""))


def buttons_of(body: Json) -> list[Button]:
    """Every button that can be pressed, in reading order."""
    found = [one for one in walk(body.get("components") or []) if one["type"] == BUTTON]
    return [Button(str(one.get("label") or ""), one) for one in found if not one.get("disabled")]


def labelled(body: Json) -> list[Json]:
    """The labels of a modal, each with its field."""
    return [one for one in body.get("components") or [] if one["type"] == LABEL]


def seen_view(world: World, view: View) -> SeenView:
    title = str(view.body["title"])
    fields = tuple(str(one["label"]) for one in labelled(view.body))
    lines = [line for one in view.body["components"] for line in _field(world, one)]
    text = "\n".join([title, *lines, "[Submit]", "[Cancel]"])
    return SeenView(view.id, title, text, fields, (), view.body)


def _field(world: World, shown: Json) -> Iterator[str]:
    if shown["type"] == TEXT:
        yield _read(world, shown["content"]).text
        return
    yield str(shown["label"])
    if shown.get("description"):
        yield str(shown["description"])
    inside = shown["component"]
    if inside["type"] == TEXT_INPUT:
        yield f"[{inside.get('value') or inside.get('placeholder') or ''}]"
    for one in inside.get("options") or []:
        yield f"( ) {one['label']}"
