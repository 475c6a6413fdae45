"""Learn a tagger: the weights that make the tags of the sentences likeliest."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from metrics import Codes, Floats
from scipy.optimize import minimize
from tagging_chain import Moves, Packing, Singles, expected, legal_moves, packed
from tagging_terms import Sight, Terms

Heard = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Weights:
    """What a tagger has learned: weights of shape (terms, tags) for each way of looking, moves."""

    terms: tuple[Singles, ...]
    moves: Moves


@dataclass(frozen=True, slots=True)
class Lesson:
    """Sentences ready to learn from: packed, seen by terms, with the place of each word's tag."""

    packing: Packing
    sights: tuple[Sight, ...]
    truth: Codes
    tags: tuple[str, ...]


def lesson_of(
    terms: Terms, words: Sequence[Sequence[str]], said: Sequence[Sequence[str]], tags: Sequence[str]
) -> Lesson:
    """Sentences and their tags, made ready."""
    packing = packed([len(sentence) for sentence in words])
    place = {tag: at for at, tag in enumerate(tags)}
    truth = np.array([place[tag] for sentence in said for tag in sentence], dtype=np.int64)
    sights = tuple(terms.seen(words, packing.order))
    return Lesson(packing, sights, truth[packing.order], tuple(tags))


def learned_weights(
    lesson: Lesson, *, keeping: float, rounds: int, deadline: float, heard: Heard
) -> Weights:
    """Weights by L-BFGS; `keeping` holds them small, `heard` is told each round and its loss."""
    slopes = Slopes(lesson, keeping)
    done = 0
    began = time.monotonic()

    def after(intermediate_result: object) -> None:  # SciPy calls it by this name
        nonlocal done
        del intermediate_result
        done += 1
        heard(done, slopes.loss)
        step = (time.monotonic() - began) / done
        if time.monotonic() + step > deadline:
            raise StopIteration

    found = minimize(
        slopes,
        np.zeros(slopes.size),
        jac=True,
        method="L-BFGS-B",
        callback=after,
        options={"maxiter": rounds, "maxcor": 6, "ftol": 1e-6},
    )
    return slopes.weights(found.x)


class Slopes:
    """The loss of weights in one row, and its slopes."""

    def __init__(self, lesson: Lesson, keeping: float) -> None:
        self.lesson = lesson
        self.keeping = keeping
        self.loss = float("nan")
        many = len(lesson.tags)
        self.shapes = [(sight.terms.shape[1], many) for sight in lesson.sights]
        self.shapes += [(many, many), (1, many), (1, many)]
        self.size = sum(rows * columns for rows, columns in self.shapes)
        self.legal, self.opens = legal_moves(lesson.tags)
        self.counts = self._counts()

    def __call__(self, row: Floats) -> tuple[float, Floats]:
        """Loss and slopes of weights; the loss is a word's, of the likelihood alone."""
        lesson, weights = self.lesson, self.weights(row)
        scores = np.zeros((len(lesson.truth), len(lesson.tags)), np.float32)
        for sight, known in zip(lesson.sights, weights.terms, strict=True):
            scores += sight.scores(known)
        chain = expected(scores, weights.moves, lesson.packing)
        words = np.arange(len(lesson.truth))
        reached = scores[words, lesson.truth].sum(dtype=np.float64) + self._reached(weights.moves)
        self.loss = (chain.log_sum - reached) / len(words)
        slopes = chain.tags
        slopes[words, lesson.truth] -= 1
        parts: list[npt.NDArray[np.floating]] = [
            sight.gathered(slopes).ravel() for sight in lesson.sights
        ]
        parts.append((chain.moves - self.counts).ravel())
        packing = lesson.packing
        parts += [slopes[ends].sum(axis=0) for ends in (packing.firsts, packing.lasts)]
        loss = chain.log_sum - reached + self.keeping * float(row @ row) / 2
        return loss, np.concatenate(parts).astype(np.float64) + self.keeping * row

    def weights(self, row: Floats) -> Weights:
        """One row cut into matrices."""
        cuts = np.cumsum([rows * columns for rows, columns in self.shapes])[:-1]
        parts = [one.reshape(s) for one, s in zip(np.split(row, cuts), self.shapes, strict=True)]
        *terms, between, first, last = parts
        moves = Moves(between, first[0], last[0], self.legal, self.opens)
        return Weights(tuple(one.astype(np.float32) for one in terms), moves)

    def _counts(self) -> Floats:
        """How often each tag follows each."""
        packing, truth = self.lesson.packing, self.lesson.truth
        counts = np.zeros((len(self.lesson.tags),) * 2)
        for at in packing.steps:
            before = truth[packing.starts[at - 1] :][: packing.sizes[at]]
            np.add.at(counts, (before, truth[packing.block(at)]), 1)
        return counts

    def _reached(self, moves: Moves) -> float:
        """What the moves of the true tags weigh."""
        packing, truth = self.lesson.packing, self.lesson.truth
        ends = moves.first[truth[packing.firsts]].sum() + moves.last[truth[packing.lasts]].sum()
        return float((self.counts * moves.between).sum() + ends)
