"""Where several answers a row are wanted: two columns to predict, or cells of several labels."""

import json
import re
from collections import Counter
from collections.abc import Iterable

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing.leaving import left_out
from pipeline.hearing.likeness import likeness, name_words, words_of
from pipeline.hearing.naming import MODIFIERS, may_be_named

_ASKING = (
    r"(?:predict\w*|forecast\w*|estimat\w+|classif\w+|guess\w*|determin\w+|regress\w*"
    r"|targets?(?:\s+(?:columns?|variables?))?(?:\s+(?:are|is|:))?"
    r"|outputs?\s+(?:are|is)|labels?\s+are|(?:tell\s+me|want|need|know|find\s+out"
    r"|figure\s+out)(?!\s+to\b))"
)
_ENDS = (
    r"\b(?:from|using|given|based|with|by|for|when|where|if|in|at|on|per|of\s+(?:each"
    r"|an?|the|this|these|my|our|every|all)|while|but|out\s+of|because|so|that"
    r"|as\s+(?:a\s+)?(?:function|good)|depend\w*|ignor\w+|without|except|excluding|not"
    r"|don'?t|will|is|are|was|were|has|have|do|does|should|could|would|please"
    r"|and\s+(?:then\s+)?(?:publish|deploy|train|use|keep|ignore|call|name|tell|show"
    r"|report|save|make|leave|drop|put|explain|give|spend|send|upload|i|we|it|they)"
    r"|using)\b|[.;:?!]|$"
)
_LIST = re.compile(rf"\b{_ASKING}\s*:?\s+(?P<list>[^.;?!]+?)(?=\s*(?:{_ENDS}))", re.IGNORECASE)
_SAYS_MORE = re.compile(r"\s*(?:is|are|was|were)\b", re.IGNORECASE)
_JOINED = re.compile(
    (
        r"\s*(?:,?\s+and\s+(?:also\s+|the\s+)?|,?\s+as\s+well\s+as\s+|,?\s+plus\s+"
        r"|\s*&\s*|\s*\+\s*|,?\s+along\s+with\s+|,?\s+together\s+with\s+)\s*"
    ),
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*,\s*")
_LEADING = re.compile(
    (
        r"^(?:(?:both|the|a|an|my|our|their|its|two|three|all|also|columns?"
        r"|values?\s+of|how\s+much|what|which)\s+)+"
    ),
    re.IGNORECASE,
)
_SIGNS = (";", "|", ",", "/", " ")
_FEWEST_LISTS = 0.25
_MOST_LABELS = 100
_MOST_LISTED = 100  # columns


def wanted_together(report: DataReport, words: str) -> tuple[str, ...]:
    """Columns that the words ask to have predicted, where they are several; else none."""
    plain = re.sub(r"\s+", " ", words.replace("\u2019", "'"))
    aside = set(left_out(report, words))
    for found in _LIST.finditer(plain):
        if _SAYS_MORE.match(plain[found.end() :]):
            continue  # "price, rooms and area are inputs"
        names = [name for name in _listed(report, found["list"]) if name not in aside]
        if len(names) > 1:
            return tuple(dict.fromkeys(names))
    return ()


def _listed(report: DataReport, text: str) -> list[str]:
    """The columns of "a, b and c"; none where a part is no column, or one names the whole."""
    if _column(report, text) is not None:
        return []
    joined = _JOINED.split(text.strip())
    if not 2 <= len(joined) <= _MOST_LISTED:  # noqa: PLR2004 - a list has two
        return []
    parts = [*_COMMA.split(joined[0]), *joined[1:]]
    found = [_column(report, part) for part in parts]
    names = [name for name in found if name is not None]
    return names if len(names) == len(parts) and len(set(names)) > 1 else []


def _column(report: DataReport, part: str) -> str | None:
    """The one column that a part of a list names, and nothing else."""
    spoken = words_of(_LEADING.sub("", part.strip()))
    if not spoken or len(spoken) > 4:  # noqa: PLR2004 - a name, no sentence
        return None
    told = tuple(word for one in spoken for word in name_words(one))
    fits = [column for column in may_be_named(report, told) if _names(column, spoken)]
    return min(fits, key=lambda one: len(name_words(one.name))).name if fits else None


def _names(column: ColumnReport, spoken: tuple[str, ...]) -> bool:
    """Whether the words are the column's name, each of both in some form."""
    own = name_words(column.original or column.name)
    told = [word for one in spoken for word in name_words(one)]
    core = [word for word in own if word not in MODIFIERS] or list(own)
    rest = [word for word in told if not any(_same(one, word) for one in own)]
    return all(any(_same(word, one) for one in told) for word in core) and not [
        word for word in rest if word not in MODIFIERS
    ]


def _same(word: str, said: str) -> bool:
    return likeness(word, said) > 0 if len(word) > 1 else word == said


def labels_in(column: ColumnReport) -> tuple[str, ...]:
    """The labels of a column whose cells hold several of them each; none where each holds one."""
    if column.kind in {"number", "integer", "boolean", "date", "id", "image"}:
        return ()
    values = [value.strip() for value, _ in column.top if value.strip()]
    as_json = [one for value in values if (one := _json_list(value)) is not None]
    if values and len(as_json) > len(values) / 2:
        several = any(len(labels) > 1 for labels in as_json)
        return _different(as_json) if several else ()
    for sign in _SIGNS[:3]:
        cells = [[part.strip() for part in value.split(sign)] for value in values]
        if _is_lists(cells, sure=sign != ","):
            return _different(cells)
    return ()


def _json_list(value: str) -> list[str] | None:
    """The texts of a list, written as JSON or as Python does."""
    if not (value.startswith("[") and value.endswith("]")):
        return None
    try:
        told = json.loads(value.replace("'", '"'))
    except ValueError:
        return None
    if not isinstance(told, list) or not all(isinstance(one, str | int) for one in told):
        return None
    return [str(one) for one in told]


def _is_lists(cells: list[list[str]], *, sure: bool) -> bool:
    """Whether cells are lists of labels: parts come back, each short, in other company."""
    several = [cell for cell in cells if len(cell) > 1]
    if len(several) < 2 or len(several) < _FEWEST_LISTS * len(cells):  # noqa: PLR2004
        return False
    if any(not part or len(part.split()) > 3 for cell in cells for part in cell):  # noqa: PLR2004
        return False
    counts = Counter(part.lower() for cell in cells for part in set(cell))
    alone = {cell[0].lower() for cell in cells if len(cell) == 1}
    again = [cell for cell in several if all(counts[part.lower()] > 1 for part in cell)]
    known = sum(part in alone for part in counts)
    if sure:
        return len(again) >= len(several) / 2 or known >= len(counts) / 2
    return len(again) >= len(several) / 2 and known >= len(counts) / 2


def _different(cells: Iterable[Iterable[str]]) -> tuple[str, ...]:
    counts = Counter(part for cell in cells for part in cell if part)
    return tuple(label for label, _ in counts.most_common(_MOST_LABELS))
