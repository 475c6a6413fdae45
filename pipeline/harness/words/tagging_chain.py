"""A linear chain (CRF): the likelihood of whole rows of tags, its gradient, and the likeliest row.

Sentences lie packed: the first words of all of them, then all second words, and so on, the longest
sentence first. So a step along all chains is one product of matrices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from metrics import Codes, Floats

Singles: TypeAlias = npt.NDArray[np.float32]
FLOOR = np.float32(1e-30)  # keeps a row of tags possible that seems not to be
NEVER = np.float32(-1e9)
AT_ONCE = 8_000_000  # cells of one step of the search for the likeliest row


@dataclass(frozen=True, slots=True)
class Packing:
    """Where each word of the sentences lies: `order` are the places in sentence order, packed.

    Step t holds `sizes[t]` words from `starts[t]` on; row i of each step is of one sentence.
    """

    order: Codes
    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    firsts: Codes
    lasts: Codes

    @property
    def steps(self) -> range:
        """Steps behind the first."""
        return range(1, len(self.sizes))

    def block(self, step: int) -> slice:
        """The words of a step."""
        return slice(self.starts[step], self.starts[step] + self.sizes[step])


def packed(lengths: Sequence[int]) -> Packing:
    """The packing of sentences of these lengths, each at least 1."""
    size = np.asarray(lengths, dtype=np.int64)
    begins = np.concatenate([[0], np.cumsum(size)[:-1]])
    by_length = np.argsort(-size, kind="stable")
    sizes = [int(np.sum(size > step)) for step in range(int(size.max(initial=0)))]
    order = [begins[by_length[:count]] + step for step, count in enumerate(sizes)]
    starts = np.concatenate([[0], np.cumsum(sizes)])[: len(sizes)].astype(int)
    lasts = starts[size[by_length] - 1] + np.arange(len(size))
    return Packing(
        order=np.concatenate(order) if order else np.empty(0, np.int64),
        sizes=tuple(sizes),
        starts=tuple(starts.tolist()),
        firsts=np.arange(len(size)),
        lasts=lasts.astype(np.int64),
    )


@dataclass(frozen=True, slots=True)
class Moves:
    """Scores of going from one tag to the next, shape (tags, tags), and of beginning and ending.

    `legal` says which moves there are: a span is only gone on with inside of one of its label.
    """

    between: Floats
    first: Floats
    last: Floats
    legal: npt.NDArray[np.bool_]
    opens: npt.NDArray[np.bool_]


def legal_moves(tags: Sequence[str]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which tag may follow which, and which may come first."""
    inside = np.array([tag.startswith("I-") for tag in tags])
    label = np.array([tag[2:] for tag in tags])
    same = (label[:, None] == label[None, :]) & (np.array([tag != "O" for tag in tags])[:, None])
    return ~inside[None, :] | same, ~inside


@dataclass(frozen=True, slots=True)
class Expected:
    """The log of what all rows of tags weigh together, and how often each tag and move occurs."""

    log_sum: float
    tags: Singles
    moves: Floats


def expected(scores: Singles, moves: Moves, packing: Packing) -> Expected:
    """Forward and backward along all chains; `scores` has shape (words, tags), packed."""
    emitted, tops = _emitted(scores, moves, packing)
    step = (np.exp(moves.between) * moves.legal).astype(np.float32)
    ahead, sums = _forward(emitted, step, packing)
    back = np.ones_like(emitted)
    pairs = np.zeros(step.shape)
    for at in reversed(packing.steps):
        now, count = packing.block(at), packing.sizes[at]
        before = slice(packing.starts[at - 1], packing.starts[at - 1] + count)
        weighed = emitted[now] * back[now] / sums[now, None]
        back[before] = weighed @ step.T
        pairs += ahead[before].T @ weighed
    tags = ahead * back
    tags /= tags.sum(axis=1, keepdims=True)
    log_sum = float(np.log(sums, dtype=np.float64).sum() + tops.sum(dtype=np.float64))
    return Expected(log_sum, tags, pairs * step)


def likeliest(scores: Singles, moves: Moves, packing: Packing) -> Codes:
    """The best row of tags of each sentence (Viterbi), packed."""
    between = np.where(moves.legal, moves.between, NEVER).astype(np.float32)
    best = _with_ends(scores, moves, packing)
    came = np.zeros(best.shape, dtype=np.int32)
    for at in packing.steps:
        count, before = packing.sizes[at], packing.starts[at - 1]
        reached = best[before : before + count]
        now = packing.block(at)
        came[now], gained = _best_before(reached, between)
        best[now] += gained
    said = np.zeros(len(scores), dtype=np.int64)
    said[packing.lasts] = best[packing.lasts].argmax(axis=1)
    for at in reversed(packing.steps):
        now, before = packing.block(at), packing.starts[at - 1]
        rows = np.arange(packing.starts[at], packing.starts[at] + packing.sizes[at])
        said[before : before + packing.sizes[at]] = came[rows, said[now]]
    return said


def _best_before(reached: Singles, between: Singles) -> tuple[npt.NDArray[np.int32], Singles]:
    """For each row and tag the best tag before it, and what is reached through it."""
    size = max(1, AT_ONCE // between.size)
    came, gained = [], []
    for start in range(0, len(reached), size):
        ways = reached[start : start + size, :, None] + between
        came.append(ways.argmax(axis=1).astype(np.int32))
        gained.append(ways.max(axis=1))
    return np.concatenate(came), np.concatenate(gained)


def _with_ends(scores: Singles, moves: Moves, packing: Packing) -> Singles:
    whole = scores.astype(np.float32, copy=True)
    whole[packing.firsts] += np.where(moves.opens, moves.first, NEVER).astype(np.float32)
    whole[packing.lasts] += moves.last.astype(np.float32)
    return whole


def _emitted(scores: Singles, moves: Moves, packing: Packing) -> tuple[Singles, Singles]:
    """The weights of tags by themselves, 1 at most, and by how much their logs were lowered."""
    whole = _with_ends(scores, moves, packing)
    tops = whole.max(axis=1)
    return np.maximum(np.exp(whole - tops[:, None]), FLOOR), tops


def _forward(emitted: Singles, step: Singles, packing: Packing) -> tuple[Singles, Singles]:
    """Weights of all ways to each tag, summing to 1 in each row, and what the sums were."""
    ahead, sums = emitted.copy(), np.empty(len(emitted), np.float32)
    first = packing.block(0)
    sums[first] = ahead[first].sum(axis=1)
    ahead[first] /= sums[first, None]
    for at in packing.steps:
        now, before = packing.block(at), packing.starts[at - 1]
        ahead[now] *= ahead[before : before + packing.sizes[at]] @ step
        sums[now] = ahead[now].sum(axis=1)
        ahead[now] /= sums[now, None]
    return ahead, sums
