"""Rows like the given ones but without groups, to see what a method finds where there are none."""

from collections.abc import Sequence
from time import monotonic

import numpy as np
from group_fitting import Matter
from group_means import k_means
from group_scan import FEW_VIEWS, QUICK, Evidence, Scan, measure, resampled
from group_starts import looks_of
from metrics import Codes, Floats
from mixtures import Rows

DRAWS = 12
MOST_FOOLED = 2
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


def box(like: Rows, draw: np.random.Generator, count: int | None = None) -> Rows:
    """Rows everywhere alike in a box around the given ones, along their main directions."""
    rows, width = len(like) if count is None else count, like.numbers.shape[1]
    codes = _drawn(like.codes, rows, draw)
    if not width:
        return Rows(np.empty((rows, 0)), codes, like.levels)
    middle = like.numbers.mean(axis=0)
    away = like.numbers - middle
    turn = np.linalg.svd(away, full_matrices=False)[2]
    seen = away @ turn.T
    spread = draw.uniform(seen.min(axis=0), seen.max(axis=0), size=(rows, seen.shape[1]))
    return Rows(spread @ turn + middle, codes, like.levels)


def fooled(done: Scan, found: Evidence, *, deadline: float) -> int:
    """How many of twelve boxes, which have no groups, seem to have as many as were found.

    They do where their parts are about as far apart and come back about as well. More than
    MOST_FOOLED are not counted, and no further box is looked at when the time is up.
    """
    draw = np.random.default_rng(done.seed)
    seem = 0
    for _ in range(DRAWS):
        seem += _seems_to_have(done, found, box(done.matter.rows, draw))
        if seem > MOST_FOOLED or monotonic() > deadline:
            break
    return seem


def _seems_to_have(done: Scan, found: Evidence, rows: Rows) -> bool:
    """The same is done with the rows as was with the real ones, with fewer first guesses."""
    part = Matter(rows, rows.marks, done.matter.ground)
    shapes = tuple(dict.fromkeys((*QUICK, found.fitted.shape)))
    seen = Scan(part, looks_of(part), done.seed, shapes, FEW_VIEWS)
    best = min(seen.fits(found.groups), key=lambda one: one.bic)
    theirs = measure(seen, best)
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
