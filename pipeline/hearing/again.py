"""`the same on Modal`, `same, but with epochs=3`: a finished job is wanted again, with changes."""

import re
from collections.abc import Mapping

from pipeline.changes import changes

_LONGEST = 300  # letters
_SAME = re.compile(
    r"(?:please\s+)?(?:do|train|make|run)?\s*(?:the\s+)?same(?:\s+(?:again|thing|one|model|job))?"
    r"(?:\s*,?\s*but)?\s*(?P<rest>.*?)[.!]*",
    re.IGNORECASE | re.DOTALL,
)
_PLACE = re.compile(
    r"(?:(?:train(?:ed)?|run)\s+)?(?:on|at|with|in|via)\s+(?:the\s+|my\s+)?(?P<place>kaggle|modal|ray|this\s+machine)",
    re.IGNORECASE,
)
_HERE = re.compile(r"(?:train(?:ed)?\s+)?(?:here|locally)", re.IGNORECASE)
_GIVEN = re.compile(r"(?:with\s+|and\s+)?(?P<given>[\w. ]+?\s*(?:=|:|\bto\b).*)", re.DOTALL)


def wanted_again(text: str) -> Mapping[str, str] | None:
    """The changes by their names, none for `the same again`; None for other words."""
    said = text.strip()
    found = _SAME.fullmatch(said) if len(said) <= _LONGEST else None
    if found is None:
        return changes(said) or None
    rest = found["rest"].strip()
    place = _PLACE.fullmatch(rest)
    if place is not None:
        name = place["place"].lower()
        return {"runtime": name if name in {"kaggle", "modal", "ray"} else "local"}
    if _HERE.fullmatch(rest):
        return {"runtime": "local"}
    given = _GIVEN.fullmatch(rest)
    if given is not None:
        return changes(f"set {given['given']}") or None
    return {} if not rest else None
