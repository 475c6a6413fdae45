"""Translations without learning: the source itself, and that of the most similar known source."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

from pairs_model import Facts
from pairs_tokens import bare, tokens_of

MOST_PAIRS = 50_000
LONGEST = 2_000  # characters of a text that are compared
COMMON = 0.2  # of all sources have such a word, which tells none apart


@dataclass(frozen=True, slots=True)
class Copy:
    """Says the source."""

    def write(self, texts: Sequence[str]) -> list[str]:
        """The texts as they are."""
        return list(texts)


class Memory:
    """Says how the known source with the most telling words in common was translated."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = list(pairs[:MOST_PAIRS])
        self._bags = [_bag(source) for source, _ in self.pairs]
        self._having: dict[str, list[int]] = defaultdict(list)
        for at, bag in enumerate(self._bags):
            for word in bag:
                self._having[word].append(at)
        self._rarity = {
            word: log((1 + len(self.pairs)) / len(those)) for word, those in self._having.items()
        }
        self._sizes = [self._size(bag) for bag in self._bags]

    def write(self, texts: Sequence[str]) -> list[str]:
        """The nearest known translation of each text; nothing where no word is known."""
        return [self._nearest(text) for text in texts]

    def save(self, folder: Path) -> None:
        """Write the pairs."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pairs.json").write_text(json.dumps(self.pairs, ensure_ascii=False), "utf-8")

    def _nearest(self, text: str) -> str:
        bag = _bag(text)
        common: dict[int, float] = defaultdict(float)
        for word in self._telling(bag):
            weight = self._rarity[word] ** 2
            for at in self._having[word]:
                common[at] += weight
        if not common:
            return ""
        size = self._size(bag)
        best = max(common, key=lambda at: (common[at] / (1e-9 + self._sizes[at] * size), -at))
        return self.pairs[best][1]

    def _telling(self, bag: frozenset[str]) -> list[str]:
        """Known words of a text, those of nearly all sources left out where there are others."""
        known = sorted(word for word in bag if word in self._having)
        rare = [word for word in known if len(self._having[word]) <= COMMON * len(self.pairs)]
        return rare or known

    def _size(self, bag: frozenset[str]) -> float:
        unknown = log(1 + len(self.pairs))
        return sqrt(sum(self._rarity.get(word, unknown) ** 2 for word in sorted(bag)))


def load_memory(folder: Path, _settings: Facts) -> Memory:
    """Read what `save` wrote."""
    told = json.loads((folder / "pairs.json").read_text("utf-8"))
    return Memory([(source, target) for source, target in told])


def load_copy(_folder: Path, _settings: Facts) -> Copy:
    """Nothing to read."""
    return Copy()


def _bag(text: str) -> frozenset[str]:
    return frozenset(bare(token) for token in tokens_of(text[:LONGEST]))
