"""What a tagger said of held-out sentences against what is true, counted sentence by sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from config import Json
from metrics import Codes, Counted
from tagging_model import marked
from tagging_schemes import Span, bio2
from tagging_sentences import Sentence, in_words, places_of
from tallies import ratio_of, spans_of

MOST_SAMPLES = 12
MOST_LABELS = 40
SHOWN = 240  # letters of a sample


@dataclass(frozen=True, slots=True)
class Answered:
    """Sentences, and the spans of letters that were said of each."""

    sentences: Sequence[Sentence]
    said: Sequence[frozenset[Span]]

    @property
    def outcome(self) -> Counted:
        """Spans count only when label and both ends are right (micro, as seqeval counts them)."""
        true = [frozenset(sentence.marked) for sentence in self.sentences]
        right = [len(a & b) for a, b in zip(true, self.said, strict=True)]
        spans = spans_of(_numbers(right), _numbers(map(len, self.said)), _numbers(map(len, true)))
        words = _numbers(len(sentence.words) for sentence in self.sentences)
        return Counted(len(true), {**spans, "accuracy": ratio_of(self._right_words(), words)})

    @property
    def labels(self) -> list[Json]:
        """For each label how many of its spans were found, and how many said ones are right."""
        true = Counter(span.label for one in self.sentences for span in one.spans)
        said = Counter(span.label for spans in self.said for span in spans)
        right = Counter(
            span.label
            for one, spans in zip(self.sentences, self.said, strict=True)
            for span in spans & frozenset(one.marked)
        )
        names = sorted({*true, *said}, key=lambda name: (-true[name], name))[:MOST_LABELS]
        return [
            {
                "label": name,
                "examples": true[name],
                "found": right[name] / true[name] if true[name] else None,
                "right": right[name] / said[name] if said[name] else None,
            }
            for name in names
        ]

    @property
    def samples(self) -> list[Json]:
        """Some sentences with entities, evenly from all of them, with what was said."""
        places = [at for at, one in enumerate(self.sentences) if one.spans or self.said[at]]
        step = max(1, len(places) // MOST_SAMPLES)
        return [self._sample(at) for at in places[::step][:MOST_SAMPLES]]

    def _sample(self, at: int) -> Json:
        text = self.sentences[at].text
        return {
            "text": text if len(text) <= SHOWN else f"{text[:SHOWN]}…",
            "found": _listed(text, self.said[at]),
            "true": _listed(text, self.sentences[at].marked),
        }

    def _right_words(self) -> Codes:
        """How many words of each sentence have the right tag."""
        right = []
        for sentence, spans in zip(self.sentences, self.said, strict=True):
            said = bio2(in_words(spans, places_of(sentence.words)), len(sentence.words))
            right.append(sum(a == b for a, b in zip(sentence.tags, said, strict=True)))
        return _numbers(right)


def _numbers(values: Iterable[int]) -> Codes:
    return np.array(list(values), dtype=np.int64)


def _listed(text: str, spans: Iterable[Span]) -> str:
    """Spans as a person reads them."""
    return "; ".join(f"{text[s.start : s.end]} ({s.label})" for s in sorted(spans)) or "none"


def rows_of(sentences: Sequence[Sentence], truth: str) -> list[Mapping[str, Json]]:
    """Held-out sentences as heldout.jsonl holds them."""
    rows: list[Mapping[str, Json]] = []
    for sentence in sentences:
        spans: list[Json] = [marked(span) for span in sentence.marked]
        rows.append({"text": sentence.text, truth: spans})
    return rows
