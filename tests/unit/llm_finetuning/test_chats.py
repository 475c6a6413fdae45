"""Conversations as strangers write them, made into one form, mended or refused."""

import json

import pytest

from tests.unit.harness.modules import harness

chats = harness("chats")
HELLO = (chats.Turn("user", "hi"), chats.Turn("assistant", "hello"))


def cell(*turns: object) -> str:
    return json.dumps(list(turns))


def said(role: str, content: object) -> dict[str, object]:
    return {"role": role, "content": content}


@pytest.mark.parametrize(
    "told",
    [
        cell(said("user", "hi"), said("assistant", "hello")),
        cell({"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}),
        cell(said("User", " hi "), said("ASSISTANT", "hello\n")),
        json.dumps({"id": 1, "messages": [said("user", "hi"), said("assistant", "hello")]}),
        cell(said("user", [{"type": "text", "text": "hi"}]), said("assistant", "hello")),
    ],
)
def test_one_conversation_is_read_however_it_is_written(told: str) -> None:
    assert chats.conversation(told).turns == HELLO
    assert not chats.conversation(told).done


def test_all_turns_are_kept_with_the_system_first() -> None:
    told = cell(said("system", "Be kind."), said("user", "a"), said("assistant", "b"))
    more = cell(*json.loads(told), said("user", "c"), said("assistant", "d"))
    found = chats.conversation(more)
    assert [turn.role for turn in found.turns] == ["system", *("user", "assistant") * 2]
    assert found.answer == "d"
    assert found.context == (*chats.conversation(told).turns, chats.Turn("user", "c"))


def test_calls_of_tools_and_what_they_give_are_turns() -> None:
    call = {"type": "function", "function": {"name": "weather", "arguments": {"town": "Bonn"}}}
    told = cell(
        said("user", "Is it raining?"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        said("tool", "dry"),
        said("assistant", "No."),
    )
    turns = chats.conversation(told).turns
    assert [turn.role for turn in turns] == ["user", "assistant", "user", "assistant"]
    assert '"name": "weather"' in turns[1].text
    assert turns[2].text == "<tool_response>\ndry\n</tool_response>"


def test_calls_in_the_other_notation_are_turns_as_well() -> None:
    told = cell(
        {"from": "human", "value": "Is it raining?"},
        {"from": "function_call", "value": '{"name": "weather"}'},
        {"from": "observation", "value": "dry"},
        {"from": "gpt", "value": "No."},
    )
    assert len(chats.conversation(told).turns) == 4


def test_turns_that_do_not_alternate_are_joined_or_cut_and_counted() -> None:
    told = cell(
        said("assistant", "Welcome!"),
        said("user", "hi"),
        said("user", "anybody?"),
        said("assistant", "hello"),
        said("user", "thanks"),
    )
    found = chats.conversation(told)
    assert found.turns == (chats.Turn("user", "hi\n\nanybody?"), chats.Turn("assistant", "hello"))
    assert len(found.done) == 2


@pytest.mark.parametrize(
    "told",
    [
        cell(said("user", "hi"), said("assistant", "  ")),
        cell(said("assistant", "hello")),
        cell(said("user", "hi"), said("narrator", "silence")),
        cell(said("user", [{"type": "image_url", "image_url": "x"}]), said("assistant", "a cat")),
        cell(said("user", "hi"), "hello"),
        *("", "[]", "[1, 2]", "{}", "[{", "hello", None),
    ],
)
def test_what_holds_no_answer_to_learn_is_left_out(told: str | None) -> None:
    with pytest.raises(chats.Unreadable):
        chats.conversation(told)


def test_a_turn_of_a_million_characters_is_cut_and_counted() -> None:
    found = chats.conversation(cell(said("user", "hi"), said("assistant", "o" * 1_000_000)))
    assert len(found.answer) == chats.LONGEST
    assert len(found.done) == 1


def test_an_instruction_stands_before_what_it_is_about() -> None:
    asked = chats.question(("input", "instruction"), ("2 + 2", "Add up."))
    assert asked == [chats.Turn("user", "Add up.\n\n2 + 2")]
    assert chats.question(("instruction", "input"), ("Add up.", "")) == [
        chats.Turn("user", "Add up.")
    ]


def test_a_system_column_is_the_systems_turn() -> None:
    asked = chats.question(("prompt", "system"), ("hi", "Be brief."))
    assert [turn.role for turn in asked] == ["system", "user"]


def test_prompts_and_answers_may_hold_messages() -> None:
    asked = chats.question(("prompt",), (cell(said("user", "hi")),))
    assert chats.answered(asked, cell(said("assistant", "hello"))).turns == HELLO
    assert chats.answered(asked, json.loads(cell(*("x",)))[0]).answer == "x"
    whole = cell(said("user", "hi"), said("assistant", "hello"))
    assert chats.answered(asked, whole).turns == HELLO


def test_of_several_answers_the_first_is_learned() -> None:
    asked = [chats.Turn("user", "hi")]
    assert (
        chats.answered(asked, '{"text": ["hello", "hey"], "answer_start": [1]}').answer == "hello"
    )
    assert chats.answered(asked, '["hello", "hey"]').answer == "hello"
    assert chats.answered(asked, '{"a": 1}').answer == '{"a": 1}'


def test_what_is_written_is_read_again() -> None:
    assert chats.from_json(chats.as_json(HELLO)) == HELLO
