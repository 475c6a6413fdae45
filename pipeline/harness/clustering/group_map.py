"""A flat map of groups: the two directions in which they lie farthest apart."""

from collections.abc import Sequence

import numpy as np
from group_model import GroupModel
from metrics import Codes, Floats
from mixtures import Rows
from tables import Table

FLAT = 2
STRONG = 0.5  # correlation from which a direction is told by a column


def flat_map(model: GroupModel, rows: Table, labels: Codes) -> tuple[Floats, tuple[str, str]]:
    """Coordinates (n, 2) of rows on the map, and what its axes are."""
    traits = model.traits
    if len(traits.numbers) == FLAT and not traits.categories:
        matrix = traits.encoder.transform(rows)
        first, second = traits.numbers
        points = matrix[:, [first.place, second.place]]
        return points, (first.name, second.name)
    read = traits.read(rows)
    points = model.space.points(read.turned(model.turn))
    seen = points @ _directions(points, labels)
    if seen.shape[1] < FLAT:
        seen = np.column_stack([seen, np.zeros(len(seen))])
    axes = [_named(seen[:, at], read, model, at + 1) for at in range(FLAT)]
    return seen, (axes[0], axes[1])


def _directions(points: Floats, labels: Codes) -> Floats:
    """Where the means of the groups differ most, then where rows differ most beside that."""
    middle = points.mean(axis=0)
    groups, sizes = np.unique(labels, return_counts=True)
    means = np.stack([points[labels == one].mean(axis=0) for one in groups]) - middle
    between = np.linalg.svd(means * np.sqrt(sizes)[:, None], full_matrices=False)[2]
    chosen = between[: min(len(groups) - 1, FLAT)]
    rest = (points - middle) - (points - middle) @ chosen.T @ chosen
    others = np.linalg.svd(rest, full_matrices=False)[2]
    return np.asarray(np.vstack([chosen, others])[:FLAT].T)


def _named(values: Floats, rows: Rows, model: GroupModel, number: int) -> str:
    """By the columns that go along with a direction most."""
    names = [one.name for one in model.traits.numbers]
    likeness = [_likeness(values, column) for column in rows.numbers.T]
    order: Sequence[int] = np.argsort(likeness)[::-1].tolist()
    told = [names[at] for at in order[:FLAT] if likeness[at] >= STRONG]
    return f"direction {number}, mostly {' and '.join(told)}" if told else f"direction {number}"


def _likeness(one: Floats, other: Floats) -> float:
    spread = float(one.std() * other.std())
    return (
        abs(float(((one - one.mean()) * (other - other.mean())).mean())) / spread if spread else 0.0
    )
