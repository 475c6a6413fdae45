"""Sentences as this task handles them: words without spaces in them, and labelled spans.

In a table a sentence is two JSON lists, words and BIO2 tags, whatever it was in the person's file.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config import BundleConfig
from tables import Row, Table
from tagging_schemes import OUTSIDE, Scheme, Span, bio2, spans_in
from texts_alike import ENDS, same_text

LONGEST = 400  # words of one sentence; memory and time of a longer one grow without any use
LONGEST_WORD = 200  # letters that are looked at


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words, and the spans of words that have a label."""

    words: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def tags(self) -> list[str]:
        """A BIO2 tag for each word."""
        return bio2(self.spans, len(self.words))

    @property
    def text(self) -> str:
        """The words with one space between them."""
        return " ".join(self.words)

    @property
    def marked(self) -> tuple[Span, ...]:
        """The spans as characters of the text."""
        return in_characters(self.spans, places_of(self.words))

    @property
    def row(self) -> Row:
        """The two cells of a table."""
        return tuple(json.dumps(told, ensure_ascii=False) for told in (self.words, self.tags))


def places_of(words: Sequence[str]) -> list[tuple[int, int]]:
    """Where each word stands in the text that has one space between them."""
    places, start = [], 0
    for word in words:
        places.append((start, start + len(word)))
        start += len(word) + 1
    return places


def in_characters(spans: Iterable[Span], places: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """Spans of words as spans of characters, by where the words stand."""
    return tuple(Span(places[s.start][0], places[s.end - 1][1], s.label) for s in spans)


def in_words(marked: Iterable[Span], places: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """Spans of characters as spans of the words that they touch; those that touch none are lost."""
    spans: list[Span] = []
    for one in sorted(marked):
        touched = [at for at, (a, b) in enumerate(places) if one.start < b and a < one.end]
        if touched and (not spans or touched[0] >= spans[-1].end):
            spans.append(Span(touched[0], touched[-1] + 1, one.label))
    return tuple(spans)


def as_words(cell: str | None) -> list[str] | None:
    """A JSON list of texts or numbers; None where a cell holds anything else.

    A number that is whole loses its ".0": tables turn numbered tags into such.
    """
    try:
        told = json.loads(cell or "")
    except ValueError:
        return None
    if not isinstance(told, list) or not all(isinstance(one, str | int | float) for one in told):
        return None
    return [_as_text(one) for one in told]


def _as_text(one: str | float) -> str:
    return str(int(one)) if isinstance(one, float) and one.is_integer() else str(one)


def read(words: Sequence[str], tags: Sequence[str], scheme: Scheme) -> Sentence:
    """A sentence of words and tags; a word with spaces in it is several, an empty one is none."""
    spans = scheme.spans(tags)
    kept: list[str] = []
    starts = []
    for word in words:
        starts.append(len(kept))
        kept += word.split()
    starts.append(len(kept))
    moved = (Span(starts[span.start], starts[span.end], span.label) for span in spans)
    return Sentence(tuple(kept), tuple(span for span in moved if span.end > span.start))


def shortened(sentence: Sentence) -> list[Sentence]:
    """The sentence in pieces that are short enough, cut outside of spans and behind a full stop."""
    pieces, rest = [], sentence
    while len(rest.words) > LONGEST:
        cut = _place_to_cut(rest)
        pieces.append(_between(rest, 0, cut))
        rest = _between(rest, cut, len(rest.words))
    return [*pieces, rest]


def from_table(table: Table, config: BundleConfig) -> list[Sentence]:
    """What prepare.py wrote."""
    words, tags = (table.column(config.column(role)) for role in ("tokens", "tags"))
    return [
        Sentence(tuple(json.loads(w or "[]")), tuple(spans_in(json.loads(t or "[]"))))
        for w, t in zip(words, tags, strict=True)
    ]


def tags_in(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """All tags that words have, outside first."""
    found = {tag for sentence in sentences for tag in sentence.tags}
    return tuple(sorted(found, key=lambda tag: (tag != OUTSIDE, tag)))


def same_words(words: Iterable[str]) -> str:
    """Equal for sentences that say the same, whatever their capitals."""
    return same_text(" ".join(words))


def _place_to_cut(sentence: Sentence) -> int:
    covered = {at for span in sentence.spans for at in range(span.start + 1, span.end)}
    free = [at for at in range(LONGEST // 2, LONGEST + 1) if at not in covered]
    ends = [at for at in free if sentence.words[at - 1][-1] in ENDS]
    return (ends or free or [LONGEST])[-1]


def _between(sentence: Sentence, start: int, end: int) -> Sentence:
    inside = (
        Span(max(span.start, start) - start, min(span.end, end) - start, span.label)
        for span in sentence.spans
        if span.start < end and span.end > start
    )
    return Sentence(sentence.words[start:end], tuple(inside))
