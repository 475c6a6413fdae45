"""Rows like the given ones but without groups, to see what a method finds where there are none."""

from collections.abc import Sequence
from time import monotonic

import numpy as np
from group_fitting import Matter, fit, started
from group_means import k_means
from group_scan import Evidence, Scan, measure, resampled
from group_space import space_of
from group_starts import Looks
from metrics import Codes, Floats
from mixtures import Rows

DRAWS = 19
ROUNDS = 30
NEARLY = 0.05  # a valley this much shallower is as deep
ABOUT = 0.02  # groups that come back this much less come back as well
GAP_DRAWS = 3
GAP_ROWS = 600


def shuffled(rows: Rows, seed: int) -> Rows:
    """Every column in an order of its own: each as it was, but nothing goes together."""
    draw = np.random.default_rng(seed)
    numbers = [draw.permutation(column) for column in rows.numbers.T]
    codes = [draw.permutation(column) for column in rows.codes.T]
    return Rows(
        np.column_stack(numbers) if numbers else rows.numbers,
        np.column_stack(codes) if codes else rows.codes,
        rows.levels,
    )


def cloud(like: Rows, count: int, seed: int) -> Rows:
    """One cloud as wide and as slanting as the rows are; categories go with nothing."""
    draw = np.random.default_rng(seed)
    width = like.numbers.shape[1]
    spread = np.cov(like.numbers, rowvar=False).reshape(width, width) if width else np.eye(0)
    numbers = draw.normal(size=(count, width)) @ _root(spread)
    numbers = numbers + like.numbers.mean(axis=0) if width else numbers
    return Rows(numbers, _drawn(like.codes, count, draw), like.levels)


def box(like: Rows, draw: np.random.Generator) -> Rows:
    """Rows everywhere alike in a box around the given ones, along their main directions."""
    middle = like.numbers.mean(axis=0) if like.numbers.shape[1] else np.empty(0)
    away = like.numbers - middle
    turn = np.linalg.svd(away, full_matrices=False)[2] if away.shape[1] else np.empty((0, 0))
    seen = away @ turn.T
    low, high = (seen.min(axis=0), seen.max(axis=0)) if seen.shape[1] else (middle, middle)
    numbers = draw.uniform(low, high, size=(len(like), len(low))) @ turn + middle
    return Rows(numbers, _drawn(like.codes, len(like), draw), like.levels)


def fooled(done: Scan, found: Evidence, *, deadline: float) -> float:
    """The share of 19 boxes, which have no groups, that seem to have as many as were found.

    They do where their parts are about as far apart and come back about as well. Fewer boxes are
    looked at where the time is up.
    """
    draw = np.random.default_rng(done.seed)
    seem = []
    for _ in range(DRAWS):
        seem.append(_seems_to_have(done, found, box(done.matter.rows, draw)))
        if monotonic() > deadline:
            break
    return float(np.mean(seem))


def _seems_to_have(done: Scan, found: Evidence, rows: Rows) -> bool:
    one = found.fitted
    part = Matter(rows, rows.marks, done.matter.ground)
    looks = Looks((space_of(one.mixture).points(rows),), None)
    guess = next(iter(looks.guesses(one.groups, done.seed)))
    start, tails = started(guess, one.groups), one.mixture.tails
    fitted = fit(part, start, one.shape, rounds=ROUNDS, tails=tails)
    seen = Scan(part, looks, done.seed, done.shapes)
    theirs = measure(seen, fitted)
    if theirs.valley > found.valley + NEARLY:
        return False
    again = resampled(seen, theirs)
    return (again.strength or 0.0) >= (found.strength or 0.0) - ABOUT


def gaps(points: Floats, numbers: Sequence[int], seed: int) -> dict[int, tuple[float, float]]:
    """The gap statistic by k-means for each number of groups, and its error; higher is better.

    How much closer rows are to their group's mean than rows in boxes are, in logarithms.
    """
    draw = np.random.default_rng(seed)
    some = points[np.sort(draw.permutation(len(points))[:GAP_ROWS])]
    rows = Rows(some, np.empty((len(some), 0), np.int64), ())
    boxes = [box(rows, draw).numbers for _ in range(GAP_DRAWS)]

    def within(view: Floats, groups: int) -> float:
        return float(np.log(max(k_means(view, groups, seed=seed, tries=1).left, 1e-12)))

    found = {}
    for groups in numbers:
        if groups < len(some):
            apart = np.array([within(one, groups) for one in boxes])
            gap = float(apart.mean()) - within(some, groups)
            found[groups] = gap, float(apart.std()) * float(np.sqrt(1 + 1 / GAP_DRAWS))
    return found


def _root(spread: Floats) -> Floats:
    values, directions = np.linalg.eigh(spread)
    return np.asarray((directions * np.sqrt(np.maximum(values, 0.0))) @ directions.T)


def _drawn(codes: Codes, count: int, draw: np.random.Generator) -> Codes:
    """Codes of each column drawn from its own."""
    columns = [draw.choice(column, count) for column in codes.T]
    return np.column_stack(columns) if columns else np.empty((count, 0), np.int64)
