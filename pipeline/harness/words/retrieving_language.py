"""How likely words follow each other: an n-gram model with Kneser-Ney smoothing.

Kneser and Ney 1995, interpolated: what is seldom counts by the number of words it follows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

ORDER = 4
START, END = "<s>", "</s>"
SELDOM = 2  # runs of `ORDER` words that came once teach less than they weigh
MOST_KNOWN = 300_000  # answers that are kept, to be given again
Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """Logarithms of chances by runs of words, and what a run leaves to shorter ones."""

    chances: Mapping[Gram, float]
    rest: Mapping[Gram, float]
    unknown: float
    order: int = ORDER
    known: dict[Gram, float] = field(default_factory=dict)

    def follows(self, before: Gram, word: str) -> float:
        """Logarithm of the chance of `word` behind the words `before`."""
        gram = (*before, word)
        found = self.known.get(gram)
        if found is None:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            found = self.known[gram] = self._found(before, word)
        return found

    def _found(self, before: Gram, word: str) -> float:
        left = 0.0
        while True:
            told = self.chances.get((*before, word))
            if told is not None:
                return left + told
            if not before:
                return left + self.unknown
            left += self.rest.get(before, 0.0)
            before = before[1:]

    def read(self, before: Gram, words: Iterable[str]) -> tuple[float, Gram]:
        """Logarithm of the chance of words, and what the next one stands behind."""
        total = 0.0
        for word in words:
            total += self.follows(before, word)
            before = (*before, word)[1 - self.order :]
        return total, before


def learned_language(texts: Iterable[Sequence[str]], order: int = ORDER) -> Language:
    """Count, smooth, and keep as logarithms."""
    counts = _counts(texts, order)
    chances: dict[Gram, float] = {}
    rest: dict[Gram, float] = {}
    words = len(counts[1]) + 1
    plain: dict[Gram, float] = {(): 1 / words}
    unknown = 1 / words
    for size in range(1, order + 1):
        discount = _discount(counts[size])
        totals: Counter[Gram] = Counter()
        kinds: Counter[Gram] = Counter()
        for gram, count in counts[size].items():
            totals[gram[:-1]] += count
            kinds[gram[:-1]] += 1
        left = {gram: discount * kinds[gram] / totals[gram] for gram in totals}
        if size == 1:
            unknown = left[()] / words
        found = {
            gram: max(count - discount, 0.0) / totals[gram[:-1]]
            + left[gram[:-1]] * (plain[gram[1:]] if size > 1 else 1 / words)
            for gram, count in counts[size].items()
        }
        rest |= {gram: log(max(share, 1e-12)) for gram, share in left.items() if gram}
        chances |= {gram: log(share) for gram, share in found.items() if _kept(counts, gram, order)}
        plain = found
    return Language(chances, rest, log(unknown), order)


def _counts(texts: Iterable[Sequence[str]], order: int) -> dict[int, Counter[Gram]]:
    """How often the longest runs came, and behind how many words each shorter one."""
    counts: dict[int, Counter[Gram]] = {size: Counter() for size in range(1, order + 1)}
    before: dict[int, dict[Gram, set[str]]] = {n: defaultdict(set) for n in range(1, order)}
    for text in texts:
        words = (START, *text, END)
        for end in range(2, len(words) + 1):
            for size in range(1, min(order, end) + 1):
                gram = words[end - size : end]
                if size in (order, end):
                    counts[size][gram] += 1
                else:
                    before[size][gram].add(words[end - size - 1])
    for size, grams in before.items():
        for gram, those in grams.items():
            counts[size][gram] += len(those)
    return counts


def _discount(counts: Counter[Gram]) -> float:
    once = sum(count == 1 for count in counts.values())
    twice = sum(count == 2 for count in counts.values())  # noqa: PLR2004
    return min(0.9, max(0.1, once / (once + 2 * twice))) if once else 0.5


def _kept(counts: Mapping[int, Counter[Gram]], gram: Gram, order: int) -> bool:
    return len(gram) < order or counts[order][gram] >= SELDOM
