"""POST /v1/messages and GET /v1/models of Anthropic."""

import json
from collections.abc import Mapping, Sequence

from tests.fakes.llm.asked import Message, Prompt, words
from tests.fakes.llm.dialects import Json, Usage
from tests.fakes.llm.replies import Fails, Refuses, Says, Use

_ERRORS = {
    400: ("invalid_request_error", "messages: field required"),
    401: ("authentication_error", "invalid x-api-key"),
    403: ("permission_error", "Your API key does not have permission to use the resource."),
    404: ("not_found_error", "model: not found"),
    413: ("request_too_large", "Request exceeds the maximum size"),
    429: ("rate_limit_error", "This request would exceed your rate limit."),
    500: ("api_error", "Internal server error"),
    529: ("overloaded_error", "Overloaded"),
}


class Anthropic:
    """tests.fakes.llm.dialects.Dialect."""

    suffix = ""
    chats: tuple[str, ...] = ("/v1/messages",)
    lists = "/v1/models"
    bad_key = Fails(401)
    too_long = Fails(400, message="prompt is too long: 1210000 tokens > 1000000 maximum")

    def key(self, headers: Mapping[str, str]) -> str:
        return headers.get("x-api-key", "")

    def read(self, body: Json, path: str) -> Prompt:
        del path
        shaped = body.get("output_format") or (body.get("output_config") or {}).get("format") or {}
        return Prompt(
            model=body["model"],
            system=words(body.get("system", "")),
            messages=tuple(_message(one) for one in body["messages"]),
            tools=tuple(one["name"] for one in body.get("tools") or ()),
            schema=shaped.get("schema"),
            temperature=body.get("temperature"),
            max_tokens=body.get("max_tokens"),
        )

    def said(self, prompt: Prompt, said: Says, uses: Sequence[Use], usage: Usage) -> Json:
        content: list[Json] = [{"type": "text", "text": said.text}] if said.text else []
        for number, one in enumerate(uses, start=1):
            given = _object(one.arguments)
            content.append(
                {"type": "tool_use", "id": f"toolu_{number}", "name": one.name, "input": given}
            )
        stop = "max_tokens" if said.cut else "tool_use" if uses else "end_turn"
        return _reply(prompt, content, stop, usage)

    def refused(self, prompt: Prompt, refuses: Refuses, usage: Usage) -> Json:
        del refuses
        return _reply(prompt, [], "refusal", usage)

    def failed(self, fails: Fails) -> Json:
        kind, message = _ERRORS.get(fails.status, ("api_error", "Unexpected"))
        error = {"type": fails.code or kind, "message": fails.message or message}
        return {"type": "error", "error": error, "request_id": "req_1"}

    def models(self, names: Sequence[str]) -> Json:
        data = [
            {"type": "model", "id": one, "display_name": one, "created_at": "2026-01-01T00:00:00Z"}
            for one in names
        ]
        return {"data": data, "has_more": False, "first_id": None, "last_id": None}


def _message(one: Json) -> Message:
    parts = one["content"] if isinstance(one["content"], list) else [one["content"]]
    calls = [part["name"] for part in parts if isinstance(part, dict) and "input" in part]
    result = any(isinstance(part, dict) and part.get("type") == "tool_result" for part in parts)
    return Message("tool" if result else one["role"], words(one["content"]), tuple(calls))


def _object(arguments: Json | str) -> object:
    """Anthropic sends arguments as an object: a text that is none goes as a text."""
    if isinstance(arguments, dict):
        return arguments
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments


def _reply(prompt: Prompt, content: list[Json], stop: str, usage: Usage) -> Json:
    counted = {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": prompt.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": usage[0], "output_tokens": usage[1], **counted},
    }
