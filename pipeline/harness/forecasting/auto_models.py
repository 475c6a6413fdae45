"""Models of statsforecast that choose their own form, one series at a time.

They take seconds for a series, so what they said at the end of training is kept and looked up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from histories import Past
from metrics import Floats
from repeats import last_season

AUTO = ("auto_theta", "auto_ets", "auto_ces", "auto_arima")
MOST_STEPS = 400
MOST_SEASONS = 14
LONG_SEASON = 24  # from here on ARIMA takes minutes for a series
DIGEST = 16


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a model said after known histories: `digests` (n, 16) of them, `told` (n, horizon)."""

    name: str
    digests: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]"
    told: Floats

    def forecast(self, past: Past, steps: int) -> Floats:
        """Looked up where the history is known and reaches so far, else computed anew."""
        known = {digest.tobytes(): place for place, digest in enumerate(self.digests)}
        found = np.empty((len(past), steps))
        for row, values in enumerate(past.values):
            place = known.get(_digest(values))
            if place is not None and steps <= self.told.shape[1]:
                found[row] = self.told[place, :steps]
            else:
                found[row] = _computed(self.name, past, row, steps)
        return found


def foretell(name: str, pasts: "list[Past]", horizon: int) -> Foretold:
    """Ask a model for all series once, and keep what it says."""
    digests, told = [], []
    for past in pasts:
        for row, values in enumerate(past.values):
            digests.append(np.frombuffer(_digest(values), dtype=np.uint8))
            told.append(_computed(name, past, row, horizon))
    return Foretold(name, np.stack(digests), np.stack(told))


def automatic(name: str) -> Callable[[Past, int], Floats]:
    """A model as a forecaster that keeps nothing; shape (N, steps)."""

    def forecast(past: Past, steps: int) -> Floats:
        return np.stack([_computed(name, past, row, steps) for row in range(len(past))])

    return forecast


def _computed(name: str, past: Past, row: int, steps: int) -> Floats:
    """One series; the last season where the model cannot cope with it."""
    season = past.season if 2 * past.season <= past.length else 1
    values = past.values[row, -max(MOST_STEPS, MOST_SEASONS * season) :]
    usual = np.asarray(last_season(past, steps)[row], dtype=np.float64)
    if name == "auto_arima" and season >= LONG_SEASON:
        season = 1
    try:
        told = np.asarray(_model(name, season).forecast(y=values.copy(), h=steps)["mean"], float)
    except (ValueError, ArithmeticError, IndexError, KeyError, RuntimeError, TypeError):
        return np.asarray(usual)  # too short or too plain a series for this model
    return told if told.shape == (steps,) and bool(np.isfinite(told).all()) else np.asarray(usual)


def _model(name: str, season: int) -> Any:  # noqa: ANN401 - statsforecast has no types
    from statsforecast.models import (  # noqa: PLC0415 - only where it is installed
        AutoARIMA,
        AutoCES,
        AutoETS,
        AutoTheta,
    )

    models = {
        "auto_theta": AutoTheta,
        "auto_ets": AutoETS,
        "auto_ces": AutoCES,
        "auto_arima": AutoARIMA,
    }
    return models[name](season_length=season)


def _digest(values: Floats) -> bytes:
    return blake2b(np.ascontiguousarray(values).tobytes(), digest_size=DIGEST).digest()
