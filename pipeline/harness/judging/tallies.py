"""Metrics of what was counted row by row, as functions of row weights for `metrics.Counted`.

Each maker takes one count (or row of counts) a row and gives a function of weights of shape
(…, rows) with values of shape (…), NaN where nothing is there to count.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from metrics import Floats, Weighed

Numbers: TypeAlias = Sequence[float] | npt.NDArray[np.float64] | npt.NDArray[np.int64]
Counts: TypeAlias = Sequence[Sequence[float]] | npt.NDArray[np.float64] | npt.NDArray[np.int64]
BLEU_ORDERS = 4
CHRF_ORDERS = 6
CHRF_RECALL = 4.0  # beta squared: recall weighs twice as much as precision


def mean_of(values: Numbers) -> Weighed:
    """The mean of the rows' values."""
    return ratio_of(values, np.ones(len(values)))


def ratio_of(numerators: Numbers, denominators: Numbers) -> Weighed:
    """All numerators together over all denominators together."""
    over, under = _column(numerators), _column(denominators)

    def ratio(weights: Floats) -> Floats:
        return _over(weights @ over, weights @ under)

    return ratio


def perplexity_of(nats: Numbers, tokens: Numbers) -> Weighed:
    """Among how many equally likely tokens the model hesitates: e to the mean nats of a token."""
    mean = ratio_of(nats, tokens)
    return lambda weights: np.exp(mean(weights))


def span_f1_of(right: Numbers, said: Numbers, true: Numbers) -> Weighed:
    """F1 of spans: those said rightly, those said and those there are in each row."""
    return ratio_of(2 * _column(right), _column(said) + _column(true))


def spans_of(right: Numbers, said: Numbers, true: Numbers) -> Mapping[str, Weighed]:
    """The same with what else is told of it: the share found, and the share that is right."""
    return {
        "span_f1": span_f1_of(right, said, true),
        "recall": ratio_of(right, true),
        "precision": ratio_of(right, said),
    }


def bleu_of(stats: Counts) -> Weighed:
    """BLEU of 100, with sacrebleu's smoothing; `stats` has shape (rows, 10).

    In sacrebleu's order: words said, words of the truth, right 1- to 4-grams, said 1- to 4-grams.
    """
    table = _table(stats, 2 + 2 * BLEU_ORDERS)

    def bleu(weights: Floats) -> Floats:
        sums = weights @ table
        right, said = sums[..., 2 : 2 + BLEU_ORDERS], sums[..., 2 + BLEU_ORDERS :]
        halved = 0.5 ** np.cumsum(right == 0, axis=-1)  # each order without a hit counts for less
        precision = np.where(right > 0, right, halved) / np.maximum(said, 1.0)
        known = (right > 0).any(axis=-1) & (said > 0).all(axis=-1)
        length = np.maximum(sums[..., 0], 1e-300)
        brevity = np.exp(np.minimum(1 - sums[..., 1] / length, 0.0))
        scores = 100 * brevity * np.exp(np.log(precision).mean(axis=-1))
        return np.where(sums[..., 1] > 0, np.where(known, scores, 0.0), np.nan)

    return bleu


def chrf_of(stats: Counts) -> Weighed:
    """ChrF of 100, as sacrebleu's chrF2; `stats` has shape (rows, 18).

    In sacrebleu's order: said, true and common n-grams of 1 to 6 letters, three numbers an order.
    """
    table = _table(stats, 3 * CHRF_ORDERS)

    def chrf(weights: Floats) -> Floats:
        sums = weights @ table
        said, true, common = (sums[..., at::3] for at in range(3))
        counts = (said > 0) & (true > 0)
        orders = np.maximum(counts.sum(axis=-1), 1)
        precision, recall = (
            np.where(counts, common / np.maximum(grams, 1e-300), 0.0).sum(axis=-1) / orders
            for grams in (said, true)
        )
        both = CHRF_RECALL * precision + recall
        scores = 100 * (1 + CHRF_RECALL) * precision * recall / np.where(both > 0, both, 1.0)
        return np.where((true > 0).any(axis=-1), scores, np.nan)

    return chrf


def _over(numerators: Floats, denominators: Floats) -> Floats:
    return np.asarray(numerators / np.where(denominators > 0, denominators, np.nan))


def _column(values: Numbers) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _table(stats: Counts, width: int) -> Floats:
    """The counts as an array; ValueError where a row has not `width` of them."""
    table = np.asarray(stats, dtype=np.float64).reshape(len(stats), -1)
    if table.shape[1] != width:
        raise ValueError(f"a row has {table.shape[1]} counts, not {width}")
    return table
