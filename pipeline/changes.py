"""`change epochs to 5 and lr to 0.001`, as a person writes it, taken apart."""

import re
from collections.abc import Mapping

_ONE_CHANGE = r"(?:the\s+)?(?P<name>[\w.]+(?:[ ]\w+){0,2}?)\s*(?:\bto\b|=|:)\s*(?P<value>\S.*)"
_CHANGE = re.compile(rf"(?:change|set)\s+{_ONE_CHANGE}", re.IGNORECASE | re.DOTALL)
_NEXT_CHANGE = re.compile(rf"(?:(?:change|set)\s+)?{_ONE_CHANGE}", re.IGNORECASE | re.DOTALL)
_BETWEEN = re.compile(
    r"(?:\s*[\n;]+\s*|\s*,?\s+and\s+|\s*,\s+)"
    r"(?=(?:(?:change|set)\s+)?(?:the\s+)?[\w.]+(?:[ ]\w+){0,2}?\s*(?:\bto\b|=|:)\s*\S)",
    re.IGNORECASE,
)
_BEGINS_CHANGE = re.compile(r"(?:change|set)\s", re.IGNORECASE)
_LONGEST_CHANGE = 1000  # signs; what is longer tells of something, and is slow to take apart
_SHORT = {"lr": "learning_rate", "batch": "batch_size", "minutes": "budget_minutes"}


def changes(text: str) -> Mapping[str, str]:
    """`change epochs to 5 and lr to 0.001`, or one a line, by name; empty for other words."""
    text = text.strip()
    if len(text) > _LONGEST_CHANGE or _BEGINS_CHANGE.match(text) is None:
        return {}
    first, *others = _BETWEEN.split(text)
    found = [_CHANGE.fullmatch(first), *(_NEXT_CHANGE.fullmatch(other) for other in others)]
    named = {_name(one["name"]): _value(one["value"]) for one in found if one is not None}
    return named if all(found) else {}


def _name(said: str) -> str:
    name = "_".join(said.split())
    return _SHORT.get(name.lower(), name)


def _value(said: str) -> str:
    """The value without the end of the sentence: `5.` is 5."""
    return re.sub(r"(?<=\d)[.!]$", "", said.strip())
