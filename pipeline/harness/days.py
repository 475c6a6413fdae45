"""Dates as people write them, in any order, read without guessing anew in every cell."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

_MONTHS = (
    ("jan", "janv", "ene", "gen", "sty", "янв", "oca"),
    ("feb", "fev", "fév", "febr", "lut", "фев", "şub"),
    ("mar", "mär", "mrz", "mars", "mrt", "maa", "мар"),
    ("apr", "avr", "abr", "kwi", "апр", "nis"),
    ("may", "mai", "mag", "mei", "maj", "мая", "май"),
    ("jun", "juin", "giu", "cze", "июн", "haz"),
    ("jul", "juil", "lug", "lip", "июл", "tem"),
    ("aug", "aoû", "aou", "ago", "sie", "авг", "ağu"),
    ("sep", "set", "wrz", "сен", "eyl"),
    ("oct", "okt", "ott", "out", "paź", "окт", "eki"),
    ("nov", "lis", "ноя", "kas"),
    ("dec", "dez", "déc", "dic", "gru", "дек", "ara"),
)
_MONTH = {start: month for month, starts in enumerate(_MONTHS, 1) for start in starts}
_LETTERS = 4  # of a month's name that are looked at: juin and juil differ in the fourth
_NAMES = (
    "january february march april may june july august september october november december"
    " januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet"
    " août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto"
    " septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio"
    " settembre ottobre dicembre janeiro fevereiro março maio junho julho setembro outubro"
    " novembro dezembro januari februari maart mei augustus"
)
_WHOLE_NAMES = frozenset(_NAMES.split())
_CLOCK = (
    r"(?:(?:T|,?\s+|\s+(?:at|um|à)\s+)(?P<hour>\d{1,2})(?::|h|\.)(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?|[A-Z]{3,4})?)?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,10}\.?,?\s+)?"
_NAME = r"(?P<name>[^\W\d_]{3,10})\.?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[-/.年](?P<month>\d{{1,2}})(?:[-/.月](?P<day>\d{{1,2}})日?)?月?{_CLOCK}"
)
_YEAR_LAST = re.compile(
    rf"{_WEEKDAY}(?P<one>\d{{1,2}})(?P<sep>[-/.])(?P<two>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}})"
    rf"{_CLOCK}"
)
_DAY_NAME = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)?[- /.]*(?:de |of )?{_NAME}[- /,.]*"
    rf"(?:de |of )?(?P<year>\d{{4}}|'?\d{{2}}){_CLOCK}",
)
_NAME_DAY = re.compile(
    rf"{_WEEKDAY}{_NAME}[- .]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[- ]+(?P<year>\d{{4}}){_CLOCK}"
)
_CTIME = re.compile(
    rf"[A-Za-z]{{3}}\s+{_NAME}\s+(?P<day>\d{{1,2}})\s+(?P<hour>\d{{2}}):(?P<minute>\d{{2}})"
    r":(?P<second>\d{2})\s+(?:[A-Z]{3,4}\s+)?(?P<year>\d{4})"
)
_NAME_YEAR = re.compile(rf"{_NAME}[- ,']+(?P<year>\d{{4}}|(?<=[-'])\d{{2}})")
_YEAR_NAME = re.compile(rf"(?P<year>\d{{4}})[- /.]*{_NAME}(?:[- /.]*(?P<day>\d{{1,2}}))?")
_QUARTER = re.compile(r"(?P<year>\d{4})[- ]?Q(?P<quarter>[1-4])|Q([1-4])[- /]?(\d{4})")
_WEEK = re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{2})(?:-?(?P<day>[1-7]))?")
_MONTH_CODE = re.compile(r"(?P<year>\d{4})M(?P<month>\d{2})")
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_NAMED = (_DAY_NAME, _NAME_DAY, _CTIME, _NAME_YEAR, _YEAR_NAME)
_HINT = re.compile(r"\d.*[-/.年 :QWM,T']|[^\W\d_]{3}.*\d")
_LONGEST = 60
_PIVOT = 69  # two digits up to this are of this century, as in POSIX
_NOON = 12


def is_date(cell: str) -> bool:
    """Whether a cell reads as a date, with or without a time, in one order or the other."""
    return moment_of(cell, day_first=True) is not None or moment_of(cell) is not None


def is_compact(cell: str) -> bool:
    """Whether eight digits are a date, 20240131."""
    found = _COMPACT.fullmatch(cell)
    return found is not None and _made(found.groupdict()) is not None


def day_first_of(cells: Iterable[str | None]) -> bool:
    """Whether 03/04/2024 is in April: one cell with a day after the twelfth tells, else a point."""
    first = second = points = slashes = 0
    for cell in cells:
        found = _YEAR_LAST.fullmatch(cell.strip()) if cell and len(cell) < _LONGEST else None
        if found:
            first += int(found["one"]) > _NOON
            second += int(found["two"]) > _NOON
            points += found["sep"] == "."
            slashes += found["sep"] != "."
    return first > second if first != second else points > slashes


def moment_of(cell: str | None, *, day_first: bool = False) -> datetime | None:
    """The time that a cell tells, in UTC where it names a zone; None when it is no date.

    A quarter, month or week is its first day.
    """
    text = (cell or "").strip()
    if len(text) > _LONGEST or not _HINT.search(text):
        found = _COMPACT.fullmatch(text)
        return _made(found.groupdict()) if found else None
    if match := _YEAR_FIRST.fullmatch(text):
        return _made(match.groupdict())
    if match := _YEAR_LAST.fullmatch(text):
        told = match.groupdict()
        day, month = (told["one"], told["two"]) if day_first else (told["two"], told["one"])
        return _made({**told, "day": day, "month": month})
    for pattern in _NAMED:
        match = pattern.fullmatch(text)
        if match and (month := _month(match["name"])):
            return _made({**match.groupdict(), "month": str(month)})
    return _period(text)


def _period(text: str) -> datetime | None:
    """A quarter, a week or a month by its code."""
    if match := _QUARTER.fullmatch(text):
        year, quarter = match["year"] or match.group(4), match["quarter"] or match.group(3)
        return _made({"year": year, "month": str(3 * int(quarter) - 2)})
    if match := _MONTH_CODE.fullmatch(text):
        return _made(match.groupdict())
    if match := _WEEK.fullmatch(text):
        try:
            return datetime.fromisocalendar(int(match["year"]), int(match["week"]), 1)
        except ValueError:
            return None
    return None


def _month(name: str) -> int | None:
    """The month that a name or its beginning means, in several languages."""
    low = name.lower().rstrip(".")
    if len(low) > _LETTERS + 1 and low not in _WHOLE_NAMES and low.isascii():
        return None
    return _MONTH.get(low[:_LETTERS], _MONTH.get(low[:3]))


def _made(told: dict[str, str | None]) -> datetime | None:
    """The time of named parts; None when there is no such day."""
    year = int((told["year"] or "").strip("'"))
    if len((told["year"] or "").strip("'")) == 2:  # noqa: PLR2004
        year += 2000 if year <= _PIVOT else 1900
    hour = int(told.get("hour") or 0)
    if told.get("half"):
        hour = hour % _NOON + _NOON * ((told["half"] or "")[0] in "pP")
    try:
        at = datetime(  # noqa: DTZ001 - times without a zone are compared among themselves
            year,
            int(told.get("month") or 1),
            int(told.get("day") or 1),
            hour,
            int(told.get("minute") or 0),
            int(told.get("second") or 0),
        )
        return at - _offset(told.get("zone"))
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    """How far a zone that is told in hours is ahead of UTC."""
    if not zone or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return ahead if zone[0] == "+" else -ahead
