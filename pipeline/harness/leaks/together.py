"""What many columns tell together, quickly: ridge on steps, levels and products, cross-checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from alone import ranks
from metrics import Floats
from sampled import Seen

FOLDS = 4
STEPS = 8
FEWER_STEPS = 4
MANY = 40  # columns; more get fewer steps
MOST_LEVELS = 12
LEAST_ROWS = 5  # of a level
MOST_MULTIPLIED = 10
STRENGTHS = (1.0, 10.0, 100.0)


@dataclass(frozen=True)
class Together:
    """Inputs (rows, inputs), each with the columns that it comes from."""

    inputs: Floats
    owners: tuple[frozenset[str], ...]

    def answers(self, target: Floats, weights: Floats, without: Collection[str]) -> list[Floats]:
        """Cross-checked answers (rows, outputs) for each strength, some columns left out."""
        aside = set(without)
        kept = np.array([not owner & aside for owner in self.owners], dtype=bool)
        rows = self.inputs[:, kept]
        folds = np.arange(len(rows)) % FOLDS
        root = np.sqrt(weights)[:, None]
        weighed, wanted = rows * root, target * root
        own = [weighed[folds == at].T @ weighed[folds == at] for at in range(FOLDS)]
        aim = [weighed[folds == at].T @ wanted[folds == at] for at in range(FOLDS)]
        gram, goal = np.sum(own, axis=0), np.sum(aim, axis=0)
        found = [np.empty_like(target) for _ in STRENGTHS]
        for at in range(FOLDS):
            for strength, said in zip(STRENGTHS, found, strict=True):
                inner = gram - own[at] + strength * np.eye(len(gram))
                inner[0, 0] -= strength - 1e-6  # the constant is free
                said[folds == at] = rows[folds == at] @ np.linalg.solve(inner, goal - aim[at])
        return found


def put_together(columns: Mapping[str, Seen]) -> Together:
    """Inputs of all columns; rows are in random order already."""
    parts: list[Floats] = []
    owners: list[frozenset[str]] = []
    curves: dict[str, Floats] = {}
    steps = STEPS if len(columns) <= MANY else FEWER_STEPS
    rows = len(next(iter(columns.values())).known) if columns else 0
    parts.append(np.ones((rows, 1)))
    owners.append(frozenset())
    for name, seen in columns.items():
        made = _inputs(seen, steps)
        parts.append(made)
        owners += [frozenset((name,))] * made.shape[1]
        if seen.numbers is not None:
            curves[name] = np.nan_to_num(ranks_of(seen.numbers))
    if len(curves) <= MOST_MULTIPLIED:
        for one, other in combinations(curves, 2):
            parts.append((curves[one] * curves[other])[:, None])
            owners.append(frozenset((one, other)))
    return Together(np.hstack(parts), tuple(owners))


def ranks_of(numbers: Floats) -> Floats:
    """Ranks of a column's numbers; NaN where there is none."""
    known = np.isfinite(numbers)
    found = np.full(len(numbers), np.nan)
    found[known] = ranks(numbers[known])
    return found


def _inputs(seen: Seen, steps: int) -> Floats:
    known = seen.known
    made = [] if known.all() else [(~known).astype(float)]
    if seen.numbers is not None:
        curve = ranks_of(seen.numbers)
        low, high = np.quantile(seen.numbers[known], (0.005, 0.995)) if known.any() else (0.0, 0.0)
        spread = float(high - low) or 1.0
        plain = (np.clip(seen.numbers, low, high) - low) / spread * 2 - 1
        made += [np.nan_to_num(curve), np.nan_to_num(plain)]
        edges = np.linspace(-1, 1, steps + 1)[1:-1]
        made += [np.where(known, curve > edge, False).astype(float) for edge in edges]  # noqa: FBT003
    if seen.codes is not None and (seen.numbers is None or len(seen.levels) <= MOST_LEVELS):
        levels = min(len(seen.levels), MOST_LEVELS)
        said = [(seen.codes == at).astype(float) for at in range(levels)]
        made += [one for one in said if one.sum() >= LEAST_ROWS]
    return np.stack(made, axis=1) if made else np.empty((len(known), 0))
