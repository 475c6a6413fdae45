"""Choose how a tagger learns, on sentences it has not seen, and let it learn from all of them."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from config import BundleConfig
from progress import say
from tagging_learning import learned_weights, lesson_of
from tagging_schemes import Span
from tagging_sentences import Sentence, tags_in
from tagging_taggers import Weighed, batches
from tagging_terms import Terms, learned

KEEPING = (0.3, 1.0, 0.1)  # how strongly weights are kept small, the likeliest first
FEWER_ROUNDS = 1.5  # times the words, if fewer rounds are enough: the last ones gain little
ROUNDS = 80  # beyond, the likelihood still grows and the spans hardly change
LEAST = 2  # a term of one place is not known elsewhere
FEW_WORDS = 5_000  # of so few words a term of one place counts too
MOST_TERMS = 400_000
MOST_WEIGHTS = 4_000_000  # terms times tags: the memory of learning
MOST_CELLS = 16_000_000  # words times tags
MOST_WORDS = 300_000  # more need minutes, and say little that is new
DOUBTS = np.linspace(-1.0, 2.0, 13)
NEIGHBOURS = 2  # doubts to each side that are averaged before the best is taken
FOLDS = 5
MOST_TO_CHOOSE = 60_000  # words; ways of learning differ too little to need more for the choice
WORDS_A_SECOND = 400  # of the time: so many are learned from several times on a busy machine too
SHARE_TO_CHOOSE = 0.55  # of the time; the rest is for all sentences
SHARE_TO_LEARN = 0.93  # saving takes the rest


@dataclass(frozen=True, slots=True)
class Chosen:
    """How to learn, the F1 of spans that this reached on unseen sentences, and the time it took.

    `pace` is in seconds a word.
    """

    keeping: float
    doubt: float
    value: float
    pace: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one way of learning said about unseen sentences with each doubt: counts of spans."""

    keeping: float
    right: np.ndarray
    said: np.ndarray
    true: int
    pace: float

    @property
    def best(self) -> Chosen:
        """The doubt in whose neighbourhood most is right; a single best one is often luck."""
        values = 2 * self.right / np.maximum(self.said + self.true, 1)
        wide = np.pad(values, NEIGHBOURS, mode="edge")
        smooth = np.convolve(wide, np.full(2 * NEIGHBOURS + 1, 1 / (2 * NEIGHBOURS + 1)), "valid")
        level = np.flatnonzero(smooth >= smooth.max() - 1e-9)
        at = level[np.abs(DOUBTS[level]).argmin()]
        return Chosen(self.keeping, float(DOUBTS[at]), float(values[at]), self.pace)


def trained_tagger(
    sentences: Sequence[Sentence], config: BundleConfig, *, started: float
) -> tuple[Weighed, Chosen]:
    """A tagger that learned from these sentences within the time of the config."""
    budget = config.budget_seconds
    some = manageable(sentences, config.seed, int(min(MOST_TO_CHOOSE, budget * WORDS_A_SECOND)))
    tries = KEEPING if len(some) == len(sentences) else KEEPING[:1]  # many need their time to learn
    chosen = _choose(some, tries, config, started + SHARE_TO_CHOOSE * budget)
    deadline = started + SHARE_TO_LEARN * budget
    room = int(FEWER_ROUNDS * (deadline - time.monotonic()) / max(chosen.pace, 1e-9))
    known = manageable(sentences, config.seed, max(room, MOST_TO_CHOOSE // 4))
    many = f"{len(known):,} of {len(sentences):,}" if len(known) < len(sentences) else "all"
    say("train", f"learning from {many} sentences", done=0.6)
    tagger = fitted(known, chosen.keeping, config, deadline=deadline, done=(0.6, 0.98))
    return tagger.doubting(chosen.doubt), chosen


def manageable(sentences: Sequence[Sentence], seed: int, most: int) -> list[Sentence]:
    """As many sentences, at random, as there is time and memory for, of so many words together."""
    tags = len(tags_in(sentences))
    room = min(most, MOST_WORDS, MOST_CELLS // tags)
    order = list(range(len(sentences)))
    random.Random(seed).shuffle(order)  # noqa: S311 - a sample is no secret
    kept: list[int] = []
    for at in order:
        room -= len(sentences[at].words)
        if room < 0 and kept:
            break
        kept.append(at)
    return [sentences[at] for at in sorted(kept)]


def fitted(
    sentences: Sequence[Sentence],
    keeping: float,
    config: BundleConfig,
    *,
    deadline: float,
    done: tuple[float, float],
) -> Weighed:
    """The tagger of these sentences; what it says of its progress goes between two shares."""
    words = [sentence.words for sentence in sentences]
    said = [sentence.tags for sentence in sentences]
    tags = tags_in(sentences)
    terms = terms_of(words, len(tags))
    lesson = lesson_of(terms, words, said, tags)
    began = time.monotonic()
    rounds = config.setting("rounds", ROUNDS)

    def heard(number: int, loss: float) -> None:
        if number % 10 and number > 1:
            return
        took = time.monotonic() - began
        left = min(took / number * (rounds - number), deadline - time.monotonic())
        share = done[0] + (done[1] - done[0]) * min(1.0, number / rounds)
        say("train", f"round {number}", done=share, eta=max(left, 0.0), numbers={"loss": loss})

    weights = learned_weights(
        lesson, keeping=keeping, rounds=rounds, deadline=deadline, heard=heard
    )
    return Weighed(terms, weights, tags)


def terms_of(words: Sequence[Sequence[str]], tags: int) -> Terms:
    """The terms to weigh, as many as memory is meant for."""
    few = sum(map(len, words)) < FEW_WORDS
    return learned(words, 1 if few else LEAST, min(MOST_TERMS, MOST_WEIGHTS // tags))


def _choose(
    sentences: Sequence[Sentence],
    strengths: Sequence[float],
    config: BundleConfig,
    deadline: float,
) -> Chosen:
    """What does best on sentences that were not learned from, as far as there is time."""
    if config.hyperparameters.get("regularization") is not None:
        strengths = (config.setting("regularization", KEEPING[0]),)
    fold = _folds(len(sentences), config.seed)
    tried: list[Tried] = []
    for at, keeping in enumerate(strengths):
        began = time.monotonic()
        tried.append(_tried(sentences, fold, keeping, config, deadline))
        best = tried[-1].best
        say(
            "train",
            f"kept small by {keeping:g}",
            done=0.2 + 0.4 * (at + 1) / len(strengths),
            numbers={config.metric: best.value},
        )
        if 2 * time.monotonic() - began > deadline:
            break
    return max((one.best for one in tried), key=lambda chosen: chosen.value)


def _folds(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(count) % FOLDS


def _tried(
    sentences: Sequence[Sentence],
    fold: np.ndarray,
    keeping: float,
    config: BundleConfig,
    deadline: float,
) -> Tried:
    """One fold, and more of them while sentences are few and there is time."""
    right, said, true, pace = np.zeros(len(DOUBTS)), np.zeros(len(DOUBTS)), 0, 0.0
    for at in range(FOLDS):
        began = time.monotonic()
        seen = [one for one, part in zip(sentences, fold, strict=True) if part != at]
        rest = [one for one, part in zip(sentences, fold, strict=True) if part == at and one.words]
        if not seen or not rest:
            continue
        tagger = fitted(seen, keeping, config, deadline=deadline, done=(0.05, 0.2))
        pace = (time.monotonic() - began) / sum(len(one.words) for one in seen)
        more = _counted(tagger, rest)
        right, said, true = right + more[0], said + more[1], true + more[2]
        took = time.monotonic() - began
        many = sum(len(one.words) for one in rest) >= FEW_WORDS
        if many or time.monotonic() + took * len(KEEPING) > deadline:
            break
    return Tried(keeping=keeping, right=right, said=said, true=true, pace=pace)


def _counted(tagger: Weighed, sentences: Sequence[Sentence]) -> tuple[np.ndarray, np.ndarray, int]:
    """Spans that are right and that are said with each doubt, and those there are."""
    right, said = np.zeros(len(DOUBTS)), np.zeros(len(DOUBTS))
    truth = iter([sentence.spans for sentence in sentences])
    for some in batches([sentence.words for sentence in sentences]):
        scores, packing = tagger.scores(some)
        true = [frozenset(next(truth)) for _ in some]
        for at, doubt in enumerate(DOUBTS):
            found: list[list[Span]] = tagger.doubting(float(doubt)).said(scores, packing, some)
            right[at] += sum(len(a & frozenset(b)) for a, b in zip(true, found, strict=True))
            said[at] += sum(map(len, found))
    return right, said, sum(len(sentence.spans) for sentence in sentences)
