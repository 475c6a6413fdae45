"""The chat port: what a platform brings in, and what we send back. Knows no platform."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Literal, Protocol

from pipeline.jobs import Actor, Frozen, Place

StageState = Literal["pending", "running", "done", "failed", "skipped"]
Tone = Literal["info", "good", "bad", "waiting"]


class Ref(Frozen):
    """A message that was sent."""

    place: Place
    id: str


class StageLine(Frozen):
    """One stage on a card."""

    title: str
    state: StageState = "pending"
    note: str = ""


class Action(Frozen):
    """A button; every button is also a command."""

    id: str
    label: str
    argument: str = ""
    style: Literal["default", "primary", "danger"] = "default"


class Picture(Frozen):
    """An image with alt text that states its numbers."""

    path: Path
    alt: str


class Card(Frozen):
    """One message a person reads: at most five actions.

    `log` says what happened, oldest first; a platform shows as much of its end as it has room for.
    """

    title: str
    body: str = ""
    stages: tuple[StageLine, ...] = ()
    log: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    tone: Tone = "info"
    picture: Picture | None = None


class Field(Frozen):
    """One field of a form."""

    id: str
    label: str
    kind: Literal["text", "secret", "choice", "bool"] = "text"
    hint: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True


class Form(Frozen):
    """At most five fields; `state` travels to the submit and back."""

    id: str
    title: str
    state: str
    fields: tuple[Field, ...]
    errors: Mapping[str, str] = {}


class Mention(Frozen):
    """Somebody spoke to the bot, perhaps with files."""

    key: str
    actor: Actor
    place: Place
    text: str
    files: tuple[str, ...] = ()


class Click(Frozen):
    """Somebody pressed a button."""

    key: str
    actor: Actor
    place: Place
    action: str
    argument: str = ""


class Command(Frozen):
    """Somebody typed a slash command."""

    key: str
    actor: Actor
    place: Place
    name: str
    arguments: str = ""


class Submit(Frozen):
    """Somebody sent a form."""

    key: str
    actor: Actor
    place: Place
    form: str
    state: str
    values: Mapping[str, str | bool]


Inbound = Mention | Click | Command | Submit


class Ok(Frozen):
    """Understood; what follows appears in the thread."""


class AskForm(Frozen):
    """Show this form."""

    form: Form


class FormErrors(Frozen):
    """Show the form again with its errors."""

    form: Form


class Whisper(Frozen):
    """Answer this person alone."""

    card: Card


Reply = Ok | AskForm | FormErrors | Whisper
Decide = Callable[[Inbound], Awaitable[Reply]]


class Chat(Protocol):
    """A platform. `name` is the adapter's file name."""

    name: str

    async def start(self, decide: Decide) -> None:
        """Begin to listen; each inbound event is answered by `decide`."""
        ...

    async def open_thread(self, place: Place, title: str) -> Place:
        """The thread of a job; the same one when called again."""
        ...

    async def post(self, place: Place, card: Card, key: str, notify: Actor | None = None) -> Ref:
        """Send a card; `key` makes a repeat recognisable."""
        ...

    async def edit(self, ref: Ref, card: Card) -> Ref:
        """Change a card in place; a new reference when the old message is gone."""
        ...

    async def stop(self) -> None:
        """Stop listening."""
        ...
