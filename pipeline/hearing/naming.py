"""How clearly words say the name of a column: whole, in part, misspelt, or by other words."""

from collections.abc import Mapping

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing.likeness import beginning_alike, likest, name_words, stem
from pipeline.hearing.spoken import SAYS_NOTHING
from pipeline.hearing.synonyms import any_means, meanings, means

NAMED, MEANT = 1.0, 0.85
SAID = 0.9  # of a word and how it may be misspelt
PARTLY = 0.9  # of the share of a name's words that are said
_EACH_WORD_MORE = 0.07  # a name of several words that are all said was meant, not a part of it
# Words of a name that say how it was measured, not what it is: nobody says them.
UNITS = frozenset(
    (
        *("median", "mean", "avg", "average", "total", "sum", "num", "n", "is", "has", "final"),
        *("actual", "current", "per", "in", "of", "the", "on", "at", "to", "pct", "percent"),
        *("percentage", "usd", "eur", "gbp", "kg", "cm", "mm", "km", "m", "l", "g", "h", "d", "s"),
        *("lbs", "hrs", "min", "mins", "hours", "days", "kwh", "mg", "dl", "ml", "m2", "sqm", "c"),
        *("f", "mph", "kmh", "yrs", "years", "k", "sqft", "ft", "x", "y"),
    )
)
# Last words of a name that say little: what stands before them is rarely the whole of it.
_VAGUE = frozenset(
    (
        *("value", "status", "type", "code", "id", "flag", "number", "no", "class", "target"),
        *("label", "labels", "column", "col", "field", "var", "name", "group", "level", "category"),
    )
)
MODIFIERS = UNITS | _VAGUE
_TELLING = 0.6  # as much as a typical name of a target
_WITHOUT_VAGUE = 0.85
_WITHOUT_HEAD = 0.5
_COMPOUND = 0.95
_SHORTEST_PART = 3
_WIDE = 2_000  # columns; genes or sensors, whose names nobody types by heart
_BEGINNING = 3  # letters, all of which the words of one stem share


def may_be_named(report: DataReport, spoken: tuple[str, ...]) -> tuple[ColumnReport, ...]:
    """The columns that are worth a closer look for whether the words name them.

    In a very wide table these have a word that is said, in any form or by another word for it;
    how each of its thousands of names may be misspelt would take minutes.
    """
    if len(report.columns) <= _WIDE:
        return report.columns
    wanted = meanings(spoken)
    starts = {word[:_BEGINNING] for word in wanted}
    return tuple(
        column
        for column in report.columns
        if any(
            word[:_BEGINNING] in starts and stem(word) in wanted
            for word in name_words(column.original or column.name)
        )
    )


def by_name(own: tuple[str, ...], spoken: tuple[str, ...], shared: Mapping[str, int]) -> float:
    """How clearly the words say a column's name, or mean it by other words."""
    telling = [word for word in own if word not in SAYS_NOTHING] or list(own)
    if not telling:
        return 0.0
    said = {word: _said_by_any(word, spoken) for word in telling}
    core = [word for word in telling if not _is_modifier(word) or said[word] >= SAID] or telling
    if all(said[word] for word in core):
        longer = 1 + _EACH_WORD_MORE * min(len(core) - 1, 2)
        whole = sum(said[word] for word in core) / len(core) * longer
        bare = telling[-1] in _VAGUE and telling[-1] not in core
        return whole * (_WITHOUT_VAGUE if bare else 1.0) * _alone(core, telling, shared)
    return _partly(telling, said, shared)


def _partly(telling: list[str], said: Mapping[str, float], shared: Mapping[str, int]) -> float:
    """A name of which some words are said: its last one says what it is, the others of what."""
    heard = [
        word for word in telling if said[word] and (word not in MODIFIERS or _is_meant(said[word]))
    ]
    if not heard:
        return 0.0
    rare: float = max(said[word] / max(1, shared.get(word, 1)) ** 0.5 for word in heard)
    named = telling[-1] in heard
    return PARTLY * rare * (0.9 if named else _WITHOUT_HEAD)


def by_telling_word(
    column: ColumnReport, own: tuple[str, ...], spoken: tuple[str, ...], shared: Mapping[str, int]
) -> float:
    """A yes-or-no column with a long name goes by its first word, where no other has that word."""
    word = next((one for one in own if not _is_modifier(one)), "")
    alone = column.kind == "boolean" and len(word) > 3 and shared.get(word, 1) == 1  # noqa: PLR2004
    return _TELLING if alone and likest(word, spoken) >= SAID else 0.0


def _is_meant(said: float) -> bool:
    """Meant by another word: "dollars" for usd; a unit that is merely said names no column."""
    return said == MEANT


def is_unit(word: str) -> bool:
    """Whether a word of a name only says how it was measured."""
    return word in UNITS or word[0].isdigit()


def _is_modifier(word: str) -> bool:
    return word in MODIFIERS or word[0].isdigit()


def _alone(core: list[str], telling: list[str], shared: Mapping[str, int]) -> float:
    """A little less for a name that is longer than what was said, where others share it."""
    unsaid = len(telling) - len(core)
    return 1.0 if not unsaid or all(shared.get(word, 1) == 1 for word in core) else 0.97


def _said_by_any(word: str, spoken: tuple[str, ...]) -> float:
    best = likest(word, spoken) or (MEANT if any_means(word, spoken) else 0.0)
    return max(best, _COMPOUND if best < _COMPOUND and _is_compound(word, spoken) else 0.0)


def _is_compound(word: str, spoken: tuple[str, ...]) -> bool:
    """Whether a name written as one word is said in two: meantemp, mean temperature."""
    for first in beginning_alike(word, spoken):
        rest = word.removeprefix(first)
        if rest == word or min(len(first), len(rest)) < _SHORTEST_PART:
            continue
        if any(one.startswith(rest) or means(rest, one) for one in spoken if one != first):
            return True
    return False


def shared_words(report: DataReport) -> dict[str, int]:
    """In how many columns' names each word stands."""
    counts: dict[str, int] = {}
    for column in report.columns:
        for word in set(name_words(column.original or column.name)):
            counts[word] = counts.get(word, 0) + 1
    return counts
