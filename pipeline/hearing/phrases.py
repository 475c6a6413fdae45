"""How clearly a request says something: phrases found in it, also misspelt."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.hearing.likeness import (
    begin_alike,
    beginning_alike,
    is_clipped,
    is_slip,
    stem,
    words_of,
)

_PLAIN, _HINT = 0.9, 0.35
_LEAST_LETTERS = 4
_LONG = 7


@dataclass(frozen=True, slots=True)
class Heard:
    """`clearness` from 0 to 1, and the phrases that were found, the plain ones first."""

    clearness: float
    found: tuple[str, ...]


def hear(words: str, plain: Iterable[str], hints: Iterable[str] = ()) -> Heard:
    """What of these the words hold: `plain` phrases say it outright, `hints` point to it."""
    spoken = words_of(words.replace("-", " "))
    said = [phrase for phrase in plain if holds(spoken, phrase)]
    pointed = [phrase for phrase in hints if holds(spoken, phrase)]
    doubt = (1 - _PLAIN) ** len(said) * (1 - _HINT) ** len(pointed)
    return Heard(1 - doubt, (*said, *pointed))


def says(words: str, phrases: Iterable[str]) -> bool:
    """Whether the words hold any of the phrases."""
    spoken = words_of(words.replace("-", " "))
    return any(holds(spoken, phrase) for phrase in phrases)


def holds(spoken: tuple[str, ...], phrase: str) -> bool:
    """Whether the phrase's words stand in a row among the spoken ones."""
    wanted = phrase.split()
    if not any(_same(wanted[0], said) for said in beginning_alike(wanted[0], spoken)):
        return False
    return len(wanted) == 1 or any(
        all(_same(word, spoken[start + at]) for at, word in enumerate(wanted))
        for start in range(len(spoken) - len(wanted) + 1)
    )


def _same(known: str, said: str) -> bool:
    """Equal but for an ending or a slip; short words only as they are."""
    if known == said:
        return True
    if not begin_alike(known, said):
        return False
    if len(known) < _LEAST_LETTERS or len(said) < _LEAST_LETTERS - 1:
        return False
    roots = stem(known), stem(said)
    return (
        roots[0] == roots[1]
        or is_slip(known, said)
        or is_clipped(known, said)
        or (min(len(known), len(said)) >= _LONG and is_slip(*roots))
    )
