"""Time and things: the date that orders the rows, its step, and columns that name the same thing.

Many series may lie in one table, one below the other: then the date orders each of them.
"""

import re
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, combinations, pairwise
from string import ascii_letters, digits

from columns import Column
from days import moment_of
from forms import some
from kinds import is_key, names_an_id
from tables import Cell, Table, is_missing

FEWEST_STEPS = 2
MOST_DATES = 5  # date columns that are looked at
MOST_KEYS = 6  # columns that may name a series
FEWEST_THINGS = 10
FEWEST_PEOPLE = 5
MOST_REPEATS = 50  # rows of one thing, where only its name looks like an id
_REGULAR = 0.7  # share of the steps that are the usual one: markets close at weekends
_FILLED = 0.95
_ALONE = 0.99  # share of the rows that a series and a time tell from all others
_DAY = 86_400.0
_UNITS = {"min": 60 / _DAY, "h": 3600 / _DAY}
_STEPS = (
    ("min", 50.0 / _DAY, 45 * 60 / _DAY),
    ("h", 45 * 60 / _DAY, 0.6),
    ("D", 0.6, 4.0),
    ("W", 4.0, 12.0),
    ("M", 26.0, 33.0),
    ("Q", 85.0, 95.0),
    ("Y", 350.0, 380.0),
)
_TIME_NAME = re.compile(
    r"(date|time|timestamp|date_?time|ds|day|week|month|quarter|year|period|datum|zeit|tag|monat|jahr"
    r"|fecha|hora|mes|año|data|dia|mês|ano|jour|mois|année|heure|giorno|mese|anno|дата|время|日期|时间|月|日付)"
    r"|.*(timestamp|date_?time|_time|order_?date|invoice_?date)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"(^|[_\W])(patient|subject|user|customer|client|person|participant|student|employee|member|player"
    r"|session|visitor|visit|household|family|account|device|machine|sensor|vehicle|engine|speaker"
    r"|author|writer|driver|rider|donor|animal|owner|kunde|nutzer|cliente|usuario|paciente|proband"
    r"|utilisateur)(_?(id|no|nr|key|code|number|name))?$",
    re.IGNORECASE,
)
_GROUP_KINDS = ("category", "id", "integer")
_SHAPE = str.maketrans(digits + ascii_letters, "0" * 10 + "a" * 52)


def timed(table: Table, columns: Sequence[Column]) -> tuple[list[Column], str | None]:
    """The columns with the step of each date, and which of them orders the rows, if any."""
    keys = _keys(table, columns)
    found: dict[str, tuple[str | None, int]] = {}
    for column in [c for c in columns if c.kind == "date"][:MOST_DATES]:
        found[column.name] = _look(table, column, keys)
    told = [replace(c, frequency=found[c.name][0]) if c.name in found else c for c in columns]
    best = max(found, key=lambda name: found[name][1], default=None)
    return told, best if best and found[best][1] else None


def groups(table: Table, columns: Sequence[Column]) -> list[str]:
    """Columns that name the same person or thing in several rows."""
    return [
        column.name
        for place, column in enumerate(columns)
        if column.kind in _GROUP_KINDS
        and FEWEST_PEOPLE <= column.unique <= _known(column) * _FILLED
        and _names_things(column, table, place)
    ]


def _known(column: Column) -> int:
    return column.rows - column.missing


def _names_things(column: Column, table: Table, place: int) -> bool:
    if _PEOPLE.search(column.name):
        return True
    if column.unique < FEWEST_THINGS or _known(column) < _FILLED * column.rows:
        return False
    forms = some(Counter(_cells(table, place, column)), 2000)
    if all(map(is_key, forms)) or column.personal == ("e-mail",):
        return True
    few = _known(column) <= MOST_REPEATS * column.unique
    return few and (names_an_id(column.name) or _are_codes(forms))


def _cells(table: Table, place: int, column: Column) -> list[str]:
    cells = (row[place] for row in table.rows)
    return [cell.strip() for cell in cells if cell and not is_missing(cell, column.absent)]


def _are_codes(forms: Collection[str]) -> bool:
    """Letters and digits of one shape throughout, as P001."""
    shapes = {form.translate(_SHAPE) for form in forms}
    shape = shapes.pop() if len(shapes) == 1 else ""
    return "0" in shape and "a" in shape and " " not in shape


def _keys(table: Table, columns: Sequence[Column]) -> list[list[Cell]]:
    """Cells of the columns that may tell one series from another, the likeliest first."""
    likely = [
        c
        for c in columns
        if 1 < c.unique <= len(table) / 3
        and (c.kind in ("category", "id") or (c.kind == "integer" and names_an_id(c.name)))
    ]
    return [table.column(column.name) for column in likely[:MOST_KEYS]]


def _look(table: Table, column: Column, keys: Sequence[list[Cell]]) -> tuple[str | None, int]:
    """The step of a date column, and how surely it orders the rows: 0 for not at all."""
    named = _TIME_NAME.fullmatch(column.name) is not None
    if column.missing > (1 - _FILLED) * column.rows:
        return None, 0
    times = _times(table.column(column.name), column)
    if column.unique < _FILLED * column.rows:
        one = _one_series(times, keys)
        if one is None:
            step = step_of(sorted({time for time in times if time}))
            return step, 3 if column.ordered else int(named)
        times = one
    known = [time for time in times if time]
    rises = all(a <= b for a, b in pairwise(known))
    falls = all(a >= b for a, b in pairwise(known))
    return step_of(sorted(known)), 3 if rises or falls else 2 * named


def _times(cells: Sequence[Cell], column: Column) -> list[datetime | None]:
    known: dict[Cell, datetime | None] = {}
    for cell in cells:
        if cell not in known:
            gone = is_missing(cell, column.absent)
            known[cell] = None if gone else moment_of(cell, day_first=column.day_first)
    return [known[cell] for cell in cells]


def _one_series(
    times: Sequence[datetime | None], keys: Sequence[list[Cell]]
) -> list[datetime | None] | None:
    """Times of the longest series, where a column or two tell rows of one time apart."""
    singles: list[Sequence[Hashable]] = list(keys)
    pairs = (list(zip(*pair, strict=True)) for pair in combinations(keys, 2))
    for key in chain(singles, pairs):
        if len(set(zip(key, times, strict=True))) >= _ALONE * len(times):
            longest = Counter(key).most_common(1)[0][0]
            return [time for time, name in zip(times, key, strict=True) if name == longest]
    return None


def step_of(times: Sequence[datetime]) -> str | None:
    """The usual step between sorted times; None where there is none."""
    gaps = [(b - a).total_seconds() / _DAY for a, b in pairwise(times) if a < b]
    if len(gaps) < FEWEST_STEPS:
        return None
    middle = sorted(gaps)[len(gaps) // 2]
    for name, least, most in _STEPS:
        if least <= middle <= most:
            regular = sum(least <= gap <= most for gap in gaps)
            return _several(name, middle) if regular >= _REGULAR * len(gaps) else None
    return None


def _several(name: str, days: float) -> str:
    """`15min` and `3h` where the usual step is several minutes or hours."""
    times = round(days / _UNITS[name]) if name in _UNITS else 1
    return f"{times}{name}" if times > 1 else name
