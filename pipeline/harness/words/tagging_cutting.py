"""Cut a plain text into words like those that a model learned from.

People cut words in many ways: with or without their full stops, "don't" in one, two or three, each
Chinese sign alone. How, is seen in the training words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from config import Json

Place: TypeAlias = tuple[int, int]
_PIECE = re.compile(r"\S+")
# Scripts that put no spaces between words: Thai to Khmer, kana, ideographs.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)
_LINK = re.compile(r"(https?://|www\.)\S{3,}|\S+@\w+\.\w+", re.IGNORECASE)
_APOSTROPHES = "'\u2019"
MOST_WHOLE = 5_000
LONGEST_WHOLE = 16
MOST_UNSPACED = 50_000
USUAL = {
    "front": '([{"\u201c\u00ab\u00bf\u00a1',
    "back": '.,;:!?)]}"\u201d\u00bb\u2026\u3002\uff0c\uff01\uff1f',
}
OFTEN = 2  # a word that is written in an unusual way, seen once, may be a slip


@dataclass(frozen=True)
class Cutter:
    """Signs that stand alone before, behind and inside of words; words with signs that stay whole.

    `tails` are ends of words that are words of their own ("'s"), `unspaced` the words of scripts
    without spaces; where there are none, such signs stand one by one.
    """

    front: frozenset[str] = frozenset()
    back: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    tails: tuple[str, ...] = ()
    unspaced: frozenset[str] = field(default=frozenset(), repr=False)

    def places(self, text: str) -> list[Place]:
        """Where the words of a text are; a text whose signs stand alone already is left so."""
        pieces = [found.span() for found in _PIECE.finditer(text)]
        finer = [self._cut(text, start, end) for start, end in pieces]
        changed = sum(len(places) > 1 for places in finer)
        alone = sum(end - start == 1 and text[start] in self.back for start, end in pieces)
        return pieces if alone > changed else [place for places in finer for place in places]

    @property
    def told(self) -> dict[str, Json]:
        """The same as JSON."""
        return {
            name: list(getattr(self, name)) if name == "tails" else sorted(getattr(self, name))
            for name in _FIELDS
        }

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.unspaced), default=1)

    def _cut(self, text: str, start: int, end: int) -> list[Place]:
        """The words of one piece without spaces."""
        piece = text[start:end]
        if piece in self.whole or len(piece) == 1:
            return [(start, end)]
        first, last = self._peeled(piece)
        middle = [] if first == last else self._middle(piece, first, last)
        ends = [*self._signs(piece, 0, first), *middle, *self._signs(piece, last, len(piece))]
        return [(start + a, start + b) for a, b in ends]

    def _peeled(self, piece: str) -> Place:
        """What is left of a piece without the signs around it."""
        first, last = 0, len(piece)
        while first < last and piece[first] in self.front and piece[first:last] not in self.whole:
            first += 1
        while last > first and piece[last - 1] in self.back and piece[first:last] not in self.whole:
            last -= 1
        return first, last

    def _signs(self, piece: str, first: int, last: int) -> Iterator[Place]:
        """Signs one by one, but for those that usually come together ("...")."""
        while first < last:
            size = next(
                (n for n in range(last - first, 1, -1) if piece[first : first + n] in self.whole), 1
            )
            yield first, first + size
            first += size

    def _middle(self, piece: str, first: int, last: int) -> Iterator[Place]:
        core = piece[first:last]
        if core in self.whole or (_LINK.match(core) and not {"/", ":"} <= self.inside):
            yield first, last
            return
        tail = next((t for t in self.tails if len(t) < len(core) and core.lower().endswith(t)), "")
        begin = first
        for at in range(first, last - len(tail)):
            if piece[at] in self.inside:
                yield from self._runs(piece, begin, at)
                yield at, at + 1
                begin = at + 1
        yield from self._runs(piece, begin, last - len(tail))
        if tail:
            yield last - len(tail), last

    def _runs(self, piece: str, first: int, last: int) -> Iterator[Place]:
        """Words between signs; where scripts have no spaces, the longest known one each time."""
        begin = first
        for found in _UNSPACED.finditer(piece, first, last):
            if found.start() > begin:
                yield begin, found.start()
            yield from self._known(piece, *found.span())
            begin = found.end()
        if last > begin:
            yield begin, last

    def _known(self, piece: str, first: int, last: int) -> Iterator[Place]:
        while first < last:
            most = min(self._longest, last - first)
            size = next(
                (n for n in range(most, 1, -1) if piece[first : first + n] in self.unspaced), 1
            )
            yield first, first + size
            first += size


_FIELDS = ("front", "back", "inside", "whole", "tails", "unspaced")


def cutter_from(told: Mapping[str, Json]) -> Cutter:
    """What `told` wrote."""
    lists = {name: told[name] for name in _FIELDS}
    texts = {
        name: [str(one) for one in found]
        for name, found in lists.items()
        if isinstance(found, list)
    }
    tails = tuple(texts.pop("tails"))
    return Cutter(**{name: frozenset(one) for name, one in texts.items()}, tails=tails)


def learned_cutter(sentences: Iterable[Sequence[str]]) -> Cutter:
    """How these words were cut."""
    counts = Counter(word for words in sentences for word in words)
    alone: Counter[str] = Counter()
    ends: dict[str, Counter[str]] = {name: Counter() for name in ("front", "back", "inside")}
    for word, times in counts.items():
        if len(word) == 1:
            alone[word] += times
            continue
        ends["front"][word[0]] += times
        ends["back"][word[-1]] += times
        for sign in set(word[1:-1]):
            ends["inside"][sign] += times
    cut = {name: _alone(alone, found, USUAL.get(name, "")) for name, found in ends.items()}
    often = [word for word, times in counts.most_common() if times >= OFTEN and len(word) > 1]
    whole = [w for w in often if len(w) <= LONGEST_WHOLE and not w.isalnum()]
    return Cutter(
        **cut,
        whole=frozenset(whole[:MOST_WHOLE]),
        tails=_tails(often, counts),
        unspaced=_unspaced(counts),
    )


def _alone(alone: Counter[str], found: Counter[str], usual: str) -> frozenset[str]:
    """Signs that stand alone more often than at this end of words.

    Usual ones that never occur are taken to be like those that do.
    """
    signs = {sign for sign in alone if not sign.isalnum() and alone[sign] > found[sign]}
    apart = sum(alone[sign] for sign in usual) > sum(found[sign] for sign in usual)
    return frozenset(signs | {sign for sign in usual if apart and not alone[sign] + found[sign]})


def _tails(often: Sequence[str], counts: Counter[str]) -> tuple[str, ...]:
    """Ends with an apostrophe that are words, the longest first."""
    short = 4
    tails = {
        word.lower()
        for word in often
        if len(word) <= short
        and (word[0] in _APOSTROPHES or (word[0].lower() == "n" and word[1] in _APOSTROPHES))
        and word.replace("\u2019", "'").replace("'", "").isalpha()
    }
    kept = [
        t
        for t in tails
        if counts[t]
        > sum(n for w, n in counts.items() if len(w) > len(t) and w.lower().endswith(t))
    ]
    return tuple(sorted(kept, key=lambda tail: (-len(tail), tail)))


def _unspaced(counts: Counter[str]) -> frozenset[str]:
    """Words of several signs in scripts without spaces."""
    words = [
        word for word, _ in counts.most_common() if len(word) > 1 and _UNSPACED.fullmatch(word)
    ]
    return frozenset(words[:MOST_UNSPACED])
