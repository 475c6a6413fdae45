"""The tools that a model may call: each looks something up. None spends, publishes or reveals.

A secret goes in and comes out as its reference only. What a model says is checked like any input:
an unknown tool, wrong arguments or a failure are answered in words, never raised.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.context import JobContext
from pipeline.errors import MLTrainerError
from pipeline.events import ToolCalled, ToolReturned
from pipeline.ports import Ports
from pipeline.ports.model import ToolCall, ToolSpec
from pipeline.secrets import SecretRef

_LONGEST_RESULT = 4_000  # signs
_LONGEST_ARGUMENT = 80
_LONGEST_NAME = 40
_MOST_ARGUMENTS = 10
_LONGEST_WORD = 20  # a longer one without a break may be a key
_PROVIDERS = ("anthropic", "google", "groq", "openai")
_PLAIN = re.compile(r"[\w ./:@+-]*")


class Arguments(BaseModel):
    """Base of what a tool is called with."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(Arguments):
    """The reference of a stored key."""

    reference: str = Field(description="secret:KIND:ID, as it was given; never a key itself")


Work = Callable[[JobContext, Ports, Arguments], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing that can be looked up; the result is text for the model."""

    name: str
    description: str
    arguments: type[Arguments]
    work: Work


def spec(name: str) -> ToolSpec:
    """How a tool is offered."""
    tool = known()[name]
    return ToolSpec(
        name=tool.name, description=tool.description, parameters=tool.arguments.model_json_schema()
    )


async def call(
    context: JobContext, ports: Ports, offered: tuple[ToolSpec, ...], wanted: ToolCall
) -> str:
    """Do what a model wants done, if it was offered; the answer says what came of it."""
    name = wanted.name if wanted.name in known() else _masked(wanted.name[:_LONGEST_NAME])
    await ports.emit(ToolCalled(tool=name, arguments=masked(wanted.arguments)))
    result = await _result(context, ports, [one.name for one in offered], wanted)
    await ports.emit(ToolReturned(tool=name, result=result[:200]))
    return result[:_LONGEST_RESULT]


async def _result(context: JobContext, ports: Ports, offered: list[str], wanted: ToolCall) -> str:
    tool = known().get(wanted.name) if wanted.name in offered else None
    if tool is None:
        return f"There is no such tool. There are: {', '.join(offered)}."
    try:
        arguments = tool.arguments.model_validate_json(wanted.arguments[:_LONGEST_RESULT] or "{}")
    except ValidationError as error:
        fields = {".".join(map(str, one["loc"])) for one in error.errors(include_input=False)}
        return f"The arguments do not fit: {', '.join(sorted(fields))}."
    try:
        return await tool.work(context, ports, arguments)
    except MLTrainerError as error:
        return f"{error.message} {error.hint}".strip()


def masked(arguments: str) -> str:
    """Arguments as an event shows them: references and short plain words, nothing else."""
    try:
        given = json.loads(arguments[:_LONGEST_RESULT] or "{}")
    except (ValueError, RecursionError):
        return "(unreadable)"
    if not isinstance(given, dict):
        return "(unreadable)"
    named = [f"{_masked(name)}={_masked(value)}" for name, value in given.items()]
    return ", ".join(named[:_MOST_ARGUMENTS])


def _masked(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        return str(SecretRef.parse(text))
    except ValueError:
        plain = len(text) <= _LONGEST_ARGUMENT and _PLAIN.fullmatch(text) is not None
        drawn = any(len(part) > _LONGEST_WORD for part in re.split(r"[\s./:@-]", text))
        return text if plain and not drawn else "…"


def _validator(name: str, title: str, *kinds: str) -> Tool:
    """Whether a service takes the person's stored key; only their own is looked at."""

    async def work(context: JobContext, ports: Ports, arguments: Arguments) -> str:
        held = await _own(context, ports, arguments, kinds)
        if held is None:
            return (
                "That is no reference of this person's. A key itself is never given to a tool; an "
                "account that is missing is connected by its person, in private."
            )
        verdict = await ports.accounts.check(context.owner, held)
        return f"{verdict.status}: {verdict.detail}".strip(": ")

    return Tool(name, f"Ask {title} whether the person's stored key is good.", Reference, work)


async def _own(
    context: JobContext, ports: Ports, arguments: Arguments, kinds: tuple[str, ...]
) -> SecretRef | None:
    """The reference that was given, if it is one of the person's own of these kinds."""
    given = arguments.reference if isinstance(arguments, Reference) else ""
    held = [await ports.vault.find(context.owner, kind) for kind in kinds]
    return next((one for one in held if one is not None and str(one) == given), None)


VALIDATORS: Mapping[str, str] = MappingProxyType(
    {
        "huggingface": "validate_hf_token",
        "kaggle": "validate_kaggle_credentials",
        "modal": "validate_modal_token",
        **dict.fromkeys(_PROVIDERS, "validate_llm_api_key"),
    }
)
"""The tool that asks about a stored key, by its kind."""


@cache
def known() -> Mapping[str, Tool]:
    """Every tool by its name."""
    found = (
        _validator("validate_hf_token", "Hugging Face", "huggingface"),
        _validator("validate_kaggle_credentials", "Kaggle", "kaggle"),
        _validator("validate_modal_token", "Modal", "modal"),
        _validator("validate_llm_api_key", "the provider of a language model", *_PROVIDERS),
    )
    return MappingProxyType({tool.name: tool for tool in found})
