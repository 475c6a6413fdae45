"""Questions to five providers through the real litellm, and what comes back."""

import json
from decimal import Decimal
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from pipeline.ports.model import Question, ToolCall, ToolSpec, Turn
from tests.fakes.llm import Calls, FakeProviders, Says, Use, says_json
from tests.unit.llm.conftest import Make

pytestmark = pytest.mark.anyio
EVERY = ("anthropic", "openai", "google", "groq", "ollama")
LOOK_UP = ToolSpec(
    name="look_up",
    description="Looks a thing up.",
    parameters={"type": "object", "properties": {"name": {"type": "string"}}},
)


class Part(BaseModel):
    name: str = Field(min_length=1, max_length=20, pattern="[a-z]+")
    share: float = Field(ge=0, le=1)


class Plan(BaseModel):
    task: Literal["sort", "count"] = "sort"
    epochs: int | None = None
    parts: list[Part] = []


class Anything(BaseModel):
    settings: dict[str, str]


def question(words: str = "Hello?", **more: object) -> Question:
    base = Question(system="Be brief.", turns=(Turn(role="user", text=words),), seconds=20)
    return base.model_copy(update=more)


@pytest.mark.parametrize("name", EVERY)
async def test_a_question_is_answered_with_its_tokens_and_its_price(
    llm: FakeProviders, make: Make, name: str
) -> None:
    llm[name].will_say(Says("Good day.", usage=(1000, 200)))

    answer = await make(name).answer(question())

    assert (answer.text, answer.tokens_in, answer.tokens_out) == ("Good day.", 1000, 200)
    assert (answer.usd > 0) is (name != "ollama")
    asked = llm[name].asked[0]
    assert (asked.system, asked.last) == ("Be brief.", "Hello?")
    assert asked.prompt.max_tokens == 4096


@pytest.mark.parametrize("name", EVERY)
async def test_a_reply_is_held_to_its_type(llm: FakeProviders, make: Make, name: str) -> None:
    answer = await make(name).answer(question(reply=Plan))

    assert Plan.model_validate_json(answer.text)
    schema = llm[name].asked[0].prompt.schema
    assert schema is not None
    assert set(schema["properties"]) == {"task", "epochs", "parts"}


@pytest.mark.parametrize("name", EVERY)
async def test_a_type_with_room_for_anything_is_told_in_words(
    llm: FakeProviders, make: Make, name: str
) -> None:
    llm[name].will_say(says_json({"settings": {"a": "b"}}))

    await make(name).answer(question(reply=Anything))

    asked = llm[name].asked[0]
    assert asked.prompt.schema is None
    assert json.dumps(Anything.model_json_schema()) in asked.system


@pytest.mark.parametrize("name", EVERY)
async def test_a_tool_is_called_and_its_result_read(
    llm: FakeProviders, make: Make, name: str
) -> None:
    model = make(name)
    llm[name].will_say(Calls(Use("look_up", {"name": "x"})), Says("found"))
    first = question(tools=(LOOK_UP,), reply=Plan)

    wanted = await model.answer(first)
    said = Turn(role="assistant", text=wanted.text, calls=wanted.calls)
    result = Turn(role="tool", text="[1, 2]", answers=wanted.calls[0].id)
    await model.answer(first.model_copy(update={"turns": (*first.turns, said, result)}))

    call = wanted.calls[0]
    assert (call.name, json.loads(call.arguments)) == ("look_up", {"name": "x"})
    asked, again = llm[name].asked
    assert asked.prompt.tools == again.prompt.tools == ("look_up",)
    assert [one.role for one in again.messages] == ["user", "assistant", "tool"]
    assert "[1, 2]" in again.last


@pytest.mark.parametrize("name", EVERY)
async def test_with_no_tools_left_the_calls_before_are_told_as_talk(
    llm: FakeProviders, make: Make, name: str
) -> None:
    call = ToolCall(id="call_1", name="look_up", arguments='{"name": "x"}')
    said = Turn(role="assistant", text="", calls=(call,))
    result = Turn(role="tool", text="[1, 2]", answers="call_1")

    await make(name).answer(question(turns=(*question().turns, said, result), reply=Plan))

    asked = llm[name].asked[0]
    assert [one.role for one in asked.messages] == ["user", "assistant", "user"]
    assert "look_up" in asked.messages[1].text
    assert asked.last.endswith("[1, 2]")
    assert asked.prompt.schema is not None


@pytest.mark.parametrize("name", EVERY)
async def test_arguments_that_are_no_object_do_not_spoil_the_next_question(
    llm: FakeProviders, make: Make, name: str
) -> None:
    call = ToolCall(id="call_1", name="look_up", arguments='{"name": ')
    said = Turn(role="assistant", text="", calls=(call,))
    result = Turn(role="tool", text="no such thing", answers="call_1")

    await make(name).answer(
        question(turns=(*question().turns, said, result), tools=(LOOK_UP,), reply=Plan)
    )

    assert llm[name].asked[0].last.count("no such thing") == 1


@pytest.mark.parametrize("name", EVERY)
async def test_an_answer_that_ended_at_its_limit_says_so(
    llm: FakeProviders, make: Make, name: str
) -> None:
    llm[name].will_say(Says("and then", cut=True))

    assert (await make(name).answer(question())).cut


async def test_a_warmer_question_is_asked_warmer_where_a_model_can(
    llm: FakeProviders, make: Make
) -> None:
    await make("groq").answer(question(temperature=0.4))
    await make("anthropic").answer(question(temperature=0.4))

    assert llm.groq.asked[0].prompt.temperature == 0.4
    assert llm.anthropic.asked[0].prompt.temperature is None


@pytest.mark.parametrize("name", EVERY)
async def test_an_answer_costs_no_more_than_was_said_before(
    llm: FakeProviders, make: Make, name: str
) -> None:
    model, long = make(name), question("日本 and more " * 200, max_tokens=50, reply=Plan)
    llm[name].will_say(Says("x", usage=(len("日本 and more ".encode()) * 200, 50)))

    most = model.most(long)
    answer = await model.answer(long)

    assert answer.usd <= most
    assert (most == 0) is (name == "ollama")


async def test_a_model_without_a_price_costs_as_the_dearest(make: Make) -> None:
    unknown = make("anthropic", model="claude-of-next-year")

    assert unknown.most(question()) > make("anthropic").most(question())


async def test_a_provider_that_counts_no_tokens_is_counted_at_most(
    llm: FakeProviders, make: Make
) -> None:
    model = make("groq")
    llm.groq.will_say(Says("x", usage=(0, 0)))

    assert (await model.answer(question())).usd == model.most(question()) > Decimal(0)
