"""Columns that are near-copies of the target: alone they tell it, all others together do not.

A strong column stays. It is a copy only where it is nearly exact, far better than everything else
together, and its errors have to do with nothing: a measurement errs together with others, a copy
of the answer by itself.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from config import Kind
from copied_classes import Classes
from copied_numbers import Number
from metrics import Codes
from sampled import Seen, draw_rows, see
from suspects import FEWEST_ROWS
from tables import Table

FEWEST_OF_A_CLASS = 5


def near_copies(
    rows: Table, features: Sequence[str], target: str, kinds: Mapping[str, Kind], seed: int
) -> dict[str, str]:
    """Columns that say nearly what the target says, each with the reason in plain words.

    `rows` are training rows; at most a sample of them is looked at, drawn by `seed`.
    """
    table = draw_rows(rows, target, seed)
    answer = see(table, (target,), kinds).get(target)
    columns = see(table, [name for name in features if name != target], kinds)
    if answer is None or not columns or len(table) < FEWEST_ROWS:
        return {}
    found = _of_numbers(answer, columns) | _of_classes(answer, columns)
    return {name: found[name] for name in features if name in found}


def _of_numbers(answer: Seen, columns: Mapping[str, Seen]) -> dict[str, str]:
    if answer.numbers is None:
        return {}
    places = np.flatnonzero(np.isfinite(answer.numbers))
    numbers = answer.numbers[places]
    if len(places) < FEWEST_ROWS or len(np.unique(numbers)) <= 2:  # noqa: PLR2004 - two: a class
        return {}
    return Number(answer.name, numbers, _at(columns, places)).reasons()


def _of_classes(answer: Seen, columns: Mapping[str, Seen]) -> dict[str, str]:
    if answer.codes is None:
        return {}
    counts = np.bincount(answer.codes[answer.codes >= 0], minlength=len(answer.levels))
    usual = np.flatnonzero(counts >= FEWEST_OF_A_CLASS)
    places = np.flatnonzero(np.isin(answer.codes, usual))
    if len(usual) < 2 or len(places) < FEWEST_ROWS:  # noqa: PLR2004 - telling apart takes two
        return {}
    codes = np.searchsorted(usual, answer.codes[places])
    return Classes(answer.name, codes, len(usual), _at(columns, places)).reasons()


def _at(columns: Mapping[str, Seen], places: Codes) -> dict[str, Seen]:
    """The columns at some rows."""
    return {
        name: Seen(
            name,
            None if seen.numbers is None else seen.numbers[places],
            None if seen.codes is None else seen.codes[places],
            seen.levels,
        )
        for name, seen in columns.items()
    }
