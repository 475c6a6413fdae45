"""Texts without signs that nobody sees, and of at most so many UTF-16 units, as chats count."""

import unicodedata

WORD_JOINER = "\N{WORD JOINER}"
"""Breaks a word that a chat would read as more than a word; nobody sees it."""
_JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")  # of emoji and of scripts
_SPACES = frozenset("\n\t")
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def visible(text: str) -> str:
    """What of a text is seen; nothing in it turns a line around."""
    return "".join(sign for sign in text if sign in _SPACES or not _unseen(sign))


def plain(text: str) -> str:
    """The same with the joiners that some emoji and scripts need."""
    return "".join(
        sign for sign in text if sign in _SPACES or sign in _JOINERS or not _unseen(sign)
    )


def cut(text: str, most: int) -> str:
    """At most `most` units; an ellipsis stands for the rest."""
    if units(text) <= most:
        return text
    kept = text.encode("utf-16-le", "replace")[: max(most - 1, 0) * 2]
    return kept.decode("utf-16-le", "ignore") + "…"


def units(text: str) -> int:
    """How long a text is in UTF-16, which is never less than a chat counts."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) in _UNSEEN
