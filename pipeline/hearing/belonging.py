"""Rows that belong together, come in order, or are known ahead, as a person says it.

"split by customer", "train on the past, test on the latest", "we know the holidays in advance".
"""

import re
from collections.abc import Collection

from pydantic import JsonValue

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import roles
from pipeline.hearing.leaving import left_out, named_columns
from pipeline.hearing.likeness import likest, name_words, words_of
from pipeline.hearing.naming import MODIFIERS, may_be_named

_THING = r"([\w-]+(?:\s+[\w-]+)?)"
_TEST = r"(?:both|test|train\w*|either|the\s+two|the\s+other|validation|held[\s-]out)"
# What several rows belong to.
_GROUPS = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        (
            rf"\b(?:same|one|any|each|a|an|every)\s+{_THING}\s+(?:must|should|may|can"
            r"|shall|is|are|has|ought)\b[^.;!?]*(?:\b(?:not|never|cannot|only"
            rf"|either)\b|n't\b)[^.;!?]*\b{_TEST}\b"
        ),
        rf"(?:\b(?:never|not|no)\b|n't\b)[^.;!?]{{0,30}}\bsame\s+{_THING}\b[^.;!?]*\b{_TEST}\b",
        (
            rf"\bno\s+{_THING}\s+(?:must|should|may|can|is|in|to)\b[^.;!?]*\b(?:both"
            r"|train\w*\s+and\s+test)\b"
        ),
        (
            r"\b(?:split|cut|divide|separate|hold\s+out"
            r"|partition)\w*\s+(?:\w+\s+){0,2}?(?:by|per|along|on"
            rf"|over)\s+(?:the\s+)?{_THING}"
        ),
        (
            r"\b(?:group|grouped|block|blocked)\s+(?:\w+\s+){0,2}?(?:by|per"
            rf"|on)\s+(?:the\s+)?{_THING}"
        ),
        (
            r"\b(?:keep|leave|stay|belong)\w*\b[^.;!?]{0,30}?\b(?:of\s+(?:one|an?"
            rf"|the\s+same|each|every)|each|every|one|an?)\s+{_THING}\s+(?:together"
            r"|in\s+one|on\s+one)"
        ),
        (
            r"\b(?:several|many|multiple|more\s+than\s+one|a\s+few|some|repeated|two"
            r"|three|\d+)\s+(?:\w+\s+)?(?:rows?|lines?|records?|measurements?"
            r"|readings?|visits?|samples?|entries|observations?|images?|recordings?"
            r"|scans?)\s+(?:per|for\s+(?:each|every|one|the\s+same|a)|of\s+(?:each"
            r"|the\s+same|one|every|a)|from\s+(?:each|the\s+same|one|a)"
            rf"|belong\s+to\s+(?:each|the\s+same|one|a))\s+{_THING}"
        ),
        (
            rf"\b(?:each|every|the\s+same|one|an?)\s+{_THING}\s+(?:\w+\s+)?(?:appears?"
            r"|occurs?|is\s+in\s+there|comes?\s+up|has"
            r"|shows?\s+up)\s+(?:in\s+)?(?:several|many|multiple|more\s+than\s+on\w+"
            r"|repeatedly|often|a\s+few)"
        ),
        (
            rf"\b(?:unseen|brand[\s-]new)\s+{_THING}"
            rf"|\bleave[\s-]one[\s-]{_THING}[\s-]out|\bnew\s+{_THING}\s+(?:it"
            r"|that\s+(?:it|the\s+model))\s+(?:has|have|had)\s*(?:n'?t|not|never)"
        ),
    )
)
_CUT_BY = re.compile(
    rf"\b(?:split|cut)\w*\s+(?:\w+\s+){{0,2}}?(?:by|on|along)\s+(?:the\s+)?{_THING}", re.IGNORECASE
)
# The latest rows are to be tested on.
_IN_TIME = re.compile(
    r"\btrain\w*\s+(?:\w+\s+){0,2}?(?:on|with)\s+(?:the\s+)?(?:past|older|old"
    r"|oldest|earl\w+|first|historic\w*|previous)\b"
    r"|\b(?:test|evaluat|check|judg|validat|measur)\w*\s+(?:\w+\s+){0,3}?(?:on"
    r"|with|by)\s+(?:the\s+)?(?:latest|most\s+recent|recent|newest|last|future"
    r"|later)\b"
    r"|\b(?:hold|keep|leave|set)\w*\s+(?:out|back|aside)\s+(?:the\s+)?(?:latest"
    r"|most\s+recent|newest|last|recent)\b"
    r"|\bsplit\w*\s+(?:\w+\s+){0,2}?(?:by|on|in|along|over)\s+(?:the\s+)?(?:time"
    r"|date|chronolog\w*|year|month|order\s+of\s+time)\b"
    r"|\b(?:latest|most\s+recent|newest|last|later"
    r"|end)\b[^.;!?]{0,30}\bfor\s+(?:the\s+)?test\w*"
    r"|\btest\b[^.;!?]{0,20}\blater\s+than\b"
    r"|\bchronologic\w*\b|\b(?:time|temporal|date)[\s-]?(?:based|wise"
    r"|ordered)?\s+split\b|\bout[\s-]of[\s-]time\b"
    r"|\bfuture\b[^.;!?]{0,24}\b(?:leak|peek|used\s+for\s+training)|\b(?:peek"
    r"|look)\w*\s+into\s+the\s+future\b|\bnewest\s+rows\b[^.;!?]*\btest",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"\b(?:known|know|available|fixed|planned|scheduled|given|decided|set"
    r"|announced|certain|clear|forecasts?\s+for)\b[^.;!?]*"
    r"\b(?:in\s+advance|ahead(?:\s+of\s+time)?|beforehand|before"
    r"|for\s+the\s+(?:future|coming|next)|upfront|early|already)\b"
    r"|\b(?:in\s+advance|ahead\s+of\s+time|beforehand|already)\b[^.;!?]*\b(?:known"
    r"|know|planned|scheduled|fixed|available|decided)\b"
    r"|\b(?:is|are|will\s+be|gets?)\s+(?:always\s+|already\s+)?(?:planned"
    r"|scheduled|decided\s+by\s+us|set\s+by\s+us|pre-?determined"
    r"|under\s+our\s+control)\b"
    r"|\bwe\s+(?:plan|schedule|decide|set|control|fix)\b|\bknown[\s-](?:future"
    r"|in[\s-]advance|ahead)\b|\bfuture\s+(?:values\s+of|covariates?"
    r"|regressors?)\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"[.;!?](?=\s|$)|,\s*(?:but|while|whereas)\b|\bbut\b"
    r"|,\s*(?=(?:the|our|its|their|we)\b[^,.;]*\b(?:is|are|be|know|plan|set)\b)"
    r"|\b(?:and|where|since|as|because)\s+(?=we\b)|\b(?:given|knowing)\s+(?=the\b|our\b|that\b)",
    re.IGNORECASE,
)
_NOT_KNOWN = re.compile(
    (
        r"\b(?:not|never|un|n't|cannot)\s*(?:yet\s+|be\s+)?(?:know|available|planned)"
        r"|\bunknown\b|n't\s+know"
    ),
    re.IGNORECASE,
)


def spoken_roles(
    words: str, report: DataReport, roles_of_task: Collection[str]
) -> dict[str, JsonValue]:
    """Columns for the roles of a task that say how rows belong together, by the intent's leaf."""
    found: dict[str, JsonValue] = {}
    if "group" in roles_of_task:
        found |= {"dataset.group_column": spoken_group(words, report)}
        found |= {"dataset.time_column": spoken_order(words, report)}
    if "known" in roles_of_task:
        found |= {"dataset.known_columns": list(spoken_known(words, report)) or None}
    return {leaf: column for leaf, column in found.items() if column is not None}


def spoken_group(words: str, report: DataReport) -> str | None:
    """The column whose rows must stay together, where the words say so; None for none."""
    plain = words.replace("\u2019", "'")
    for pattern in _GROUPS:
        for found in pattern.finditer(plain):
            spoken = words_of(_captured(found))
            for column in may_be_named(report, spoken):
                if _repeats(column, report) and _is_thing(column, spoken):
                    return column.name
    return None


def spoken_order(words: str, report: DataReport) -> str | None:
    """The column of times, where the words ask to be tested on the latest rows."""
    dates = roles.dates(report)
    times = {column.name for column in dates}
    by = _CUT_BY.search(words)
    cut = [one.name for one in dates if by is not None and _is_thing(one, words_of(by[1]))]
    if _IN_TIME.search(words) is None:
        return cut[0] if cut else None
    said = cut or [name for name in named_columns(report, words) if name in times]
    if report.time in times and report.time not in said:
        said.append(str(report.time))
    return said[0] if said else next(iter(times)) if len(times) == 1 else None


def spoken_known(words: str, report: DataReport) -> tuple[str, ...]:
    """Columns whose coming values are known, as the words say."""
    plain = words.replace("\u2019", "'")
    aside = set(left_out(report, words))
    found: list[str] = []
    for sentence in _CLAUSES.split(plain):
        if _KNOWN.search(sentence) and not _NOT_KNOWN.search(sentence):
            found += [name for name in named_columns(report, sentence) if name not in aside]
    times = {column.name for column in roles.dates(report)}
    return tuple(name for name in dict.fromkeys(found) if name not in times)


def _captured(found: re.Match[str]) -> str:
    return next((group for group in found.groups() if group), "")


def _repeats(column: ColumnReport, report: DataReport) -> bool:
    """Whether values come back: what is in one row alone holds nothing together."""
    return 1 < column.unique < report.rows - column.missing


def _is_thing(column: ColumnReport, spoken: tuple[str, ...]) -> bool:
    """Whether a thing is what a column names: `patient` for patient_id, `machines` for Machine."""
    own = [word for word in name_words(column.original or column.name) if word not in MODIFIERS]
    return bool(own) and all(likest(word, spoken) > 0 for word in own)
