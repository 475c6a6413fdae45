"""The same features as each kind of model likes them: raw, filled, scaled, bent or ranked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from metrics import Codes, Floats

View = Literal["raw", "filled", "scaled", "bent", "ranked"]

FEW_VALUES = range(3, 11)  # a number with so few different values also acts as a category
LEAST_SHARE = 0.004  # share of the rows (at least LEAST_ROWS) for a level's own 0/1 column
LEAST_ROWS = 5
KNOTS = (0.1, 0.3, 0.5, 0.7, 0.9)
GRID = 201
FURTHEST = 4.0  # scaled values are cut here, so that one odd cell cannot decide a prediction


@dataclass(frozen=True)
class Views:
    """What was learnt of each feature on the training rows; arrays are per number column.

    `numbers` and `categories` are column indices; `levels` pairs (column, value) with a 0/1
    column; `gaps` are the columns with missing values; `grid` holds (GRID, numbers) quantiles.
    """

    numbers: Codes
    categories: Codes
    levels: Floats
    gaps: Codes
    middle: Floats
    mean: Floats
    spread: Floats
    grid: Floats

    def show(self, matrix: Floats, view: View) -> Floats:
        """The (rows, features) matrix of `Encoder.transform` in one of the views."""
        if view == "raw":
            return matrix
        numbers = self._filled(matrix)
        if view == "filled":
            codes = np.nan_to_num(matrix[:, self.categories], nan=-1.0)
            return np.hstack([numbers, self._gap_columns(matrix), codes])
        scaled = np.clip((numbers - self.mean) / self.spread, -FURTHEST, FURTHEST)
        rest = [self._gap_columns(matrix), self._level_columns(matrix)]
        if view == "scaled":
            return np.hstack([scaled, *rest])
        ranked = self._ranked(numbers)
        if view == "ranked":
            return np.hstack([ranked, *rest])
        bends = [np.maximum(ranked - knot, 0.0) for knot in _normal(np.array(KNOTS))]
        return np.hstack([scaled, ranked, *bends, *rest])

    def _filled(self, matrix: Floats) -> Floats:
        numbers = matrix[:, self.numbers]
        return np.asarray(np.where(np.isnan(numbers), self.middle, numbers))

    def _gap_columns(self, matrix: Floats) -> Floats:
        return np.asarray(np.isnan(matrix[:, self.gaps]), dtype=float)

    def _level_columns(self, matrix: Floats) -> Floats:
        columns = self.levels[:, 0].astype(int)
        return np.asarray(matrix[:, columns] == self.levels[:, 1], dtype=float)

    def _ranked(self, numbers: Floats) -> Floats:
        places = np.linspace(0.0, 1.0, GRID)
        ranked = np.empty_like(numbers)
        for column in range(numbers.shape[1]):
            quantiles = self.grid[:, column]
            up = np.interp(numbers[:, column], quantiles, places)
            down = np.interp(-numbers[:, column], -quantiles[::-1], -places[::-1])
            ranked[:, column] = (up - down) / 2.0
        return _normal(ranked)

    def save(self, path: Path) -> None:
        """Write everything learnt to one .npz file."""
        np.savez_compressed(path, **vars(self))


def load_views(path: Path) -> Views:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return Views(**{name: stored[name] for name in stored.files})


def learn_views(matrix: Floats, categorical: Sequence[bool]) -> Views:
    """Learn scales, knots and levels of a (rows, features) training matrix."""
    is_category = np.array(categorical, dtype=bool)
    numbers, categories = np.flatnonzero(~is_category), np.flatnonzero(is_category)
    columns = matrix[:, numbers]
    middle = np.nanmedian(columns, axis=0) if numbers.size else np.empty(0)
    filled = np.where(np.isnan(columns), middle, columns)
    spread = filled.std(axis=0)
    return Views(
        numbers=numbers,
        categories=categories,
        levels=_worthy_levels(matrix, is_category),
        gaps=np.flatnonzero(np.isnan(matrix).any(axis=0)),
        middle=middle,
        mean=filled.mean(axis=0),
        spread=np.where(spread > 0, spread, 1.0),
        grid=np.quantile(filled, np.linspace(0.0, 1.0, GRID), axis=0),
    )


def _worthy_levels(matrix: Floats, is_category: np.ndarray[Any, Any]) -> Floats:
    least = max(LEAST_ROWS, LEAST_SHARE * len(matrix))
    pairs: list[tuple[int, float]] = []
    for column in range(matrix.shape[1]):
        values, counts = np.unique(matrix[:, column], return_counts=True, equal_nan=True)
        kept = values[(counts >= least) & ~np.isnan(values)]
        if is_category[column] or len(values) in FEW_VALUES:
            pairs += [(column, float(value)) for value in kept]
    return np.array(pairs, dtype=float).reshape(-1, 2)


def _normal(share: Floats) -> Floats:
    """Place in the ranking (0 to 1) → standard normal, cut at ±2.6."""
    from scipy.special import ndtri  # noqa: PLC0415 - slow to import, not needed for raw views

    return np.asarray(ndtri(np.clip(share, 0.005, 0.995)), dtype=float)
