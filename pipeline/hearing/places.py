"""Where the words want the model published, of the places there are."""

import re
from collections.abc import Iterable

_VERB = r"\b(?:publish|push|upload|deploy|put|share|host|release|send)\w*\b"
_NOT = re.compile(r"(?:\bnot|\bnever|\bwithout|n['\u2019]?t)\s+(?:\w+\s+)?$", re.IGNORECASE)
_WAY = r"(?:\s+[\w'-]+){0,4}?\s+(?:on|to|in|at|onto|with|via)\s+(?:the\s+|my\s+)?"


def spoken_place(words: str, places: Iterable[str]) -> str | None:
    """The one of `places` to publish at, by its name, also written apart ("hugging face")."""
    for place in sorted(places):
        letters = r"[\s_-]?".join(re.escape(letter) for letter in place)
        said = re.search(f"{_VERB}{_WAY}{letters}\\b", words, re.IGNORECASE)
        if said is not None and not _NOT.search(words[: said.start()]):
            return place
    return None
