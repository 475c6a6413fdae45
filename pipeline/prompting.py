"""Prompts: one file each, filled strictly; what comes from data is marked, escaped and cut."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.errors import Bug

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_RULE = "\n---\n"
_LONGEST_BLOCK = 12_000  # signs
_ESCAPED = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
# What a reader does not see: controls but the end of a line, and signs without a width.
_HIDDEN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Data:
    """Words that are not ours: cells, headers, names of files, cards, logs, what people say.

    They stand in the prompt between marks that they cannot contain.
    """

    text: str
    longest: int = _LONGEST_BLOCK


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told to be, and what it is asked."""

    system: str
    message: str


Values = Mapping[str, str | Data]


def prompt(name: str, values: Values) -> Prompt:
    """The prompt `prompts/NAME.md` filled in; a Bug where slots and values do not match.

    Above a line of three dashes stands what the model is told to be, which has no slots.
    """
    system, _, message = _source(name).partition(_RULE)
    wanted = set(_SLOT.findall(message))
    if _SLOT.search(system) or not message.strip():
        raise Bug(f"prompts/{name}.md needs a line of three dashes, and no slot above it.")
    if wanted != set(values):
        raise Bug(f"prompts/{name}.md has the slots {sorted(wanted)}, given: {sorted(values)}.")
    filled = _SLOT.sub(lambda slot: _shown(slot[1], values[slot[1]]), message)
    return Prompt(system.strip(), filled.strip())


def block(name: str, data: Data) -> str:
    """Data between its marks. Inside them nothing can look like a mark."""
    text = visible(data.text).strip()
    if len(text) > data.longest:
        text = f"{text[: data.longest]} […{len(text) - data.longest:,} more signs were cut]"
    for sign, mark in _ESCAPED:
        text = text.replace(sign, mark)
    return f'<data name="{name}">\n{text}\n</data>'


def unescaped(text: str) -> str:
    """A text copied out of data, with its own signs again."""
    for sign, mark in reversed(_ESCAPED):
        text = text.replace(mark, sign)
    return text


def visible(text: str) -> str:
    """The text without what a reader does not see; the ends of lines stay."""
    return _HIDDEN.sub("", text)


def one_line(text: str) -> str:
    """What a reader sees of a text, on one line."""
    return " ".join(visible(" ".join(text.split())).split())


def _shown(name: str, value: str | Data) -> str:
    return value if isinstance(value, str) else block(name, value)


@cache
def _source(name: str) -> str:
    return files("pipeline.prompts").joinpath(f"{name}.md").read_text("utf-8")
