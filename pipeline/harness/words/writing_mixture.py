"""A writer that has counted: long and short contexts, words, and what it has just read.

Each of these experts gives every character a chance. A gate weighs them anew at every place, by
how much each has seen of what stands before; it learns that from texts the counts do not hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from metrics import Floats
from writing_codes import REST, Alphabet, Keys, Marks, Stream, stream_of
from writing_contexts import CACHED, Contexts, contexts_of, letters_of, seen_before
from writing_counts import Counts, Seen
from writing_model import Measure
from writing_sampling import written_on

AT_ONCE = 60_000  # characters whose chances are found together
WORD, WORDS = "word", "words"
LEAST_FROM = 2  # contexts of fewer codes are always known: the gate learns nothing from them
UNDER_WORD = 3  # the order that an unknown word falls back to


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of shape (signs, experts), for signs that were centred and scaled like this."""

    weights: Floats
    centre: Floats
    scale: Floats

    def shares(self, signs: Floats) -> Floats:
        """How much each expert counts, shape (n, experts), from signs of shape (n, signs)."""
        scores = ((signs - self.centre) / self.scale) @ self.weights
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class CountWriter:
    """Counts by name, from "0" (no context) to `order`, and of words.

    Without a gate the longest context alone decides. `ends` says whether a text has an end of its
    own.
    """

    alphabet: Alphabet
    ends: bool
    order: int
    counts: Mapping[str, Counts]
    gate: Gate | None = None

    @property
    def letters(self) -> Marks:
        """Which codes belong to words."""
        return letters_of(self.alphabet)

    @property
    def cached(self) -> tuple[int, ...]:
        """Orders of which the text itself is remembered."""
        return CACHED if WORD in self.counts else ()

    def counting(self, counts: Mapping[str, Counts]) -> "CountWriter":
        """The same gate with other counts."""
        return replace(self, counts=counts)

    def write_on(
        self, beginnings: Sequence[str], seeds: Sequence[int], *, longest: int, temperature: float
    ) -> list[str]:
        """How each may go on."""
        return written_on(self, beginnings, seeds, longest=longest, temperature=temperature)

    def measure(self, texts: Sequence[str]) -> Measure:
        """What each text costs, exactly: its characters one after another, and its end."""
        nats, tokens = np.zeros(len(texts)), np.zeros(len(texts))
        for stream in stream_of(self.alphabet, texts, ends=self.ends).parts(AT_ONCE):
            costs = -np.log(self.chances(stream))
            costs += np.where(stream.codes[stream.real] == REST, self.alphabet.rest_nats, 0.0)
            places = stream.piece[stream.span[stream.real]]
            np.add.at(nats, places, costs)
            np.add.at(tokens, places, 1.0)
        return Measure(nats, tokens, np.array([len(text) for text in texts], dtype=float))

    def chances(self, stream: Stream) -> Floats:
        """The chance given to what stands at each real place of a stream."""
        given, signs = self.told(stream)
        if self.gate is None:
            return given[:, -1]
        return np.asarray((self.gate.shares(signs) * given).sum(axis=1))

    def told(self, stream: Stream) -> tuple[Floats, Floats]:
        """Chances by each expert, shape (real places, experts), and signs for the gate."""
        contexts = contexts_of(stream, self.letters, self.order)
        real, codes = stream.real, stream.codes[stream.real]
        lower = np.full(len(codes), 1 / self.alphabet.size)
        given: list[Floats] = []
        seen: list[Seen] = []
        for name, keys, under in _steps(contexts, self.order, words=WORD in self.counts):
            below = lower if under is None else given[under]
            chances, known = self.counts[name].told(keys[real], codes, below)
            given.append(chances)
            seen.append(known)
        for order in self.cached:
            code, total, kinds = (one[real] for one in seen_before(stream, contexts.orders[order]))
            given.append(mixed_in(code, total, kinds, given[self.order]))
            seen.append(Seen(total, kinds))
        return np.stack(given, axis=1), signs_of(seen)

    def next_chances(self, contexts: Contexts, recent: Sequence[tuple[Floats, Seen]]) -> Floats:
        """Chances of all codes at each place, shape (n, codes).

        `recent` has for each cached order what came after this context in the text itself: counts
        of codes, shape (n, codes).
        """
        size = len(contexts.word)
        lower = np.full((size, self.alphabet.size), 1 / self.alphabet.size)
        given: list[Floats] = []
        seen: list[Seen] = []
        for name, keys, under in _steps(contexts, self.order, words=WORD in self.counts):
            below = lower if under is None else given[under]
            chances, known = self.counts[name].spread(keys, below)
            given.append(chances)
            seen.append(known)
        if self.gate is None:
            return given[-1]
        for counts, known in recent:
            total, kinds = known.total[:, None], known.kinds[:, None]
            given.append(mixed_in(counts, total, kinds, given[self.order]))
            seen.append(known)
        shares = self.gate.shares(signs_of(seen))
        return np.asarray(sum(shares[:, at, None] * one for at, one in enumerate(given)))


def mixed_in(code: Floats, total: Floats, kinds: Floats, lower: Floats) -> Floats:
    """What was seen since the piece began, and as much of the rest as it was surprising so far."""
    whole = np.maximum(total + kinds, 1.0)
    return np.where(total > 0, (code + kinds * lower) / whole, lower)


def signs_of(seen: Sequence[Seen]) -> Floats:
    """What the gate looks at: how often each context came and how sure it was what follows."""
    size = len(seen[0].total)
    columns = [np.ones(size)]
    for one in seen[LEAST_FROM:]:
        known = (one.total > 0).astype(float)
        columns += [np.log1p(one.total), np.log1p(one.kinds), known]
        columns.append(known * one.kinds / np.maximum(one.total, 1.0))
    return np.stack(columns, axis=1)


def _steps(
    contexts: Contexts, order: int, *, words: bool
) -> Iterator[tuple[str, Keys, int | None]]:
    """Each table with its contexts, and the expert that it falls back to."""
    for at in range(order + 1):
        yield str(at), contexts.orders[at], at - 1 if at else None
    if words:
        yield WORD, contexts.word, min(UNDER_WORD, order)
        yield WORDS, contexts.words, order
