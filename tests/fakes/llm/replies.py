"""What a provider can be told to answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.llm.asked import Asked

Json = dict[str, Any]


@dataclass(frozen=True)
class Says:
    """A text. `cut` says that it ended at the limit of tokens; `usage` is (in, out)."""

    text: str
    cut: bool = False
    usage: tuple[int, int] | None = None


@dataclass(frozen=True)
class Fits:
    """JSON that fits the schema which was asked for; a greeting where none was."""


@dataclass(frozen=True)
class Use:
    """One call of a tool; arguments that are a text go out as they are, valid or not."""

    name: str
    arguments: Json | str = field(default_factory=dict)


class Calls:
    """Calls of tools, with or without a text beside them."""

    def __init__(self, *uses: Use, text: str = "") -> None:
        self.uses = uses
        self.text = text


@dataclass(frozen=True)
class Refuses:
    """The model itself will not, in the provider's own way of saying so."""

    text: str = "I cannot help with that."


@dataclass(frozen=True)
class Fails:
    """An error of the API; `message` and `code` default to what the provider says with `status`."""

    status: int
    retry_after: int | None = None
    message: str = ""
    code: str = ""


@dataclass(frozen=True)
class TooLong:
    """More tokens than the model takes."""


@dataclass(frozen=True)
class Raw:
    """Any body at all."""

    body: str
    status: int = 200


@dataclass(frozen=True)
class Huge:
    """A text of so many megabytes."""

    megabytes: int = 10


@dataclass(frozen=True)
class Slow:
    """The same, later."""

    seconds: float
    reply: "Reply" = field(default_factory=Fits)


@dataclass(frozen=True)
class Breaks:
    """The connection is lost after this share of the body."""

    reply: "Reply" = field(default_factory=Fits)
    at: float = 0.5


@dataclass(frozen=True)
class Hangs:
    """Nothing, ever."""


Plain = Says | Fits | Calls | Refuses | Fails | TooLong | Raw | Huge
Reply = Plain | Slow | Breaks | Hangs
Scripted = Reply | Callable[[Asked], Reply]


def says_json(value: object) -> Says:
    """JSON and nothing else."""
    return Says(json.dumps(value))


def says_fenced(value: object, before: str = "Sure! Here it is:", after: str = "Enjoy.") -> Says:
    """JSON in a fence, with chatter around it."""
    return Says(f"{before}\n```json\n{json.dumps(value, indent=2)}\n```\n{after}")
