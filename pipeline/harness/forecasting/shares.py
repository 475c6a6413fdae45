"""How much each member counts for each series, from what it foretold in a backtest."""

from collections.abc import Sequence

import numpy as np
from metrics import Floats

PRIOR = (  # what is trusted where nothing could be tried
    *("smoothing", "log_smoothing", "theta", "log_theta", "autoregression_of_changes"),
    *("linear_lags", "log_linear_lags", "last_season", "grown_season"),
)
TRUST = 0.1  # in them also where something could
POWER = 4.0  # of the inverse error
WORST = 2.0  # times the least error; a member with more has no share to begin with
MOST = 8  # members with a share to begin with
PULL = 0.2  # towards those shares, against what fits the backtest best
SHARED = 200.0  # foretold steps of its own that count as much as all series together
TURNS = 4  # of weighing each step by how wrong the last mix was there
LEAST_WRONG = 0.2  # of the least error; a step is not weighed as if it were better foretold
ROUNDS = 120
LEAST = 0.01  # a smaller share is none
LIMIT = 50.0  # of one series' say for all


def shares(away: Floats, names: Sequence[str]) -> Floats:
    """Shares of the members, (S, M), each row adding up to 1, for the least absolute error.

    `away` are the errors of S series, M members and n foretold steps, in usual moves of the
    series, shape (S, M, n); NaN where nothing was tried. A series of which little was tried leans
    on the shares that suit all others, one without others on the prior ones.
    """
    tried = np.isfinite(away[:, 0])
    known = tried.sum(axis=1)
    if not known.any():
        return np.repeat(prior(names)[None], len(away), axis=0)
    zeros = np.nan_to_num(away)
    errors = np.abs(zeros).sum(axis=2) / np.maximum(known, 1)[:, None]
    least = np.maximum(errors.min(axis=1, keepdims=True), 1e-9)
    own = known / (known + SHARED) if len(away) > 1 else np.ones(1)
    relative = np.log(np.maximum(errors, 1e-9) / least)
    common = np.clip(relative[known > 0], -3, 3).mean(axis=0)
    relative = own[:, None] * relative + (1 - own)[:, None] * common
    first = (1 - TRUST) * _inverse(relative) + TRUST * prior(names)
    zeros /= least[:, :, None]
    told = first
    for turn in range(TURNS):
        weights = tried * 1.0
        if turn:
            wrong = np.abs(np.einsum("sm,smn->sn", told, zeros))
            weights = tried / np.maximum(wrong, LEAST_WRONG)
        told = _fitted(_products(zeros, weights, own), first, told)
    told = np.where(told < LEAST, 0, told)
    return np.asarray(told / told.sum(axis=1, keepdims=True), dtype=np.float64)


def prior(names: Sequence[str]) -> Floats:
    """Equal shares for what is trusted untried, shape (M,)."""
    wanted = np.array([name in PRIOR for name in names], dtype=np.float64)
    wanted = wanted if wanted.any() else np.ones(len(names))
    return np.asarray(wanted / wanted.sum(), dtype=np.float64)


def _inverse(relative: Floats) -> Floats:
    """Shares by the inverse error of the best few; `relative` is the log of error to least."""
    relative = relative - relative.min(axis=1, keepdims=True)
    weights = np.exp(-POWER * relative)
    weights[relative > np.log(WORST)] = 0
    most = min(MOST, weights.shape[1])
    weights[weights < np.sort(weights, axis=1)[:, [-most]]] = 0
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float64)


def _products(errors: Floats, weights: Floats, own: Floats) -> Floats:
    """Mean products of the members' errors, drawn to those of all series; (S, M, M)."""
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    products = np.einsum("smn,skn->smk", errors * weights[:, None], errors, optimize=True)
    common = np.clip(products[weights.any(axis=1)], -LIMIT, LIMIT).mean(axis=0)
    products = own[:, None, None] * products + (1 - own)[:, None, None] * common
    scale = np.einsum("smm->sm", products).min(axis=1)
    return np.asarray(products / np.maximum(scale, 1e-12)[:, None, None], dtype=np.float64)


def _fitted(products: Floats, first: Floats, told: Floats) -> Floats:
    """The mix of the least squared error, drawn to the `first` shares; by projected gradients."""
    drawn = products + PULL * np.eye(products.shape[1])
    step = 1 / np.linalg.norm(drawn, axis=(1, 2))[:, None]
    for _ in range(ROUNDS):
        slope = np.einsum("smk,sk->sm", drawn, told) - PULL * first
        told = _on_simplex(told - step * slope)
    return told


def _on_simplex(values: Floats) -> Floats:
    """The nearest shares, none below zero, that add up to 1."""
    ranked = -np.sort(-values, axis=1)
    over = (np.cumsum(ranked, axis=1) - 1) / np.arange(1, values.shape[1] + 1)
    last = (ranked > over).sum(axis=1) - 1
    return np.maximum(values - np.take_along_axis(over, last[:, None], axis=1), 0)
