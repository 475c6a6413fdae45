"""Which mistake about two classes a person finds worse: to miss one, or a false alarm.

Sayings are known by heart. Else each part of a sentence is looked through for a mistake and for
what is thought of it: bad, or fine. What is fine makes the other one the worse.
"""

import re
from collections.abc import Iterator

from pipeline.hearing.likeness import mended
from pipeline.hearing.mistakes import ALARM, MISS, SAYINGS, Care

_OTHER: dict[Care, Care] = {"misses": "false_alarms", "false_alarms": "misses"}
_SPELT_RIGHT = frozenset(
    (
        *("alarm", "alarms", "false", "positives", "positive", "negatives", "negative", "missed"),
        *("recall", "precision", "sensitivity", "detect", "catch", "overlook", "needlessly"),
        *("unnecessary", "certain", "sorry", "worse", "accuse", "innocent", "undetected"),
    )
)
_RECALL = r"\b(?:recall|sensitivity)\b"
_PRECISION = r"\b(?:precision|specificity)\b"
_JUDGED = (
    r"\b(?:matter|count|important|high|key|best|good|optimi[sz]|maximi[sz]|focus"
    r"|care|prefer|priorit|please"
    r"|metric|first|go\s+for|aim|above\s+all|needs?|want|report|score)"
)
_FINE = re.compile(
    r"\b(?:fine|ok|okay|acceptable|tolerable|tolerate|harmless|cheap|happy\s+to"
    r"|never\s+mind|even\s+if"
    r"|no\s+(?:big\s+)?(?:problem|deal|matter|tragedy|drama|disaster|issue|harm)"
    r"|live\s+with|next\s+to\s+nothing"
    r"|can\s+(?:easily\s+)?(?:afford|accept|take|handle|manage|cope|deal|stand|bear|put\s+up)"
    r"|not\s+(?:so\s+|that\s+|a\s+)?(?:bad|important|terrible|expensive|problem"
    r"|big\s+deal|tragic|tragedy|dramatic|worrying|the\s+end)"
    r"|costs?\s+(?:us\s+|only\s+)?(?:nothing|little|a\s+minute)"
    r"|(?:do\s+not|don'?t|doesn'?t|does\s+not|dont|doesnt)\s+(?:really\s+)?(?:care"
    r"|mind|worry|matter|cost|hurt|(?:bother|annoy|disturb)\s+(?:us|me)))\b|(?:'d"
    r"|\bwould|\bwill|\bcould|\bgladly)\s+(?:gladly\s+)?(?:accept|take|tolerate)\b",
    re.IGNORECASE,
)
_AWFUL = re.compile(
    r"\b(?:worse|worst|expensive|costl\w+|costs?|nightmare|angry|vital|hardly"
    r"|disast\w+|terrible|catastroph\w*|horrible|awful"
    r"|fortune|fatal|deadly|dies?|death|unacceptable|dangerous|critical|never"
    r"|nobody|avoid\w*|afford"
    r"|(?:bigger|biggest|main|real|major|greater|greatest)\s+(?:problem|concern"
    r"|risk|worry|fear|issue|danger)|fear|afraid|scar(?:y|es)|means?|ruins?"
    r"|annoy\w*|upset\w*|rare(?:ly)?|serious|keep\s+down|minimum|minimi[sz]e|low"
    r"|fewer|few(?:est)?|hurts?|must|mustn'?t|no|none|not|don'?t|cannot|can'?t"
    r"|n't|too\s+many|without|reduce|lose|loses|kills?|drives?|waste\w*|nuisance|nothing)\b|n't\b",
    re.IGNORECASE,
)
_GRAVE = re.compile(
    (
        r"\b(?:disast\w+|catastroph\w*|terrible|fortune|fatal|deadly|dies?|death"
        r"|kills?|unacceptable|costl\w+)\b"
    ),
    re.IGNORECASE,
)
# "misses are fine, false alarms are not": the second part only says it once more.
_THE_OTHER = re.compile(
    r"\b(?:do|does|is|are|did|would|will|can)(?:\s+not|n'?t)?\s*$", re.IGNORECASE
)
_THAN = re.compile(r"\b(?:than|over|compared\s+(?:to|with))\b", re.IGNORECASE)
_RATHER = re.compile(r"\b(?:rather|better|prefer\w*|sooner|okay)\b", re.IGNORECASE)
_WORSE = re.compile(
    r"\b(?:worse|costl\w+|expensive|bad|costs?|hurts?|serious|dangerous|dear|times)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"[,;.!?()\u2013\u2014]|\s-\s|\bbut\b|\bwhile\b|\bwhereas\b|\band\b(?!\s+every)", re.IGNORECASE
)


def spoken_care(words: str) -> Care | None:
    """The mistake that is called the worse; None where nothing or both are."""
    plain = mended(words.replace("\u2019", "'"), _SPELT_RIGHT)
    for care, saying in SAYINGS:
        if re.search(saying, plain, re.IGNORECASE):
            return care
    votes = list(_votes(plain))
    if len(set(votes)) == 1:
        return votes[0]
    return None if votes else _by_measure(plain)


def _votes(words: str) -> Iterator[Care]:
    for sentence in re.split(r"[.!?;]\s", words):
        if (care := _compared(sentence)) is not None:
            yield care
            continue
        told = list(_told(sentence))
        mistake = _mistake(sentence)
        if not told and mistake is not None and _GRAVE.search(sentence):
            told = [mistake]
        yield from told


def _told(sentence: str) -> Iterator[Care]:
    """The worse mistake of each part of a sentence that speaks of one."""
    told = False
    for part in _PARTS.split(sentence):
        mistake = _mistake(part)
        if mistake is None or (told and _THE_OTHER.search(part)):
            continue
        if _FINE.search(part):
            told = True
            yield _OTHER[mistake]
        elif _AWFUL.search(part):
            told = True
            yield mistake


def _compared(sentence: str) -> Care | None:
    """Of "a is worse than b" a, of "rather a than b" b."""
    than = _THAN.search(sentence)
    if than is None:
        return None
    before, after = sentence[: than.start()], sentence[than.end() :]
    first, second = _mistake(before), _mistake(after)
    if _RATHER.search(before):
        return _OTHER[first] if first else second
    if _WORSE.search(before):
        return first or (_OTHER[second] if second else None)
    return None


def _mistake(part: str) -> Care | None:
    """The mistake that is spoken of, the first where there are both."""
    missed, alarmed = MISS.search(part), ALARM.search(part)
    if missed and alarmed:
        return "misses" if missed.start() < alarmed.start() else "false_alarms"
    return "misses" if missed else "false_alarms" if alarmed else None


def _by_measure(words: str) -> Care | None:
    """By the field's own words for the two, where one of them is to be high."""
    over = re.search(
        (
            rf"({_RECALL}|{_PRECISION})\s+(?:over|before|rather\s+than|not|(?:is"
            r"|matters?|counts?)\s+(?:much\s+|far\s+)?more)\b"
        ),
        words,
        re.IGNORECASE,
    )
    names = over[1] if over else words
    judged = over is not None or re.search(_JUDGED, words, re.IGNORECASE) is not None
    recall, precision = (re.search(one, names, re.IGNORECASE) for one in (_RECALL, _PRECISION))
    if not judged or bool(recall) == bool(precision):
        return None
    return "misses" if recall else "false_alarms"
