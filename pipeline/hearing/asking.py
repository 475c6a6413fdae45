"""Which column a request asks for, from its words, the file's name, and the columns themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing.likeness import likest, name_words, words_of
from pipeline.hearing.naming import (
    SAID,
    by_name,
    by_telling_word,
    is_unit,
    may_be_named,
    shared_words,
)
from pipeline.hearing.spoken import SAYS_NOTHING, asked_words

# How much each kind of sign weighs; the higher always beats the lower.
EXPLICIT, SEVERAL_VALUES, PLACED, VALUE = 1.2, 0.97, 0.95, 0.8
OUTRIGHT, FILE, TYPICAL, HINTED, LAST, FIRST = 0.68, 0.65, 0.6, 0.45, 0.35, 0.3
A_TIE = 0.06
_FEW_VALUES = 3  # of more, one may be named in passing

TYPICAL_TARGETS = frozenset(
    (
        *("target", "label", "labels", "class", "y", "outcome", "result", "response", "category"),
        *("churn", "churned", "fraud", "default", "defaulted", "approved", "converted", "status"),
        *("diagnosis", "sentiment", "intent", "tag", "spam", "price", "saleprice"),
        *("verdict", "decision", "grade", "quality", "rating", "finding", "findings"),
        *("fail", "failed", "failure", "cancelled", "canceled", "attrition", "exited", "returned"),
        *("charges", "sales", "demand", "yield", "salary", "subscribed", "purchased"),
    )
)
_OUTRIGHT_TARGETS = frozenset(("target", "label", "labels", "y", "class", "outcome"))
# Values that only say what kind of thing a row is about.
_THINGS = frozenset(
    (
        *("letter", "email", "e-mail", "mail", "phone", "web", "post", "text", "message", "online"),
        *("form", "call", "chat", "person", "people", "customer", "customers", "day", "week"),
    )
)
_ORDINALS = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "last": -1,
    "final": -1,
}
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)}) (?:column|colum|collumn|col|field)\b")
_TARGET_SAID = (
    r"\b(?:target|labels?|class|colum?n|collumn|answer)\b"
    r"(?:\s+(?:is|are|in|called|named|column|colum))*"
)
_IS_TARGET = r"(?:is|as)\s+(?:the\s+|my\s+|a\s+)?(?:target|label|answer)\b"
_CODE_NAME = 4  # letters: longer names speak for themselves
_STANDS_FOR = r"\s*(?:is|=|means|stands\s+for|:)?\s+the\s+([\w ]+?)(?:\s+and\b|[,.;]|$)"
_PROSE = re.compile(r"[^\w\s.<>=%$€£'-]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column, how much speaks for it (0 to 1), and what does, in words."""

    column: ColumnReport
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What words and table say of all columns, read once: a table may have very many."""

    words: str
    letters: str
    spoken: tuple[str, ...]
    with_glossary: tuple[str, ...]
    glossary: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, int]
    near: frozenset[str]
    placed: frozenset[str]
    places: Mapping[str, float]
    files: frozenset[tuple[str, ...]]
    outright: bool


def ranked(report: DataReport, words: str) -> tuple[Candidate, ...]:
    """Every column as a target, the likeliest first; 0 where nothing speaks for it."""
    asked = _asked(report, words)
    found = [_candidate(column, asked) for column in report.columns]
    return tuple(sorted(found, key=lambda one: -one.score))


def _asked(report: DataReport, words: str) -> _Asked:
    glossary = _glossary(report, words)
    spoken = asked_words(_without(words, glossary))
    names = report.names
    return _Asked(
        words=words,
        letters=_letters(words),
        spoken=spoken,
        with_glossary=asked_words(words),
        glossary=glossary,
        shared=shared_words(report),
        near=frozenset(column.name for column in may_be_named(report, spoken)),
        placed=_by_ordinal(report, words),
        places={names[-1]: LAST, names[0]: FIRST} if names else {},
        files=frozenset(_file_names(report)),
        outright=re.search(f"{_TARGET_SAID}|{_IS_TARGET}", words, re.IGNORECASE) is not None,
    )


def equally_good(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Those that nothing tells apart from the best; a place in the table alone tells nothing."""
    best = candidates[0].score
    if best < TYPICAL:
        return candidates
    return tuple(one for one in candidates if best - one.score <= A_TIE)


def named(column: ColumnReport, words: str) -> bool:
    """Whether the words hold the column's whole name, as it is or in words of its own."""
    own = " ".join(name_words(column.name))
    text = f" {' '.join(name_words(words))} "
    return bool(own) and f" {own} " in text


def _glossary(report: DataReport, words: str) -> dict[str, tuple[str, ...]]:
    """What the words say that short names stand for: "Y1 is the heating load"."""
    found: dict[str, tuple[str, ...]] = {}
    plain = words.lower()
    for name in (name for name in report.names if len(name) <= _CODE_NAME):
        if name.lower() not in plain:
            continue
        said = re.search(rf"\b{re.escape(name)}\b{_STANDS_FOR}", words, re.IGNORECASE)
        if said is not None:
            found[name] = words_of(said[1])
    return found


def _without(words: str, glossary: Mapping[str, tuple[str, ...]]) -> str:
    """The words without the sentences that only explain names."""
    told = [rf"\b{re.escape(name)}\b{_STANDS_FOR}" for name in glossary]
    return re.sub("|".join(told), " ", words, flags=re.IGNORECASE) if told else words


def _candidate(column: ColumnReport, asked: _Asked) -> Candidate:
    """The strongest sign for one column."""
    placed = column.name in asked.placed
    if column.kind == "id" and not (placed or _is_named_id(column, asked)):
        return Candidate(column, 0.0, "")
    own = name_words(column.original or column.name)
    meaning = asked.glossary.get(column.name, ())
    core = [word for word in own if not is_unit(word)]
    typical = " ".join(core or own) in TYPICAL_TARGETS
    signs = (
        (EXPLICIT if _is_explicit(column, asked) else 0.0, "as you say"),
        (_by_words(column, own, asked), "as you ask for it"),
        (PLACED if placed else 0.0, "as you point to it"),
        (by_name(meaning, asked.spoken, {}) if meaning else 0.0, "as you say what it stands for"),
        (_value_named(column, asked.with_glossary), "as you name what is in it"),
        (FILE if own and own in asked.files else 0.0, "as the file is called so"),
        (TYPICAL if typical else 0.0, "as its name says so"),
        (OUTRIGHT if " ".join(own) in _OUTRIGHT_TARGETS else 0.0, "as its name says so"),
        (asked.places.get(column.name, 0.0), "by its place in the table"),
    )
    score, why = max(signs, key=lambda sign: sign[0])
    return Candidate(column, score, why if score else "")


def _by_words(column: ColumnReport, own: tuple[str, ...], asked: _Asked) -> float:
    if column.name not in asked.near:
        return 0.0
    spoken, shared = asked.spoken, asked.shared
    return max(by_name(own, spoken, shared), by_telling_word(column, own, spoken, shared))


def _is_named_id(column: ColumnReport, asked: _Asked) -> bool:
    return _letters(column.name) in asked.letters and named(column, asked.words)


def _is_explicit(column: ColumnReport, asked: _Asked) -> bool:
    """Whether the words say outright that this is the target: "the target is price"."""
    parts = name_words(column.name)
    if not (parts and asked.outright and "".join(parts) in asked.letters):
        return False
    own = r"[\W_]*".join(parts)
    said = rf"{_TARGET_SAID}\W*\b{own}\b|\b{own}\b\W*\s{_IS_TARGET}"
    return re.search(said, asked.words, re.IGNORECASE) is not None


def _letters(text: str) -> str:
    """Letters and digits alone: where a name is said, it is found in these at once."""
    return re.sub(r"[\W_]+", "", text.lower())


def _value_named(column: ColumnReport, spoken: tuple[str, ...]) -> float:
    """How clearly the words hold values of the column: "over 50k" for `>50K`, "ham or spam"."""
    if column.kind not in {"category", "boolean", "constant", "integer"}:
        return 0.0
    values = (set(re.findall(r"[^\W_]{3,}", value.lower())) for value, _ in column.top)
    told = [tokens - SAYS_NOTHING - _THINGS for tokens in values]
    named = sum(any(_value_said(token, spoken) for token in tokens) for tokens in told)
    if named > 1 and column.kind != "integer":
        return SEVERAL_VALUES
    telling = column.unique <= _FEW_VALUES or column.kind == "integer"
    return 0.0 if not named else VALUE if telling else HINTED


def _value_said(token: str, spoken: tuple[str, ...]) -> bool:
    return token in spoken if token.isdigit() else likest(token, spoken) >= SAID


def _by_ordinal(report: DataReport, words: str) -> frozenset[str]:
    """Columns that the words point to by their place: "the last column"."""
    spoken = _PROSE.sub(" ", words.lower())
    found = {
        report.names[_ORDINALS[match[1]]]
        for match in _ORDINAL.finditer(spoken)
        if -1 <= _ORDINALS[match[1]] < len(report.names)
    }
    return frozenset(found)


def _file_names(report: DataReport) -> set[tuple[str, ...]]:
    return {name_words(PurePath(file.name).name.partition(".")[0]) for file in report.files}
