"""Near-copies of a target that is a number: in another unit, bent, rounded, cut or blurred."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from alone import (
    explained,
    is_cut_from,
    off_the_curve,
    told_of_numbers,
    views_of,
    wrong_by_code,
)
from metrics import Floats
from sampled import Seen
from suspects import MOST_SAID, Suspect, convict, errors_of, places_of
from together import Together, put_together

FEWEST_ROWS = 12  # filled: numbers that agree tell more than classes
EXACT = 0.984  # of the target that a copy explains at least
FEWEST_OF_A_BAND = 10
FEWEST_NUMBERS = 20  # different ones that can be cut into bands
BAND_MISSED = 0.05  # of each band that all else gets wrong at least, where the bands are a copy
NEIGHBOURS = 10


@dataclass(frozen=True)
class Number:
    """A target of numbers, all of them known, and the columns beside it."""

    name: str
    numbers: Floats
    columns: Mapping[str, Seen]

    @cached_property
    def together(self) -> Together:
        """What all columns tell together; only made where one is suspected."""
        return put_together(self.columns)

    def reasons(self) -> dict[str, str]:
        """The columns that copy it, and why that is thought."""
        suspects = [one for seen in self.columns.values() if (one := self._suspect(seen))]
        copies: dict[str, tuple[float, float]] = {}
        if suspects:
            copies = convict(suspects, errors_of(self.columns, self._apart), self._rest)
        found = {name: _reason(self.name, *shares) for name, shares in copies.items()}
        banded = (name for name, seen in self.columns.items() if name not in found)
        return found | {name: _cut(self.name) for name in banded if self._is_banded(name)}

    def _suspect(self, seen: Seen) -> Suspect | None:
        places = places_of(seen, FEWEST_ROWS)
        if seen.numbers is None or places is None or np.ptp(self.numbers[places]) == 0:
            return None
        own = seen.numbers[places]
        told = told_of_numbers(own, views_of(self.numbers[places]))
        view = int(np.argmax(told))
        if told[view] < EXACT:
            return None
        errs = _residuals(own, self.numbers[places])
        return Suspect(seen, places, 1 - float(told[view]), errs, view=view)

    def _apart(self, column: Floats) -> Floats:
        known = np.isfinite(column)
        found = np.full(len(column), np.nan)
        found[known] = _residuals(column[known], self.numbers[known])
        return found

    def _rest(self, suspect: Suspect, without: Collection[str]) -> float:
        target = views_of(self.numbers).both
        said = self.together.answers(target, np.ones(len(target)), without)
        rows = suspect.rows
        told = (explained(target[rows], one[rows])[suspect.view] for one in said)
        return 1 - max(float(share) for share in told)

    def _is_banded(self, name: str) -> bool:
        """Whether a column of few values is the target cut into ranges that others cannot tell."""
        seen = self.columns[name]
        places = places_of(seen, FEWEST_ROWS)
        if seen.codes is None or places is None or len(seen.levels) < 2:  # noqa: PLR2004
            return False
        numbers, codes = self.numbers[places], seen.codes[places]
        counts = np.bincount(codes, minlength=len(seen.levels))
        if counts.min() < FEWEST_OF_A_BAND or len(np.unique(numbers)) < FEWEST_NUMBERS:
            return False
        if not is_cut_from(numbers, codes, len(seen.levels)):
            return False
        wanted = (seen.codes[:, None] == np.arange(len(seen.levels))).astype(float)
        weights = np.where(seen.codes >= 0, 1.0, 0.0)
        answers = self.together.answers(wanted, weights, {name})
        wrong = (
            wrong_by_code(said[places].argmax(axis=1), codes, len(seen.levels)) for said in answers
        )
        return min(wrong) >= BAND_MISSED


def _residuals(column: Floats, target: Floats) -> Floats:
    """A column without what the target, by any curve, tells of it; the farthest are cut."""
    found = off_the_curve(column, target, NEIGHBOURS)
    cut = float(np.quantile(np.abs(found), 0.97)) if len(found) else 0.0
    return np.asarray(np.clip(found, -cut, cut))


def _reason(target: str, alone: float, rest: float) -> str:
    return (
        f"says almost the same as {target}: alone it explains {min(alone, MOST_SAID):.1%} of it, "
        f"everything else together {rest:.0%}"
    )


def _cut(target: str) -> str:
    return f"says almost the same as {target}: it is {target} cut into ranges"
