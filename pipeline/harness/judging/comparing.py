"""Is one model surely better than another? Both are measured on the same draws of the same rows.

What the rows have in common, hard ones and easy ones, then counts for both and cancels out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from metrics import BETTER, Classified, Codes, Counted, Floats, Measured, Outcome, drawn, value_of
from resampling import count_of_blocks
from scipy import stats

SURE = 0.99  # two-sided: of guesses alone, one in two hundred would be called better
USUAL = 0.95
DRAWS = 1000
FEW_ROWS = 2_000  # up to here the bootstrap, too sure of itself, is checked by shuffling
MOST_SHUFFLED = 20_000  # rows times classes


@dataclass(frozen=True, slots=True)
class Gain:
    """How much better a model is: the difference, and how it varies from draw to draw.

    `widen` makes up for few blocks or counts, whose spread looks smaller than it is.
    """

    value: float
    draws: Floats
    widen: float = 1.0

    def least(self, level: float) -> float:
        """The lower end of the two-sided interval of this level."""
        if not len(self.draws):
            return float("-inf")
        low = float(np.quantile(self.draws, (1 - level) / 2))
        return self.value - self.widen * max(self.value - low, 0.0) if low < self.value else low


def gains_over(
    name: str,
    ours: Outcome,
    others: Sequence[Outcome | float],
    seed: int,
    blocks: Codes | None = None,
) -> list[Gain]:
    """What `ours` has over each of the others in a metric: above zero is better.

    Others that answered no rows are known by their value alone.
    """
    sign = 1 if BETTER[name] == "higher" else -1
    count = count_of_blocks(len(ours), blocks)
    unchecked = blocks is not None or isinstance(ours, Counted)  # by shuffling
    mine = drawn(name, ours, seed, DRAWS, blocks) if others and count > 1 else np.empty(0)
    gains = []
    for other in others:
        value = other if isinstance(other, float) else value_of(name, other)
        theirs = np.full(len(mine), value)
        if not isinstance(other, float) and len(mine):
            theirs = drawn(name, other, seed, DRAWS, blocks)
        draws = sign * (mine - theirs)
        known = draws[np.isfinite(draws)]
        gains.append(
            Gain(
                sign * (value_of(name, ours) - value),
                known if len(known) >= len(draws) / 2 else np.empty(0),
                _widening(count) if unchecked else 1.0,
            )
        )
    return gains


def by_accident(name: str, outcome: Outcome, seed: int) -> float:
    """How often the same answers, given to the rows in any order, do at least as well.

    Exact where rows have nothing to do with each other; 0 where that is not so or not needed.
    """
    width = len(outcome.classes) if isinstance(outcome, Classified) else 1
    if len(outcome) > min(FEW_ROWS, MOST_SHUFFLED // width):
        return 0.0
    sign = 1 if BETTER[name] == "higher" else -1
    reached = sign * value_of(name, outcome)
    draw = np.random.default_rng(seed)
    shuffled = [_shuffled(outcome, draw) for _ in range(DRAWS)]
    as_good = sum(sign * value_of(name, one) >= reached for one in shuffled if one is not None)
    return (1 + as_good) / (1 + DRAWS) if shuffled[0] is not None else 0.0


def _shuffled(outcome: Outcome, draw: np.random.Generator) -> Outcome | None:
    """What is true in another order; None where rows stand in an order, or hold no one answer."""
    if isinstance(outcome, Classified):
        return replace(outcome, truth=draw.permutation(outcome.truth))
    if isinstance(outcome, Measured) and outcome.scale is None:
        return replace(outcome, truth=draw.permutation(outcome.truth))
    return None


def _widening(blocks: int) -> float:
    """Student's t against the normal: few blocks know little of their own spread."""
    if blocks < 2:  # noqa: PLR2004 - one cannot vary
        return 1.0
    tail = 1 - (1 - SURE) / 2
    return float(stats.t.ppf(tail, blocks - 1) / stats.norm.ppf(tail))
