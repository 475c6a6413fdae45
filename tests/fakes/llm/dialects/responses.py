"""POST /v1/responses of OpenAI, which newer models are asked by."""

import json
from collections.abc import Iterator, Sequence

from tests.fakes.llm.asked import Message, Prompt, words
from tests.fakes.llm.dialects import Json, Usage
from tests.fakes.llm.replies import Refuses, Says, Use


def read(body: Json) -> Prompt:
    """The question of a body."""
    given = body["input"] if isinstance(body["input"], list) else [_user(body["input"])]
    told = [one for one in given if one.get("role") in {"system", "developer"}]
    return Prompt(
        model=body["model"],
        system="\n".join(
            filter(None, [body.get("instructions"), *(words(one["content"]) for one in told)])
        ),
        messages=tuple(_message(one) for one in given if one not in told),
        tools=tuple(one["name"] for one in body.get("tools") or ()),
        schema=((body.get("text") or {}).get("format") or {}).get("schema"),
        temperature=body.get("temperature"),
        max_tokens=body.get("max_output_tokens"),
    )


def said(prompt: Prompt, says: Says, uses: Sequence[Use], usage: Usage) -> Json:
    """A body with a text and calls."""
    output = [*_texts(says.text), *(_call(number, one) for number, one in enumerate(uses, 1))]
    return _reply(prompt, output, usage, cut=says.cut)


def refused(prompt: Prompt, refuses: Refuses, usage: Usage) -> Json:
    """A body in which the model will not."""
    return _reply(prompt, [_output({"type": "refusal", "refusal": refuses.text})], usage, cut=False)


def _user(text: str) -> Json:
    return {"role": "user", "content": text}


def _message(one: Json) -> Message:
    if one.get("type") == "function_call":
        return Message("assistant", "", (one["name"],))
    if one.get("type") == "function_call_output":
        return Message("tool", words(one["output"]))
    return Message(one["role"], words(one["content"]))


def _texts(text: str) -> Iterator[Json]:
    if text:
        yield _output({"type": "output_text", "text": text, "annotations": []})


def _output(content: Json) -> Json:
    return {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [content],
    }


def _call(number: int, use: Use) -> Json:
    given = use.arguments if isinstance(use.arguments, str) else json.dumps(use.arguments)
    return {
        "type": "function_call",
        "id": f"fc_{number}",
        "call_id": f"call_{number}",
        "name": use.name,
        "arguments": given,
        "status": "completed",
    }


def _reply(prompt: Prompt, output: list[Json], usage: Usage, *, cut: bool) -> Json:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1790000000,
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "model": prompt.model,
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1,
        "top_p": 1,
        "usage": {
            "input_tokens": usage[0],
            "output_tokens": usage[1],
            "total_tokens": sum(usage),
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }
