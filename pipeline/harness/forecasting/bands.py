"""How wide a forecast must be so that nine of ten values fall inside, by what missed before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from backtest import Trial
from metrics import Floats
from panels import Panel

LEVEL = 0.9  # of the values that fall inside
NORMAL = 1.645  # spreads on each side that hold so many where errors are normal
OWN = 30.0  # foretold steps of its own that count as much as all series together
WIDEST_RANGE = 50.0  # largest to least value up to which a positive series is measured in ratios
FEW_TRIES = 2  # stretches that say little of the rarer misses: the widest one is taken
LEAST_WIDTH = 1e-6  # of a usual move; less is a matter of rounding
LEAST_RATIO = 1e-3  # of the least value; a forecast is not taken to be less
TYPICAL_STEP = 0.5  # power of the steps with which errors grow where nothing was tried


@dataclass(frozen=True, slots=True)
class Bands:
    """Half widths by series and step, (S + 1, H); those of `ratios` are logarithms of a factor.

    The last row is for a series that is not known.
    """

    widths: Floats
    ratios: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def around(self, said: Floats, series: Sequence[int], steps: Floats) -> tuple[Floats, Floats]:
        """Lower and upper end for forecasts `said` of some series, each so many steps ahead.

        Beyond the steps that were tried the bands widen with the root of the distance.
        """
        rows = np.asarray(series, dtype=np.int64)
        horizon = self.widths.shape[1]
        place = np.clip(steps.astype(np.int64), 1, horizon)
        width = self.widths[rows, place - 1] * np.sqrt(np.maximum(steps / horizon, 1.0))
        factor = np.exp(np.minimum(width, 700))
        ratio = self.ratios[rows] & (said > 0)
        low = np.where(ratio, said / factor, said - width)
        high = np.where(ratio, said * factor, said + width)
        return low, high


def learn_bands(panel: Panel, trial: Trial, said: Floats, horizon: int) -> Bands:
    """From what the mix `said` in the trial, by shares that were fitted elsewhere."""
    ratios = np.array([_is_ratio(line.values) for line in panel.lines], dtype=bool)
    missed = _missed(panel, trial, said, ratios)
    usual = np.array(
        [_usual(line.values, one) for line, one in zip(panel.lines, ratios, strict=True)]
    )
    known = np.isfinite(missed)
    if not known.any():
        growth = np.arange(1, horizon + 1) ** TYPICAL_STEP
        return _with_unknown(NORMAL * usual[:, None] * growth / growth.mean(), ratios)
    relative = missed / usual[:, None, None]
    counts = known.sum(axis=(1, 2))
    all_ = float(np.nanmean(relative))
    own = np.where(counts > 0, np.nansum(relative, axis=(1, 2)) / np.maximum(counts, 1), all_)
    scale = (counts * own + OWN * all_) / (counts + OWN) if len(counts) > 1 else np.array([all_])
    scale = np.maximum(scale, LEAST_WIDTH)
    profile = _profile(relative / scale[:, None, None])
    spread = (relative / scale[:, None, None] / profile)[known]
    tries = int(known.any(axis=2).sum())
    level = LEVEL + (1 - LEVEL) * min(1.0, FEW_TRIES / tries)
    factor = float(np.quantile(spread, level, method="higher"))
    widths = np.maximum(scale[:, None] * profile * factor, LEAST_WIDTH)
    return _with_unknown(usual[:, None] * widths, ratios)


def _with_unknown(widths: Floats, ratios: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Bands:
    """The bands with a row for any other series: as wide as the middle one of their kind."""
    kind = bool(ratios.mean() > 0.5)  # noqa: PLR2004 - most of them
    middle = np.median(widths[ratios == kind], axis=0)
    return Bands(np.concatenate([widths, middle[None]]), np.append(ratios, kind))


def _is_ratio(values: Floats) -> bool:
    least, most = float(values.min()), float(values.max())
    return least > 0 and most <= WIDEST_RANGE * least


def _usual(values: Floats, ratio: bool) -> float:  # noqa: FBT001 - one flag of an array
    """The usual move from step to step, of the logarithms where ratios are measured."""
    line = np.log(values) if ratio else values
    moved = float(np.abs(np.diff(line)).mean()) if len(line) > 1 else 0.0
    return moved or float(np.abs(line).mean()) * 0.1 or 1.0


def _missed(
    panel: Panel, trial: Trial, said: Floats, ratios: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Floats:
    """Absolute misses of the mix, (S, W, H), as logarithms where ratios are measured."""
    least = np.array([line.values.min() for line in panel.lines])[:, None, None] * LEAST_RATIO
    ratio = ratios[:, None, None]
    safe = np.where(ratio, np.maximum(said, least), 1.0)
    true = np.where(ratio & (trial.truth > 0), trial.truth, safe)
    logs = np.abs(np.log(true) - np.log(safe))
    missed = np.where(ratio, logs, np.abs(trial.truth - said))
    return np.where(np.isfinite(trial.truth), missed, np.nan)


def _profile(relative: Floats) -> Floats:
    """How the misses grow with the steps, (H,): never less for a farther step, 1 in the mean."""
    known = np.isfinite(relative)
    told = np.where(known, relative, 0).sum(axis=(0, 1)) / np.maximum(known.sum(axis=(0, 1)), 1)
    told = np.where(told > 0, told, told.mean())
    kernel = np.ones(3) / 3
    smooth = np.convolve(np.pad(told, 1, mode="edge"), kernel, mode="valid")
    growing = np.maximum.accumulate(np.maximum(smooth, 1e-9))
    return np.asarray(growing / growing.mean(), dtype=np.float64)
