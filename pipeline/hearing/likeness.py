"""Whether two words are the same word: another form of it, or a slip of the pen."""

import re
from collections.abc import Mapping
from functools import lru_cache

_ENDINGS = (
    *("isations", "izations", "isation", "ization", "ations", "ation", "ements", "ement"),
    *("ments", "ment", "ings", "ing", "ions", "ion", "ises", "izes", "ise", "ize", "iers"),
    *("ies", "ied", "ier", "ers", "ors", "er", "or", "ed", "es", "ly", "al", "s", "e", "y"),
)
_VOWELS = re.compile("[aeiou]")
_HAS_DIGIT = re.compile(r"\d")
_SHORTEST_STEM = 3
_SHORTEST_CLIP = 3
_SLIPPING = 5  # shorter words are alike by chance
_SWAPPING = 3
_LONG = 8
_MOST_EDITS = 2
_SHORTEST_FORM = 5  # letters that forms of one word share
_SHARED = 0.7
_LONGEST_END = 4
_REMEMBERED = 1 << 14  # words, and pairs of words: people write new ones for ever
_NAMES_REMEMBERED = 1 << 16  # more than a table may have columns, which are all asked for in turn
_LONGEST_NAME = 200
_TEXTS_REMEMBERED = 64


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words of a text, without signs but for hyphens, points and apostrophes inside."""
    plain = re.sub(r"'s\b", "", text.lower().replace("\u2019", "'"))
    return tuple(re.findall(r"[^\W_]+(?:[-'.][^\W_]+)*", plain))


def name_words(name: str) -> tuple[str, ...]:
    """Words of a column's or file's name: `HasChurned`, `has_churned` and `has churned` alike."""
    return _of_name(name) if len(name) <= _LONGEST_NAME else _of_text(name)


@lru_cache(maxsize=_NAMES_REMEMBERED)
def _of_name(name: str) -> tuple[str, ...]:
    return _of_text.__wrapped__(name)


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def _of_text(name: str) -> tuple[str, ...]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    apart = re.sub(r"(?<=[A-Za-z]{2})(?=\d)", " ", apart)
    return tuple(re.findall(r"[^\W_]+", apart.lower()))


@lru_cache(maxsize=_REMEMBERED)
def stem(word: str) -> str:
    """The word without its ending: cancelled, cancels and cancelling share one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            bare = word[: -len(ending)]
            doubled = len(bare) > _SHORTEST_STEM and bare[-1] == bare[-2]
            return bare[:-1] if doubled and bare[-1] not in "aeiouls" else bare
    return word


def likeness(known: str, said: str) -> float:
    """1 for the same word, less for another form of it or a slip of the pen, 0 for others."""
    if known == said:
        return 1.0
    if not begin_alike(known, said):
        return 0.0
    if stem(known) == stem(said):
        return 0.97
    if _is_form(known, said):
        return 0.95
    return 0.9 if is_slip(known, said) or is_clipped(known, said) else 0.0


def likest(known: str, spoken: tuple[str, ...]) -> float:
    """The likeness of the spoken word that is likest to `known`."""
    return max((likeness(known, said) for said in beginning_alike(known, spoken)), default=0.0)


def beginning_alike(known: str, spoken: tuple[str, ...]) -> tuple[str, ...]:
    """The spoken words that can be `known` at all, as `begin_alike` tells, found at once."""
    places = _by_beginning(spoken)
    return (*places.get(known[:1], ()), *places.get(known[1::-1], ()))


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def _by_beginning(spoken: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """The spoken words by their first letter and by their first two."""
    found: dict[str, list[str]] = {}
    for word in dict.fromkeys(spoken):
        for start in {word[:1], word[:2]}:
            found.setdefault(start, []).append(word)
    return {start: tuple(words) for start, words in found.items()}


def begin_alike(one: str, other: str) -> bool:
    """Whether two words can be the same at all: most pairs differ in their first letters.

    It only spares work: no form, slip or clipping changes them but for a swap of the two.
    """
    return one[:1] == other[:1] or one[:2] == other[1::-1]


def _is_form(one: str, other: str) -> bool:
    """Words that begin alike and differ in a short end: predict, predictive."""
    if one[:_SHORTEST_FORM] != other[:_SHORTEST_FORM]:
        return False
    shorter = min(len(one), len(other))
    shared = 0
    while shared < shorter and one[shared] == other[shared]:
        shared += 1
    enough = max(_SHORTEST_FORM, _SHARED * shorter)
    return shared >= enough and max(len(one), len(other)) - shared <= _LONGEST_END


def is_slip(known: str, said: str) -> bool:
    """Whether `said` is `known` with a letter or two wrong, missing, doubled or swapped."""
    shorter = min(len(known), len(said))
    if shorter < _SWAPPING or abs(len(known) - len(said)) > _MOST_EDITS:
        return False
    if _HAS_DIGIT.search(known) or _HAS_DIGIT.search(said):
        return False
    if sorted(known) == sorted(said):
        return _swapped(known, said)
    longer = max(len(known), len(said))
    if shorter < _SLIPPING - 1 or longer < _SLIPPING or known[0] != said[0]:
        return False
    if len(set(known) ^ set(said)) > 2 * _MOST_EDITS:
        return False  # an edit takes a letter and brings another, at most
    allowed = _MOST_EDITS if shorter >= _LONG and known[:2] == said[:2] else 1
    return abs(len(known) - len(said)) <= allowed and distance(known, said, allowed) <= allowed


def is_clipped(known: str, said: str) -> bool:
    """Whether `said` is `known` as people type it in a chat: nxt, wks, pls, dayz."""
    if said.endswith("z") and known.endswith("s"):
        return known == f"{said[:-1]}s"
    bare = known[0] + _VOWELS.sub("", known[1:]) if known else ""
    return len(said) >= _SHORTEST_CLIP and said == bare != known


def mended(words: str, vocabulary: frozenset[str]) -> str:
    """The words with those of the vocabulary spelt right; all others stay as they are."""
    return re.sub(
        r"[A-Za-z]+", lambda found: _right(found[0].lower(), vocabulary) or found[0], words
    )


@lru_cache(maxsize=_REMEMBERED)
def _right(said: str, vocabulary: frozenset[str]) -> str | None:
    """The word of the vocabulary that is meant; None where it is none, or spelt right."""
    if said in vocabulary or len(said) < _SHORTEST_CLIP:
        return None
    near = [one for one in vocabulary if begin_alike(one, said)]
    if any(said.startswith(one) or one.startswith(said) for one in near):
        return None  # another form of it
    return next((one for one in near if is_clipped(one, said) or is_slip(one, said)), None)


def _swapped(one: str, other: str) -> bool:
    """Two neighbours that changed places, or longer words whose inner letters are in disorder."""
    places = [at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(places) == 2 and places[1] - places[0] == 1:  # noqa: PLR2004 - the two neighbours
        return True
    return len(one) > _SLIPPING and one[0] == other[0] and one[-1] == other[-1]


@lru_cache(maxsize=_REMEMBERED)
def distance(one: str, other: str, most: int) -> int:
    """Edits from one word to the other, a swap of neighbours being one; above `most`: most + 1.

    Optimal string alignment, row by row (Levenshtein's distance with Damerau's swap).
    """
    above: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, above, row = above, row, [at]
        for place, sign in enumerate(other, 1):
            cost = min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != sign))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == sign:
                cost = min(cost, before[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
