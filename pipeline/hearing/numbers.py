"""Numbers and spans of time as people write them: 20, 1e-3, twelve, half an hour."""

import re

_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_VALUES = {
    **{word: float(value) for value, word in enumerate(_WORDS)},
    "a": 1.0,
    "an": 1.0,
    "half an": 0.5,
    "half a": 0.5,
    "a couple of": 2.0,
    "a dozen": 12.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "hundred": 100.0,
    "dozen": 12.0,
}
_SPELT = "|".join(sorted(_VALUES, key=len, reverse=True))
COUNT = rf"(?:\d[\d,]*|{_SPELT})"
DECIMAL = r"(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|\.\d+)"
_PARTS = {
    "half": 1 / 2,
    "third": 1 / 3,
    "quarter": 1 / 4,
    "fourth": 1 / 4,
    "fifth": 1 / 5,
    "sixth": 1 / 6,
    "eighth": 1 / 8,
    "tenth": 1 / 10,
}
PART = rf"(\d+(?:\.\d+)?\s*(?:%|per\s?cent)|0?\.\d+|half|(?:a|one)\s+(?:{'|'.join(_PARTS)}))"
UNIT = (
    r"(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mnths?|monts?"
    r"|quarters?|years?|yrs?|steps?|periods?|readings?"
    r"|points|observations)"
)

_SECONDS = {"s": 1, "min": 60, "h": 3600, "D": 86400}
_UNITS = (
    ("sec", "s"),
    ("min", "min"),
    ("h", "h"),
    ("d", "D"),
    ("w", "W"),
    ("mo", "M"),
    ("mn", "M"),
)
_DAYS = {
    "min": 1 / 1440,
    "h": 1 / 24,
    "D": 1.0,
    "W": 7.0,
    "M": 365.25 / 12,
    "Q": 365.25 / 4,
    "Y": 365.25,
}


def value(text: str) -> float:
    """The number that a match of COUNT or DECIMAL says."""
    bare = text.lower().replace(",", "").strip()
    return _VALUES[bare] if bare in _VALUES else float(bare)


def share(text: str) -> float:
    """The part of one that "20 %", "a fifth" or 0.2 says."""
    bare = re.sub(r"^(?:an?|one)\s+", "", text.lower().strip())
    if bare in _PARTS:
        return round(_PARTS[bare], 4)
    percent = re.fullmatch(r"(.+?)\s*(?:%|per\s?cent)", bare)
    return float(percent[1]) / 100 if percent else value(bare)


def unit(text: str) -> str:
    """The short sign of a span of time: s, min, h, D, W, M, Q, Y; "" for steps of any length."""
    word = text.lower()
    if word.startswith(("step", "period", "reading", "point", "observation")):
        return ""
    return next((sign for start, sign in _UNITS if word.startswith(start)), word[0].upper())


def minutes(count: float, sign: str) -> float:
    """A span of seconds, minutes, hours or days in minutes."""
    return count * _SECONDS[sign] / 60


def steps(count: float, sign: str, frequency: str) -> int:
    """How many steps of a frequency a span of time takes, one at least."""
    if sign in {"", frequency}:
        return max(1, round(count))
    digits = re.match(r"\d*", frequency)
    several = digits[0] if digits else ""
    step = _DAYS[frequency.removeprefix(several)] * float(several or 1)
    return max(1, round(count * _DAYS[sign] / step))


def find(pattern: str, words: str) -> str | None:
    """The first group of a pattern's first match, in any case."""
    found = re.search(pattern, words, re.IGNORECASE)
    return next((group for group in found.groups() if group is not None), None) if found else None
