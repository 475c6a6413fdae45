"""How far predicted numbers are from the true ones, as figures."""

import numpy as np
import numpy.typing as npt
from config import Json
from figures_form import (
    MOST_POINTS,
    Figure,
    drawn,
    number,
    parts_by_size,
    quoted,
    rows_of,
    share,
    thinned,
    told,
)
from metrics import Floats, Measured

_FEWEST = 3  # rows
_PER_BIN = 20
_MOST_BINS = 10
_FAR = 5.2  # times the median distance from the median: 3.5 standard deviations of normal noise
_MOST_OUTLIERS = 20
_LEANING = 0.3  # of the mean error's size, for saying that errors lean to one side
_SURE = 3.0  # standard errors
_GROWING = 0.3  # rank correlation of the errors' size with the prediction
_FIT_TO_RANK = 50  # rows


def residuals(outcome: Measured, target: str) -> Figure | None:
    """Prediction minus truth against the prediction; None with fewer than 3 finite rows."""
    truth, said = _finite(outcome)
    if len(truth) < _FEWEST:
        return None
    error = said - truth
    far = _outliers(error)
    half, most = (float(value) for value in np.quantile(np.abs(error), (0.5, 0.9)))
    bins = _bins(said, error)
    shown = thinned(len(error), MOST_POINTS, far)
    return Figure(
        name="residuals",
        kind="residuals",
        title=_residual_title(said, error),
        alt=f"Errors of {rows_of(len(error))} held out against the prediction of {told(target)}:"
        f" half are within {number(half)}, nine in ten within {number(most)}, the largest is"
        f" {number(float(np.abs(error).max()))}; the mean error is {number(float(error.mean()))}"
        f" (prediction minus truth). {_count(int(far.sum()))} marked as far out.",
        data={
            "target": told(target),
            "rows": len(error),
            "said": drawn(said[shown]),
            "error": drawn(error[shown]),
            "far": [bool(one) for one in far[shown]],
            "bins": bins,
        },
    )


def predicted(outcome: Measured, target: str) -> Figure | None:
    """Predicted against true values; None with fewer than 3 finite rows."""
    truth, said = _finite(outcome)
    if len(truth) < _FEWEST:
        return None
    error = said - truth
    shown = thinned(len(truth), MOST_POINTS, _outliers(error))
    return Figure(
        name="predicted",
        kind="predicted",
        title=_explained(truth, said, target),
        alt=f"Predicted against true {told(target)} of {rows_of(len(truth))} held out. The truth"
        f" goes from {number(float(truth.min()))} to {number(float(truth.max()))}, the predictions"
        f" from {number(float(said.min()))} to {number(float(said.max()))}; half are within"
        f" {number(float(np.median(np.abs(error))))} of the truth." + _told_r2(truth, said),
        data={
            "target": told(target),
            "rows": len(truth),
            "truth": drawn(truth[shown]),
            "said": drawn(said[shown]),
        },
    )


def _finite(outcome: Measured) -> tuple[Floats, Floats]:
    usable = np.isfinite(outcome.truth) & np.isfinite(outcome.said)
    return outcome.truth[usable], outcome.said[usable]


def _outliers(error: Floats) -> npt.NDArray[np.bool_]:
    """The farthest rows that normal noise would not make, 20 at most."""
    distance = np.abs(error - np.median(error))
    typical = float(np.median(distance)) or float(distance.mean())
    limit = max(_FAR * typical, float(np.sort(distance)[-min(len(distance), _MOST_OUTLIERS + 1)]))
    return distance > limit if len(error) > _MOST_OUTLIERS else distance > _FAR * typical


def _bins(said: Floats, error: Floats) -> list[Json]:
    """Of bins with as many rows each: median prediction, then error at 10, 50 and 90 %."""
    if len(said) < 2 * _PER_BIN:
        return []
    parts = parts_by_size(said, min(len(said) // _PER_BIN, _MOST_BINS))
    groups = [parts == part for part in np.unique(parts)]
    middles = [float(np.median(said[group])) for group in groups]
    errors = np.array([np.quantile(error[group], (0.1, 0.5, 0.9)) for group in groups])
    columns = [drawn(middles), *(drawn(column) for column in errors.T)]
    return [list(row) for row in zip(*columns, strict=True)]


def _residual_title(said: Floats, error: Floats) -> str:
    size = np.abs(error)
    half, most = (float(value) for value in np.quantile(size, (0.5, 0.9)))
    if not size.any():
        return "Every prediction is exact"
    mean = float(error.mean())
    unsure = float(error.std(ddof=1)) / np.sqrt(len(error))
    if abs(mean) > max(_LEANING * float(size.mean()), _SURE * unsure):
        side = "high" if mean > 0 else "low"
        return f"Its predictions are too {side} by {number(abs(mean))} on average"
    if len(error) >= _FIT_TO_RANK and _rank_correlation(said, size) > _GROWING:
        low, high = (number(value) for value in _ends(said, size))
        return f"Larger predictions miss by more: {low} at the low end, {high} at the high"
    return f"Half of its predictions miss by less than {number(half)}, 9 in 10 by {number(most)}"


def _ends(said: Floats, size: Floats) -> tuple[float, float]:
    """Median miss of the lowest and of the highest fifth of the predictions."""
    low, high = np.quantile(said, (0.2, 0.8))
    return float(np.median(size[said <= low])), float(np.median(size[said >= high]))


def _rank_correlation(one: Floats, other: Floats) -> float:
    ranks = [np.argsort(np.argsort(values, kind="stable")) for values in (one, other)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _r2(truth: Floats, said: Floats) -> float:
    spread = float(np.sum((truth - truth.mean()) ** 2))
    return 1 - float(np.sum((truth - said) ** 2)) / spread if spread else float("nan")


def _told_r2(truth: Floats, said: Floats) -> str:
    explained = _r2(truth, said)
    return f" R² is {number(explained)}." if np.isfinite(explained) else ""


def _explained(truth: Floats, said: Floats, target: str) -> str:
    explained = _r2(truth, said)
    if not np.isfinite(explained):
        return f"All true values of {quoted(target)} are {number(float(truth[0]))}"
    if explained <= 0:
        return f"It predicts {quoted(target)} no better than the mean does"
    return f"It explains {share(explained)} of the differences in {quoted(target)}"


def _count(far: int) -> str:
    return "No row is" if not far else "1 row is" if far == 1 else f"{far} rows are"
