"""How well a grouping holds on rows it did not see, and what is reached without any groups."""

from collections.abc import Mapping

import numpy as np
from group_fitting import matter_of
from group_indices import (
    calinski_harabasz,
    davies_bouldin,
    silhouettes,
    silhouettes_of_distances,
)
from group_means import k_means
from group_model import GroupModel
from group_neighbours import Neighbours
from group_profiles import Profile
from group_reference import box, cloud, shuffled
from group_scan import FEW_VIEWS, Scan
from group_shapes import SHAPES
from group_space import plain_space, space_of
from group_starts import looks_of
from group_training import Read, numbers_of, sampled
from metrics import Codes, Grouped
from mixtures import Rows

TRIES = 5
MOST_ROWS = 5_000
MOST_FITTED = 1_500
SHOWN: Mapping[str, str] = {
    "trivial": "shuffled columns",
    "trivial_cloud": "one cloud without groups",
    "trivial_box": "rows spread evenly",
}
TITLES: Mapping[str, str] = {
    **{kind: f"k-means on {what}" for kind, what in SHOWN.items()},
    "simple": "k-means",
}


def grouped(model: GroupModel, rows: Rows, labels: Codes) -> Grouped:
    """Indices of rows in their groups, in the space that the model measures distances in."""
    points = model.space.points(rows)
    each = silhouettes(points, labels)
    if isinstance(model.grouper, Neighbours) and model.facts.get("bent"):
        each = silhouettes_of_distances(model.grouper.steps(points), labels)
    stable = model.facts.get("stability")
    fixed: Mapping[str, float] = {
        "davies_bouldin": davies_bouldin(points, labels),
        "calinski_harabasz": calinski_harabasz(points, labels),
        "stability": float(stable) if isinstance(stable, int | float) else float("nan"),
    }
    return Grouped(each, fixed)


def without_groups(kind: str, like: Rows, count: int, seed: int) -> Rows:
    """So many rows as a trivial baseline is shown instead of the real ones."""
    if kind == "trivial_cloud":
        return cloud(like, count, seed)
    draw = np.random.default_rng(seed)
    if kind == "trivial_box":
        return box(like, draw, count)
    places = np.arange(len(like)) if count == len(like) else draw.integers(len(like), size=count)
    return shuffled(like.take(places), seed)


def same_method(model: GroupModel, rows: Rows, held: Rows, seed: int) -> Grouped | None:
    """What groups of the model's shape, as many, reach on rows without groups, in their own space.

    Fitted on `rows`, measured on `held`. None where the model knows no shape.
    """
    shape = model.facts.get("shape")
    if shape not in SHAPES:
        return None
    some = rows.take(sampled(len(rows), MOST_FITTED, seed)).turned(model.turn)
    width = some.numbers.shape[1]
    whole = width == len(model.traits.numbers)
    own = model.traits.own if whole else np.ones(width)
    matter = matter_of(some, np.zeros(width), own)
    shapes = tuple(one for one in SHAPES if one == shape)
    fits = Scan(matter, looks_of(matter), seed, shapes, FEW_VIEWS).fits(len(model.profiles))
    if not fits:
        return None
    best = max(fits, key=lambda one: one.likelihood).mixture
    there = held.turned(model.turn)
    labels = np.asarray(best.shares(there).argmax(axis=1), dtype=np.int64)
    return Grouped(silhouettes(space_of(best).points(there), labels), {})


def plain_models(read: Read, asked: int | None, seed: int) -> Mapping[str, dict[int, GroupModel]]:
    """k-means for each number of groups: on the real rows, and on rows without groups."""
    real = read.rows.take(sampled(len(read.rows), MOST_ROWS, seed))
    shown = {
        kind: real if kind == "simple" else without_groups(kind, real, len(real), seed)
        for kind in TITLES
    }
    numbers = [asked] if asked else numbers_of(real, asked)
    return {
        kind: {groups: _model(read, rows, groups, seed) for groups in numbers}
        for kind, rows in shown.items()
    }


def _model(read: Read, rows: Rows, groups: int, seed: int) -> GroupModel:
    """Plain k-means on the scaled columns: a row belongs where the nearest mean does."""
    space = plain_space(rows)
    found = k_means(space.points(rows), groups, seed=seed, tries=TRIES)
    counts = np.bincount(found.labels, minlength=groups)
    order = np.argsort(-counts, kind="stable")
    sizes = counts[order]
    names = [str(at + 1) for at in range(groups)]
    return GroupModel(
        columns=read.table.names,
        inputs=read.inputs,
        traits=read.traits,
        turn=np.eye(rows.numbers.shape[1]),
        grouper=Neighbours(found.means[order], np.arange(groups)),
        space=space,
        profiles=tuple(
            Profile(name, f"group {name}", int(size), float(size / len(rows)), "")
            for name, size in zip(names, sizes, strict=True)
        ),
        facts={"clusters": groups},
    )
