"""Summaries that need no learning: the beginning of a text, and its most central sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np
from extracting_units import Text, Unit, cut, told
from metrics import Floats
from pairs_model import Facts

LEAD = 3  # sentences or turns; the usual baseline of news and of talks
DAMPING = 0.85
ROUNDS = 30
MOST_COMPARED = 400  # sentences with each other; later ones are not


@dataclass(frozen=True, slots=True)
class Lead:
    """The first few turns of a talk, or sentences of any other text."""

    def write(self, texts: Sequence[str]) -> list[str]:
        """The beginning of each text."""
        return [_lead(cut(text)) for text in texts]


@dataclass(frozen=True, slots=True)
class Start:
    """The first `words` words."""

    words: int

    def write(self, texts: Sequence[str]) -> list[str]:
        """The beginning of each text, wherever a sentence ends."""
        return [" ".join(text.split()[: self.words]) for text in texts]


@dataclass(frozen=True, slots=True)
class Central:
    """The sentences that are most like the others, until there are `words` words.

    TextRank (Mihalcea and Tarau 2004) on words weighed by how few of the text's sentences have
    them.
    """

    words: int

    def write(self, texts: Sequence[str]) -> list[str]:
        """The most central sentences of each text, in their order."""
        return [told(_central(cut(text), self.words)) for text in texts]


def load_lead(_folder: Path, _settings: Facts) -> Lead:
    """Nothing to read."""
    return Lead()


def load_start(_folder: Path, settings: Facts) -> Start:
    """How many words."""
    return Start(int(str(settings["words"])))


def load_central(_folder: Path, settings: Facts) -> Central:
    """How many words."""
    return Central(int(str(settings["words"])))


def _lead(text: Text) -> str:
    spoken = any(unit.speaker for unit in text.units)
    if not spoken:
        return told(text.units[:LEAD])
    lines = list(dict.fromkeys(unit.line for unit in text.units))[:LEAD]
    return told([unit for unit in text.units if unit.line in lines])


def _central(text: Text, most: int) -> list[Unit]:
    units = [unit for unit in text.units if unit.words][:MOST_COMPARED]
    if not units:
        return []
    order = np.argsort(-_ranks(units), kind="stable").tolist()
    taken: list[int] = []
    words = 0
    for at in order:
        if words >= most:
            break
        taken.append(at)
        words += len(units[at].words)
    return [units[at] for at in sorted(taken)]


def _ranks(units: Sequence[Unit]) -> Floats:
    table = _weighed(units)
    like = table @ table.T
    np.fill_diagonal(like, 0.0)
    shares = like / np.maximum(like.sum(axis=1, keepdims=True), 1e-12)
    ranks = np.full(len(units), 1 / len(units))
    for _ in range(ROUNDS):
        ranks = (1 - DAMPING) / len(units) + DAMPING * ranks @ shares
    return np.asarray(ranks)


def _weighed(units: Sequence[Unit]) -> Floats:
    """TF-IDF of each unit within its text, rows of length 1."""
    within = Counter(word for unit in units for word in set(unit.words))
    place = {word: at for at, word in enumerate(within)}
    table = np.zeros((len(units), len(place)))
    for row, unit in zip(table, units, strict=True):
        for word, times in Counter(unit.words).items():
            row[place[word]] = (1 + log(times)) * log((1 + len(units)) / within[word])
    size = np.linalg.norm(table, axis=1, keepdims=True)
    return np.asarray(table / np.maximum(size, 1e-12))
