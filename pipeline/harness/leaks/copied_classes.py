"""Near-copies of a target that is a class: recoded, partly flipped, or as a number with noise."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from alone import spoken, wrong_by_code, wrong_by_number
from metrics import Codes, Floats
from sampled import Seen
from suspects import MOST_SAID, Suspect, convict, errors_of, places_of
from together import Together, put_together

FEWEST_ROWS = 20  # filled
MOST_WRONG = 0.058  # of each class, on average, that a copy gets wrong
MOST_WRONG_OF_MANY = 0.08  # with a value for each of three classes or more: nothing honest has
MANY = 3
STRONG = 0.092  # what a strong measurement gets wrong: it may seem a copy on a few rows
GAP = 3.1  # between the classes of a copy, in standard deviations
WIDE_GAP = 4.2  # too wide for chance
CODES_A_CLASS = 2  # more values than this for each class are no recoding of it


@dataclass(frozen=True)
class Classes:
    """A target of `count` classes, all of them known, and the columns beside it."""

    name: str
    codes: Codes
    count: int
    columns: Mapping[str, Seen]

    @cached_property
    def together(self) -> Together:
        """What all columns tell together; only made where one is suspected."""
        return put_together(self.columns)

    def reasons(self) -> dict[str, str]:
        """The columns that copy it, and why that is thought."""
        suspects = [one for seen in self.columns.values() if (one := self._suspect(seen))]
        if not suspects:
            return {}
        copies = convict(suspects, errors_of(self.columns, self._apart), self._rest)
        return {name: _reason(self.name, *shares) for name, shares in copies.items()}

    def _suspect(self, seen: Seen) -> Suspect | None:
        places = places_of(seen, FEWEST_ROWS)
        if places is None or len(np.unique(self.codes[places])) < 2:  # noqa: PLR2004
            return None
        likelier = [one for one in (self._recoded(seen, places), self._noisy(seen, places)) if one]
        best = min(likelier, key=lambda one: one.wrong, default=None)
        if best is None:
            return None
        many = best.recoded and self.count >= MANY
        return best if best.wrong <= (MOST_WRONG_OF_MANY if many else MOST_WRONG) else None

    def _by_chance(self, truth: Codes) -> float:
        """Standard error of the mistakes of a strong measurement."""
        counts = np.bincount(truth, minlength=self.count)
        present = counts[counts > 0]
        variance = STRONG * (1 - STRONG) * float(np.sum(1 / present)) / len(present) ** 2
        return float(np.sqrt(variance))

    def _recoded(self, seen: Seen, places: Codes) -> Suspect | None:
        if seen.codes is None or len(seen.levels) > CODES_A_CLASS * self.count:
            return None
        own, truth = seen.codes[places], self.codes[places]
        said = spoken(own, len(seen.levels), truth, self.count)[own]
        wrong = wrong_by_code(said, truth, self.count)
        errs = (said != truth).astype(float)
        recoded = len(seen.levels) == self.count == len(np.unique(said))
        return Suspect(seen, places, wrong, errs, truth, recoded)

    def _noisy(self, seen: Seen, places: Codes) -> Suspect | None:
        if seen.numbers is None:
            return None
        own, truth = seen.numbers[places], self.codes[places]
        wrong = wrong_by_number(own, truth, self.count)
        gap = self._gap(own, truth)
        if gap < GAP or (gap < WIDE_GAP and wrong > STRONG - 2 * self._by_chance(truth)):
            return None
        low, high = np.quantile(own, (0.01, 0.99))
        return Suspect(seen, places, wrong, self._apart_at(np.clip(own, low, high), truth), truth)

    def _gap(self, column: Floats, truth: Codes) -> float:
        """The least gap between neighbouring classes, in standard deviations inside them."""
        middle = {int(at): float(np.median(column[truth == at])) for at in np.unique(truth)}
        inside = column - np.array([middle[int(at)] for at in truth])
        spread = 1.4826 * float(np.median(np.abs(inside)))
        return float(np.min(np.diff(sorted(middle.values())))) / max(spread, 1e-300)

    def _apart(self, column: Floats) -> Floats:
        known = np.isfinite(column)
        found = np.full(len(column), np.nan)
        found[known] = self._apart_at(column[known], self.codes[known])
        return found

    def _apart_at(self, column: Floats, classes: Codes) -> Floats:
        """A column without the mean of each class."""
        counts = np.maximum(np.bincount(classes, minlength=self.count), 1)
        means = np.bincount(classes, weights=column, minlength=self.count) / counts
        return np.asarray(column - means[classes])

    def _rest(self, suspect: Suspect, without: Collection[str]) -> float:
        wanted = (self.codes[:, None] == np.arange(self.count)).astype(float)
        weights = 1 / np.bincount(self.codes, minlength=self.count)[self.codes]
        weights *= len(weights) / weights.sum()
        rows, truth = suspect.rows, self.codes[suspect.rows]
        answers = self.together.answers(wanted, weights, without)
        return min(wrong_by_code(one[rows].argmax(axis=1), truth, self.count) for one in answers)


def _reason(target: str, alone: float, rest: float) -> str:
    right = f"{min(alone, MOST_SAID):.1%}"
    return (
        f"says almost the same as {target}: alone it tells {right} of it right, "
        f"everything else together {rest:.0%}"
    )
