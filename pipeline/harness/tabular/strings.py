"""The useful parts of strings with many values: names, tickets, cabins, part numbers, addresses.

A value seen once teaches a model nothing, but what it shares with others does: how many other
rows have the same value or first word, its commonest word, its leading letters, its number.
Values are kept as hashes only, so a published model does not carry a list of names.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from metrics import Floats

Strings = list[str | None]

SHARED_ROWS = 0.01  # a word on fewer of the rows is not worth a level
MOST_WORDS = 100
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"^\W*([^\W\d_]+)")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class StringParts:
    """What was counted on the training rows: hashes with their counts, and the shared words."""

    values: dict[int, int]
    first_words: dict[int, int]
    words: tuple[str, ...]

    def numbers(self, name: str, strings: Strings, *, training: bool) -> dict[str, Floats]:
        """Counts and lengths by feature name; while training a row does not count itself."""
        texts = [text or "" for text in strings]
        gone = np.array([text is None for text in strings])
        own = 1 if training else 0
        columns = {
            "repeats": [self.values.get(_key(t), own) - own for t in texts],
            "first word repeats": [self.first_words.get(_key(_first(t)), own) - own for t in texts],
            "length": [len(t) for t in texts],
            "words": [len(_WORD.findall(t)) for t in texts],
            "number": [_last_number(t) for t in texts],
        }
        filled = {key: np.array(column, dtype=float) for key, column in columns.items()}
        return {f"{name} {key}": np.where(gone, np.nan, col) for key, col in filled.items()}

    def categories(self, name: str, strings: Strings) -> dict[str, Strings]:
        """The commonest word and the leading letters of each value, by feature name."""
        rank = {word: place for place, word in enumerate(self.words)}
        return {
            f"{name} word": _apply(strings, lambda text: _commonest(text, rank)),
            f"{name} prefix": _apply(strings, _prefix),
        }

    def to_json(self, prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
        """The JSON part; the counts go to `arrays`."""
        for key, counts in (("values", self.values), ("first", self.first_words)):
            arrays[f"{prefix}.{key}"] = np.array(list(counts.items()), np.int64).reshape(-1, 2)
        return {"words": self.words}

    @classmethod
    def from_json(cls, entry: dict[str, Any], prefix: str, arrays: dict[str, Any]) -> "StringParts":
        """Read what `to_json` gave."""
        values, first = arrays[f"{prefix}.values"], arrays[f"{prefix}.first"]
        return cls(dict(values.tolist()), dict(first.tolist()), tuple(entry["words"]))


def learn_parts(strings: Strings) -> StringParts:
    """Count values, first words and shared words of the training rows."""
    present = [text for text in strings if text is not None]
    words = Counter(word for text in present for word in set(_words(text)))
    enough = max(3, SHARED_ROWS * len(present))
    shared = [word for word, rows in words.most_common(MOST_WORDS) if rows >= enough]
    return StringParts(_count(present), _count(map(_first, present)), tuple(shared))


def _apply(strings: Strings, part: Callable[[str], str]) -> Strings:
    return [None if text is None else part(text) for text in strings]


def _count(texts: Iterable[str]) -> dict[int, int]:
    return dict(Counter(map(_key, texts)))


def _key(text: str) -> int:
    digest = hashlib.blake2b(text.lower().encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _first(text: str) -> str:
    found = _WORD.search(text)
    return found.group().lower() if found else ""


def _commonest(text: str, rank: dict[str, int]) -> str:
    known = [word for word in _words(text) if word in rank]
    return min(known, key=rank.__getitem__) if known else ""


def _prefix(text: str) -> str:
    """The leading letters of a code; words that only look like a code have no prefix."""
    found = _LETTERS.match(text)
    return found.group(1).upper() if found and _NUMBER.search(text) else ""


def _last_number(text: str) -> float:
    found = _NUMBER.findall(text)
    return float(found[-1][:15]) if found else np.nan
