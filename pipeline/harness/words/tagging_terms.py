"""Sentences as numbers: which known terms each word has, by itself, beside others and together.

A sentence's scores are sums of the weights of its terms. Those of single words are summed once for
each different word, so that time and memory grow with the language and not with the text.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp
from metrics import Codes
from tagging_chain import Singles
from tagging_signs import BEGIN, END, JOINT, far_terms, joint_terms, near_terms, own_terms

Words: TypeAlias = Sequence[str]
Known: TypeAlias = Mapping[str, int]
MOST_COUNTED = 200_000  # terms of one kind that are held while they are counted
_OF_WORDS: tuple[tuple[int, str, Callable[[str], list[str]]], ...] = (
    (0, "own", own_terms),
    (-1, "before", near_terms),
    (1, "behind", near_terms),
    (-2, "far before", far_terms),
    (2, "far behind", far_terms),
)


@dataclass(frozen=True, slots=True)
class Sight:
    """One way of looking at words: the row of `terms` that each word selects.

    `chosen` has shape (words, rows) with a 1 a word; `terms` has shape (rows, known terms).
    """

    chosen: sp.csr_matrix
    terms: sp.csr_matrix

    def scores(self, weights: Singles) -> Singles:
        """Sums of weights, shape (words, tags); `weights` has shape (known terms, tags)."""
        return np.asarray(self.chosen @ (self.terms @ weights))

    def gathered(self, slopes: Singles) -> Singles:
        """The other way round, the slopes of the weights from those of the scores."""
        return np.asarray(self.terms.T @ (self.chosen.T @ slopes))


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that a tagger knows: a numbering for each way of looking at words."""

    known: tuple[Known, ...]

    @property
    def sizes(self) -> list[int]:
        """How many there are of each."""
        return [len(one) for one in self.known]

    def seen(self, sentences: Sequence[Words], order: Codes) -> Iterator[Sight]:
        """The sentences as these terms see them, words in this order."""
        words = sorted({word for sentence in sentences for word in sentence})
        place = {word: at for at, word in enumerate((*words, BEGIN, END))}
        numbers = _framed(sentences, place)
        for (offset, _, terms_of), known in zip(_OF_WORDS, self.known, strict=False):
            told = _matrix([terms_of(word) for word in (*words, BEGIN, END)], known)
            yield Sight(_selector(numbers[offset][order], len(place)), told)
        joint = self.known[len(_OF_WORDS) :]
        places = _together(sentences, joint, len(order)) if joint else ()
        for numbers_of, known in zip(places, joint, strict=True):
            yield _joint(numbers_of[order], len(known))


def learned(sentences: Sequence[Words], least: int, most: int) -> Terms:
    """The terms that occur in at least so many places, of all ways at most so many."""
    counts: list[Counter[str]] = []
    words = Counter(word for sentence in sentences for word in sentence)
    for _, _, terms_of in _OF_WORDS:
        found: Counter[str] = Counter()
        for word, times in words.items():
            for term in terms_of(word):
                found[term] += times
        found.update(dict.fromkeys((*terms_of(BEGIN), *terms_of(END)), least))
        counts.append(found)
    counts += _counted_together(sentences)
    bar = _bar(counts, least, most)
    return Terms(tuple(_numbered(term for term, n in one.items() if n >= bar) for one in counts))


def _bar(counts: Iterable[Counter[str]], least: int, most: int) -> int:
    """The fewest places a term must occur in, raised until there are few enough terms."""
    times = np.array([n for one in counts for n in one.values() if n >= least])
    bar = least
    while int(np.sum(times >= bar)) > most:
        bar += 1
    return bar


def _numbered(terms: Iterable[str]) -> Known:
    return {term: at for at, term in enumerate(sorted(terms))}


def _framed(sentences: Sequence[Words], place: Known) -> dict[int, Codes]:
    """The number of the word at each offset of each word, with what stands around sentences."""
    told: dict[int, list[Codes]] = {offset: [] for offset, _, _ in _OF_WORDS}
    for sentence in sentences:
        own = [place[word] for word in sentence]
        wide = np.array([place[BEGIN]] * 2 + own + [place[END]] * 2, dtype=np.int64)
        for offset, found in told.items():
            found.append(wide[2 + offset : 2 + offset + len(own)])
    return {offset: np.concatenate(found) for offset, found in told.items()}


def _selector(numbers: Codes, size: int) -> sp.csr_matrix:
    ones = np.ones(len(numbers), np.float32)
    starts = np.arange(len(numbers) + 1)
    return sp.csr_matrix((ones, numbers, starts), shape=(len(numbers), size))


def _matrix(rows: Sequence[Sequence[str]], known: Known) -> sp.csr_matrix:
    """Which known terms are in each row."""
    found = [[at for term in row if (at := known.get(term)) is not None] for row in rows]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in found])])
    columns = np.array([at for row in found for at in row], dtype=np.int64)
    ones = np.ones(len(columns), np.float32)
    return sp.csr_matrix((ones, columns, starts), shape=(len(rows), len(known)))


def _counted_together(sentences: Sequence[Words]) -> list[Counter[str]]:
    """How often words say what together; in a long text, what was said once is soon forgotten."""
    counts: list[Counter[str]] = [Counter() for _ in range(JOINT)]
    for sentence in sentences:
        for row in joint_terms(sentence):
            for found, term in zip(counts, row, strict=True):
                found[term] += 1
        for at, found in enumerate(counts):
            if len(found) > MOST_COUNTED:
                counts[at] = Counter({term: n for term, n in found.items() if n > 1})
    return counts


def _together(sentences: Sequence[Words], known: Sequence[Known], words: int) -> Codes:
    """The number of each joint term of each word, shape (kinds, words); unknown ones are last."""
    numbers = np.empty((len(known), words), dtype=np.int64)
    at = 0
    for sentence in sentences:
        for row in joint_terms(sentence):
            for kind, (term, numbered) in enumerate(zip(row, known, strict=True)):
                numbers[kind, at] = numbered.get(term, len(numbered))
            at += 1
    return numbers


def _joint(numbers: Codes, known: int) -> Sight:
    """Terms of which each word has one at most."""
    own = sp.identity(known + 1, np.float32, "csr")[:, :known]
    return Sight(_selector(numbers, known + 1), own)
