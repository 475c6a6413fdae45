"""ROUGE as rouge-score counts it (no stemming), for words of any script; mean over references.

For English the words are those of rouge-score, so are the numbers; it drops letters with accents
and other scripts, which are words here. ROUGE-L is of the whole text.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from metrics import Counted
from pairs_tokens import words_of
from tallies import mean_of

Gram = TypeVar("Gram")
ROUGES = ("rouge1", "rouge2", "rougeL")
MOST_WORDS = 5_000  # of a text that are counted


def rouges(said: str, references: Sequence[str]) -> tuple[float, float, float]:
    """F1 of ROUGE-1, -2 and -L, each the mean over the references."""
    words = words_of(said)[:MOST_WORDS]
    every = [_against(words, words_of(one)[:MOST_WORDS]) for one in references]
    one, two, longest = (sum(values) / len(every) for values in zip(*every, strict=True))
    return one, two, longest


def counted_rouge(said: Sequence[str], references: Sequence[Sequence[str]]) -> Counted:
    """The three of every row, from which any share of the rows can be measured."""
    rows = [rouges(one, those) for one, those in zip(said, references, strict=True)]
    columns = list(zip(*rows, strict=True))
    by = {name: mean_of(values) for name, values in zip(ROUGES, columns, strict=True)}
    return Counted(len(rows), by)


def _against(said: list[str], true: list[str]) -> tuple[float, float, float]:
    return (
        _overlap(Counter(said), Counter(true)),
        _overlap(_pairs(said), _pairs(true)),
        _f1(common_run(said, true), len(said), len(true)),
    )


def _pairs(words: list[str]) -> Counter[tuple[str, str]]:
    return Counter(pairwise(words))


def _overlap(said: Counter[Gram], true: Counter[Gram]) -> float:
    return _f1((said & true).total(), said.total(), true.total())


def _f1(both: int, said: int, true: int) -> float:
    return 2 * both / (said + true) if both else 0.0


def common_run(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both have in the same order, with gaps.

    Bit by bit for all words of `one` at once (Hyyrö 2004): every zero is a word in common.
    """
    places: dict[str, int] = {}
    for at, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << at
    every = (1 << len(one)) - 1
    row = every
    for word in other:
        hits = row & places.get(word, 0)
        row = ((row + hits) | (row - hits)) & every
    return len(one) - row.bit_count()
