"""What speaks for a word of a text being in its summary, as numbers.

A word is told by where and how often it stands in the text, by how it is written, and by how often
it was in both, of the texts that were learned from, which had it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from extracting_units import Text
from metrics import Floats
from pairs_tokens import words_of

TIMES = 2  # the first and the second time that a word is in a summary
DOUBT = 4.0  # texts' worth of not knowing how often a word is kept
SIGNS = (
    *("times", "share_of_units", "first", "last", "in_first_unit", "in_last_unit", "in_first_line"),
    *("capital", "digits", "length", "speaker", "units", "words", "kept", "seen", "rarity"),
    *("again", "kept_again"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """Of so many `texts`, how many had a word (`seen`), and kept it once or twice (`kept`)."""

    texts: int
    seen: Mapping[str, int]
    kept: tuple[Mapping[str, int], ...]
    usual: tuple[float, ...]

    def share(self, word: str, again: int, own: int | None = None) -> float:
        """How often a word is kept; `own` is what this very text did, which must not count."""
        seen = self.seen.get(word, 0) - (own is not None)
        kept = self.kept[again].get(word, 0) - (own or 0)
        return (kept + DOUBT * self.usual[again]) / (seen + DOUBT)


def known_words(texts: Sequence[Text], summaries: Sequence[Sequence[str]]) -> Known:
    """Count over texts and the words of their first summary."""
    seen: Counter[str] = Counter()
    kept: tuple[Counter[str], ...] = tuple(Counter() for _ in range(TIMES))
    for text, summary in zip(texts, summaries, strict=True):
        words = {word for unit in text.units for word in unit.words}
        words |= {word for unit in text.units for word in words_of(unit.speaker)}
        seen.update(words)
        counts = Counter(summary)
        for again in range(TIMES):
            kept[again].update(word for word in words if counts[word] > again)
    total = max(seen.total(), 1)
    usual = tuple(one.total() / total for one in kept)
    return Known(len(texts), seen, kept, usual)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text and their signs, shape (words * TIMES, signs)."""

    words: tuple[str, ...]
    signs: Floats


def signs_of(text: Text, known: Known, summary: Sequence[str] | None = None) -> Words:
    """Signs of every word; `summary` is the text's own, whose counts are taken out of `known`."""
    own = None if summary is None else Counter(summary)
    words, rows = [], []
    for word, shared in _places(text):
        words.append(word)
        rows += [(*shared, *_history(word, again, known, own)) for again in range(TIMES)]
    signs = np.array(rows, dtype=np.float64).reshape(len(rows), len(SIGNS))
    return Words(tuple(words), signs)


def _places(text: Text) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Every word with the signs of where it stands and how it is written."""
    places: dict[str, list[int]] = {}
    capital: Counter[str] = Counter()
    for at, unit in enumerate(text.units):
        for word in unit.words:
            places.setdefault(word, []).append(at)
        capital.update(one.lower() for one in unit.text.split()[1:] if one[:1].isupper())
    names = Counter(word for unit in text.units for word in words_of(unit.speaker))
    first_line = {unit.line for unit in text.units[:1]}
    opening = {word for unit in text.units if unit.line in first_line for word in unit.words}
    for word in names:
        places.setdefault(word, [0])
    size = max(len(text.units), 1)
    whole = log(1 + sum(len(unit.words) for unit in text.units))
    for word, those in places.items():
        yield (
            word,
            (
                log(1 + len(those)),
                len(set(those)) / size,
                those[0] / size,
                those[-1] / size,
                float(those[0] == 0),
                float(those[-1] == size - 1),
                float(word in opening),
                float(capital[word] > 0),
                float(word.isdigit()),
                float(len(word)),
                names[word] / size,
                log(size),
                whole,
            ),
        )


def _history(word: str, again: int, known: Known, own: Counter[str] | None) -> tuple[float, ...]:
    """The signs of what other texts did with a word."""
    seen = known.seen.get(word, 0)
    return (
        known.share(word, again, None if own is None else int(own[word] > again)),
        log(1 + seen - (own is not None)),
        log((1 + known.texts) / (1 + seen)),
        float(again),
        known.share(word, 0, None if own is None else int(own[word] > 0)),
    )


def kept_of(words: Words, summary: Sequence[str]) -> Floats:
    """1 for each word and time that is in the summary, in the order of the signs."""
    counts = Counter(summary)
    kept = [counts[word] > again for word in words.words for again in range(TIMES)]
    return np.array(kept, dtype=np.float64)
