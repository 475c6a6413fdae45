"""The shapes that groups of a mixture may have, and how each is measured from weighted rows.

From the plainest to the freest: k-means is the first, a Gaussian mixture with a covariance of its
own for every group the last. All are measured in the same scaled space, so that the same
likelihood compares them.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from metrics import Floats

Shape: TypeAlias = Literal[
    "round", "own", "balls", "axes", "sized_axes", "free_axes", "tied", "sized", "free"
]
EVEN: tuple[Shape, ...] = ("round", "own")  # groups count the same, whatever their size: k-means
TILTED: tuple[Shape, ...] = ("tied", "sized", "free")
SHAPES: tuple[Shape, ...] = (
    *("round", "own", "balls", "axes", "sized_axes", "free_axes", "tied", "sized", "free"),
)
SIZE_ROUNDS = 5  # shape and sizes are found in turns; they settle at once
LEAST = 1e-8


@dataclass(frozen=True, slots=True)
class Ground:
    """What every group's spread is held to, per number column, shape (d,).

    `floor` is what rounding alone makes, `prior` a spread that counts as one row, `own` the
    squared length of a unit of the column's own in the scaled space.
    """

    floor: Floats
    prior: Floats
    own: Floats


def parameters(shape: Shape, groups: int, width: int) -> int:
    """How many numbers describe the spreads of `groups` in `width` columns."""
    if not width:
        return 0
    whole = width * (width + 1) // 2
    return {
        "round": 1,
        "own": 1,
        "balls": groups,
        "axes": width,
        "sized_axes": width + groups - 1,
        "free_axes": groups * width,
        "tied": whole,
        "sized": whole + groups - 1,
        "free": groups * whole,
    }[shape]


def spreads(numbers: Floats, weights: Floats, means: Floats, shape: Shape, held: Ground) -> Floats:
    """Covariances of the groups, (k, d, d) for tilted shapes, else variances, (k, d).

    `weights` (n, k) say how much each row of `numbers` (n, d) counts in each group.
    """
    if shape in TILTED:
        return _tilted(numbers, weights, means, shape, held)
    return _along_axes(numbers, weights, means, shape, held)


def _tilted(numbers: Floats, weights: Floats, means: Floats, shape: Shape, held: Ground) -> Floats:
    rows, groups = weights.sum(axis=0), len(means)
    scatter = (weights.T[:, None, :] * numbers.T) @ numbers
    scatter -= rows[:, None, None] * means[:, :, None] * means[:, None, :]
    prior = np.diag(held.prior)
    if shape == "free":
        found = (scatter + prior) / (rows + 1)[:, None, None]
    elif shape == "tied":
        pooled = (scatter.sum(axis=0) + prior) / (rows.sum() + 1)
        found = np.repeat(pooled[None], groups, axis=0)
    else:
        found = _sized(scatter + prior / groups, rows + 1 / groups)
    return np.asarray(found + np.diag(held.floor))


def _sized(scatter: Floats, rows: Floats) -> Floats:
    """One shape, a size for each group."""
    width, sizes = scatter.shape[1], np.ones(len(rows))
    shape = np.eye(width)
    for _ in range(SIZE_ROUNDS):
        shape = (scatter / sizes[:, None, None]).sum(axis=0)
        shape = shape / np.exp(np.linalg.slogdet(shape)[1] / width)
        inverse = np.linalg.inv(shape)
        sizes = np.maximum(np.einsum("kij,ji->k", scatter, inverse) / (width * rows), LEAST)
    return np.asarray(sizes[:, None, None] * shape)


def _along_axes(
    numbers: Floats, weights: Floats, means: Floats, shape: Shape, held: Ground
) -> Floats:
    rows, groups, width = weights.sum(axis=0), len(means), len(held.floor)
    square = weights.T @ numbers**2 - 2 * means * (weights.T @ numbers) + rows[:, None] * means**2
    scatter = np.maximum(square, 0.0)
    if shape == "free_axes":
        return np.asarray((scatter + held.prior) / (rows + 1)[:, None] + held.floor)
    if shape == "balls":
        size = (scatter.sum(axis=1) + held.prior.sum()) / ((rows + 1) * width)
        return np.asarray(np.repeat(size[:, None], width, axis=1) + held.floor)
    if shape == "sized_axes":
        return _sized_axes(scatter + held.prior / groups, rows + 1 / groups) + held.floor
    total = scatter.sum(axis=0) + held.prior
    if shape == "axes":
        one = total / (rows.sum() + 1)
    else:
        unit = held.own if shape == "own" else np.ones(width)
        one = (total / unit).sum() / ((rows.sum() + 1) * width) * unit
    return np.asarray(np.repeat(one[None], groups, axis=0) + held.floor)


def _sized_axes(scatter: Floats, rows: Floats) -> Floats:
    width, sizes = scatter.shape[1], np.ones(len(rows))
    shape = np.ones(width)
    for _ in range(SIZE_ROUNDS):
        shape = np.maximum((scatter / sizes[:, None]).sum(axis=0), LEAST)
        shape = shape / np.exp(np.log(shape).mean())
        sizes = np.maximum((scatter / shape).sum(axis=1) / (width * rows), LEAST)
    return np.asarray(sizes[:, None] * shape)
