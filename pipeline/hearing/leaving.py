"""Which columns a person wants left out: "ignore the id", "stars are out of bounds"."""

import re
from collections.abc import Sequence

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing.likeness import likest, name_words, words_of
from pipeline.hearing.naming import MODIFIERS, may_be_named

# What follows these is left out.
_BEFORE = re.compile(
    r"\b(?:ignor(?:e|ing)|without(?:\s+using)?|except(?:\s+for)?|exclud(?:e|ing)|drop(?:ping)?|skip"
    r"|leave\s+out|leaving\s+out|(?:do\s+not|don'?t|not|never)\s+(?:use|using|look\s+at|learn\s+from))\b",
    re.IGNORECASE,
)
# What stands in the same part of a sentence as these is left out.
_ABOUT = re.compile(
    r"\bout\s+of\s+bounds\b|\bno\s+(?:part|role|influence|say)\b|\b(?:irrelevant|off\s+limits)\b"
    r"|\b(?:must\s*n[o']?t|may\s+not|cannot|can\s*n?'?t|should\s*n?[o']?t)\s+(?:\w+\s+){0,2}?"
    r"(?:be\s+(?:an?\s+)?(?:input|used|feature)|influence|come\s+into|count|matter|play|affect|help)"
    r"|\b(?:is|are)\s*(?:n'?t|not|nt)\s+(?:yet\s+)?known\b|\b(?:unknown|only\s+known)\b"
    r"|\bnot\s+(?:yet\s+)?(?:be\s+)?(?:known|available)\b"
    r"|\bpretend\b|\b(?:is|are|was|were)\s*(?:n'?t|not)\s+there\b"
    r"|\bleave\s+(?:\w+\s+){1,3}out\b|\bneither\s+here\s+nor\s+there\b|\bonly\s+in\s+there\s+for\b"
    r"|\b(?:do\s+not|don'?t|does\s*n'?o?t)\s+(?:matter|count|care\s+about)\b",
    re.IGNORECASE,
)
# "a and b add up to c": what is said of a and b is not said of c.
_SUM_OF = re.compile(r"\b(?:add|sum|come|amount)s?\s+(?:up\s+)?to\b|\bmake\s+up\b", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\b(?:that|it|this|them|those|these)\b", re.IGNORECASE)
_ONLY = re.compile(
    r"\b(?:from|using|with|by|on|given)\s+([^.;!?]+?)\s+(?:only|alone)\b"
    r"|\b(?:only|just)\s+(?:from|using|use|with|look\s+at|learn\s+from)\s+([^.;!?]+)",
    re.IGNORECASE,
)
_NO_PICTURES = re.compile(
    r"\b(?:without|ignor(?:e|ing)|not)\s+(?:using\s+|use\s+|looking\s+at\s+)?(?:the\s+|any\s+)?"
    r"(?:photos?|pictures?|images?|pics)\b",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")


def left_out(report: DataReport, words: str) -> tuple[str, ...]:
    """Names of the columns that the person says to leave out."""
    found: list[str] = []
    for sentence in re.split(r"[.!?;\n](?=\s|$)", words.replace("\u2019", "'")):
        clauses = re.split(r",\s(?![^(]*\))|\s-\s", sentence)
        for at, clause in enumerate(clauses):
            found += _unwanted(report, clause, clauses[:at])
    return tuple(dict.fromkeys(found))


def only_these(report: DataReport, words: str) -> tuple[str, ...]:
    """Names of the columns that alone are to be learned from: "from age and zone only"."""
    found = _ONLY.search(words)
    return tuple(named_columns(report, found[1] or found[2])) if found else ()


def without_pictures(words: str) -> bool:
    """Whether the person wants what is known of pictures, and not the pictures, to be used."""
    return _NO_PICTURES.search(words) is not None


def _unwanted(report: DataReport, clause: str, before: Sequence[str]) -> list[str]:
    """Columns of one part of a sentence; "leave that out" means those of the part before."""
    cut = _BEFORE.search(clause)
    if cut is not None:
        rest = clause[cut.end() :]
        return named_columns(report, rest) or _pointed_back(report, rest, before)
    if _ABOUT.search(clause) is None:
        return []
    return named_columns(report, clause) or _pointed_back(report, clause, before)


def _pointed_back(report: DataReport, clause: str, before: Sequence[str]) -> list[str]:
    """What the last of the parts before names, where this one speaks of "that"."""
    if _POINTS_BACK.search(clause) is None:
        return []
    told = (named_columns(report, _SUM_OF.split(one)[0]) for one in reversed(before))
    return next((names for names in told if names), [])


def named_columns(report: DataReport, words: str) -> list[str]:
    """Names of the columns that the words name in any form."""
    spoken = (*words_of(words), *name_words(words))
    near = may_be_named(report, spoken)
    return [column.name for column in near if _is_named(column, spoken)]


def _is_named(column: ColumnReport, spoken: tuple[str, ...]) -> bool:
    """Whether every telling word of the name is said, be it misspelt."""
    own = name_words(_UNIT.sub("", column.original or column.name))
    core = [word for word in own if word not in MODIFIERS] or list(own)
    return bool(core) and all(_is_said(word, spoken) for word in core)


def _is_said(word: str, spoken: tuple[str, ...]) -> bool:
    return likest(word, spoken) > 0 if len(word) > 1 else word in spoken
