"""Whether a first line names the columns, and names that are clean and different."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from kinds import is_date, is_number
from tables import Cell, Row, is_missing

_LONGEST_NAME = 80
_LOOKED_AT = 1000
_MOST_WORDS = 6
_MOST_SIGNS = 60
_SURPRISING = 0.1
_MOSTLY = 0.9
_SENTENCE = re.compile(r"[.!?…。\uff01\uff1f]$|[,;] |https?://|@\w")
_CODED = re.compile(r"[a-z]+[A-Z]\w*|\w+_\w+|\w+\.\w+")
# What people call columns, in any data.
_NAMES = frozenset(
    """
    id key name first last full title label class category type kind group target output input
    answer question text sentence review comment message description summary content body
    subject topic tag tags word token source date time day month year start end created updated
    city country state region address street zip code email phone url link file filename image
    path language lang gender sex age status rating score sentiment user author product item
    brand model color colour size price amount number value quantity unit index no nr
    translation headline keyword prompt response instruction reason note notes company job
    department intent english french german spanish italian portuguese dutch polish russian chinese
    japanese korean arabic hindi turkish swedish danish finnish greek latin source translation
    original reference article document paragraph passage phrase expression context
    """.split()  # noqa: SIM905 - a list of words is read best as one
)


def numbered(width: int) -> tuple[str, ...]:
    """Names for columns that have none."""
    return tuple(f"column_{number}" for number in range(1, width + 1))


def clean_names(raw: Sequence[Cell]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Printable, distinct names, and a note when some had to change to be distinct."""
    names: dict[str, None] = {}
    again: list[str] = []
    for number, cell in enumerate(raw, start=1):
        name = _printable(cell or "") or f"column_{number}"
        if name in names:
            again.append(name)
            name = _free(name, names)
        names[name] = None
    shown = list(dict.fromkeys(again))
    listed = ", ".join(shown[:10]) + (", …" if len(shown) > 10 else "")  # noqa: PLR2004
    told = f"Several columns are called {listed}; they got numbers."
    return tuple(names), ((told,) if again else ())


def originals(raw: Sequence[Cell], names: Sequence[str]) -> dict[str, str]:
    """New name to the name in the file, where that was repeated or empty."""
    pairs = zip(raw, names, strict=True)
    return {name: cell or "" for cell, name in pairs if _printable(cell or "") != name}


def has_header(rows: Sequence[Row]) -> bool:
    """Guess from the first row: names are short, differ, and do not look like the cells below."""
    first, rest = rows[0], rows[1 : _LOOKED_AT + 1]
    filled = [cell.strip() for cell in first if cell and cell.strip()]
    if not filled or any(is_number(cell) for cell in filled):
        return _numbers_as_names(first, rest)
    if not rest:
        return True
    columns = [_known(rest, at) for at in range(len(first))]
    pairs = [(cell.strip(), column) for cell, column in zip(first, columns, strict=True) if cell]
    if typed_below(first, [row for row in rest if row != first]):  # it may stand there again
        return True
    if len(set(filled)) < len(filled) or any(_too_long(cell) for cell in filled):
        return False
    if any(cell in column for cell, column in pairs):
        return False
    return sum(_evidence(cell, column) for cell, column in pairs if cell) >= 0


def typed_below(first: Row, rest: Sequence[Row]) -> bool:
    """Whether words stand above numbers or above dates, which only names do."""
    return columns_typed(first, rest)[1] > 0


def columns_typed(first: Row, rest: Sequence[Row]) -> tuple[int, int]:
    """How many columns hold numbers or dates, and above how many of these stands a word."""
    typed = named = 0
    for at, cell in enumerate(first):
        if _typed(_known(rest[:_LOOKED_AT], at)):
            typed += 1
            named += not is_missing(cell) and not is_number(cell or "") and not is_date(cell or "")
    return typed, named


def _known(rest: Sequence[Row], at: int) -> list[str]:
    return [cell.strip() for row in rest if not is_missing(cell := row[at]) and cell]


def _too_long(cell: str) -> bool:
    return len(cell.split()) > _MOST_WORDS or len(cell) > _MOST_SIGNS or "\n" in cell.strip()


def _evidence(cell: str, column: Sequence[str]) -> float:
    """Above 0 where a cell looks like the name of the others, below 0 where like one of them."""
    if not column:
        return 0
    words = re.findall(r"[^\W\d_]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", cell).lower())
    known = sum(word in _NAMES or word.removesuffix("s") in _NAMES for word in words)
    named = bool(words) and known >= len(words) / 2
    score = 2.0 if named and len(words) <= 4 else 0.0  # noqa: PLR2004 - a longer one is a text
    score += 1.5 if _CODED.fullmatch(cell) and not _share(column, _coded) else 0
    counts = Counter(column)
    once = sum(times == 1 for times in counts.values()) / len(column)
    score += 1.5 if len(column) >= 8 and once < _SURPRISING else 0  # noqa: PLR2004
    score -= 1.5 if len(words) > 3 and not named else 0  # noqa: PLR2004 - few names are so long
    score -= 2.0 if _SENTENCE.search(cell) else 0
    return score + _unlike(cell, column)


def _coded(cell: str) -> bool:
    return _CODED.fullmatch(cell) is not None


def _unlike(cell: str, column: Sequence[str]) -> float:
    """How far the cell's length and shape are from those of the others."""
    lengths = sorted(len(other) for other in column)
    low = lengths[len(lengths) // 20]
    typical = lengths[len(lengths) // 2]
    if typical >= 4 * len(cell) and len(cell.split()) <= 4:  # noqa: PLR2004 - sentences below a name
        return 2.0 if len(cell) < low else 1.0
    shape = _shape(cell)
    alike = sum(_shape(other) == shape for other in column) / len(column)
    if alike >= _MOSTLY and "9" in shape:
        return -4.0
    if alike < 1 - _MOSTLY and max(Counter(map(_shape, column)).values()) > len(column) * 0.7:
        return 1.0
    return -0.6 if alike > 0.5 else -0.2  # noqa: PLR2004 - most look the same


def _shape(cell: str) -> str:
    """Letters, capitals, digits and other signs, in what order they come."""
    signs = re.sub(r"[^\W\d_]+", _case, cell)
    return re.sub(r"\d+", "9", signs)


def _case(found: re.Match[str]) -> str:
    word = found.group()
    if word.islower():
        return "a"
    return "A" if word.isupper() and len(word) > 1 else "Aa"


def _numbers_as_names(first: Row, rest: Sequence[Row]) -> bool:
    """Numbers are names only in a run, like years, over rows that are no such runs themselves."""
    numbers = [cell.strip() for cell in first if cell and re.fullmatch(r"\s*\d{1,4}\s*", cell)]
    words = [cell for cell in first if cell and cell.strip() and not is_number(cell)]
    if len(numbers) < 2 or not _run(numbers):  # noqa: PLR2004 - one number is no run
        return False
    if len(numbers) + len(words) < sum(bool(cell and cell.strip()) for cell in first):
        return False
    runs = [[cell.strip() for cell in row if cell and is_number(cell)] for row in rest]
    alike = sum(_run(run) and _year(run[0]) == _year(numbers[0]) for run in runs)
    if alike > len(rest) * 0.2:
        return False
    place = next((at for at, cell in enumerate(first) if cell in words), None)
    if place is None:
        return int(numbers[0]) in (0, 1) and int(numbers[-1]) == int(numbers[0]) + len(first) - 1
    return first[place] not in [row[place] for row in rest]


def _year(number: str) -> bool:
    return len(number) == 4 and number[:2] in ("18", "19", "20")  # noqa: PLR2004 - digits of a year


def _run(numbers: Sequence[str]) -> bool:
    """Whole numbers, each more than the one before by the same."""
    if len(numbers) < 2 or not all(cell.isascii() and cell.isdigit() for cell in numbers):  # noqa: PLR2004
        return False
    steps = {int(after) - int(before) for before, after in pairwise(numbers)}
    return len(steps) == 1 and min(steps) > 0


def _typed(column: Sequence[str]) -> bool:
    return _share(column, is_number) or _share(column, is_date)


def _share(column: Sequence[str], test: Callable[[str], bool]) -> bool:
    return bool(column) and sum(test(cell) for cell in column) >= len(column) * _MOSTLY


def _printable(name: str) -> str:
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    return " ".join(seen.split())[:_LONGEST_NAME]


def _free(name: str, taken: Mapping[str, None]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
