"""How far a model gets from guessing to perfect, on the scale of each metric."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from metrics import BETTER, Measured, Outcome

LITTLE = 0.15  # of the way from guessing to perfect; less than this is a weak model
_LITTLE_FORECAST = 0.05  # better than repeating the past is hard: a twentieth less error is much
_OF_HUNDRED = ("bleu", "chrf")
# Nobody goes the whole way: two good translations or summaries of one text differ in most of their
# words, and no text can be foreseen to the letter. What guesses reach there is a good part of it.
_LITTLE_TEXT: Mapping[str, float] = MappingProxyType(
    {
        "rouge1": 0.02,  # the first sentences of a text are hard to beat
        "rouge2": 0.02,
        "rougeL": 0.02,
        "bleu": 0.05,
        "chrf": 0.05,
        "nats_per_char": 0.05,
        "perplexity": 0.05,
        "eval_loss": 0.05,
    }
)


def perfect_of(metric: str) -> float:
    """The value where nothing could be better."""
    if metric in _OF_HUNDRED:
        return 100.0
    if metric == "perplexity":  # no doubt between tokens
        return 1.0
    return 1.0 if BETTER[metric] == "higher" else 0.0


def skill_of(metric: str, value: float, trivial: float) -> float:
    """The share of the way from guessing (0) to perfect (1); below 0 where guessing is better.

    A perplexity is compared by its logarithm, as a loss is: half as many tokens to doubt between
    is the same gain wherever it begins.
    """
    perfect = perfect_of(metric)
    if metric == "perplexity":
        value, trivial, perfect = (float(np.log(one)) for one in (value, trivial, perfect))
    return (value - trivial) / (perfect - trivial or 1.0)


def little_of(metric: str, outcome: Outcome) -> float:
    """The part of that way that is little still."""
    if isinstance(outcome, Measured) and outcome.scale is not None:
        return _LITTLE_FORECAST
    return _LITTLE_TEXT.get(metric, LITTLE)
