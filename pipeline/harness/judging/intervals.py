"""Between what the score would lie with other rows like these, in 95 of 100 cases."""

from collections.abc import Sequence

import numpy as np
from metrics import Classified, Codes, Counted, Floats, Outcome, interval, value_of
from skill import perfect_of

OF_THREE = 3.0  # where nothing went wrong in n rows, 3 in n may still do (the rule of three)
CAN_BE_PERFECT = ("accuracy", "macro_f1", "f1", "roc_auc")
OF_COUNTS = ("map", "map50", "span_f1", "rouge1", "rouge2", "rougeL", "bleu", "chrf")


def interval_of(
    name: str, outcome: Outcome, seed: int, blocks: Codes | None = None
) -> tuple[float, float] | None:
    """The bootstrap's interval; where no row went wrong it still leaves room for some."""
    found = interval(name, outcome, seed, blocks=blocks)
    if found is None:
        return None
    value = value_of(name, outcome)
    low, high = min(found[0], value), max(found[1], value)
    if low == high and isinstance(outcome, Classified) and name in CAN_BE_PERFECT:
        return _with_mistakes(name, outcome), high
    if low == high == perfect_of(name) and isinstance(outcome, Counted) and name in OF_COUNTS:
        return high * len(outcome) / (len(outcome) + OF_THREE), high
    return low, high


def _with_mistakes(name: str, outcome: Classified) -> float:
    """The value if three more rows, shared among the classes that occur, were quite wrong."""
    size = len(outcome.classes)
    wrong = np.unique(outcome.truth)
    taken_for = (wrong + 1) % max(size, 2)
    parts: Sequence[Floats] = (outcome.chances, np.eye(max(size, 2))[taken_for][:, :size])
    doubted = Classified(
        outcome.classes,
        np.concatenate([outcome.truth, wrong]),
        np.concatenate([outcome.said, taken_for]),
        np.vstack(parts),
        outcome.positive,
    )
    weights = np.concatenate([np.ones(len(outcome)), np.full(len(wrong), OF_THREE / len(wrong))])
    return min(value_of(name, doubted, weights), value_of(name, outcome))
