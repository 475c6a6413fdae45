"""Kernel ridge regression on many views, which says what it would answer for a row left out.

Each view is evened out to the same spread and all are laid side by side: a Gaussian kernel on that
is the product of one kernel a view. What every row would be answered by a model without it follows
from one decomposition, so choices are made on all rows without training again and again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from metrics import Floats
from picture_features import Views
from picture_views import Seen

WIDTHS = (1.0, 0.5, 2.0, 0.25)
PENALTIES = (0.001, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
MOST_LANDMARKS = 1_500  # pictures that others are compared with; time grows with their cube
LEAST_SPREAD = 1e-3  # of a view's largest: what hardly varies must not be blown up
LEAST_PART = 1e-6  # of the largest eigenvalue: less is rounding
LEAST_GAIN = 0.01  # by which unseen errors must fall, for a view to be left out

Half = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Scale:
    """Makes a view comparable: (numbers - middle) * factor."""

    middle: Seen
    factor: Seen

    def even(self, seen: Seen) -> Seen:
        """The view with the spread of any other."""
        return np.asarray((seen - self.middle) * self.factor, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Ridge:
    """Answers by likeness to landmarks; `weights` has shape (landmarks, k), `offsets` (k,)."""

    views: tuple[str, ...]
    scales: Mapping[str, Scale]
    landmarks: Half
    width: float
    weights: Floats
    offsets: Floats

    def answer(self, seen: Views) -> Floats:
        """Scores of shape (n, k)."""
        rows = side_by_side(seen, self.scales, self.views)
        near = np.exp(-self.width * distances(rows, self.landmarks.astype(np.float32)))
        return near @ self.weights + self.offsets


@dataclass(frozen=True, slots=True)
class Looks:
    """A choice of views with the kernel's width, and the mean squared error on rows left out."""

    views: tuple[str, ...]
    width: float
    error: float


def scales_of(seen: Views) -> dict[str, Scale]:
    """What evens out each view of these rows."""
    found = {}
    for name, view in seen.items():
        spread = view.std(axis=0)
        factor = 1 / (spread + LEAST_SPREAD * spread.max() + np.float32(1e-9))
        total = float(((spread * factor) ** 2).sum())
        found[name] = Scale(view.mean(axis=0), np.asarray(factor / max(total, 1e-9) ** 0.5))
    return found


def side_by_side(seen: Views, scales: Mapping[str, Scale], views: Sequence[str]) -> Seen:
    """Rows of all views together, of spread 1 in all; shape (n, d)."""
    even = [scales[name].even(seen[name]) for name in views]
    return np.concatenate(even, axis=1) / np.float32(len(views) ** 0.5)


def distances(rows: Seen, others: Seen) -> Floats:
    """Half the squared distances, shape (rows, others)."""
    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)
    return np.asarray(np.maximum(squares - 2 * rows @ others.T, 0), dtype=np.float64) / 2


def choose_looks(seen: Views, targets: Floats, until: float = np.inf) -> Looks:
    """Begin with all views and leave out those without which rows left out are answered better.

    No more is tried after `until`, on the clock of time.monotonic.
    """
    scales = scales_of(seen)
    evened = {name: scales[name].even(view) for name, view in seen.items()}
    apart = {name: distances(rows, rows) for name, rows in evened.items()}
    best = min(
        (_tried(apart, tuple(seen), width, targets) for width in WIDTHS),
        key=lambda one: one.error,
    )
    while len(best.views) > 1 and time.monotonic() < until:
        without = [tuple(v for v in best.views if v != name) for name in best.views]
        tried = [_tried(apart, views, best.width, targets) for views in without]
        found = min(tried, key=lambda one: one.error)
        if found.error > best.error * (1 - LEAST_GAIN):
            break
        best = found
    return best


def fit_ridge(seen: Views, targets: Floats, looks: Looks, seed: int) -> tuple[Ridge, Floats]:
    """The model of all rows, and what it would answer for each row without it, shape (n, k)."""
    scales = scales_of({name: seen[name] for name in looks.views})
    rows = side_by_side(seen, scales, looks.views)
    draw, many = np.random.default_rng(seed), min(len(rows), MOST_LANDMARKS)
    landmarks = rows[np.sort(draw.choice(len(rows), many, replace=False))].astype(np.float16)
    known = landmarks.astype(np.float32)
    turn = _root(np.exp(-looks.width * distances(known, known)))
    near = np.exp(-looks.width * distances(rows, known)) @ turn
    offsets = targets.mean(axis=0)
    spread, axes = np.linalg.eigh(near.T @ near)
    along = near @ axes
    pulled = along.T @ (targets - offsets)
    found = [left_out(along, spread, pulled, targets - offsets, one) for one in PENALTIES]
    at = int(np.argmin([(errors**2).mean() for errors in found]))
    weights = turn @ (axes @ (pulled / (np.maximum(spread, 0) + PENALTIES[at])[:, None]))
    ridge = Ridge(looks.views, scales, landmarks, looks.width, weights, offsets)
    return ridge, targets - found[at]


def _tried(
    apart: Mapping[str, Floats], views: tuple[str, ...], width: float, targets: Floats
) -> Looks:
    mean = sum((apart[name] for name in views[1:]), apart[views[0]]) / len(views)
    spread, axes = np.linalg.eigh(np.exp(-width * mean))
    centred = targets - targets.mean(axis=0)
    along = axes * np.sqrt(np.maximum(spread, 0))
    pulled = along.T @ centred
    errors = [left_out(along, spread, pulled, centred, one) for one in PENALTIES]
    return Looks(views, width, min(float((one**2).mean()) for one in errors))


def left_out(
    along: Floats, spread: Floats, pulled: Floats, targets: Floats, penalty: float
) -> Floats:
    """Errors of a ridge regression on each row when it was left out, in closed form."""
    shrunk = 1 / (np.maximum(spread, 0) + penalty)
    own = np.minimum((along**2) @ shrunk, 1 - 1e-9)
    return np.asarray((targets - along @ (pulled * shrunk[:, None])) / (1 - own)[:, None])


def _root(near: Floats) -> Floats:
    """What turns likeness to landmarks into coordinates: near @ root @ root.T @ near = near."""
    spread, axes = np.linalg.eigh(near)
    kept = spread > LEAST_PART * spread[-1]
    return np.asarray(axes[:, kept] / np.sqrt(spread[kept]))
