"""Text that reads like instructions to whoever reads it: only data, but its person is told."""

import re
from collections.abc import Iterable

_HINTS = re.compile(
    r"instruction|prompt|ignor|disregard|forget|system|assistant|tool|token|password|channel|here>"
    r"|authori|label|evaluat|curl|wget|sudo|everyone|reply|respond|output|tell the|you are"
    r"|you must|anweisung|vergiss|instrucci|oublie"
    r"|指令|忽略|[\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_ORDERS = re.compile(
    r"(ignore|disregard|forget|override|vergiss|ignoriere|ignora|olvida|oublie[zr]?)\s+"
    r"(\w+\s+){0,4}(previous|prior|above|earlier|instructions?|prompts?|rules|anweisungen"
    r"|instrucciones|vorherigen)"
    r"|system\s?prompt|prompt\s+injection|</?\s*(system|tool_?call|assistant|instructions?)\s*>"
    r"|<\|\w+\|>|\[/?inst\]|\"?tool_?(call|use)\"?\s*[:=({]|function_call"
    r"|(^|\n)[ \t]{0,9}(system|assistant)\s?:|<!(channel|here|everyone)|@(channel|everyone|here)\b"
    r"|you are now\s+(in\s+|an?\s+|the\s+)(\w+\s+){0,2}(mode|assistant|bot|ai|model|admin\w*)\b"
    r"|(reply|respond|answer)\s+(only\s+with|with\s+(only\s+)?the\s+(string|exact))"
    r"|i authori[sz]e you|skip\s+(the\s+)?(evaluation|validation|approval|checks?)\b"
    r"|(label|mark|classify)\s+(this|these|all|every)\s+(rows?|examples?|reviews?|texts?)\b"
    r"|(run|execute)\s+[`'\"]?(curl|wget|rm|bash|sh|sudo|powershell)\b"
    r"|tell the (user|person|human|admin)|as an ai\b.*\byou must\b"
    r"|important\s?(:|note to).*\b(you|tell|ask)\b"
    r"|(reveal|print|send|show|leak|exfiltrate|post)\s+(me\s+)?(the|your|all)\s+(\w+\s+){0,3}"
    r"(tokens?|secrets?|keys?|credentials|env(ironment)?)\b"
    r"|忽略.{0,6}(指令|提示)|[\u202a-\u202e\u2066-\u2069]",
    re.IGNORECASE,
)
_CHUNK = 500
_LONGEST = 20_000  # signs of a cell that are looked at


def count_instructions(cells: Iterable[str]) -> int:
    """How many of these cells or names read like instructions."""
    found = 0
    chunk: list[str] = []
    for cell in cells:
        chunk.append(cell)
        if len(chunk) == _CHUNK:
            found += _count(chunk)
            chunk = []
    return found + _count(chunk)


def is_instruction(cell: str) -> bool:
    """Whether a cell reads like an instruction."""
    return _ORDERS.search(cell[:_LONGEST]) is not None


def _count(cells: list[str]) -> int:
    """One look for a first hint at all together is much faster than the whole rule on each."""
    if not _HINTS.search("\n".join(cells).lower()):
        return 0
    return sum(is_instruction(cell) for cell in cells if _HINTS.search(cell[:_LONGEST].lower()))
