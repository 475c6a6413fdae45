"""Texts as words and signs, and back: each token knows whether a space stood before it.

Languages that write no spaces are cut into single signs.
"""

import re
from collections.abc import Iterable, Sequence

from texts_alike import ENDS

GLUE = "\u2060"  # before a token that stood right behind the one before it: a word joiner
_SOLID = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # Thai, Japanese, Chinese
_TOKEN = re.compile(
    r"#\w{1,30}#|<\w{1,30}>"  # names that somebody put a mark in place of
    r"|\d+(?:[.,:]\d+)*"
    rf"|[{_SOLID}]"
    rf"|[^\W_{_SOLID}]+(?:['\u2019\-][^\W_{_SOLID}]+)*"
    r"|\S"
)
_ENDS = (ENDS, ",;:\uff0c\u3001\uff1b\uff1a")  # of sentences, and of parts
_WORD = re.compile(rf"[{_SOLID}]|[^\W_{_SOLID}]+")


def tokens_of(text: str) -> list[str]:
    """Tokens in their order; `joined` gives the text back with single spaces."""
    found, end = [], -1
    for match in _TOKEN.finditer(text.replace(GLUE, "")):
        glued = match.start() == end
        found.append(GLUE + match.group() if glued else match.group())
        end = match.end()
    return found


def joined(tokens: Iterable[str]) -> str:
    """The text that tokens make."""
    return " ".join(tokens).replace(f" {GLUE}", "").replace(GLUE, "")


def bare(token: str) -> str:
    """A token as it is compared: in lower case, wherever it stood."""
    return token.removeprefix(GLUE).lower()


def words_of(text: str) -> list[str]:
    """Words alone in lower case, as ROUGE counts them: no signs, no marks."""
    return _WORD.findall(text.lower())


def pieces(tokens: Sequence[str], longest: int) -> list[list[str]]:
    """Runs of at most `longest` tokens, cut behind sentences, else behind other signs."""
    parts: list[list[str]] = []
    rest = list(tokens)
    while len(rest) > longest:
        at = _cut(rest[:longest])
        parts.append(rest[:at])
        rest = rest[at:]
    return [*parts, rest] if rest else parts


def _cut(tokens: Sequence[str]) -> int:
    for signs in _ENDS:
        ends = [at for at, token in enumerate(tokens, 1) if bare(token) in signs]
        if ends and ends[-1] > len(tokens) // 4:
            return ends[-1]
    return len(tokens)
