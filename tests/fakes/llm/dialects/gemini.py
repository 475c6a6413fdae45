"""POST /v1beta/models/NAME:generateContent and GET /v1beta/models of Gemini."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.llm.asked import Message, Prompt, words
from tests.fakes.llm.dialects import Json, Usage
from tests.fakes.llm.replies import Fails, Refuses, Says, Use

_ERRORS = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "Generative Language API has not been used in project 1 before."),
    404: ("NOT_FOUND", "The model is not found for API version v1beta."),
    429: ("RESOURCE_EXHAUSTED", "You exceeded your current quota."),
    500: ("INTERNAL", "An internal error has occurred."),
    503: ("UNAVAILABLE", "The model is overloaded. Please try again later."),
}
_TYPES = "type.googleapis.com/google.rpc"
_MODEL = re.compile(r"/models/([^:]+):")


class Gemini:
    """tests.fakes.llm.dialects.Dialect."""

    suffix = "/v1beta"
    chats: tuple[str, ...] = ("/v1beta/models/{name}",)
    lists = "/v1beta/models"
    bad_key = Fails(
        400, message="API key not valid. Please pass a valid API key.", code="API_KEY_INVALID"
    )
    too_long = Fails(
        400,
        message="The input token count (1200000) exceeds the maximum number of tokens allowed "
        "(1048576).",
    )

    def key(self, headers: Mapping[str, str]) -> str:
        return headers.get("x-goog-api-key", "")

    def read(self, body: Json, path: str) -> Prompt:
        config = _plain(body.get("generationConfig") or {})
        found = _MODEL.search(path)
        return Prompt(
            model=found[1] if found else "",
            system=words((_plain(body).get("systeminstruction") or {}).get("parts", "")),
            messages=tuple(_message(one) for one in body["contents"]),
            tools=tuple(
                declared["name"]
                for tool in body.get("tools") or ()
                for declared in _plain(tool).get("functiondeclarations") or ()
            ),
            schema=config.get("responsejsonschema") or config.get("responseschema"),
            temperature=config.get("temperature"),
            max_tokens=config.get("maxoutputtokens"),
        )

    def said(self, prompt: Prompt, said: Says, uses: Sequence[Use], usage: Usage) -> Json:
        parts: list[Json] = [{"text": said.text}] if said.text else []
        parts += [{"functionCall": {"name": one.name, "args": _args(one)}} for one in uses]
        return _reply(prompt, parts, "MAX_TOKENS" if said.cut else "STOP", usage)

    def refused(self, prompt: Prompt, refuses: Refuses, usage: Usage) -> Json:
        del refuses
        return _reply(prompt, [], "SAFETY", usage)

    def failed(self, fails: Fails) -> Json:
        status, message = _ERRORS.get(fails.status, ("UNKNOWN", "Unexpected."))
        details: list[Json] = []
        if fails.code:
            info = {"reason": fails.code, "domain": "googleapis.com"}
            details.append({"@type": f"{_TYPES}.ErrorInfo", **info})
        if fails.retry_after is not None:
            delay = f"{fails.retry_after}s"
            details.append({"@type": f"{_TYPES}.RetryInfo", "retryDelay": delay})
        error = {"code": fails.status, "message": fails.message or message, "status": status}
        return {"error": {**error, "details": details}}

    def models(self, names: Sequence[str]) -> Json:
        able = ["generateContent", "countTokens"]
        return {
            "models": [
                {"name": f"models/{one}", "supportedGenerationMethods": able} for one in names
            ]
        }


def _plain(names: Json) -> dict[str, Any]:
    """Names in snake case and in camel case are the same to Gemini."""
    return {name.replace("_", "").lower(): value for name, value in names.items()}


def _message(one: Json) -> Message:
    parts = [_plain(part) for part in one["parts"]]
    calls = tuple(part["functioncall"]["name"] for part in parts if "functioncall" in part)
    results = [part["functionresponse"]["response"] for part in parts if "functionresponse" in part]
    texts = [str(part["text"]) for part in parts if "text" in part]
    told = [*texts, *(json.dumps(result) for result in results)]
    role = "tool" if results else str(one["role"]).replace("model", "assistant")
    return Message(role, "\n".join(told), calls)


def _args(use: Use) -> object:
    """Gemini sends arguments as an object: a text that is none goes as a text."""
    if isinstance(use.arguments, dict):
        return use.arguments
    try:
        return json.loads(use.arguments)
    except ValueError:
        return use.arguments


def _reply(prompt: Prompt, parts: list[Json], ended: str, usage: Usage) -> Json:
    content: Json = {"content": {"parts": parts, "role": "model"}} if parts else {}
    return {
        "candidates": [{**content, "finishReason": ended, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": usage[0],
            "candidatesTokenCount": usage[1],
            "totalTokenCount": sum(usage),
        },
        "modelVersion": prompt.model,
        "responseId": "r1",
    }
