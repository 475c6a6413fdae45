"""What a column holds: its kind, seen from its name and all its cells."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from absent import missing_among
from config import Kind
from days import is_compact, is_date
from forms import share, some
from measures import MOSTLY, Notation, is_number, measure, notation_of
from tables import MISSING, Cell

# Whether a cell is a number or a date is asked for here as well, beside whether a column is.
__all__ = ["Seen", "is_date", "is_number", "is_truth", "kind_of", "kind_seen", "see"]

_WHOLE = re.compile(r"[-+]?\d{1,40}(\.0+)?")
_ID_NAME = re.compile(
    r"(^|[_\W])(?i:id|uuid|guid|key|nr|no|number|index)$|[a-z](I[dD]|Number|No|Nr|Key|Index)$"
)
_NO_NAME = re.compile(
    r"column_\d+|unnamed: \d+|row(_?(no|nr|num|number|id|names?))?", re.IGNORECASE
)
_YEAR_NAME = re.compile(
    r"(^|[_\W])(years?|jahr|année|annee|año|ano|anno|rok|год|年)$", re.IGNORECASE
)
_DATE_NAME = re.compile(r"date|datum|fecha|data|dato|day|tag|jour|dia", re.IGNORECASE)
_STEP_NAME = re.compile(
    r"(^|[_\W])(t|time|step|epoch|hour|day|week|month|quarter|period|minute|second)s?$",
    re.IGNORECASE,
)
_UUID = re.compile(
    r"\{?[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\}?|[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32}"
    r"|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-HJKMNP-TV-Z]{26}",
    re.IGNORECASE,
)
# Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces between words: about two signs each.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2}")
_TRUTHS = (
    (("0", "1"), ("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"), ("off", "on")),
    (("nein", "ja"), ("n", "j"), ("falsch", "wahr")),
    (("non", "oui"), ("n", "o"), ("faux", "vrai")),
    (("no", "sí"), ("no", "si"), ("n", "s"), ("falso", "verdadero"), ("falso", "vero")),
    (("não", "sim"), ("nao", "sim"), ("n", "s"), ("falso", "verdadeiro")),
    (("nee", "ja"), ("nej", "ja"), ("nei", "ja"), ("n", "j"), ("onwaar", "waar")),
    (
        ("nie", "tak"),
        ("n", "t"),
        ("нет", "да"),
        ("ne", "ano"),
        ("ne", "da"),
        ("hay\u0131r", "evet"),
    ),
    (("否", "是"), ("いいえ", "はい"), ("아니오", "예"), ("لا", "نعم"), ("✗", "✓")),
)
_WORDS_OF_TEXT = 3.0
_SIGNS_OF_TEXT = 40.0
_VARIED = 0.3
_MANY = 1000
_FEW = 10
_NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True)
class Seen:
    """A column, counted once: `counts` are its known cells, without the spaces around them.

    `marks` are cells that look like values and yet mean "not known" here, `marked` their number.
    """

    name: str
    cells: Sequence[Cell]
    counts: Counter[str]
    missing: frozenset[str]
    marks: tuple[str, ...] = ()
    marked: int = 0

    @property
    def known(self) -> int:
        """Cells that are not missing."""
        return self.counts.total()


def see(name: str, cells: Sequence[Cell]) -> Seen:
    """Count a column's cells and tell the missing ones."""
    counts = Counter(cell.strip() for cell in cells if cell is not None)
    missing = missing_among(counts)
    gone = [cell for cell in counts if cell.lower() in missing]
    marks = tuple(cell for cell in gone if cell.lower() not in MISSING)
    marked = sum(counts[mark] for mark in marks)
    for cell in gone:
        del counts[cell]
    return Seen(name, cells, counts, missing, marks, marked)


def kind_of(name: str, cells: Sequence[Cell]) -> Kind:
    """Kind of a column from all its cells."""
    return kind_seen(see(name, cells))


def kind_seen(seen: Seen, notation: Notation | None = None) -> Kind:
    """Kind of a column that was counted; `notation` spares learning how it writes numbers."""
    counts = seen.counts
    if not counts:
        return "empty"
    if len(counts) == 1 and seen.known == len(seen.cells):
        return "constant"
    if is_truth(counts):
        return "boolean"
    notation = notation or notation_of(counts)
    if notation is not None:
        return _kind_of_numbers(seen, notation)
    if share(counts, is_date) >= MOSTLY:
        return "date"
    return "nested" if share(counts, _is_nested) >= MOSTLY else _kind_of_words(seen)


def is_truth(values: Iterable[str]) -> bool:
    """Whether these are ways to say true and false in one language, in any case."""
    return truth_of(values) is not None


def truth_of(values: Iterable[str]) -> Mapping[str, bool] | None:
    """What each of these ways to say true or false means; None when they are not all such."""
    said: set[str] = set()
    for value in values:
        said.add(value.lower())
        if len(said) > _FEW:
            return None
    for language in _TRUTHS:
        pairs = [pair for pair in language if said.issuperset(pair)]
        if pairs and said <= {word for pair in language for word in pair}:
            return {word: bool(at) for pair in language for at, word in enumerate(pair)}
    return None


def names_an_id(name: str) -> bool:
    """Whether a column is called as ids are."""
    return _ID_NAME.search(name) is not None


def is_key(cell: str) -> bool:
    """Whether a cell reads as a UUID or another machine-made key."""
    return _UUID.fullmatch(cell) is not None and any(sign.isdigit() for sign in cell)


def words_of(counts: Mapping[str, int]) -> float:
    """Mean number of words of a column's cells."""
    forms = some(counts)
    words = sum((len(c.split()) + len(_UNSPACED.findall(c))) * n for c, n in forms.items())
    return words / max(sum(forms.values()), 1)


def signs_of(counts: Mapping[str, int]) -> float:
    """Mean number of characters of a column's cells."""
    forms = some(counts)
    return sum(len(c) * n for c, n in forms.items()) / max(sum(forms.values()), 1)


def _is_nested(cell: str) -> bool:
    if (cell[:1], cell[-1:]) not in {("[", "]"), ("{", "}")}:
        return False
    try:
        return isinstance(json.loads(cell), list | dict)
    except ValueError:
        return False


def _kind_of_numbers(seen: Seen, notation: Notation) -> Kind:
    counts = seen.counts
    if not all(_WHOLE.fullmatch(cell) for cell in counts):
        counted = notation.unit is not None and all(map(_is_counted, some(counts)))
        return "integer" if counted else "number"
    if _is_calendar(seen):
        return "date"
    return "id" if _counts_up(seen) else "integer"


def _is_counted(cell: str) -> bool:
    """A whole number of something that is no money and no share, as in `3 years`."""
    found = measure(cell)
    return found is not None and found.digits.isdigit() and found.unit[:1].isalpha()


def _is_calendar(seen: Seen) -> bool:
    """Days as eight digits, or one row for each year."""
    forms = some(seen.counts)
    named = _DATE_NAME.search(seen.name) is not None
    if len(forms) >= (2 if named else _FEW) and share(forms, is_compact) >= MOSTLY:
        return True
    if not _YEAR_NAME.search(seen.name) or len(seen.counts) < len(seen.cells):
        return False
    years = [int(cell.partition(".")[0]) for cell in seen.counts]
    return _steps(years) is not None and 1000 < min(years) <= max(years) < 2200  # noqa: PLR2004


def _counts_up(seen: Seen) -> bool:
    """Nearly all different, and named an id or numbered row by row."""
    rows = len(seen.cells)
    if len(seen.counts) < max(rows * _NEARLY_ALL, _FEW):
        return False
    if _ID_NAME.search(seen.name):
        return True
    if len(seen.counts) < rows or _YEAR_NAME.search(seen.name) or _STEP_NAME.search(seen.name):
        return False
    values = [int(cell.partition(".")[0]) for cell in seen.counts]
    if _steps(values) is not None or max(values) - min(values) == rows - 1:
        return True
    return bool(_NO_NAME.fullmatch(seen.name)) and all(a < b for a, b in pairwise(values))


def _steps(values: Sequence[int]) -> int | None:
    """The one positive step between numbers and those after them; None when it varies."""
    steps = {after - before for before, after in pairwise(values)}
    return steps.pop() if len(steps) == 1 and min(steps) > 0 else None


def _kind_of_words(seen: Seen) -> Kind:
    counts = seen.counts
    varied = len(counts) / counts.total()
    wordy = words_of(counts) >= _WORDS_OF_TEXT or signs_of(counts) >= _SIGNS_OF_TEXT
    longest = max(counts, key=len)
    apart = " " in longest or _UNSPACED.search(longest) is not None
    if wordy and (varied > _VARIED or len(counts) > _MANY) and apart:
        return "text"
    if len(counts) >= max(len(seen.cells) * _NEARLY_ALL, _FEW) and _looks_like_id(seen):
        return "id"
    return "category"


def _looks_like_id(seen: Seen) -> bool:
    """One word each: keys, or all different and named an id or all with digits in them."""
    counts = seen.counts
    if share(counts, is_key) >= MOSTLY:
        return True
    if any(" " in cell for cell in counts):
        return False
    if _ID_NAME.search(seen.name):
        return True
    alone = len(counts) == len(seen.cells)
    return alone and all(any(sign.isdigit() for sign in cell) for cell in counts)
