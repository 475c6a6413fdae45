"""The sanitizer: finds keys by their shape and known values in every writing, and takes them out.

It sees a text as a reader would, without escapes and invisible characters, and cuts what it finds
out of the original. It is a net, no wall: a key in two halves, or encoded and unknown, passes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from adapters.disguises import Plain, decoded, forms
from adapters.known_values import KnownValues
from adapters.secret_shapes import (
    ASSIGNED,
    BEGUN,
    NAMED,
    PASSWORDS,
    SPOKEN,
    Shape,
    has_run,
    is_placeholder,
    looks_assigned,
    looks_drawn,
    looks_like_a_password,
)
from adapters.vendor_keys import KEYS
from pipeline.ports.account import Account
from pipeline.ports.sanitizer import Cleaned

_NEEDS_A_RUN = (looks_assigned, looks_drawn)
_VAGUE = frozenset({"secret", "password", "known"})


class _Span(NamedTuple):
    """A secret in the original text."""

    start: int
    end: int
    kind: str


class _Search(NamedTuple):
    """A shape that is ready to be searched, and what a find must be besides."""

    kind: str
    pattern: re.Pattern[str]
    marks: tuple[str, ...]
    counts: Callable[[str], bool]
    group: str | int


class KeySanitizer:
    """pipeline.ports.sanitizer.Sanitizer over the keys of the given accounts and of others."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        own = [Shape(account.kind, leak) for account in accounts for leak in account.leaks]
        self._searches = [
            *(_search(shape, _always) for shape in (*own, *KEYS, *NAMED)),
            *(_search(shape, looks_assigned) for shape in ASSIGNED),
            *(_search(shape, looks_drawn) for shape in (*SPOKEN, *BEGUN)),
            *(_search(shape, looks_like_a_password) for shape in PASSWORDS),
        ]
        self._whole = [search for search in self._searches if search.group == 0]
        self._known = KnownValues()

    def clean(self, text: str) -> Cleaned:
        """Take the secrets out of a text, escaped and nested ones too."""
        plain = Plain(text)
        spans = [*self._values(plain.text, plain), *self._shapes(plain)]
        if plain.text != text:
            spans += self._values(text)
        return _without(text, _merged(spans))

    def know(self, value: str) -> None:
        """From now on, take this very value out wherever it appears."""
        plain = Plain(value)
        kind = next((span.kind for span in self._shapes(plain)), "known")
        self._known.add(forms(value), kind)

    def _values(self, text: str, plain: Plain | None = None) -> Iterator[_Span]:
        """Known values in a text, placed in the original of `plain`."""
        for start, end, kind in self._known.found(text):
            yield _Span(*(plain.before(start, end) if plain else (start, end)), kind)

    def _shapes(self, plain: Plain) -> Iterator[_Span]:
        """What looks like a secret, placed in the original."""
        yield from self._encoded(plain)
        small, run = plain.text.lower(), has_run(plain.text)
        for search in self._searches:
            if search.counts in _NEEDS_A_RUN and not run:
                continue
            if not search.marks or any(mark in small for mark in search.marks):
                for match in _standing_alone(search, plain.text):
                    value = match[search.group]
                    if search.counts(value) and not is_placeholder(value):
                        yield _Span(*plain.before(*match.span(search.group)), search.kind)

    def _encoded(self, plain: Plain) -> Iterator[_Span]:
        """What would be a key if it were not base64, as in the secrets of a cluster."""
        for start, end, text in decoded(plain.text):
            for search in self._whole:
                if search.pattern.match(text):
                    yield _Span(*plain.before(start, end), search.kind)


def _always(value: str) -> bool:
    """What has the shape of a key is one."""
    return bool(value)


def _search(shape: Shape, counts: Callable[[str], bool]) -> _Search:
    whole = "(?P<secret>" not in shape.pattern
    pattern = f"(?:{shape.pattern})(?![A-Za-z0-9])" if whole else shape.pattern
    # Elsewhere only A to Z are letters; words of other alphabets are also written in capitals.
    compiled = re.compile(pattern, re.ASCII if pattern.isascii() else re.UNICODE)
    return _Search(shape.kind, compiled, shape.marks, counts, 0 if whole else "secret")


def _standing_alone(search: _Search, text: str) -> Iterator[re.Match[str]]:
    """Matches that do not begin inside a word.

    The look back is no part of the pattern: a pattern that begins with it is searched slowly.
    """
    match = search.pattern.search(text)
    while match:
        if search.group == "secret" or not _in_word(text, match.start()):
            if not match.groupdict().get("open"):
                yield match
            match = search.pattern.search(text, match.end())
        else:
            match = search.pattern.search(text, match.start() + 1)


def _in_word(text: str, start: int) -> bool:
    """Whether a letter or digit stands before; chat writes _this_ for what is in italics."""
    before = text[max(0, start - 3) : start].rstrip("_")
    return before[-1:].isascii() and before[-1:].isalnum()


def _merged(spans: list[_Span]) -> list[_Span]:
    """The spans in order; those that overlap are one, of the kind that says most."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.kind in _VAGUE, -span.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = _one(merged[-1], span)
        else:
            merged.append(span)
    return merged


def _one(first: _Span, second: _Span) -> _Span:
    """Two that overlap. What is vague does not know whether a sign after a key belongs to it."""
    kind = second.kind if first.kind in _VAGUE else first.kind
    sign = second.kind == "secret" and second.end == first.end + 1
    return _Span(first.start, first.end if sign else max(first.end, second.end), kind)


def _without(text: str, spans: list[_Span]) -> Cleaned:
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += [text[done : span.start], f"[secret: {span.kind}]"]
        done = span.end
    kinds = dict.fromkeys(span.kind for span in spans)
    return Cleaned(text="".join([*pieces, text[done:]]), found=tuple(kinds))
