"""How much each member counts: greedy selection on out-of-fold predictions, held back.

Greedy selection with replacement overfits a few hundred rows, so it is repeated on resampled
rows and averaged, and a share of the weight goes evenly to every member that was chosen at all.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from lessons import inner_loss
from metrics import Floats

Loss = Callable[[Floats, Floats], float]

BAGS = 20
PICKS = 20
EVEN = 0.3  # share of the weight that is spread evenly over the chosen members
FEW_ROWS = 1_000  # from here on the choice is the surer the more rows, and the even share falls
LEAST = 0.02  # a smaller weight is not worth a member's files
MOST_ROWS = 5_000  # rows the selection looks at; more change nothing but the time
TIE_BREAK = 0.01  # how much log loss counts where the metric is a ranking
SOFTEN = 0.2  # and where it is a count of decisions, which jumps from row to row


def loss_of(metric: str, positive: int = 1) -> Loss:
    """The loss that stands for a metric; lower is better. `positive` is a class code.

    ValueError for a metric without one.
    """
    losses: dict[str, Loss] = {
        "roc_auc": lambda y, p: 1.0 - area(y, p) + TIE_BREAK * inner_loss(y, p, p.shape[1]),
        "log_loss": lambda y, p: inner_loss(y, p, p.shape[1]),
        "accuracy": lambda y, p: _soft(float(np.mean(p.argmax(1) != y)), y, p),
        "macro_f1": lambda y, p: _soft(1.0 - float(np.mean(f1_scores(y, p))), y, p),
        "f1": lambda y, p: _soft(1.0 - float(f1_scores(y, p)[positive]), y, p),
        "rmse": lambda y, p: float(np.sqrt(np.mean((y - p[:, 0]) ** 2))),
        "mae": lambda y, p: float(np.mean(np.abs(y - p[:, 0]))),
        "r2": lambda y, p: float(np.mean((y - p[:, 0]) ** 2)),
    }
    if metric not in losses:
        raise ValueError(f"no ensemble can aim at {metric}; known: {', '.join(losses)}")
    return losses[metric]


def area(target: Floats, told: Floats) -> float:
    """Area under the ROC curve of the second class; the mean of one-vs-rest with more classes."""
    classes = told.shape[1]
    columns = [1] if classes == 2 else range(classes)  # noqa: PLR2004
    areas = [_area(target == column, told[:, column]) for column in columns]
    return float(np.mean(areas))


def _area(hits: np.ndarray[Any, Any], scores: Floats) -> float:
    positives = int(hits.sum())
    negatives = len(hits) - positives
    if not positives or not negatives:
        return 0.5
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[place]
    return float((ranks[hits].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def f1_scores(target: Floats, told: Floats) -> Floats:
    """F1 of each class by the likeliest class of each row; 0 for a class never met."""
    classes = told.shape[1]
    pairs = target.astype(int) * classes + told.argmax(axis=1)
    table = np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    total = table.sum(axis=0) + table.sum(axis=1)
    return np.asarray(2.0 * np.diag(table) / np.maximum(total, 1))


def _soft(loss: float, target: Floats, told: Floats) -> float:
    return loss + SOFTEN * inner_loss(target, told, told.shape[1])


def choose_weights(
    told: Mapping[str, Floats], target: Floats, loss: Loss, seed: int
) -> dict[str, float]:
    """Weights of the members that help, adding up to 1, the largest first."""
    names = list(told)
    stack = np.stack([told[name] for name in names])
    draw = np.random.default_rng(seed)
    total = np.zeros(len(names))
    for _ in range(BAGS):
        rows = draw.choice(len(target), min(len(target), MOST_ROWS))
        total += _greedy(stack[:, rows], target[rows], loss)
    total /= total.sum()
    chosen = total >= LEAST
    weights = np.where(chosen, total, 0.0) / total[chosen].sum()
    even = EVEN * min(1.0, FEW_ROWS / len(target)) ** 0.5
    weights = (1.0 - even) * weights + even * chosen / chosen.sum()
    order = np.argsort(-weights, kind="stable")
    return {names[at]: float(weights[at]) for at in order if weights[at] > 0}


def _greedy(stack: Floats, target: Floats, loss: Loss) -> Floats:
    """How often each member was picked up to the best number of picks."""
    picks = np.zeros(len(stack))
    mixed, best, kept = np.zeros(stack.shape[1:]), np.inf, picks
    for count in range(1, PICKS + 1):
        losses = [loss(target, (mixed + told) / count) for told in stack]
        pick = int(np.argmin(losses))
        picks[pick] += 1
        mixed += stack[pick]
        if losses[pick] < best - 1e-9:
            best, kept = losses[pick], picks.copy()
    return np.asarray(kept / kept.sum())


def mix(told: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The weighted mean of the members' predictions."""
    return np.asarray(sum(weight * told[name] for name, weight in weights.items()))
