"""Columns suspected of copying the target, and what clears or convicts them."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from metrics import Codes, Floats
from sampled import Seen
from together import ranks_of

FEWEST_ROWS = 30
LEAST_SHARE = 0.02  # of the rows that have to be filled
FAR = 2.0  # times the mistakes of a copy that all else together makes
LEAST_REST = 0.015  # mistakes of all else: where it makes fewer, the answer is simply easy
FAR_FROM_RECODED = 1.4  # for a value for each class: no measurement has just that
# A column that errs together with others, as measurements do, has to be a copy beyond all doubt.
CERTAIN = 0.003
FAR_FROM_CERTAIN = 0.15
MOST_SUSPECTS = 12
MOST_SAID = 0.999  # nothing that a sample tells is told wholly
SOME = 0.15  # correlation of errors that is no chance
BY_CHANCE = 0.003  # that any of all columns seems to err together with a copy
BY_CHANCE_IN_FEW = 0.02  # of few rows, where true relations are harder to see
FEW = 150
FEWEST_IN_A_GROUP = 20
MOST_GROUPS = 6
_LEVELS = 3

Errs = Sequence[tuple[str, Floats]]
Apart = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Suspect:
    """A column that alone is nearly exact on the rows where it is filled.

    `rows` are their places, `wrong` is the share not told, `errs` are its errors there, `groups`
    the classes that they are in; `recoded` says that it has a value for each class; `view` is 0
    for the target's numbers and 1 for their ranks.
    """

    column: Seen
    rows: Codes
    wrong: float
    errs: Floats
    groups: Codes | None = None
    recoded: bool = False
    view: int = 0

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    @property
    def certain(self) -> float:
        """Share not told, half a row at least."""
        return max(self.wrong, 0.5 / len(self.rows))


Rest = Callable[[Suspect, Collection[str]], float]


def places_of(seen: Seen, fewest: int) -> Codes | None:
    """Places of the filled rows; None where they are too few to tell anything."""
    places = np.flatnonzero(seen.known)
    enough = len(places) >= max(fewest, LEAST_SHARE * len(seen.known))
    return places if enough else None


def convict(suspects: Sequence[Suspect], errs: Errs, rest: Rest) -> dict[str, tuple[float, float]]:
    """The suspects that copy: share told alone, and share told by everything else together.

    Those whose errors have to do with nothing are no witnesses for one another.
    """
    likeliest = sorted(suspects, key=lambda one: one.wrong)[:MOST_SUSPECTS]
    alone = {one.name for one in likeliest if not _errs_together(one, errs)}
    found: dict[str, tuple[float, float]] = {}
    for one in likeliest:
        if one.name not in alone and one.wrong > CERTAIN:
            continue
        wrong = rest(one, frozenset(alone | {one.name}) if one.name in alone else {one.name})
        if wrong >= _least(one, errs_alone=one.name in alone):
            found[one.name] = (1 - one.wrong, max(0.0, 1 - wrong))
    return found


def _least(suspect: Suspect, *, errs_alone: bool) -> float:
    """Mistakes of everything else from which on the suspect is a copy."""
    if errs_alone and suspect.recoded:
        return FAR_FROM_RECODED * suspect.certain
    return max(FAR * suspect.certain, LEAST_REST if errs_alone else FAR_FROM_CERTAIN)


def errors_of(columns: Mapping[str, Seen], apart: Apart) -> list[tuple[str, Floats]]:
    """What of each column the target does not tell; NaN where the column has no value.

    `apart` takes the target's part out of a column of numbers with gaps. Of numbers it is asked
    how high they are and how far from the middle.
    """
    found: list[tuple[str, Floats]] = []
    for name, seen in columns.items():
        if seen.numbers is not None:
            high = ranks_of(seen.numbers)
            found += [(name, apart(high)), (name, apart(np.abs(high)))]
        elif seen.codes is not None:
            for level in range(min(_LEVELS, len(seen.levels))):
                said = np.where(seen.codes >= 0, (seen.codes == level).astype(float), np.nan)
                found.append((name, apart(said)))
    return found


def _errs_together(suspect: Suspect, errs: Errs) -> bool:
    """Whether another column's errors go with this one's, in all rows or in those of a class."""
    groups = _groups(suspect)
    others = [other[suspect.rows] for name, other in errs if name != suspect.name]
    tests = max(1, len(others) * len(groups))
    chance = BY_CHANCE_IN_FEW if len(suspect.rows) < FEW else BY_CHANCE
    beyond = NormalDist().inv_cdf(1 - chance / (2 * tests))
    return any(_related(suspect.errs[at], other[at], beyond) for other in others for at in groups)


def _groups(suspect: Suspect) -> list[Codes]:
    """Places in the suspect's rows: all of them, and those of each of the larger classes."""
    every = [np.arange(len(suspect.rows))]
    if suspect.groups is None:
        return every
    counts = np.bincount(suspect.groups)
    largest = [at for at in np.argsort(-counts)[:MOST_GROUPS] if counts[at] >= FEWEST_IN_A_GROUP]
    return every + [np.flatnonzero(suspect.groups == at) for at in largest]


def _related(one: Floats, other: Floats, beyond: float) -> bool:
    """Whether two errors go together, `beyond` so many standard errors of chance."""
    both = np.isfinite(one) & np.isfinite(other)
    rows = int(both.sum())
    if rows < FEWEST_IN_A_GROUP:
        return False
    first, second = one[both] - one[both].mean(), other[both] - other[both].mean()
    spread = float(np.sqrt((first @ first) * (second @ second)))
    if not spread:
        return False
    return bool(abs(float(first @ second)) / spread > max(SOME, beyond / math.sqrt(rows)))
