"""Writes on with counts: character by character, many texts at once."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from metrics import Codes, Floats
from writing_codes import BEGIN, END, REST, Alphabet, Keys, Marks, stream_of, windows_of
from writing_contexts import Contexts, contexts_of
from writing_counts import Seen
from writing_model import draws

WINDOW = 40  # codes in which the word begun and the one before it nearly always are
LEAST_SHARE = 0.05  # of the likeliest code's chance: many unlikely ones together are slips
MOST_CELLS = 2_000_000  # texts times codes at once


class Foreseeing(Protocol):
    """A model of counts; `cached` are the orders in which it remembers what it has just read."""

    @property
    def alphabet(self) -> Alphabet:
        """Its characters."""
        ...

    @property
    def ends(self) -> bool:
        """Whether a text has an end of its own."""
        ...

    @property
    def order(self) -> int:
        """The longest context."""
        ...

    @property
    def letters(self) -> Marks:
        """Which codes belong to words."""
        ...

    @property
    def cached(self) -> tuple[int, ...]:
        """Orders of which the text itself is remembered."""
        ...

    def next_chances(self, contexts: Contexts, recent: Sequence[tuple[Floats, Seen]]) -> Floats:
        """Chances of all codes at each place."""
        ...


class Page:
    """Texts of different length that grow by a code a step: codes and contexts of each place."""

    def __init__(self, model: Foreseeing, beginnings: Sequence[str], steps: int) -> None:
        self.model = model
        stream = stream_of(model.alphabet, beginnings, ends=False)
        if model.ends:
            stream.codes[~stream.real] = BEGIN
        self.lengths = np.bincount(stream.span, minlength=len(beginnings))
        width = int(self.lengths.max()) + steps
        rows, places = stream.span, _within(self.lengths)
        self.codes = np.full((len(beginnings), width), BEGIN, dtype=np.int64)
        self.codes[rows, places] = stream.codes
        self.cached: list[Keys] = []
        contexts = contexts_of(stream, model.letters, model.order)
        for order in model.cached:
            kept = np.zeros((len(beginnings), width), dtype=np.uint64)
            kept[rows, places] = contexts.orders[order]
            self.cached.append(kept)

    def next_chances(self, rows: Codes) -> Floats:
        """Chances of all codes to come next in these rows."""
        stream = windows_of(_tails(self.codes[rows], self.lengths[rows]))
        contexts = contexts_of(stream, self.model.letters, self.model.order)
        last = stream.real
        here = Contexts(
            tuple(keys[last] for keys in contexts.orders), contexts.word[last], contexts.words[last]
        )
        recent = []
        for order, kept in zip(self.model.cached, self.cached, strict=True):
            kept[rows, self.lengths[rows]] = here.orders[order]
            recent.append(self._recent(rows, kept, here.orders[order]))
        return self.model.next_chances(here, recent)

    def add(self, rows: Codes, codes: Codes) -> None:
        """The texts of these rows go on with these codes."""
        self.codes[rows, self.lengths[rows]] = codes
        self.lengths[rows] += 1

    def _recent(self, rows: Codes, kept: Keys, contexts: Keys) -> tuple[Floats, Seen]:
        """How often each code came after this context in its own text."""
        width = int(self.lengths[rows].max())
        before = np.arange(width) < self.lengths[rows][:, None]
        row, place = np.nonzero((kept[rows, :width] == contexts[:, None]) & before)
        size = self.model.alphabet.size
        counts = np.bincount(row * size + self.codes[rows[row], place], minlength=len(rows) * size)
        cells = counts.reshape(len(rows), size).astype(float)
        return cells, Seen(cells.sum(axis=1), (cells > 0).sum(axis=1).astype(float))


def written_on(
    model: Foreseeing,
    beginnings: Sequence[str],
    seeds: Sequence[int],
    *,
    longest: int,
    temperature: float,
) -> list[str]:
    """How each may go on, at most `longest` characters."""
    some = max(1, MOST_CELLS // (model.alphabet.size + longest))
    written: list[str] = []
    for at in range(0, len(beginnings), some):
        page = Page(model, beginnings[at : at + some], longest)
        written += _grown(page, seeds[at : at + some], longest, temperature)
    return written


def _grown(page: Page, seeds: Sequence[int], longest: int, temperature: float) -> list[str]:
    begun = page.lengths.copy()
    rows = np.arange(len(begun))
    for drawn in draws(seeds, longest):
        chances = page.next_chances(rows)
        chances[:, [BEGIN, REST]] = 0.0
        if not page.model.ends:
            chances[:, END] = 0.0
        codes = _picked(chances, drawn[rows], temperature)
        goes_on = codes != END
        rows, codes = rows[goes_on], codes[goes_on]
        if not len(rows):
            break
        page.add(rows, codes)
    return [
        page.model.alphabet.decode(page.codes[at, begun[at] : page.lengths[at]])
        for at in range(len(begun))
    ]


def _picked(chances: Floats, drawn: Floats, temperature: float) -> Codes:
    """A code a row: likelier ones more often, the colder the more so."""
    shares = chances / chances.max(axis=1, keepdims=True)
    powers = np.where(shares >= LEAST_SHARE, np.power(shares, 1 / temperature), 0.0)
    summed = np.cumsum(powers, axis=1)
    return np.asarray((summed < drawn[:, None] * summed[:, -1:]).sum(axis=1), dtype=np.int64)


def _tails(codes: Codes, lengths: Codes) -> Codes:
    """The last codes of each row, shape (rows, WINDOW); what is before it is BEGIN."""
    places = lengths[:, None] - WINDOW + np.arange(WINDOW)
    tails = np.take_along_axis(codes, np.maximum(places, 0), axis=1)
    return np.where(places >= 0, tails, BEGIN)


def _within(lengths: Codes) -> Codes:
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
