"""Numbers out of the ways in which people write them: thousands, money, percent, units."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from forms import some
from tables import Cell

Decimal = Literal[".", ","]

MOSTLY = 0.98  # share of the cells that makes a column what they are
OFTEN = 0.5  # share of the numbers that have to carry their unit
_SPACES = r" '\u2019\u00a0\u202f\u2009"
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(rf"[-+]?\d{{1,3}}(([,.{_SPACES}]\d{{3}})+|(,\d\d)+,\d{{3}})([.,]\d+)?")
_COMMA = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_POINT = re.compile(r"[-+]?\d*\.(\d{1,2}|\d{4,})")
_AROUND = "$€£¥% \u00a0"
_PLAIN = frozenset("0123456789.-+eE")
_CODES = (
    "USD|EUR|GBP|JPY|CNY|RMB|INR|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RUB|TRY|BRL|MXN|ZAR"
    "|KRW|SGD|HKD|THB|IDR|ILS|AED|SAR|EGP|NGN|KES|PKR|PHP|VND|UAH|RON|BGN|ARS|CLP|COP"
)
_COIN = rf"(?:(?:US|CA|AU|NZ|HK|R|C|A)?[$€£¥₹₽₩₺₴₫฿₪₦]|(?:{_CODES})(?![A-Za-z])|Rs\.?|kr\.?|zł|Kč)"
_MONEY = re.compile(rf"{_COIN}\s?")
_DIGITS = re.compile(rf"(?:\d[\d.,{_SPACES}]*\d|\d|[.,]\d+)(?:\.(?!\w))?(?:[eE][-+]?\d+)?")
_SIZE = re.compile(r"\s?([kKM]|bn|mn|mio\.?|thousand|million|billion)(?![A-Za-z0-9/²³])", re.ASCII)
_BIG = re.compile(r"\s?(B)(?![A-Za-z0-9])")
_UNIT = re.compile(
    r"[^\W\d_]{1,10}\.?[23²³]?([ /][^\W\d_]{1,8}[23²³]?)?|[%‰°+℃℉][CFK]?"
    rf"|[\"'\u2032\u2033]|/[^\W\d_]{{1,8}}|{_COIN}(/[^\W\d_]{{1,8}})?"
)
_SIZES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6}
_SIZES |= {"b": 1e9, "bn": 1e9, "billion": 1e9}
_SAME = {
    **dict.fromkeys(("us$", "usd", "dollar"), "$"),
    **dict.fromkeys(("eur", "euro"), "€"),
    **dict.fromkeys(("gbp", "pound sterling"), "£"),
    **dict.fromkeys(("inr", "rs"), "₹"),
    **dict.fromkeys(("percent", "pct", "prozent"), "%"),
}
_ORDINAL = frozenset(("st", "nd", "rd", "th"))
_USUAL = (
    "$ € £ ¥ ₹ ₽ chf cad aud % mg g kg t lb oz stone mm cm m km in inch ft feet yd mi mile ml cl l"
    " liter litre gal c °c f °f k ms s sec second min minute h hr hour d day week month year kb mb"
    " gb tb kw kwh mwh w hp ps bar psi pa hpa kpa mph km/h kmh m2 m² sqft sqm acre ha"
)
_KNOWN = frozenset(_USUAL.split())
_MINUS = ("-", "\u2212", "\u2013")  # hyphen, minus, dash


@dataclass(frozen=True, slots=True)
class Notation:
    """How a column writes its numbers: the sign before the fraction, and the one unit."""

    decimal: Decimal = "."
    unit: str | None = None


PLAIN = Notation()


@dataclass(frozen=True, slots=True)
class Measure:
    """A number as it is written, what it is multiplied with, and its unit, "" for none."""

    digits: str
    times: float
    unit: str


def is_number(cell: str) -> bool:
    """Whether a cell reads as a bare number, also with thousands, currency or percent signs."""
    if _PLAIN.issuperset(cell) and _NUMBER.fullmatch(cell):
        return True
    bare = cell.strip(_AROUND)
    return bool(_NUMBER.fullmatch(bare) or _GROUPED.fullmatch(bare))


def decimal_of(cells: Iterable[Cell]) -> Decimal:
    """Which sign starts the fraction in this column; a point unless a comma must be."""
    must = points = 0
    for cell in cells:
        if not cell or ("," not in cell and "." not in cell):
            continue
        found = measure(cell)
        bare = found.digits if found else ""
        if "," in bare and "." in bare:  # the last of both starts the fraction
            last = bare.rfind(",") > bare.rfind(".")
            must, points = must + last, points + (not last)
        elif "," in bare:
            must += bool(_COMMA.fullmatch(bare)) and not _GROUPED.fullmatch(bare)
        else:
            points += _POINT.fullmatch(bare) is not None
    return "," if must > points else "."


def to_number(cell: Cell, decimal: Decimal = ".", unit: str | None = None) -> float:
    """The number in a cell; NaN when there is none, or when it has another unit."""
    if cell is None:
        return float("nan")
    if decimal == "." and _PLAIN.issuperset(cell) and _NUMBER.fullmatch(cell):
        return float(cell)
    found = measure(cell)
    if found is None or not _fits(found.unit, unit):
        return float("nan")
    bare = re.sub(rf"[{_SPACES}]", "", found.digits)
    if decimal == ",":
        bare = bare.replace(".", "").replace(",", ".")
    elif "," in bare:
        bare = bare.replace(",", "")
    try:
        return float(bare) * found.times
    except ValueError:
        return float("nan")


def measure(cell: str) -> Measure | None:
    """Number and unit of a cell; None where it is anything else."""
    rest = cell.strip()
    closed = rest.startswith("(") and rest.endswith(")")
    minus, rest = _sign(rest[1:-1].strip() if closed else rest)
    money = _MONEY.match(rest)
    if money:
        more, rest = _sign(rest[money.end() :])
        minus = minus or more
        closed = closed or (rest.startswith("(") and rest.endswith(")"))
        rest = rest.strip("()")
    number = _DIGITS.match(rest)
    if number is None:
        return None
    digits = number.group()
    if not (_NUMBER.fullmatch(digits) or _GROUPED.fullmatch(digits)):
        return None
    rest = rest[number.end() :]
    size = _SIZE.match(rest) or (_BIG.match(rest) if money else None)
    rest = rest[size.end() :].strip() if size else rest.strip()
    if rest and not _UNIT.fullmatch(rest):
        return None
    unit = _one(money.group() if money else "", rest)
    if unit is None:
        return None
    times = _SIZES[size.group(1).lower().rstrip(".")] if size else 1.0
    return Measure(digits, -times if minus != closed else times, unit)


def notation_of(counts: Mapping[str, int]) -> Notation | None:
    """How these cells write numbers; None when they are none, or have several units."""
    forms = some(counts)
    total = sum(forms.values())
    plain = {cell: n for cell, n in forms.items() if _PLAIN.issuperset(cell) and is_number(cell)}
    bare = sum(plain.values())
    if bare >= MOSTLY * total:
        return Notation()
    units = _units({cell: n for cell, n in forms.items() if cell not in plain})
    if units.total() + bare < MOSTLY * total:
        return None
    unit = _dominant(units, total)
    fitting = bare + sum(n for one, n in units.items() if _fits(one, unit))
    if fitting < MOSTLY * total or len(_several(units, total)) > 1:
        return None
    return Notation(decimal_of(forms), unit)


def several_units(counts: Mapping[str, int]) -> tuple[str, ...]:
    """The units of a column of numbers that have different ones; else none."""
    forms = some(counts)
    units = _units(forms)
    total = sum(forms.values())
    known = tuple(unit for unit in _several(units, total) if unit.lower() in _KNOWN)
    return known if units.total() >= MOSTLY * total and len(known) > 1 else ()


def _sign(text: str) -> tuple[bool, str]:
    """Whether a minus comes first, and what comes after the sign."""
    signed = text.startswith((*_MINUS, "+"))
    return text.startswith(_MINUS), text[1:].lstrip() if signed else text


def _one(money: str, rest: str) -> str | None:
    """The unit that stands before or after a number; None where those two differ."""
    before, after = _plainly(money), _plainly(rest)
    if before and after.startswith("/"):
        return before + after
    return (before or after) if not (before and after) or before == after else None


def _plainly(unit: str) -> str:
    """One spelling for a unit: `years`, `Year` and `year.` say the same."""
    bare = unit.strip().rstrip(".")
    low = bare.lower()
    single = low[:-1] if len(low) > 3 and low.endswith("s") and low.isalpha() else low  # noqa: PLR2004 - ms, lbs, gas
    if low in _ORDINAL:
        return ""
    return _SAME.get(single, _SAME.get(low, single if single != low else bare))


def _fits(unit: str, wanted: str | None) -> bool:
    """Whether a cell with this unit belongs to a column of the wanted one."""
    if not unit or unit == wanted:
        return True
    if wanted is None:
        return unit == "%" or _MONEY.fullmatch(unit) is not None
    return unit.lower() == wanted.lower()


def _units(forms: Mapping[str, int]) -> Counter[str]:
    """How often each unit occurs, in one case; numbers without one count as ""."""
    units: Counter[str] = Counter()
    for cell, times in forms.items():
        found = measure(cell)
        if found is not None:
            units[found.unit] += times
    return units


def _dominant(units: Counter[str], total: int) -> str | None:
    named = [(unit, times) for unit, times in units.most_common() if unit]
    return named[0][0] if named and named[0][1] >= OFTEN * total else None


def _several(units: Counter[str], total: int) -> list[str]:
    """Units that more than a few cells have."""
    return [unit for unit, times in units.items() if unit and times > (1 - MOSTLY) * total]
