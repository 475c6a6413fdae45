"""Asking a model: what is sent, what is read, what it may cost, and what happens without one."""

from pathlib import Path

import pytest

from pipeline.asking import read
from pipeline.errors import Rejected, TryAgain
from pipeline.events import ToolCalled, ToolReturned
from pipeline.ports.model import ModelRefused
from tests.fakes.models import ScriptedModel, calls
from tests.unit.model.desk import Colour, Desk

BLUE = Colour(name="blue", sure=0.9)
pytestmark = pytest.mark.anyio


async def test_without_a_model_there_is_no_reply_and_nothing_is_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert await desk.ask() is None
    assert desk.events == []


async def test_a_reply_is_typed_and_both_ways_are_on_record(tmp_path: Path) -> None:
    model = ScriptedModel([BLUE])
    desk = Desk(tmp_path, (model,))
    assert await desk.ask() == BLUE
    assert desk.kinds == ["llm_call", "llm_response"]
    assert model.asked[0].system == "You name colours."
    assert model.last_words() == "blue or green?"


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "blue", "sure": 0.9}',
        'Sure!\n```json\n{"name": "blue", "sure": 0.9}\n```\nAnything else?',
        'I think {maybe} it is {"name": "blue", "sure": 0.9, "why": "the sky"}.',
        '```\n{"name": "blue", "sure": 0.9}\n```',
    ],
)
def test_a_reply_is_found_in_fences_and_in_talk(text: str) -> None:
    assert read(text, Colour) == BLUE


@pytest.mark.parametrize("text", ["", "blue", "[" * 100_000, '{"name": "blue"}', "x" * 300_000])
def test_what_is_no_reply_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(Rejected):
        read(text, Colour)


async def test_a_bad_reply_is_mended_once(tmp_path: Path) -> None:
    model = ScriptedModel(['{"name": "blue"}', BLUE])
    desk = Desk(tmp_path, (model,))
    assert await desk.ask() == BLUE
    assert "sure: Field required" in model.last_words()


async def test_garbage_for_ever_is_a_refused_proposal(tmp_path: Path) -> None:
    model = ScriptedModel(["gar bage"])
    with pytest.raises(Rejected, match=r"no JSON object|Invalid JSON"):
        await Desk(tmp_path, (model,)).ask()
    assert len(model.asked) == 2


async def test_the_error_of_the_attempt_before_is_the_last_message(tmp_path: Path) -> None:
    model = ScriptedModel([BLUE])
    desk = Desk(tmp_path, (model,), feedback="NameError: name 'x' is not defined")
    await desk.ask()
    assert "NameError: name 'x' is not defined" in model.last_words()
    assert model.asked[0].turns[-1].role == "user"
    assert model.asked[0].temperature > 0


async def test_the_next_model_answers_when_one_is_away_and_it_is_said_once(tmp_path: Path) -> None:
    away = ScriptedModel([ModelRefused("the key was revoked.", "Make one.")], provider="first")
    late = ScriptedModel([TryAgain("no answer in time.")], provider="second")
    good = ScriptedModel([BLUE], provider="third")
    desk = Desk(tmp_path, (away, late, good))
    assert await desk.ask() == BLUE
    assert await desk.ask() == BLUE
    assert desk.said == [
        (
            "First scripted-1 (your key) does not answer: the key was revoked. Make one. "
            "Second scripted-1 (your key) is asked instead."
        ),
        (
            "Second scripted-1 (your key) does not answer: no answer in time. "
            "Third scripted-1 (your key) is asked instead."
        ),
    ]


async def test_rules_go_on_when_nobody_answers(tmp_path: Path) -> None:
    desk = Desk(tmp_path, (ScriptedModel([ModelRefused("no credit.")]),))
    assert await desk.ask() is None
    assert desk.said[-1] == "No language model answers: rules go on."


async def test_a_call_that_could_break_the_limit_is_not_made(tmp_path: Path) -> None:
    model = ScriptedModel([BLUE])
    desk = Desk(tmp_path, (model,), limit="0.0025")
    assert await desk.ask() == BLUE
    assert await desk.ask() == BLUE
    assert await desk.ask() is None
    assert len(model.asked) == 2
    assert "limit of $0.00" in desk.said[-1]


async def test_a_tool_is_called_for_three_rounds_at_most(tmp_path: Path) -> None:
    wants = calls("validate_hf_token", '{"reference": "secret:huggingface:deadbeef"}')
    model = ScriptedModel([wants, wants, wants, BLUE])
    desk = Desk(tmp_path, (model,))
    assert await desk.ask(with_tools=["validate_hf_token"]) == BLUE
    assert [len(one.tools) for one in model.asked] == [1, 1, 1, 0]
    assert desk.kinds.count("tool_call") == 3


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("delete_repo", "{}", "There is no such tool"),
        ("validate_kaggle_credentials", "{}", "There is no such tool"),  # not offered
        ("validate_hf_token", "{}", "do not fit: reference"),
        ("validate_hf_token", "not json", "do not fit"),
        ("validate_hf_token", '{"reference": "x"}', "no reference of this person's"),
    ],
)
async def test_a_wrong_call_is_answered_in_words(
    tmp_path: Path, name: str, arguments: str, answer: str
) -> None:
    model = ScriptedModel([calls(name, arguments), BLUE])
    desk = Desk(tmp_path, (model,))
    assert await desk.ask(with_tools=["validate_hf_token"]) == BLUE
    assert answer in model.last_words()
    assert [one.result for one in desk.events if isinstance(one, ToolReturned)]


async def test_a_raw_key_in_a_call_stands_in_no_event(tmp_path: Path) -> None:
    key = "hf_" + "Zz9" * 11
    model = ScriptedModel([calls("validate_hf_token", f'{{"reference": "{key}"}}'), BLUE])
    desk = Desk(tmp_path, (model,))
    await desk.ask(with_tools=["validate_hf_token"])
    called = [one for one in desk.events if isinstance(one, ToolCalled)]
    assert called[0].arguments == "reference=…"
    assert all(key not in event.model_dump_json() for event in desk.events)
