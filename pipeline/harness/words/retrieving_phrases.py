"""A table of phrases: runs of words that say the same in the other language, and how surely.

Koehn, Och and Marcu 2003: a run and its translation are taken where no link leads out of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from metrics import Floats
from retrieving_alignment import GoOn, Lexicon, Points, Words

LONGEST = 5  # words of a phrase
MOST_WAYS = 12  # to say one phrase
MOST_PHRASES = 400_000  # what a model may weigh; the rarest long ones go first
SELDOM = 3  # words from which a phrase must have been seen twice where there are too many
LEAST = 1e-7


Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a phrase: its words, and four scores as logarithms (both ways, two kinds)."""

    words: tuple[str, ...]
    scores: tuple[float, float, float, float]


Phrases = dict[Run, list[Way]]
Counted = Counter[tuple[Run, Run]]


def spans(points: Points, source: int, target: int) -> Iterator[tuple[int, int, int, int]]:
    """Places (from, to, from, to) of all pairs of runs that are linked only with each other."""
    across: dict[int, list[int]] = defaultdict(list)
    back: dict[int, list[int]] = defaultdict(list)
    for i, j in points:
        across[i].append(j)
        back[j].append(i)
    for start in range(source):
        low, high = target, -1
        for end in range(start, min(source, start + LONGEST)):
            for j in across.get(end, ()):
                low, high = min(low, j), max(high, j)
            if high < 0 or high - low >= LONGEST:
                continue
            inside = all(start <= i <= end for j in range(low, high + 1) for i in back.get(j, ()))
            if inside:
                yield from _widened(start, end, low, high, target, back)


def _widened(  # noqa: PLR0917 - the places of two runs
    start: int, end: int, low: int, high: int, target: int, back: dict[int, list[int]]
) -> Iterator[tuple[int, int, int, int]]:
    """The runs, also with words beside them that are linked with nothing."""
    first = low
    while first >= 0 and high - first < LONGEST and (first == low or first not in back):
        last = high
        while last < target and last - first < LONGEST and (last == high or last not in back):
            yield start, end + 1, first, last + 1
            last += 1
        first -= 1


def phrase_table(
    source: Sequence[Sequence[str]],
    target: Sequence[Sequence[str]],
    links: Sequence[Points],
    lexicons: "Lexicons",
    go_on: GoOn,
) -> Phrases:
    """Every phrase with the best ways to say it; when time is up, of the texts read till then."""
    counts: Counted = Counter()
    for one, other, points in zip(source, target, links, strict=True):
        if not go_on():
            break
        for start, end, first, last in spans(points, len(one), len(other)):
            counts[tuple(one[start:end]), tuple(other[first:last])] += 1
    table = _scored(counts, lexicons)
    words = {word for text in source for word in text} - {run[0] for run in table if len(run) == 1}
    likeliest = lexicons.likeliest()
    for word in sorted(words & likeliest.keys()):
        table[word,] = [_way((word,), (likeliest[word],), 1, 2, 2, lexicons)]
    return table


def _scored(counts: Counted, lexicons: "Lexicons") -> Phrases:
    """The likeliest ways to say each phrase, with their scores."""
    said: Counter[Run] = Counter()
    given: Counter[Run] = Counter()
    ways: dict[Run, list[Run]] = defaultdict(list)
    for (one, other), count in counts.items():
        given[one] += count
        said[other] += count
        ways[one].append(other)
    many = len(counts) > MOST_PHRASES
    table: Phrases = {}
    for one, others in ways.items():
        if many and given[one] == 1 and len(one) >= SELDOM:
            continue
        likely = sorted(others, key=lambda way: (-counts[one, way], way))[: 2 * MOST_WAYS]
        made = [_way(one, way, counts[one, way], given[one], said[way], lexicons) for way in likely]
        table[one] = sorted(made, key=lambda way: -sum(way.scores))[:MOST_WAYS]
    return table


@dataclass(frozen=True, slots=True)
class Lexicons:
    """What single words become, in both directions, by their numbers."""

    source: dict[str, int]
    target: dict[str, int]
    forward: Lexicon
    backward: Lexicon

    def weights(self, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[float, float]:
        """How well the words of two phrases stand for each other, as logarithms."""
        given = np.array([self.source[word] for word in one])
        said = np.array([self.target[word] for word in other])
        none = np.zeros(1, dtype=np.int64)
        ahead = self.forward.of(np.concatenate([none, given]), said)
        behind = self.backward.of(np.concatenate([none, said]), given)
        return _weight(ahead), _weight(behind)

    def likeliest(self) -> dict[str, str]:
        """The likeliest translation of each word, also where it is never linked alone."""
        order = np.lexsort((self.forward.chances, self.forward.pairs // self.forward.size))
        given = self.forward.pairs[order] // self.forward.size
        said = self.forward.pairs[order] % self.forward.size
        words, spoken = (
            {number: word for word, number in known.items()} for known in (self.source, self.target)
        )
        return {
            words[one]: spoken[other]
            for one, other in zip(given.tolist(), said.tolist(), strict=True)
            if one
        }


def _weight(chances: Floats) -> float:
    return float(np.log(np.maximum(chances.max(axis=1), LEAST)).sum())


def _way(  # noqa: PLR0917 - two phrases and their counts
    one: tuple[str, ...],
    other: tuple[str, ...],
    both: int,
    given: int,
    said: int,
    lexicons: Lexicons,
) -> Way:
    # Half of one less: what was seen once is not sure, however often it held.
    seen = both - 0.5
    ahead, behind = lexicons.weights(one, other)
    return Way(other, (float(np.log(seen / given)), float(np.log(seen / said)), ahead, behind))


def numbered(texts: Sequence[Sequence[str]]) -> tuple[dict[str, int], list[Words]]:
    """A number from 1 for each word, and the texts in numbers."""
    known: dict[str, int] = {}
    told = [[known.setdefault(word, len(known) + 1) for word in text] for text in texts]
    return known, [np.array(one, dtype=np.int64) for one in told]
