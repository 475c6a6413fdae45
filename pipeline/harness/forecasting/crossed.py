"""What the mix of members foretold in a trial, by shares that were fitted on other stretches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from backtest import Trial
from config import Json
from metrics import Floats
from shares import shares

GUESSES = ("last_value", "last_season")
SURE = 1.96  # spreads; one guess in forty looks as good, and the held-out rows judge after it
MANY_SERIES = 10  # with as many, series are the things that differ; with fewer, stretches
LEAST_WINDOWS = 4


def crossed(trial: Trial) -> Floats:
    """Forecasts of the mix, (S, W, H): each half of the windows with the other half's shares."""
    said = np.full(trial.truth.shape, np.nan)
    untried = np.full((len(trial.told), len(trial.names), 1), np.nan)
    for half in range(2):
        windows = range(trial.told.shape[1])
        here = [window for window in windows if window % 2 == half]
        others = [window for window in windows if window % 2 != half]
        if here:
            parts = shares(trial.flat(others) if others else untried, trial.names)
            told = np.nan_to_num(trial.told[:, here])
            said[:, here] = np.einsum("swmh,sm->swh", told, parts)
    return np.where(np.isfinite(trial.truth), said, np.nan)


def completed(trial: Trial, names: Sequence[str]) -> Trial:
    """The trial of these members, those that were tried on a part of the windows included.

    Elsewhere such a one is taken to err as the mix of the others does, by as much more or less as
    where it was tried. One that was tried nowhere is left out.
    """
    whole = [name for name in trial.complete() if name in names]
    parts = [name for name in names if name not in whole]
    if not parts or not whole:
        return trial.only(whole or list(names))
    said = crossed(trial.only(whole))
    found = trial.only(list(names))
    told, kept = found.told.copy(), list(whole)
    for name in parts:
        place = names.index(name)
        known = np.isfinite(told[:, :, place]) & np.isfinite(said)
        if not known.any():
            continue
        unit = trial.lively[:, :, None]
        ours = (np.abs(told[:, :, place] - trial.truth) / unit)[known].mean()
        theirs = (np.abs(said - trial.truth) / unit)[known].mean()
        like = trial.truth + (said - trial.truth) * float(ours / max(theirs, 1e-9))
        told[:, :, place] = np.where(np.isfinite(told[:, :, place]), told[:, :, place], like)
        kept.append(name)
    return replace(found, told=told).only(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a trial says of the mix: its mean error and the best guess's, in usual moves.

    `surely` says that the mix is better, as far as the stretches or the series can tell.
    """

    windows: int
    ours: float
    guess: float
    surely: bool

    def told(self) -> dict[str, Json]:
        """The same as JSON; {} where nothing was tried."""
        if not self.windows:
            return {}
        return {
            "windows": self.windows,
            "mase": self.ours,
            "mase_of_guessing": self.guess,
            "surely_better": self.surely,
        }


UNTRIED = Tried(windows=0, ours=0.0, guess=0.0, surely=False)


def tried(trial: Trial, said: Floats, overlap: float) -> Tried:
    """Compare the crossed mix with repeating the past; `overlap` is a horizon by the stride."""
    names = [name for name in GUESSES if name in trial.names]
    known = np.isfinite(trial.truth)
    if not known.any() or not names:
        return UNTRIED
    unit = trial.lively[:, :, None]
    ours = np.abs(said - trial.truth) / unit
    theirs = [
        np.abs(trial.told[:, :, trial.names.index(name)] - trial.truth) / unit for name in names
    ]
    best = min(theirs, key=lambda one: float(one[known].mean()))
    gains = best - ours
    several = len(gains) >= MANY_SERIES
    each = _means(gains, axis=(1, 2) if several else (0, 2))
    surely = False
    if len(each) >= (MANY_SERIES if several else LEAST_WINDOWS):
        error = float(each.std(ddof=1)) / np.sqrt(len(each)) * (1.0 if several else overlap**0.5)
        surely = float(each.mean()) > _sure(len(each) - 1) * error
    return Tried(
        windows=trial.told.shape[1],
        ours=float(ours[known].mean()),
        guess=float(best[known].mean()),
        surely=bool(surely),
    )


def _means(values: Floats, axis: tuple[int, int]) -> Floats:
    """Means of what is known, for each place where anything is."""
    known = np.isfinite(values)
    counts = known.sum(axis=axis)
    sums = np.where(known, values, 0).sum(axis=axis)
    return np.asarray((sums / np.maximum(counts, 1))[counts > 0], dtype=np.float64)


def _sure(freedom: int) -> float:
    """SURE for a spread that is itself only known from so few: Student's t, nearly."""
    first = (SURE**3 + SURE) / (4 * freedom)
    return SURE + first + (5 * SURE**5 + 16 * SURE**3 + 3 * SURE) / (96 * freedom**2)
