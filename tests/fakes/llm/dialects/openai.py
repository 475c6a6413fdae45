"""POST /v1/chat/completions, POST /v1/responses and GET /v1/models of OpenAI; Groq's are alike."""

import json
from collections.abc import Mapping, Sequence

from tests.fakes.llm.asked import Message, Prompt, words
from tests.fakes.llm.dialects import Json, Usage, bearer
from tests.fakes.llm.dialects import responses as other
from tests.fakes.llm.replies import Fails, Refuses, Says, Use

_ERRORS = {
    400: ("invalid_request_error", None, "Invalid request."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    403: ("permission_error", None, "You are not allowed to use this model."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist."),
    413: ("invalid_request_error", "request_too_large", "Request too large."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
    500: ("server_error", None, "The server had an error while processing your request."),
    503: ("server_error", None, "The engine is currently overloaded."),
}
_TOO_LONG = (
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 "
    "tokens. Please reduce the length of the messages."
)


class OpenAI:
    """tests.fakes.llm.dialects.Dialect."""

    suffix = "/v1"
    chats: tuple[str, ...] = ("/v1/chat/completions", "/v1/responses")
    lists = "/v1/models"
    bad_key = Fails(401)
    too_long = Fails(400, message=_TOO_LONG, code="context_length_exceeded")

    def key(self, headers: Mapping[str, str]) -> str:
        return bearer(headers)

    def read(self, body: Json, path: str) -> Prompt:
        if path.endswith("/responses"):
            return other.read(body)
        shaped = (body.get("response_format") or {}).get("json_schema") or {}
        told = [one for one in body["messages"] if one["role"] in {"system", "developer"}]
        return Prompt(
            model=body["model"],
            system="\n".join(words(one["content"]) for one in told),
            messages=tuple(_message(one) for one in body["messages"] if one not in told),
            tools=tuple(one["function"]["name"] for one in body.get("tools") or ()),
            schema=shaped.get("schema"),
            temperature=body.get("temperature"),
            max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        )

    def said(self, prompt: Prompt, said: Says, uses: Sequence[Use], usage: Usage) -> Json:
        message: Json = {"role": "assistant", "content": said.text or None, "refusal": None}
        if uses:
            message["tool_calls"] = [_call(number, one) for number, one in enumerate(uses, 1)]
        ended = "length" if said.cut else "tool_calls" if uses else "stop"
        return self._reply(prompt, message, ended, usage)

    def refused(self, prompt: Prompt, refuses: Refuses, usage: Usage) -> Json:
        message = {"role": "assistant", "content": None, "refusal": refuses.text}
        return self._reply(prompt, message, "stop", usage)

    def failed(self, fails: Fails) -> Json:
        kind, code, message = _ERRORS.get(fails.status, ("server_error", None, "Unexpected."))
        error = {"message": fails.message or message, "type": kind, "param": None}
        return {"error": {**error, "code": fails.code or code}}

    def models(self, names: Sequence[str]) -> Json:
        data = [
            {"id": one, "object": "model", "created": 1780000000, "owned_by": "system"}
            for one in names
        ]
        return {"object": "list", "data": data}

    def _reply(self, prompt: Prompt, message: Json, ended: str, usage: Usage) -> Json:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1790000000,
            "model": prompt.model,
            "choices": [{"index": 0, "message": message, "finish_reason": ended, "logprobs": None}],
            "usage": {
                "prompt_tokens": usage[0],
                "completion_tokens": usage[1],
                "total_tokens": sum(usage),
            },
            "service_tier": "default",
        }


class Groq(OpenAI):
    """OpenAI's first protocol under another path; a refusal is a text like any other."""

    suffix = "/openai/v1"
    chats: tuple[str, ...] = ("/openai/v1/chat/completions",)
    lists = "/openai/v1/models"
    too_long = Fails(
        400,
        message="Please reduce the length of the messages or completion.",
        code="context_length_exceeded",
    )

    def refused(self, prompt: Prompt, refuses: Refuses, usage: Usage) -> Json:
        return self.said(prompt, Says(refuses.text), (), usage)

    def _reply(self, prompt: Prompt, message: Json, ended: str, usage: Usage) -> Json:
        own = {name: value for name, value in message.items() if name != "refusal"}
        reply = super()._reply(prompt, own, ended, usage)
        return {**reply, "service_tier": "on_demand", "x_groq": {"id": "req_1"}}


def _message(one: Json) -> Message:
    calls = tuple(call["function"]["name"] for call in one.get("tool_calls") or ())
    return Message(one["role"], words(one.get("content")), calls)


def _call(number: int, use: Use) -> Json:
    given = use.arguments if isinstance(use.arguments, str) else json.dumps(use.arguments)
    function = {"name": use.name, "arguments": given}
    return {"id": f"call_{number}", "type": "function", "function": function}
