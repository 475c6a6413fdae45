"""POST /api/chat, POST /api/show and GET /api/tags of Ollama, which has no keys."""

import json
from collections.abc import Mapping, Sequence

from tests.fakes.llm.asked import Message, Prompt, words
from tests.fakes.llm.dialects import Json, Usage, bearer
from tests.fakes.llm.replies import Fails, Refuses, Says, Use

_TIMES = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
_ERRORS = {404: "model 'it' not found", 500: "llama runner process has terminated"}


class Ollama:
    """tests.fakes.llm.dialects.Dialect."""

    suffix = ""
    chats: tuple[str, ...] = ("/api/chat",)
    lists = "/api/tags"
    bad_key = Fails(401)
    too_long = Fails(400, message="the input exceeds the context window")

    def key(self, headers: Mapping[str, str]) -> str:
        return bearer(headers)

    def read(self, body: Json, path: str) -> Prompt:
        del path
        options = body.get("options") or {}
        shaped = body.get("format")
        return Prompt(
            model=body["model"],
            system="\n".join(
                words(one["content"]) for one in body["messages"] if one["role"] == "system"
            ),
            messages=tuple(_message(one) for one in body["messages"] if one["role"] != "system"),
            tools=tuple(one["function"]["name"] for one in body.get("tools") or ()),
            schema=shaped if isinstance(shaped, dict) else None,
            temperature=options.get("temperature"),
            max_tokens=options.get("num_predict"),
        )

    def said(self, prompt: Prompt, said: Says, uses: Sequence[Use], usage: Usage) -> Json:
        message: Json = {"role": "assistant", "content": said.text}
        if uses:
            message["tool_calls"] = [
                {"function": {"name": one.name, "arguments": _object(one)}} for one in uses
            ]
        return {
            "model": prompt.model,
            "created_at": "2026-11-01T00:00:00Z",
            "message": message,
            "done_reason": "length" if said.cut else "stop",
            "done": True,
            "prompt_eval_count": usage[0],
            "eval_count": usage[1],
            **dict.fromkeys(_TIMES, 1),
        }

    def refused(self, prompt: Prompt, refuses: Refuses, usage: Usage) -> Json:
        return self.said(prompt, Says(refuses.text), (), usage)

    def failed(self, fails: Fails) -> Json:
        return {"error": fails.message or _ERRORS.get(fails.status, "something went wrong")}

    def models(self, names: Sequence[str]) -> Json:
        details = {"family": "llama", "parameter_size": "3.2B", "quantization_level": "Q4_K_M"}
        listed = [{"name": one, "model": one, "size": 1, "details": details} for one in names]
        return {"models": listed}


def _message(one: Json) -> Message:
    calls = tuple(call["function"]["name"] for call in one.get("tool_calls") or ())
    return Message(one["role"], words(one.get("content")), calls)


def _object(use: Use) -> object:
    if isinstance(use.arguments, dict):
        return use.arguments
    try:
        return json.loads(use.arguments)
    except ValueError:
        return use.arguments
