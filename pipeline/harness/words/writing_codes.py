"""Texts as numbers: an alphabet of their characters, and pieces laid one after another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from metrics import Codes

Keys = npt.NDArray[np.uint64]
Marks = npt.NDArray[np.bool_]

BEGIN, END, REST = 0, 1, 2  # before a piece, behind it, and any character never seen
OWN = 3
PAD = 8  # codes before a piece that tell where it begins
MOST_CHARACTERS = 60_000  # different ones; rarer ones are REST
UNICODE = 0x110000 - 0x800
LONGEST_SPAN = 20_000  # longer pieces are looked at in spans, so that memory is bounded


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters that are known, in order; a code is a character's place here plus OWN."""

    characters: str

    @property
    def size(self) -> int:
        """How many codes there are."""
        return len(self.characters) + OWN

    @property
    def rest_nats(self) -> float:
        """What it costs to say which unknown character it is: all are as likely."""
        return float(np.log(max(UNICODE - len(self.characters), 1)))

    def encode(self, text: str) -> Codes:
        """The codes of a text."""
        known, points = _points(self.characters), _points(text)
        if not len(known):
            return np.full(len(points), REST, dtype=np.int64)
        at = np.minimum(np.searchsorted(known, points), len(known) - 1)
        return np.where(known[at] == points, at + OWN, REST).astype(np.int64)

    def decode(self, codes: Iterable[int]) -> str:
        """The text of codes; what is no known character is left out."""
        return "".join(self.characters[code - OWN] for code in codes if code >= OWN)


def alphabet_of(texts: Iterable[str]) -> Alphabet:
    """The characters of texts, the commonest if there are too many."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    return Alphabet("".join(sorted(one for one, _ in counts.most_common(MOST_CHARACTERS))))


@dataclass(frozen=True, slots=True)
class Stream:
    """Pieces one after another, each behind PAD codes that are context only.

    `codes`, `span` and `real` have a value a place: the code, the number of the span it is in and
    whether it is to be foretold. `piece` gives the piece of each span.
    """

    codes: Codes
    span: Codes
    real: Marks
    piece: Codes

    def parts(self, most: int) -> Iterator["Stream"]:
        """The same in several, of whole spans and about `most` places each."""
        spans = np.flatnonzero(np.diff(self.span, prepend=-1))
        start = 0
        for begins in [*spans[1:], len(self.codes)]:
            if begins - start >= most or begins == len(self.codes):
                cut = slice(start, begins)
                yield Stream(self.codes[cut], self.span[cut], self.real[cut], self.piece)
                start = begins


def stream_of(alphabet: Alphabet, texts: Sequence[str], *, ends: bool) -> Stream:
    """Lay texts out; with `ends` each is followed by END, else it begins after a line's end."""
    before = np.full(PAD, BEGIN, dtype=np.int64)
    if not ends:
        before[-1:] = alphabet.encode("\n")
    codes: list[Codes] = []
    piece: list[int] = []
    for at, text in enumerate(texts):
        own = alphabet.encode(text)
        own = np.append(own, END) if ends else own
        laid = np.concatenate([before, own])
        for start in range(0, max(len(own), 1), LONGEST_SPAN):
            codes.append(laid[start : start + LONGEST_SPAN + PAD])
            piece.append(at)
    return _joined(codes, piece)


def windows_of(histories: Codes) -> Stream:
    """Ends of texts, shape (rows, codes), each with one unknown code behind it: what comes next."""
    rows, width = histories.shape
    codes = np.concatenate([histories, np.full((rows, 1), BEGIN)], axis=1)
    real = np.zeros((rows, width + 1), dtype=np.bool_)
    real[:, -1] = True
    span = np.repeat(np.arange(rows), width + 1)
    return Stream(codes.ravel(), span, real.ravel(), np.arange(rows))


def _joined(codes: Sequence[Codes], piece: Sequence[int]) -> Stream:
    if not codes:
        nothing = np.empty(0, dtype=np.int64)
        return Stream(nothing, nothing, nothing.astype(np.bool_), nothing)
    sizes = np.array([len(one) for one in codes])
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return Stream(
        np.concatenate(codes),
        np.repeat(np.arange(len(codes)), sizes),
        within >= PAD,
        np.array(piece, dtype=np.int64),
    )


def _points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
