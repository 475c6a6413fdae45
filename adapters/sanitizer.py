"""The sanitizer: finds keys by their shape and known values in every writing, and takes them out.

It sees a text as a reader would, without escapes and invisible characters, and cuts what it finds
out of the original. It is a net, no wall: a key in two halves, or encoded and unknown, passes.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from adapters.disguises import Plain, forms
from adapters.secret_shapes import ASSIGNED, KEYS, NAMED, Shape, is_placeholder, looks_drawn
from pipeline.ports.account import Account
from pipeline.ports.sanitizer import Cleaned


class _Span(NamedTuple):
    """A secret in the original text."""

    start: int
    end: int
    kind: str


class KeySanitizer:
    """pipeline.ports.sanitizer.Sanitizer over the keys of the given accounts and of others."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        own = [Shape(account.kind, leak) for account in accounts for leak in account.leaks]
        self._keys = [_compiled(shape) for shape in (*own, *KEYS, *NAMED)]
        self._assigned = [_compiled(shape) for shape in ASSIGNED]
        self._known: dict[str, str] = {}

    def clean(self, text: str) -> Cleaned:
        """Take the secrets out of a text, escaped and nested ones too."""
        plain = Plain(text)
        spans = [*self._values(text), *self._values(plain.text, plain), *self._shapes(plain)]
        return _without(text, _merged(spans))

    def know(self, value: str) -> None:
        """From now on, take this very value out wherever it appears."""
        plain = Plain(value)
        kind = next((span.kind for span in self._shapes(plain)), "known")
        self._known |= dict.fromkeys(forms(value), kind)

    def _values(self, text: str, plain: Plain | None = None) -> Iterator[_Span]:
        """Known values in a text, placed in the original of `plain`."""
        for value, kind in tuple(self._known.items()):
            start = text.find(value)
            while start >= 0:
                end = start + len(value)
                yield _Span(*(plain.before(start, end) if plain else (start, end)), kind)
                start = text.find(value, end)

    def _shapes(self, plain: Plain) -> Iterator[_Span]:
        """What looks like a secret, placed in the original."""
        for kind, pattern in self._keys:
            for match in _standing_alone(pattern, plain.text):
                if not is_placeholder(_secret(match)):
                    yield _Span(*plain.before(*_place(match)), kind)
        for kind, pattern in self._assigned:
            for match in pattern.finditer(plain.text):
                value = _secret(match)
                if not is_placeholder(value) and looks_drawn(kind, value):
                    yield _Span(*plain.before(*_place(match)), kind)


def _compiled(shape: Shape) -> tuple[str, re.Pattern[str]]:
    whole = "(?P<secret>" not in shape.pattern
    return shape.kind, re.compile(
        f"(?:{shape.pattern})(?![A-Za-z0-9])" if whole else shape.pattern, re.ASCII
    )


def _standing_alone(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches that do not begin inside a word.

    The look back is no part of the pattern: a pattern that begins with it is searched slowly.
    """
    match = pattern.search(text)
    while match:
        named = "secret" in pattern.groupindex
        if named or match.start() == 0 or not _in_word(text[match.start() - 1]):
            yield match
            match = pattern.search(text, match.end())
        else:
            match = pattern.search(text, match.start() + 1)


def _in_word(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter == "_")


def _place(match: re.Match[str]) -> tuple[int, int]:
    return match.span("secret" if "secret" in match.re.groupindex else 0)


def _secret(match: re.Match[str]) -> str:
    return match["secret" if "secret" in match.re.groupindex else 0]


def _merged(spans: list[_Span]) -> list[_Span]:
    """The spans in order; those that overlap are one, of the kind that begins first."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _without(text: str, spans: list[_Span]) -> Cleaned:
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += [text[done : span.start], f"[secret: {span.kind}]"]
        done = span.end
    kinds = dict.fromkeys(span.kind for span in spans)
    return Cleaned(text="".join([*pieces, text[done:]]), found=tuple(kinds))
