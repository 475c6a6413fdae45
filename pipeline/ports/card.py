"""What a person reads and fills in, on any platform: cards with buttons, and forms."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pipeline.jobs import Frozen

StageState = Literal["pending", "running", "done", "failed", "skipped"]
Tone = Literal["info", "good", "bad", "waiting"]


class StageLine(Frozen):
    """One stage on a card."""

    title: str
    state: StageState = "pending"
    note: str = ""


class Action(Frozen):
    """A button; every button is also a command, but for one that only opens `url`.

    A platform asks once more before an action with `confirm`, which says what would happen.
    """

    id: str
    label: str
    argument: str = ""
    style: Literal["default", "primary", "danger"] = "default"
    url: str = ""
    confirm: str = ""


class Row(Frozen):
    """One thing of a list on a card, with buttons of its own: at most two."""

    title: str
    text: str = ""
    actions: tuple[Action, ...] = ()


class Picture(Frozen):
    """An image with alt text that states its numbers."""

    path: Path
    alt: str


class Card(Frozen):
    """One message a person reads: at most five actions, and ten rows.

    `facts` are labels with their texts, `rows` a list whose entries have their own buttons. `log`
    says what happened, oldest first; a platform shows as much of its end as it has room for. All
    text is plain: a platform escapes what it would read as markup, so that nothing in a name or in
    data can ping or link.
    """

    title: str
    body: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    stages: tuple[StageLine, ...] = ()
    log: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    rows: tuple[Row, ...] = ()
    tone: Tone = "info"
    picture: Picture | None = None


class Field(Frozen):
    """One field of a form. `value` is what stands in it before; a secret never has one."""

    id: str
    label: str
    kind: Literal["text", "long", "secret", "choice", "bool", "file"] = "text"
    hint: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True
    value: str = ""


class Form(Frozen):
    """At most five fields and a title of 24 characters; `state` travels to the submit and back.

    `state` has at most 80 characters and is no secret: a ticket or a job id. A platform that cannot
    show an error inside a form has it opened again by a click: on the action `opened_by`, with
    `state` as its argument.
    """

    id: str
    title: str
    state: str
    fields: tuple[Field, ...]
    errors: Mapping[str, str] = {}
    opened_by: str = ""
