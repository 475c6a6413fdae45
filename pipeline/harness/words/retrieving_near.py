"""Words that were never seen, read as their nearest known kin: hints as hint."""

from collections import defaultdict
from collections.abc import Iterable

from retrieving_phrases import Phrases, Way

LEAST = 4  # letters that kin begin with
MOST_UNLIKE = 3  # letters at the end that may differ
SURE = 3  # letters in common for each that differs


class Kin:
    """The known words of a phrase table by their beginnings."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._known: dict[str, list[str]] = defaultdict(list)
        for word in sorted(run[0] for run in phrases if len(run) == 1):
            if len(word) >= LEAST:
                self._known[word[:LEAST]].append(word)

    def ways(self, word: str) -> list[Way]:
        """How the nearest known word is said; nothing where none is near."""
        like = self._known.get(word[:LEAST], ())
        found = [(far, one) for one in like if (far := _far(word, one))]
        return self._phrases[min(found)[1],] if found else []

    def cut(self, tokens: Iterable[str]) -> list[str]:
        """Unknown words with a hyphen as their parts, where those are known."""
        found: list[str] = []
        for token in tokens:
            parts = token.split("-")
            whole = (token,) in self._phrases or not all((part,) in self._phrases for part in parts)
            found += [token] if whole else parts
        return found


def _far(one: str, other: str) -> int:
    """How many letters at the end differ; 0 where the words are no kin."""
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    far = max(len(one), len(other)) - same
    return far if far <= MOST_UNLIKE and same >= max(LEAST, SURE * far) else 0
