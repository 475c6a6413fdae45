"""Finds the pairs of numbers that work together, and trains boosted trees that see them turned.

Which pairs work together is read off a small booster: columns that follow each other in its trees.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from lessons import Lesson
from metrics import Floats
from trees import fit_lightgbm, scout
from turned import Turned, turn

PAIRS = 5
MANY_VALUES = 10  # a column of fewer different numbers has no slanted borders


def fit_turned(lesson: Lesson, **settings: float | bool | str) -> Turned:
    """Find the pairs, then boost on all columns."""
    mean, spread = _scales(lesson.rows)
    found = _pairs(scout(lesson, **settings), _usable(lesson))
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    shown = replace(lesson, rows=turn(lesson.rows, pairs, mean, spread))
    return Turned(pairs, mean, spread, fit_lightgbm(shown, **settings))


def _scales(rows: Floats) -> tuple[Floats, Floats]:
    known = np.where(np.isnan(rows), 0.0, 1.0)
    count = np.maximum(known.sum(axis=0), 1.0)
    mean = np.nansum(rows, axis=0) / count
    spread = np.sqrt(np.nansum((rows - mean) ** 2, axis=0) / count)
    return mean, np.where(spread > 0, spread, 1.0)


def _usable(lesson: Lesson) -> frozenset[int]:
    """Columns of many different numbers."""
    columns = (at for at in range(lesson.rows.shape[1]) if at not in lesson.categories)
    return frozenset(at for at in columns if len(np.unique(lesson.rows[:, at])) > MANY_VALUES)


def _pairs(trees: Mapping[str, Any], usable: frozenset[int]) -> list[tuple[int, int]]:
    """The pairs of columns that gain most where one follows the other."""
    gains: dict[tuple[int, int], float] = defaultdict(float)
    for tree in trees["tree_info"]:
        for one, other, gain in _followers(tree["tree_structure"]):
            if one != other and {one, other} <= usable:
                gains[min(one, other), max(one, other)] += gain
    return sorted(sorted(gains, key=lambda pair: -gains[pair])[:PAIRS])


def _followers(node: Mapping[str, Any]) -> Iterator[tuple[int, int, float]]:
    """Column of a split, column of a split right below it, and the gain of that one."""
    waiting = [node]
    while waiting:
        above = waiting.pop()
        for side in ("left_child", "right_child"):
            below = above.get(side, {})
            if "split_feature" in below:
                yield above["split_feature"], below["split_feature"], below["split_gain"]
                waiting.append(below)
