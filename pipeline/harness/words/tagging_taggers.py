"""Who says the spans of words: what each word mostly was, or weights learned on sentences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from config import Json
from metrics import Codes, Floats
from tagging_chain import Moves, Packing, Singles, legal_moves, likeliest, packed
from tagging_learning import Weights
from tagging_schemes import OUTSIDE, Span, spans_in
from tagging_sentences import LONGEST, LONGEST_WORD
from tagging_terms import Terms

AT_ONCE = 20_000  # words whose scores are held in memory


class Tagger(Protocol):
    """Says the spans of sentences, each of which has at least one word."""

    def spans(self, sentences: Sequence[Sequence[str]]) -> list[list[Span]]:
        """The spans of words of each."""
        ...

    def save(self, folder: Path) -> dict[str, Json]:
        """Write what is needed beside model.json; also what belongs into it."""
        ...


@dataclass(frozen=True, slots=True)
class Lookup:
    """Each word has the tag that it mostly had; any other word has `other`."""

    tags: Mapping[str, str]
    other: str = OUTSIDE

    def spans(self, sentences: Sequence[Sequence[str]]) -> list[list[Span]]:
        """The spans of the tags."""
        return [spans_in([self.tags.get(w, self.other) for w in words]) for words in sentences]

    def save(self, folder: Path) -> dict[str, Json]:
        """The words as JSON."""
        (folder / "words.json").write_text(json.dumps(dict(self.tags)), "ascii")
        return {"kind": "lookup", "other": self.other}

    @classmethod
    def load(cls, folder: Path, told: Mapping[str, Json]) -> "Lookup":
        """What `save` wrote."""
        return cls(json.loads((folder / "words.json").read_text("ascii")), str(told["other"]))


@dataclass(frozen=True, slots=True)
class Weighed:
    """Scores of tags from weighed terms, and the likeliest row of tags.

    `doubt` is taken from the score of no span: more than 0 finds more spans, rightly or wrongly.
    """

    terms: Terms
    weights: Weights
    tags: tuple[str, ...]
    doubt: float = 0.0

    def spans(self, sentences: Sequence[Sequence[str]]) -> list[list[Span]]:
        """The spans of the likeliest tags."""
        found: list[list[Span]] = []
        for some in batches(sentences):
            scores, packing = self.scores(some)
            found += self.said(scores, packing, some)
        return found

    def scores(self, sentences: Sequence[Sequence[str]]) -> tuple[Singles, Packing]:
        """The score of each tag by itself for each word, packed."""
        packing = packed([len(words) for words in sentences])
        scores = np.zeros((len(packing.order), len(self.tags)), np.float32)
        for sight, known in zip(
            self.terms.seen(sentences, packing.order), self.weights.terms, strict=True
        ):
            scores += sight.scores(known)
        return scores, packing

    def said(
        self, scores: Singles, packing: Packing, sentences: Sequence[Sequence[str]]
    ) -> list[list[Span]]:
        """The spans of sentences with these scores."""
        told = scores
        if self.doubt and OUTSIDE in self.tags:
            told = scores.copy()
            told[:, self.tags.index(OUTSIDE)] -= self.doubt
        places = np.empty(len(told), dtype=np.int64)
        places[packing.order] = likeliest(told, self.weights.moves, packing)
        return [spans_in(tags) for tags in _parted(places, sentences, self.tags)]

    def doubting(self, doubt: float) -> "Weighed":
        """The same with another doubt."""
        return replace(self, doubt=doubt)

    def save(self, folder: Path) -> dict[str, Json]:
        """Terms as JSON, weights as plain arrays."""
        known = [list(one) for one in self.terms.known]
        (folder / "terms.json").write_text(json.dumps(known), "ascii")
        arrays = {
            f"terms_{at}": one.astype(np.float32) for at, one in enumerate(self.weights.terms)
        }
        moves = self.weights.moves
        np.savez_compressed(
            folder / "weights.npz",
            allow_pickle=False,
            between=moves.between,
            first=moves.first,
            last=moves.last,
            **arrays,
        )
        return {"kind": "weighed", "tags": list(self.tags), "doubt": self.doubt}

    @classmethod
    def load(cls, folder: Path, told: Mapping[str, Json]) -> "Weighed":
        """What `save` wrote."""
        listed = json.loads((folder / "terms.json").read_text("ascii"))
        known = tuple({term: at for at, term in enumerate(one)} for one in listed)
        tags = tuple(str(tag) for tag in _list(told["tags"]))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            terms = tuple(arrays[f"terms_{at}"] for at in range(len(known)))
            moves = moves_of(tags, arrays["between"], arrays["first"], arrays["last"])
        return cls(Terms(known), Weights(terms, moves), tags, float(str(told["doubt"])))


def moves_of(tags: Sequence[str], between: Floats, first: Floats, last: Floats) -> Moves:
    """Scores of moves with what is allowed between these tags."""
    legal, opens = legal_moves(tags)
    return Moves(between, first, last, legal, opens)


def batches(sentences: Sequence[Sequence[str]]) -> list[Sequence[Sequence[str]]]:
    """Sentences in their order, as many together as memory is meant for."""
    found: list[list[Sequence[str]]] = [[]]
    words = 0
    for sentence in sentences:
        if words + len(sentence) > AT_ONCE and found[-1]:
            found.append([])
            words = 0
        found[-1].append(sentence)
        words += len(sentence)
    return list(found) if sentences else []


def in_pieces(tagger: Tagger, sentences: Sequence[Sequence[str]]) -> list[list[Span]]:
    """The spans of sentences that may be empty, or far too long: those are read in pieces."""
    pieces = [
        (at, start, [word[:LONGEST_WORD] for word in words[start : start + LONGEST]])
        for at, words in enumerate(sentences)
        for start in range(0, len(words), LONGEST)
    ]
    found: list[list[Span]] = [[] for _ in sentences]
    for (at, start, _), spans in zip(pieces, tagger.spans([p[2] for p in pieces]), strict=True):
        found[at] += [Span(s.start + start, s.end + start, s.label) for s in spans]
    return found


def _parted(
    places: Codes, sentences: Sequence[Sequence[str]], tags: Sequence[str]
) -> list[list[str]]:
    """The tags of each sentence out of those of all."""
    ends = np.cumsum([len(words) for words in sentences])[:-1]
    return [[tags[at] for at in some.tolist()] for some in np.split(places, ends)]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
