"""How far ahead a person wants to see: "the next 12 months", "tomorrow", "a week ahead"."""

import re

from pipeline.hearing import numbers
from pipeline.hearing.likeness import mended
from pipeline.hearing.numbers import COUNT, UNIT

_SPELT_RIGHT = frozenset(
    (
        *("next", "coming", "following", "upcoming", "ahead", "advance", "tomorrow", "tonight"),
        *("hours", "days", "weeks", "months", "quarters", "years", "week", "month", "year"),
        *("future", "forecast", "steps"),
    )
)
_NEXT = r"(?:next|coming|following|upcoming|subsequent)"
_COUNTED = re.compile(rf"\b{_NEXT}\s+({COUNT})\s*(?:\w+\s+)?{UNIT}\b", re.IGNORECASE)
_AHEAD = re.compile(
    rf"\b({COUNT})\s*{UNIT}\s+(?:ahead|in\s+advance|out|forward|to\s+come|from\s+now|forecast)\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    rf"\b(?:forecast|project)\w*\s+(?:\w+\s+){{0,3}}?({COUNT})\s*{UNIT}\b", re.IGNORECASE
)
_ONE = re.compile(rf"\b{_NEXT}\s+(hour|day|week|month|quarter|year)s?\b", re.IGNORECASE)
_DAY = re.compile(r"\b(?:tomm?orr?ow'?s?|tonight|day[\s-]ahead)\b", re.IGNORECASE)


def spoken_horizon(words: str, frequency: str | None) -> int | None:
    """Steps of the series to look ahead; None when nothing is said, or the step is not known."""
    span = spoken_span(words)
    if span is None:
        return None
    count, sign, counted = span
    if frequency is None:
        return numbers.steps(count, sign, sign) if counted else None
    return numbers.steps(count, sign, frequency)


def spoken_span(words: str) -> tuple[float, str, bool] | None:
    """How many of which unit of time, and whether a number was said; None for no future at all."""
    right = mended(words, _SPELT_RIGHT)
    found = _COUNTED.search(right) or _AHEAD.search(right) or _LOOSE.search(right)
    if found is not None and numbers.unit(found[2]) != "s":
        return numbers.value(found[1]), numbers.unit(found[2]), True
    one = _ONE.search(right)
    if one is not None:
        return 1.0, numbers.unit(one[1]), False
    return (1.0, "D", False) if _DAY.search(right) else None
