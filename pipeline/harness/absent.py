"""Which cells of a column say that a value is not known, plainly or in disguise.

`?` and `NA` usually do; -999 and `unknown` do where all else in the column speaks for it; and `NA`
does not where it stands among other codes of its sort, as Namibia among countries.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from days import is_date
from forms import share
from measures import MOSTLY, is_number, to_number
from tables import MISSING, Cell

MOST_WORDS = 3  # different words for "not known" in one column
FEWEST_NUMBERS = 3  # different numbers beside a mark: fewer are codes, and it may be one
MANY_NUMBERS = 8  # enough to see where they end
MUCH_FARTHER = 5.0  # than these are wide: 99999 may also be where amounts were cut
FEWEST_TIMES = 3
_HALF = 0.5
_NINES = re.compile(r"-?9{2,}(\.(9+|0+))?|-(2147483648|32768)")
_NO_DAY = re.compile(r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}( 00:00(:00)?)?|9999-12-31.*|1900-01-00.*")
_WORDS = frozenset(
    (
        *("unknown", "unk", "not known", "none", "nil", "missing", "not available", "n.a.", "n.a"),
        *("not applicable", "no data", "nodata", "no value", "n/d", "nd", "n.d.", "tbd", "tba"),
        *("undefined", "unspecified", "not specified", "not reported", "not recorded", "void"),
        *("(null)", "(blank)", "(none)", "<null>", "<none>", "[null]", "blank", "empty", "invalid"),
        *("unbekannt", "k.a.", "k. a.", "keine angabe", "inconnu", "inconnue", "non renseigné"),
        *("desconocido", "sin dato", "sin datos", "s/d", "sconosciuto", "desconhecido", "onbekend"),
        *("okänd", "nieznany", "brak", "brak danych", "неизвестно", "нет данных", "bilinmiyor"),
        *("不明", "未知", "無", "无", "なし", "없음", "x", "xx", "xxx", "*", "**", "***", "---"),
    )
)
_ERRORS = frozenset(
    ("#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!", "#error!", "#####")
)
_CODE = re.compile(r"[A-Z]{2,5}")
_NOT_NAMES = frozenset(("YES", "NO", "Y", "N", "TRUE", "FALSE", "PASS", "FAIL", "OK", "ON", "OFF"))
_REGIONS = frozenset(
    ("EU", "EMEA", "APAC", "LATAM", "LAS", "LAN", "SA", "UK", "US", "ASIA", "OCE", "MENA", "ROW")
) | frozenset(("Europe", "Asia", "Africa", "South America", "Oceania", "Asia Pacific", "EUW"))


def missing_of(cells: Sequence[Cell]) -> frozenset[str]:
    """What means "not known" in this column, in lower case: is_missing takes it."""
    return missing_among(Counter(cell.strip() for cell in cells if cell is not None))


def missing_among(counts: Mapping[str, int]) -> frozenset[str]:
    """The same from the different cells, without spaces around, and how often each occurs."""
    usual = MISSING - {"na"} if _is_code(counts) else MISSING
    known = {cell: times for cell, times in counts.items() if cell.lower() not in usual}
    return usual | {mark.lower() for mark in _marks(known)}


def _is_code(counts: Mapping[str, int]) -> bool:
    """Whether NA is the code of something here: the other values are codes like it."""
    if "NA" not in counts or any(cell in counts for cell in ("", "na", "N/A", "NaN", "?")):
        return False
    others = [cell for cell in counts if cell != "NA" and cell.lower() not in MISSING]
    if not others or any(cell in _NOT_NAMES for cell in others):
        return False
    if sum(cell in _REGIONS for cell in others) >= max(1, len(others) * _HALF):
        return True
    codes = sum(bool(_CODE.fullmatch(cell)) for cell in others)
    pairs = sum(len(cell) == 2 for cell in others)  # noqa: PLR2004 - as long as NA
    return len(others) > 1 and codes == len(others) and pairs >= len(others) * _HALF


def _marks(counts: Mapping[str, int]) -> set[str]:
    """Marks of a column, whose usual signs for missing are gone already."""
    errors = {cell for cell in counts if cell[0] == "#" and cell.lower() in _ERRORS}
    words = {cell for cell in counts if cell.lower() in _WORDS}
    days = {cell for cell in counts if cell[0] in "019" and _NO_DAY.fullmatch(cell)}
    rest = {cell: times for cell, times in counts.items() if cell not in errors | words | days}
    nines = {cell for cell, n in rest.items() if n >= FEWEST_TIMES and _NINES.fullmatch(cell)}
    if not (words or days or nines):
        return errors
    numbers = share(rest, is_number)
    dates = share(rest, is_date) if (words or days) and numbers < MOSTLY else 0.0
    known = max(numbers, dates) >= MOSTLY and len(words) <= MOST_WORDS
    found = errors | (words if known else set()) | (days if dates >= MOSTLY else set())
    return found | (_far(nines, rest) if nines and numbers >= _HALF else set())


def _far(nines: set[str], counts: Mapping[str, int]) -> set[str]:
    """Those numbers of nines that are far from all others."""
    values = {to_number(cell) for cell in counts if cell not in nines}
    numbers = [value for value in values if math.isfinite(value)]
    if len(numbers) < FEWEST_NUMBERS:
        return set()
    low, high = min(numbers), max(numbers)
    return {cell for cell in nines if _is_far(to_number(cell), low, high, len(numbers))}


def _is_far(value: float, low: float, high: float, others: int) -> bool:
    """Farther outside than the others are wide, or the one negative number among many."""
    if value < 0 <= low:
        return True
    far = low - value if value < 0 else (value - high) / MUCH_FARTHER
    return others >= MANY_NUMBERS and far > high - low
