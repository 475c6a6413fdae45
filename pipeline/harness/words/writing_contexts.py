"""What comes before each code, as one number: the codes before it, or the words it stands in."""

from dataclasses import dataclass

import numpy as np
from metrics import Codes, Floats
from writing_codes import BEGIN, OWN, Alphabet, Keys, Marks, Stream

ORDER = 6  # codes before; more gained nothing, as the words reach further
CACHED = (2, 4, 6)  # codes before, among what was said since the piece began
CODE_BITS = 16  # of a key, the rest is the context
_ODD = 0x9E3779B97F4A7C15
_BACK = 0xF1DE83E19937733D  # its inverse modulo 2 ** 64
_OTHER = 0xC2B2AE3D27D4EB4F
_HALF, _THIRD = 29, 32


@dataclass(frozen=True, slots=True)
class Contexts:
    """For every place of a stream: the context of each order from 0 on, and those of words."""

    orders: tuple[Keys, ...]
    word: Keys
    words: Keys


def contexts_of(stream: Stream, letters: Marks, order: int = ORDER) -> Contexts:
    """Contexts of all places; `letters` says of each code whether it belongs to words."""
    codes = stream.codes.astype(np.uint64)
    mixed = np.full(len(codes), _OTHER, dtype=np.uint64)
    orders = [_cut(mixed)]
    for back in range(1, order + 1):
        before = np.zeros_like(codes)
        before[back:] = codes[: max(len(codes) - back, 0)]
        mixed = _mix(mixed ^ (before + np.uint64(back << 20)))
        orders.append(_cut(mixed))
    word, last = _words(stream, letters)
    return Contexts(tuple(orders), _cut(_mix(word)), _cut(_mix(_mix(word) ^ (last * _OTHER))))


def letters_of(alphabet: Alphabet) -> Marks:
    """Which codes belong to words."""
    own = [one.isalnum() or one in "'\u2019" for one in alphabet.characters]
    return np.array([*[False] * OWN, *own], dtype=np.bool_)


def keys_of(contexts: Keys, codes: Codes) -> Keys:
    """Context and code as one number; those of one context lie together when sorted."""
    return np.asarray((contexts << CODE_BITS) | codes.astype(np.uint64))


def seen_before(stream: Stream, contexts: Keys) -> tuple[Floats, Floats, Floats]:
    """Since the span began: how often the code came after this context, the context, and what.

    Each of shape (places,): the code's count, the context's count, how many different codes came.
    """
    place = _cut(_mix(contexts ^ (stream.span.astype(np.uint64) * _OTHER)))
    codes = _times(keys_of(place, stream.codes))
    order = np.argsort(place, kind="stable")
    fresh = (codes[order] == 0).astype(np.int64)
    before = np.cumsum(fresh) - fresh
    kinds = np.empty(len(place), dtype=np.int64)
    kinds[order] = before - before[_first(place[order])]
    return codes.astype(float), _times(place).astype(float), kinds.astype(float)


def _times(keys: Keys) -> Codes:
    """How often each key came before."""
    order = np.argsort(keys, kind="stable")
    counts = np.empty(len(keys), dtype=np.int64)
    counts[order] = np.arange(len(keys)) - _first(keys[order])
    return counts


def _first(ordered: Keys) -> Codes:
    """The place where the run of equal keys begins in which each stands."""
    if not len(ordered):
        return np.empty(0, dtype=np.int64)
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return np.repeat(begins, np.diff(np.append(begins, len(ordered))))


def _words(stream: Stream, letters: Marks) -> tuple[Keys, Keys]:
    """At each place the word begun before it, and the last whole word of the same piece."""
    size = len(stream.codes)
    lettered = letters[stream.codes]
    places = np.arange(size)
    starts = np.zeros(size, dtype=np.int64)  # where the word begins that stands before a place
    starts[1:] = np.maximum.accumulate(np.where(lettered, 0, places + 1))[:-1]
    factor, ahead = _powers(_BACK, size), _powers(_ODD, size)
    summed = np.zeros(size + 1, dtype=np.uint64)
    summed[1:] = np.cumsum(stream.codes.astype(np.uint64) * factor, dtype=np.uint64)
    word = (summed[:-1] - summed[starts]) * ahead[np.minimum(starts, max(size - 1, 0))]
    done = np.zeros(size, dtype=np.int64)  # the place behind the last whole word
    done[1:] = np.maximum.accumulate(
        np.where(~lettered & (starts < places), places, np.where(stream.codes == BEGIN, places, 0))
    )[:-1]
    return word, np.where(stream.codes[done] == BEGIN, np.uint64(0), word[done])


def _powers(number: int, size: int) -> Keys:
    """One, the number, its square and so on, modulo 2 ** 64."""
    each = np.full(size, number, dtype=np.uint64)
    each[:1] = 1
    return np.cumprod(each, dtype=np.uint64)


def _mix(numbers: Keys) -> Keys:
    mixed = numbers * _ODD
    mixed ^= mixed >> _HALF
    mixed *= _OTHER
    return np.asarray(mixed ^ (mixed >> _THIRD))


def _cut(numbers: Keys) -> Keys:
    """The bits that leave room for a code."""
    return np.asarray(numbers >> CODE_BITS)
