"""The five fake providers, asked by the real litellm."""

import json
import warnings
from typing import Any

import pytest
from pydantic import BaseModel

from tests.fakes.llm import (
    Breaks,
    Calls,
    Fails,
    FakeProviders,
    Huge,
    Provider,
    Raw,
    Refuses,
    Says,
    Slow,
    TooLong,
    Use,
    says_fenced,
    says_json,
)

# What litellm imports in the middle of a call warns of what it does itself.
pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore")]
with warnings.catch_warnings(), pytest.MonkeyPatch.context() as environment:
    warnings.simplefilter("ignore")
    environment.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # it asks GitHub otherwise
    import litellm
    import openai
    from litellm.exceptions import AuthenticationError, InternalServerError, Timeout

MODELS = {
    "anthropic": "anthropic/claude-haiku-4-5",
    "openai": "openai/gpt-6.1-terra",
    "google": "gemini/gemini-3.8-flash",
    "groq": "groq/openai/gpt-oss-120b",
    "ollama": "ollama_chat/llama3.2",
}
WITH_KEYS = sorted(set(MODELS) - {"ollama"})
TOOL = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Looks a thing up.",
        "parameters": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
}


class Plan(BaseModel):
    task: str
    epochs: int
    names: list[str]


async def ask(provider: Provider, words: str = "hello", **more: Any) -> Any:  # noqa: ANN401
    given = {
        "model": MODELS[provider.name],
        "messages": [
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": words},
        ],
        "api_key": provider.key or "none",
        "api_base": provider.base,
        "max_tokens": 100,
        "timeout": 10,
        "num_retries": 0,
        "max_retries": 0,
        "drop_params": True,
    }
    return await litellm.acompletion(**{**given, **more})


def text_of(reply: Any) -> str:  # noqa: ANN401
    return str(reply.choices[0].message.content)


@pytest.mark.parametrize("name", MODELS)
async def test_a_text_comes_back(llm: FakeProviders, name: str) -> None:
    llm[name].will_say(Says("good day", usage=(12, 7)))

    reply = await ask(llm[name], temperature=0.0)

    assert text_of(reply) == "good day"
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (12, 7)
    asked = llm[name].asked[0]
    assert (asked.system, asked.last, asked.key) == ("be brief", "hello", llm[name].key or "none")
    assert asked.prompt.max_tokens == 100
    assert asked.model in MODELS[name]


@pytest.mark.parametrize("name", MODELS)
async def test_a_schema_is_read_and_fitted(llm: FakeProviders, name: str) -> None:
    reply = await ask(llm[name], response_format=Plan)

    assert Plan.model_validate_json(text_of(reply))
    schema = llm[name].asked[0].prompt.schema
    assert schema is not None
    assert set(schema["properties"]) == set(Plan.model_fields)


@pytest.mark.parametrize("name", MODELS)
async def test_a_call_and_its_result_go_round(llm: FakeProviders, name: str) -> None:
    llm[name].will_say(Calls(Use("look_up", {"name": "x"})), Says("found"))

    reply = await ask(llm[name], tools=[TOOL])
    call = reply.choices[0].message.tool_calls[0]
    turns = [
        {"role": "user", "content": "hello"},
        reply.choices[0].message.model_dump(),
        {"role": "tool", "tool_call_id": call.id, "name": "look_up", "content": "[1, 2]"},
    ]
    again = await ask(llm[name], messages=turns, tools=[TOOL])

    assert (call.function.name, json.loads(call.function.arguments)) == ("look_up", {"name": "x"})
    assert text_of(again) == "found"
    first, second = llm[name].asked
    assert first.prompt.tools == ("look_up",)
    assert [one.role for one in second.messages] == ["user", "assistant", "tool"]
    assert second.messages[1].calls == ("look_up",)
    assert "[1, 2]" in second.last


async def test_newer_models_of_openai_are_asked_by_responses(llm: FakeProviders) -> None:
    llm.openai.will_say(Calls(Use("look_up", {"name": "x"})), says_json({"task": "t"}))
    model = "openai/responses/gpt-6.1-terra"

    called = await ask(llm.openai, model=model, tools=[TOOL])
    fitted = await ask(llm.openai, model=model, response_format=Plan)

    assert called.choices[0].message.tool_calls[0].function.name == "look_up"
    assert json.loads(text_of(fitted)) == {"task": "t"}
    first, second = llm.openai.asked
    assert (first.path, first.prompt.tools, first.last) == ("/v1/responses", ("look_up",), "hello")
    assert second.prompt.schema is not None


@pytest.mark.parametrize("name", WITH_KEYS)
async def test_a_key_is_good_or_bad(llm: FakeProviders, name: str) -> None:
    other = llm[name].new_key()

    assert text_of(await ask(llm[name], api_key=other)) == "Hello."
    with pytest.raises(AuthenticationError):
        await ask(llm[name], api_key=other[:-1] + "-")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 529])
async def test_an_error_is_said_as_the_provider_says_it(
    llm: FakeProviders, name: str, status: int
) -> None:
    llm[name].will_say(Fails(status, retry_after=7 if status == 429 else None))

    with pytest.raises(openai.APIError):
        await ask(llm[name])

    assert len(llm[name].asked) == 1


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "reply", [TooLong(), Raw("<html>"), Raw("{}"), Breaks(Says("x" * 1000))], ids=repr
)
async def test_what_cannot_be_read_is_an_error(
    llm: FakeProviders, name: str, reply: TooLong | Raw | Breaks
) -> None:
    llm[name].will_say(reply)

    with pytest.raises(Exception, match=r"."):
        await ask(llm[name])


@pytest.mark.parametrize("name", MODELS)
async def test_a_slow_answer_is_not_waited_for(llm: FakeProviders, name: str) -> None:
    llm[name].will_say(Slow(20))

    with pytest.raises(Timeout):
        await ask(llm[name], timeout=0.3)


@pytest.mark.parametrize("name", MODELS)
async def test_a_long_answer_and_one_with_chatter_come_whole(llm: FakeProviders, name: str) -> None:
    llm[name].will_say(Huge(2), says_fenced({"task": "t"}), Refuses())

    assert len(text_of(await ask(llm[name]))) == 2 * 2**20
    assert "```json" in text_of(await ask(llm[name]))
    assert "task" not in text_of(await ask(llm[name]))


async def test_a_reply_may_depend_on_what_was_asked(llm: FakeProviders) -> None:
    llm.groq.otherwise = lambda asked: Says(asked.last.upper())

    assert text_of(await ask(llm.groq, "loud")) == "LOUD"


async def test_all_that_was_sent_can_be_searched(llm: FakeProviders) -> None:
    await ask(llm.anthropic, "find me")

    assert "find me" in llm.everything_sent()
    assert llm.anthropic.key in llm.everything_sent()


async def test_a_stopped_provider_refuses_and_comes_back(llm: FakeProviders) -> None:
    llm.stop("groq")
    with pytest.raises(InternalServerError):
        await ask(llm.groq)
    llm.start("groq")

    assert text_of(await ask(llm.groq)) == "Hello."
