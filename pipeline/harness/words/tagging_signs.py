"""What a word says by its form and its neighbours: the terms that a tagger weighs.

What only depends on a word is told once for each different word, however often it occurs.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

AFFIXES = 4  # letters at most: "-berg", "Mac-"
LOOKED_AT = 60  # letters of a word
_RUNS = re.compile(r"(.)\1+")
_DIGITS = re.compile(r"\d")
_LINK = re.compile(r"(https?:|www\.)", re.IGNORECASE)
BEGIN, END = "\x02", "\x03"  # what stands beside the first and the last word
CACHED = 50_000  # words whose form is told once
FLOCK = 2  # words with a capital that make a sentence one of titles, at least


@lru_cache(maxsize=CACHED)
def shape(word: str) -> str:
    """Capitals X, small letters x, digits 0, others as they are; runs of a sign count as one."""
    signs = "".join(
        "X" if sign.isupper() else "0" if sign.isdigit() else "x" if sign.isalpha() else sign
        for sign in word[:LOOKED_AT]
    )
    return _RUNS.sub(r"\1", signs)[:12]


@lru_cache(maxsize=CACHED)
def plain(word: str) -> str:
    """A word as it is compared: without capitals, every digit alike."""
    return _DIGITS.sub("0", word[:LOOKED_AT].lower())


def own_terms(word: str) -> list[str]:
    """What a word says of itself."""
    low = plain(word)
    terms = [f"w{low}", f"s{shape(word)}", *(f"k{kind}" for kind in kinds(word))]
    for size in range(1, AFFIXES + 1):
        if len(low) > size:
            terms += [f"<{low[:size]}", f">{low[-size:]}"]
    if not word.islower() and word.lower() != word.upper():
        terms.append(f"W{word[:LOOKED_AT]}")
    return terms


def near_terms(word: str) -> list[str]:
    """What a word says of the next."""
    low = plain(word)
    return [
        f"w{low}",
        f"s{shape(word)}",
        f">{low[-3:]}",
        f"<{low[:3]}",
        *(f"k{k}" for k in kinds(word)),
    ]


def far_terms(word: str) -> list[str]:
    """What a word says of the one after the next."""
    return [f"w{plain(word)}", f"s{shape(word)}"]


def kinds(word: str) -> list[str]:
    """Classes of forms."""
    found = [f"long{min(len(word), 12) // 3}", "any"]
    if _LINK.match(word):
        found.append("link")
    if word[0] in "@#$&" and len(word) > 1:
        found.append(f"mark{word[0]}")
    if word[0].isupper():
        found.append("capital")
    if word.isupper() and len(word) > 1:
        found.append("capitals")
    if word[1:].lower() != word[1:] and not word.isupper():
        found.append("mixed")
    if any(sign.isdigit() for sign in word[:LOOKED_AT]):
        found.append("digit")
    if "-" in word[1:-1]:
        found.append("joined")
    if not any(sign.isalnum() for sign in word[:LOOKED_AT]):
        found.append("sign")
    return found


def beside(words: Sequence[str], at: int) -> str:
    """The word at a place, which may lie outside of the sentence."""
    if at < 0:
        return BEGIN
    return words[at] if at < len(words) else END


def joint_terms(words: Sequence[str]) -> list[list[str]]:
    """What the words say only together, a list of as many terms for each word."""
    low = [BEGIN, *map(plain, words), END]
    form = [BEGIN, *map(shape, words), END]
    style = _style(words)
    return [
        [
            f"{low[at - 1]} {low[at]}",
            f"{low[at]} {low[at + 1]}",
            f"{form[at - 1]} {form[at]}",
            f"{form[at]} {form[at + 1]}",
            f"{form[at - 1]} {form[at]} {form[at + 1]}",
            f"{low[at - 1]} {form[at]} {low[at + 1]}",
            f"{style} {form[at]} {'first' if at == 1 else ''}",
            f"{low[at - 1]} {form[at]}",
            f"{form[at]} {low[at + 1]}",
        ]
        for at in range(1, len(words) + 1)
    ]


JOINT = 9


def _style(words: Sequence[str]) -> str:
    """Whether capitals mean anything here: in titles they stand everywhere, in haste nowhere."""
    letters = [word for word in words if word[0].isalpha()]
    big = sum(word[0].isupper() for word in letters)
    loud = sum(word.isupper() and len(word) > 1 for word in letters)
    if loud > len(letters) / 2:
        return "loud"
    if big > len(letters) / 2 and len(letters) > FLOCK:
        return "titles"
    return "mixed" if big else "low"
