"""Whether two words are the same word: another form of it, or a slip of the pen."""

import re
from functools import lru_cache

_ENDINGS = (
    *("isations", "izations", "isation", "ization", "ations", "ation", "ements", "ement"),
    *("ments", "ment", "ings", "ing", "ions", "ion", "ises", "izes", "ise", "ize", "iers"),
    *("ies", "ied", "ier", "ers", "ors", "er", "or", "ed", "es", "ly", "al", "s", "e", "y"),
)
_VOWELS = re.compile("[aeiou]")
_SHORTEST_STEM = 3
_SHORTEST_CLIP = 3
_SLIPPING = 5  # shorter words are alike by chance
_SWAPPING = 3
_LONG = 8
_SHORTEST_FORM = 5  # letters that forms of one word share
_SHARED = 0.7
_LONGEST_END = 4
_REMEMBERED = 1 << 14  # words, and pairs of words: people write new ones for ever


def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words of a text, without signs but for hyphens, points and apostrophes inside."""
    plain = re.sub(r"'s\b", "", text.lower().replace("\u2019", "'"))
    return tuple(re.findall(r"[^\W_]+(?:[-'.][^\W_]+)*", plain))


def name_words(name: str) -> tuple[str, ...]:
    """Words of a column's or file's name: `HasChurned`, `has_churned` and `has churned` alike."""
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
    if stem(known) == stem(said):
        return 0.97
    if _is_form(known, said):
        return 0.95
    return 0.9 if is_slip(known, said) or is_clipped(known, said) else 0.0


def _is_form(one: str, other: str) -> bool:
    """Words that begin alike and differ in a short end: predict, predictive."""
    shorter = min(len(one), len(other))
    shared = 0
    while shared < shorter and one[shared] == other[shared]:
        shared += 1
    enough = max(_SHORTEST_FORM, _SHARED * shorter)
    return shared >= enough and max(len(one), len(other)) - shared <= _LONGEST_END


def is_slip(known: str, said: str) -> bool:
    """Whether `said` is `known` with a letter or two wrong, missing, doubled or swapped."""
    shorter = min(len(known), len(said))
    if shorter < _SWAPPING or any(sign.isdigit() for sign in known + said):
        return False
    if sorted(known) == sorted(said):
        return _swapped(known, said)
    longer = max(len(known), len(said))
    if shorter < _SLIPPING - 1 or longer < _SLIPPING or known[0] != said[0]:
        return False
    allowed = 2 if shorter >= _LONG and known[:2] == said[:2] else 1
    return abs(len(known) - len(said)) <= allowed and distance(known, said, allowed) <= allowed


def is_clipped(known: str, said: str) -> bool:
    """Whether `said` is `known` as people type it in a chat: nxt, wks, pls, dayz."""
    if said.endswith("z") and known.endswith("s"):
        return known == f"{said[:-1]}s"
    bare = known[0] + _VOWELS.sub("", known[1:]) if known else ""
    return len(said) >= _SHORTEST_CLIP and said == bare != known


def mended(words: str, vocabulary: frozenset[str]) -> str:
    """The words with those of the vocabulary spelt right; all others stay as they are."""

    def right(found: re.Match[str]) -> str:
        said = found[0].lower()
        if said in vocabulary or len(said) < _SHORTEST_CLIP:
            return found[0]
        if any(said.startswith(one) or one.startswith(said) for one in vocabulary):
            return found[0]  # another form of it, spelt right
        same = (one for one in vocabulary if is_clipped(one, said) or is_slip(one, said))
        return next(same, found[0])

    return re.sub(r"[A-Za-z]+", right, words)


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
