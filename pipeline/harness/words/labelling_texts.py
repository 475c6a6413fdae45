"""Labelled texts as the classifiers read them, and how they are cut to learn and to judge."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from metrics import Codes
from tables import Cell, Table

LONGEST_TEXT = 10_000  # characters read of each text: topic and tone show long before that
PAIR = 2  # labels, of which the positive is second
UNSEEN = 8  # an eighth is kept from what learns
MOST_UNSEEN = 2_000  # more take time, and tell little more


@dataclass(frozen=True, slots=True)
class Texts:
    """Labelled texts: `places` are places in `labels`; of two labels the positive is second."""

    columns: tuple[str, ...]
    text: str
    labels: tuple[str, ...]
    texts: list[str]
    places: Codes

    def take(self, rows: Sequence[int] | Codes) -> "Texts":
        """Some of them, in this order."""
        at = np.asarray(rows, dtype=np.int64)
        return replace(self, texts=[self.texts[one] for one in at], places=self.places[at])

    def thinned(self, most: int) -> "Texts":
        """At most so many, evenly spread."""
        return self.take(spread(len(self.texts), most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a network learns from, what it is looked at with meanwhile, and what it is judged on."""

    learned: Texts
    looked: Texts
    judged: Texts


def clean(cells: Sequence[Cell]) -> list[str]:
    """Texts as the model reads them."""
    return [(cell or "")[:LONGEST_TEXT] for cell in cells]


def sample(rows: Table, most: int, seed: int) -> Table:
    """At most so many rows, at random."""
    if len(rows) <= most:
        return rows
    return rows.take(sorted(random.Random(seed).sample(range(len(rows)), most)))  # noqa: S311


def folded(places: Codes, folds: int) -> Codes:
    """The fold of each text, every label spread over all of them."""
    order = np.argsort(places, kind="stable")
    fold = np.empty(len(order), dtype=np.int64)
    fold[order] = np.arange(len(order)) % folds
    return fold


def parted(texts: Texts, last: int) -> Parts:
    """Parts of all texts, of which so many at the end are for judging; 0: an eighth of all."""
    rest, judged = _cut(texts, last) if last else _apart(texts)
    learned, looked = _apart(rest)
    return Parts(learned=learned, looked=looked, judged=judged)


def _cut(texts: Texts, last: int) -> tuple[Texts, Texts]:
    """The texts before the last ones, and these, evenly thinned out where they are many."""
    first = len(texts.texts) - last
    rest = texts.take(range(first, len(texts.texts)))
    return texts.take(range(first)), rest.thinned(MOST_UNSEEN)


def _apart(texts: Texts) -> tuple[Texts, Texts]:
    """Most of the texts, and an eighth or what is enough."""
    unseen = folded(texts.places, max(UNSEEN, len(texts.texts) // MOST_UNSEEN)) == 0
    return texts.take(np.flatnonzero(~unseen)), texts.take(np.flatnonzero(unseen))


def spread(count: int, most: int) -> Codes:
    """At most so many places, evenly over all."""
    some = np.linspace(0, count - 1, min(count, most)).round()
    return np.asarray(some, dtype=np.int64)


def joined(one: Texts, other: Texts) -> Texts:
    """Both, in this order."""
    places = np.concatenate([one.places, other.places])
    return replace(one, texts=[*one.texts, *other.texts], places=places)
