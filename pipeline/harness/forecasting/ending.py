"""How far to look ahead, and the end of each series held out to measure on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from config import BundleConfig
from metrics import Codes
from observed import Observed
from progress import Problem
from seasonality import usual_horizon

LEAST = 6  # values; fewer are no series
LEAST_KEPT = 4  # values that stay to learn from
THIRD = 3


@dataclass(frozen=True, slots=True)
class Ending:
    """Rows to learn from and rows held out; `longest` is the most steps that were held out.

    `dropped` rows lie after the first held-out one of their series and yet are not held out.
    """

    fit: Codes
    test: Codes
    longest: int
    short: int
    dropped: int
    words: str
    warnings: tuple[str, ...] = field(default=())


def wanted_horizon(
    config: BundleConfig, observed: Observed, seasons: Sequence[int]
) -> tuple[int, list[str]]:
    """Steps to look ahead, the person's or the usual ones; with warnings.

    Problem for a history that is too short for any forecast, or for this one.
    """
    lengths = observed.lengths
    longest, typical = max(lengths), observed.typical
    if longest < LEAST:
        raise Problem(
            f"There are only {longest} points of history; at least {LEAST} are needed, to learn"
            " from some and to measure on others.",
            "Bring a longer history, or one at shorter steps: days instead of months.",
        )
    asked = config.hyperparameters.get("horizon")
    if not isinstance(asked, int):
        return usual_horizon(observed.grid, tuple(seasons), typical), []
    if asked > longest:
        most = max(1, longest // THIRD)
        raise Problem(
            f"You ask for {asked:,} steps ahead, and the history has {longest:,} of them"
            f" (one {observed.grid.name} each): nothing could be measured.",
            f"Ask for at most {most:,} steps, or bring a longer history.",
            field="hyperparameters.horizon",
            options=[str(most)],
        )
    return asked, _stretched(asked, typical)


def _stretched(asked: int, typical: int) -> list[str]:
    if asked * THIRD <= typical:
        return []
    many = f"{asked:,} steps ahead are many for a history of {typical:,}"
    return [f"{many}: the far ones are hardly more than a guess."]


def cut(observed: Observed, horizon: int) -> Ending:
    """Hold out what came as a test file, else the last steps of each series."""
    if observed.held.any():
        return _given(observed)
    test: list[int] = []
    short = reduced = 0
    longest = 1
    for number in range(len(observed.names)):
        rows = observed.rows_of(number)
        steps = _steps(len(rows), horizon)
        short += steps == 0
        reduced += 0 < steps < horizon
        last = observed.places[rows[-1]]
        late = rows[observed.places[rows] > last - steps]
        longest = max(longest, steps)
        test.extend(late.tolist())
    fit = np.setdiff1d(np.arange(len(observed)), test)
    warnings = _told(short, reduced, horizon, len(observed.names))
    words = f"the last {horizon:,} steps of each series are held out, everything before is learned"
    return Ending(fit, np.array(test, dtype=np.int64), longest, short, 0, words, tuple(warnings))


def _steps(length: int, horizon: int) -> int:
    """Steps of a series to hold out: all of the horizon where enough stays, else a third."""
    if length < LEAST:
        return 0
    if length - horizon >= max(LEAST_KEPT, horizon // 2):
        return horizon
    return max(1, length // THIRD)


def _told(short: int, reduced: int, horizon: int, count: int) -> list[str]:
    told = []
    if reduced:
        who = "The series is" if count == 1 else f"{reduced:,} of {count:,} series are"
        told.append(
            f"{who} too short to hold out {horizon:,} steps: only a third is held out, and what"
            " lies farther ahead was not measured."
        )
    if short:
        told.append(
            f"{short:,} of {count:,} series have fewer than {LEAST} values: they are forecast as"
            " the others teach, and not measured."
        )
    return told


def _given(observed: Observed) -> Ending:
    """What came as a test file, with everything of the same series before it to learn from."""
    held = observed.held
    dropped = 0
    fit: list[int] = []
    for number in range(len(observed.names)):
        rows = observed.rows_of(number)
        tested = rows[held[rows]]
        first = observed.places[tested].min() if len(tested) else np.iinfo(np.int64).max
        early = rows[~held[rows] & (observed.places[rows] < first)]
        dropped += int(np.sum(~held[rows])) - len(early)
        fit.extend(early.tolist())
    if not fit:
        raise Problem(
            "The test file does not lie after the training file in time.",
            "Name the earlier file train=FILE, or send one file: its end is held out.",
        )
    test, unknown = _foreseeable(observed, np.flatnonzero(held), fit)
    warnings = []
    if dropped:
        warnings.append(
            f"{dropped:,} rows lie at or after the start of the test file: not learned from."
        )
    if unknown:
        warnings.append(
            f"{unknown:,} rows of the test file are of series without a history: not measured."
        )
    longest = _reach(observed, test, fit)
    words = "the test file as given, learned from everything before it"
    return Ending(np.array(fit), test, longest, 0, dropped + unknown, words, tuple(warnings))


def _foreseeable(observed: Observed, test: Codes, fit: Sequence[int]) -> tuple[Codes, int]:
    """Held-out rows of series that have a history, and how many have none."""
    known = np.isin(observed.series[test], observed.series[list(fit)])
    return test[known], int(np.sum(~known))


def _reach(observed: Observed, test: Codes, fit: Sequence[int]) -> int:
    """The most steps from the end of a history to a held-out row."""
    ends = np.full(len(observed.names), np.iinfo(np.int64).min)
    np.maximum.at(ends, observed.series[list(fit)], observed.places[list(fit)])
    return int((observed.places[test] - ends[observed.series[test]]).max(initial=1))
