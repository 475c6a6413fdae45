"""What a column holds: its kind, and numbers out of the ways in which people write them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Literal

from config import Kind
from tables import Cell, is_missing

Decimal = Literal[".", ","]

_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?\d{1,3}([,. '\u00a0\u202f]\d{3})+([.,]\d+)?")
_COMMA = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_WHOLE = re.compile(r"[-+]?\d+(\.0+)?")
_AROUND = "$€£¥% \u00a0"
_DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})"
    r"([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|[AP]M|[-+]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_ID_NAME = re.compile(r"(^|[_\W])(id|uuid|guid|key|nr|no|number|index)$|[a-z]I[dD]$", re.IGNORECASE)
# Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces between words: about two signs each.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2}")
_TRUTHS = frozenset(
    frozenset(pair)
    for pair in (
        ("0", "1"),
        ("true", "false"),
        ("yes", "no"),
        ("y", "n"),
        ("t", "f"),
        ("on", "off"),
    )
)
_MOSTLY = 0.98
_WORDS_OF_TEXT = 3.0
_SIGNS_OF_TEXT = 40.0
_VARIED = 0.3


def kind_of(name: str, cells: Sequence[Cell]) -> Kind:
    """Kind of a column from all its cells."""
    known = [cell.strip() for cell in cells if cell is not None and not is_missing(cell)]
    counts = Counter(known)
    if not known:
        return "empty"
    if len(counts) == 1 and len(known) == len(cells):
        return "constant"
    if is_truth(counts):
        return "boolean"
    if _share(counts, is_number) >= _MOSTLY:
        return _kind_of_numbers(name, cells, counts)
    if _share(counts, is_date) >= _MOSTLY:
        return "date"
    return _kind_of_words(name, cells, counts)


def is_truth(values: Iterable[str]) -> bool:
    """Whether these are the two ways to say true and false, in any case."""
    return frozenset(value.lower() for value in values) in _TRUTHS


def is_number(cell: str) -> bool:
    """Whether a cell reads as a number, also with thousands, currency or percent signs."""
    bare = cell.strip(_AROUND)
    return bool(_NUMBER.fullmatch(bare) or _GROUPED.fullmatch(bare))


def is_date(cell: str) -> bool:
    """Whether a cell reads as a date, with or without a time."""
    return _DATE.fullmatch(cell.strip()) is not None


def decimal_of(cells: Sequence[Cell]) -> Decimal:
    """Which sign starts the fraction in this column; a point unless a comma must be."""
    bare = [cell.strip(_AROUND) for cell in cells if cell and "," in cell]
    must = sum(bool(_COMMA.fullmatch(cell)) and not _GROUPED.fullmatch(cell) for cell in bare)
    return "," if must else "."


def to_number(cell: Cell, decimal: Decimal = ".") -> float:
    """The number in a cell, NaN when there is none."""
    if cell is None or not is_number(cell):
        return float("nan")
    bare = re.sub(r"[ '\u00a0\u202f]", "", cell.strip(_AROUND))
    if decimal == ",":
        bare = bare.replace(".", "").replace(",", ".")
    elif "," in bare:
        bare = bare.replace(",", "")
    return float(bare)


def mean_words(cells: Sequence[Cell]) -> float:
    """Mean number of words of the cells that are not missing."""
    known = [cell for cell in cells if cell is not None and not is_missing(cell)]
    words = sum(len(cell.split()) + len(_UNSPACED.findall(cell)) for cell in known)
    return words / max(len(known), 1)


def _share(counts: Counter[str], test: Callable[[str], bool]) -> float:
    passing = sum(times for value, times in counts.items() if test(value))
    return passing / counts.total()


def _kind_of_numbers(name: str, cells: Sequence[Cell], counts: Counter[str]) -> Kind:
    if not all(_WHOLE.fullmatch(value) for value in counts):
        return "number"
    return "id" if _counts_up(name, cells, counts) else "integer"


def _counts_up(name: str, cells: Sequence[Cell], counts: Counter[str]) -> bool:
    """All different, and either named an id or numbered one after the other."""
    if len(counts) < max(len(cells), 10):
        return False
    values = [int(float(value)) for value in counts]
    return bool(_ID_NAME.search(name)) or all(
        after - before == 1 for before, after in pairwise(values)
    )


def _kind_of_words(name: str, cells: Sequence[Cell], counts: Counter[str]) -> Kind:
    varied = len(counts) / counts.total()
    signs = sum(len(value) * times for value, times in counts.items()) / counts.total()
    wordy = mean_words(cells) >= _WORDS_OF_TEXT or signs >= _SIGNS_OF_TEXT
    longest = max(counts, key=len)
    apart = " " in longest or _UNSPACED.search(longest) is not None
    if wordy and (varied > _VARIED or len(counts) > 1000) and apart:  # noqa: PLR2004
        return "text"
    if len(counts) == len(cells) >= 10 and _looks_like_id(name, counts):  # noqa: PLR2004
        return "id"
    return "category"


def _looks_like_id(name: str, counts: Counter[str]) -> bool:
    """One word each, and named an id or all with digits in them."""
    return all(" " not in value for value in counts) and (
        bool(_ID_NAME.search(name))
        or all(any(sign.isdigit() for sign in value) for value in counts)
    )
