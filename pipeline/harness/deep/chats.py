"""Conversations in one form, whatever form they came in: turns of user and assistant.

Known are lists of messages (role/content and from/value, with tool calls), and columns of prompts
with a column of answers, which may themselves hold messages.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from config import Json
from tables import Cell

Role = Literal["system", "user", "assistant"]
TALK = "__messages__"  # the column of prepared tables that holds conversations
LONGEST = 20_000  # characters of a turn: more than any model here reads
ROLES: dict[str, Role] = {
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("user", "human", "prompter", "customer", "client"), "user"),
    **dict.fromkeys(("tool", "function", "observation", "tool_response", "ipython"), "user"),
    **dict.fromkeys(("assistant", "gpt", "bot", "model", "chatgpt", "agent", "bing"), "assistant"),
    **dict.fromkeys(("function_call", "tool_call"), "assistant"),
}
_TOOLS = frozenset(("tool", "function", "observation", "tool_response", "ipython"))
_CALLS = frozenset(("function_call", "tool_call"))
_LISTS = ("messages", "conversations", "conversation", "dialog", "dialogue", "chat", "turns")
_SYSTEM = ("system",)
_GIVEN_TOO = ("input", "context", "background")


class Unreadable(Exception):
    """A row is no conversation; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says."""

    role: Role
    text: str


Conversation = tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """A conversation that ends with an answer, and what had to be done to it, in words."""

    turns: Conversation
    done: tuple[str, ...] = ()

    @property
    def context(self) -> Conversation:
        """All that comes before the last answer."""
        return self.turns[:-1]

    @property
    def answer(self) -> str:
        """The last answer."""
        return self.turns[-1].text


def conversation(cell: Cell) -> Mended:
    """A cell with a list of messages; Unreadable where it holds no answer to learn."""
    turns = messages(cell)
    if turns is None:
        raise Unreadable("no list of messages")
    return mended(turns)


def question(names: Sequence[str], cells: Sequence[Cell]) -> list[Turn]:
    """What is asked by the cells of the prompt's columns, the instruction before what it is about.

    A cell with a list of messages stands for them; a column called system is the system's turn.
    """
    turns: list[Turn] = []
    texts: list[tuple[bool, str]] = []
    for name, cell in zip(names, cells, strict=False):
        listed = messages(cell)
        text = (cell or "").strip()
        if listed is not None:
            turns += listed
        elif text and _is_called(name, _SYSTEM):
            turns.insert(0, Turn("system", text))
        elif text:
            texts.append((_is_called(name, _GIVEN_TOO), text))
    if texts:
        joined = "\n\n".join(text for _, text in sorted(texts, key=lambda one: one[0]))
        turns.append(Turn("user", joined))
    return turns


def answered(asked: Sequence[Turn], cell: Cell) -> Mended:
    """A question with its answer; an answer that repeats the whole conversation stands for it."""
    listed = messages(cell)
    if listed is None:
        return mended([*asked, Turn("assistant", _plain(cell))])
    whole = any(turn.role == "user" for turn in listed[:1])
    return mended(listed if whole else [*asked, *listed])


def messages(cell: Cell) -> list[Turn] | None:
    """The turns of a cell that holds a list of messages, else None; Unreadable for strange ones."""
    text = (cell or "").strip()
    if not text.startswith(("[", "{")):
        return None
    try:
        told: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(told, dict):
        told = next((told[name] for name in _LISTS if name in told), None)
    if not isinstance(told, list) or not told or not all(map(_is_message, told)):
        return None
    return [_turn(message) for message in told if isinstance(message, dict)]


def mended(turns: Iterable[Turn]) -> Mended:
    """Turns that alternate, from a question to an answer; Unreadable where there is none."""
    done: list[str] = []
    said = [turn for turn in turns if turn.text.strip()]
    kept: list[Turn] = []
    for turn in (one for one in said if one.role != "system"):
        if kept and kept[-1].role == turn.role:
            kept[-1] = Turn(turn.role, f"{kept[-1].text}\n\n{turn.text}")
            done.append("turns of one side in a row were joined")
        else:
            kept.append(turn)
    first = next((at for at, turn in enumerate(kept) if turn.role == "user"), len(kept))
    last = max((at for at, turn in enumerate(kept) if turn.role == "assistant"), default=-1)
    if last < first:
        raise Unreadable("no question with an answer")
    if first > 0 or last < len(kept) - 1:
        done.append("what did not run from a question to an answer was cut")
    system = "\n\n".join(turn.text for turn in said if turn.role == "system")
    whole = [*([Turn("system", system)] if system else []), *kept[first : last + 1]]
    if any(len(turn.text) > LONGEST for turn in whole):
        done.append(f"turns of more than {LONGEST:,} characters were cut")
        whole = [Turn(turn.role, turn.text[:LONGEST]) for turn in whole]
    return Mended(tuple(whole), tuple(dict.fromkeys(done)))


def as_json(turns: Iterable[Turn]) -> str:
    """Turns as a list of role and content."""
    told = [{"role": turn.role, "content": turn.text} for turn in turns]
    return json.dumps(told, ensure_ascii=False)


def from_json(text: Cell) -> Conversation:
    """Turns of what `as_json` wrote."""
    told = json.loads(text or "[]")
    return tuple(Turn(one["role"], one["content"]) for one in told)


def _is_called(name: str, known: Sequence[str]) -> bool:
    words = name.lower().replace("_", " ").replace("-", " ").split()
    return any(word in known for word in words)


def _is_message(value: Json) -> bool:
    return isinstance(value, dict) and ("role" in value or "from" in value)


def _turn(message: Mapping[str, Json]) -> Turn:
    called = str(message.get("role") or message.get("from") or "").strip().lower()
    if called not in ROLES:
        raise Unreadable("a side that is neither user nor assistant")
    text = _content(message)
    if called in _TOOLS:
        text = f"<tool_response>\n{text}\n</tool_response>"
    if called in _CALLS:
        text = f"<tool_call>\n{text}\n</tool_call>"
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        made = call.get("function", call) if isinstance(call, dict) else call
        text += f"\n<tool_call>\n{json.dumps(made, ensure_ascii=False)}\n</tool_call>"
    return Turn(ROLES[called], text.strip())


def _content(message: Mapping[str, Json]) -> str:
    """The text of a message; one in parts is put together, and one with a picture is no text."""
    content = next((message[name] for name in ("content", "value", "text") if name in message), "")
    if not isinstance(content, list):
        return _written(content)
    texts = []
    for part in content:
        if isinstance(part, dict) and "text" not in part:
            raise Unreadable("something other than text")
        texts.append(_written(part["text"] if isinstance(part, dict) else part))
    return "\n".join(texts)


def _written(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(cell: Cell) -> str:
    """An answer; of several that are as good, in a list, the first."""
    text = (cell or "").strip()
    if not text.startswith(("[", "{")):
        return text
    try:
        told: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(told, dict):
        told = told.get("text")
    if isinstance(told, list) and told and all(isinstance(one, str) for one in told):
        return str(told[0])
    return text
