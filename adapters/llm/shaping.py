"""A question as the library takes it, and its response as an answer."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from adapters.llm.schemas import closed
from adapters.providers import Provider
from pipeline.ports.model import Question, ToolCall, ToolSpec, Turn

_NOTHING = "(nothing)"
_FITTING = "Answer with one JSON object, and nothing else, that fits this schema:\n"
_LONGEST_NAME = 60


class _Lenient(BaseModel):
    """The parts of a response that are read."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class _Function(_Lenient):
    name: str | None = None
    arguments: Any = None


class _Call(_Lenient):
    id: str | None = None
    function: _Function


class _Message(_Lenient):
    content: str | None = None
    tool_calls: list[_Call] | None = None
    refusal: str | None = None
    provider_specific_fields: dict[str, Any] | None = None


class _Choice(_Lenient):
    message: _Message
    finish_reason: str | None = None


class _Usage(_Lenient):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Response(_Lenient):
    """A response of the library, as much of it as is read."""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None

    @property
    def text(self) -> str:
        """What was written."""
        return self.choices[0].message.content or ""

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tools that are wanted; what has no name calls nothing."""
        return tuple(
            ToolCall(id=one.id or "", name=one.function.name, arguments=_text(one.function))
            for one in self.choices[0].message.tool_calls or ()
            if one.function.name
        )

    @property
    def cut(self) -> bool:
        """It ended at the limit of tokens."""
        return self.choices[0].finish_reason == "length"

    @property
    def refused(self) -> bool:
        """The model will not, or its provider will not let it."""
        message = self.choices[0].message
        told = message.refusal or (message.provider_specific_fields or {}).get("refusal")
        stopped = self.choices[0].finish_reason == "content_filter"
        return bool(told) or (stopped and not message.content)


def request(question: Question, provider: Provider, model: str) -> dict[str, Any]:
    """What of a call depends on the question."""
    schema = closed(question.reply) if question.reply is not None else None
    held = schema is not None and (provider.shapes_with_tools or not question.tools)
    made: dict[str, Any] = {
        "model": f"{provider.called}/{model}",
        "messages": list(messages(question, tell=not held)),
        "temperature": question.temperature,
        "max_tokens": question.max_tokens,
        "timeout": question.seconds,
    }
    if held and question.reply is not None:
        named = {"name": question.reply.__name__[:_LONGEST_NAME], "schema": schema, "strict": True}
        made["response_format"] = {"type": "json_schema", "json_schema": named}
    if question.tools:
        made["tools"] = [_tool(one) for one in question.tools]
        if provider.kind == "openai":
            made["reasoning_effort"] = "none"  # it takes tools only so, but for another protocol
    return made


def messages(question: Question, *, tell: bool) -> Iterator[dict[str, Any]]:
    """The conversation; `tell` puts the schema into words, where the provider is not held to it.

    Without tools to offer, what they were asked and said is told as plain talk: some providers
    take no calls of tools that they do not know.
    """
    told = question.reply is not None and tell
    schema = f"\n\n{_FITTING}{_json(question.reply)}" if told else ""
    yield {"role": "system", "content": question.system + schema}
    names: dict[str, str] = {}
    for turn in question.turns:
        names |= {call.id: call.name for call in turn.calls}
        yield _turn(turn, names) if question.tools else _talk(turn, names)


def _json(reply: type[BaseModel] | None) -> str:
    return json.dumps(reply.model_json_schema()) if reply is not None else ""


def _turn(turn: Turn, names: dict[str, str]) -> dict[str, Any]:
    if turn.role == "tool":
        called = {"tool_call_id": turn.answers, "name": names.get(turn.answers, "tool")}
        return {"role": "tool", "content": turn.text or _NOTHING, **called}
    if not turn.calls:
        return {"role": turn.role, "content": turn.text or _NOTHING}
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": _object(call.arguments)},
        }
        for call in turn.calls
    ]
    return {"role": "assistant", "content": turn.text or None, "tool_calls": calls}


def _talk(turn: Turn, names: dict[str, str]) -> dict[str, Any]:
    if turn.role == "tool":
        said = f"Result of {names.get(turn.answers, 'the tool')}:\n{turn.text or _NOTHING}"
        return {"role": "user", "content": said}
    called = "".join(f"\nI call {call.name} with {call.arguments}" for call in turn.calls)
    return {"role": turn.role, "content": f"{turn.text}{called}".strip() or _NOTHING}


def _object(arguments: str) -> str:
    """Arguments that are no JSON object would make the next request itself invalid."""
    try:
        is_object = isinstance(json.loads(arguments), dict)
    except ValueError:
        is_object = False
    return arguments if is_object else "{}"


def _tool(spec: ToolSpec) -> dict[str, Any]:
    function = {
        "name": spec.name,
        "description": spec.description,
        "parameters": dict(spec.parameters),
    }
    return {"type": "function", "function": function}


def _text(function: _Function) -> str:
    given = function.arguments
    return given if isinstance(given, str) else json.dumps(given if given is not None else {})
