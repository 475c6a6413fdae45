"""The language model, where one is configured. Rules carry every task without it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, Protocol

from pydantic import BaseModel, JsonValue

from pipeline.errors import MLTrainerError
from pipeline.jobs import Actor, Frozen

Whose = Literal["person", "server", "free"]


class ToolSpec(Frozen):
    """A tool that a model may call; `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, JsonValue]


class ToolCall(Frozen):
    """A model wants a tool to be called; nothing about it is checked yet."""

    id: str
    name: str
    arguments: str


class Turn(Frozen):
    """One message to a model or from it. A `tool` turn answers the call `answers`."""

    role: Literal["user", "assistant", "tool"]
    text: str
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""


class Question(Frozen):
    """All that one call sends. Everything in it has passed the sanitizer.

    `reply` is the type of the reply, which a provider is held to where it can be; at most
    `max_tokens` are answered, within `seconds`.
    """

    system: str
    turns: tuple[Turn, ...]
    reply: type[BaseModel] | None = None
    tools: tuple[ToolSpec, ...] = ()
    temperature: float = 0.0
    max_tokens: int = 4096
    seconds: float = 60.0


class Answer(Frozen):
    """What came back: text or calls, and what it cost in US dollars."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    usd: Decimal = Decimal(0)
    cut: bool = False


class ModelRefused(MLTrainerError):
    """A provider will not answer this person or this question; asking once more changes nothing."""


class Model(Protocol):
    """One model of one provider with one key. An error is TryAgain or ModelRefused.

    `title` is the provider's name as people read it.
    """

    provider: str
    title: str
    name: str
    whose: Whose

    def most(self, question: Question) -> Decimal:
        """The most that a question may cost in US dollars; 0 where nothing is charged."""
        ...

    async def answer(self, question: Question) -> Answer:
        """Ask once."""
        ...


_WHOSE: Mapping[Whose, str] = MappingProxyType(
    {"person": "your key", "server": "the server's key", "free": "free"}
)


AWAY = "does not answer:"
"""After a model's name, where it is told that another one is asked instead."""
OWN_KEY_AWAY = f"({_WHOSE['person']}) {AWAY}"


def named(model: Model) -> str:
    """A model for people, as `Anthropic claude-haiku-4-5 (your key)`."""
    return f"{model.title} {model.name} ({_WHOSE[model.whose]})"


class Models(Protocol):
    """Which model speaks for a person: of their own key, the server's, a free one, or none."""

    async def choose(self, owner: Actor) -> Sequence[Model]:
        """Those that may be asked for this person, the best first; none where only rules are."""
        ...


class NoModels:
    """A house with rules alone."""

    async def choose(self, owner: Actor) -> Sequence[Model]:  # noqa: ARG002  (nobody has one)
        """Nothing."""
        return ()
