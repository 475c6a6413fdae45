"""Forecasts with their past, the truth and the interval, as a figure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from config import Json
from figures_form import Figure, drawn, listed, number, quoted, share, told
from metrics import Floats

_MOST_PANELS = 6
_MOST_STEPS = 240  # of a forecast; more are averaged to about this many
_PAST_PER_STEP = 3  # steps of history for each of the forecast
_LEAST_PAST = 24
_MOST_PAST = 200
_TOLD = 20


@dataclass(frozen=True, slots=True)
class ForecastSeries:
    """One series: times as text, and numbers of equal length beside them.

    `truth` may be shorter than `said`, or empty where nothing is known yet; `lower` and `upper`
    may be empty where there is no interval.
    """

    name: str
    history_at: list[str]
    history: list[float]
    at: list[str]
    truth: list[float]
    said: list[float]
    lower: list[float]
    upper: list[float]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A series, its mean miss (also relative to its size) and how often the interval held."""

    series: ForecastSeries
    miss: float
    relative: float
    held: int
    known: int


def forecast(series: Sequence[ForecastSeries], target: str) -> Figure | None:
    """At most 6 panels, from the best to the worst predicted series; None without a forecast."""
    judged = [_judged(one) for one in series if len(one.said)]
    if not judged:
        return None
    ranked = sorted(judged, key=lambda one: (np.nan_to_num(one.relative), one.series.name))
    picked = np.linspace(0, len(ranked) - 1, min(len(ranked), _MOST_PANELS)).round().astype(int)
    shown = [ranked[at] for at in dict.fromkeys(picked.tolist())]
    others = [told(one.series.name) for one in ranked if one not in shown]
    rest = f" Not drawn: {listed(others, _TOLD)}." if others else ""
    return Figure(
        name="forecast",
        kind="forecast",
        title=_title(judged, target),
        alt=f"Forecasts of {told(target)} with their history: "
        + "; ".join(_told(one) for one in shown)
        + f".{rest}",
        data={
            "target": told(target),
            "of": len(judged),
            "series": [_panel(one) for one in shown],
        },
    )


def _judged(series: ForecastSeries) -> _Judged:
    truth, said, lower, upper = _aligned(series)
    known = np.isfinite(truth) & np.isfinite(said)
    miss = float(np.mean(np.abs(truth - said)[known])) if known.any() else float("nan")
    usual = float(np.nanmean(np.abs(truth[known]))) if known.any() else 0.0
    bounded = known & np.isfinite(lower) & np.isfinite(upper)
    inside = bounded & (lower <= truth) & (truth <= upper)
    relative = miss / usual if usual else miss
    return _Judged(series, miss, relative, int(inside.sum()), int(bounded.sum()))


def _aligned(series: ForecastSeries) -> tuple[Floats, Floats, Floats, Floats]:
    """Truth, forecast and bounds as arrays of one length, nan where something is not given."""
    steps = len(series.said)
    given = (series.truth, series.said, series.lower, series.upper)
    cut = [np.array(list(values)[:steps], dtype=np.float64) for values in given]
    whole = [np.pad(values, (0, steps - len(values)), constant_values=np.nan) for values in cut]
    return whole[0], whole[1], whole[2], whole[3]


def _title(judged: Sequence[_Judged], target: str) -> str:
    known = sum(one.known for one in judged)
    held = sum(one.held for one in judged)
    many = f" of {len(judged):,} series" if len(judged) > 1 else ""
    inside = f"; {share(held / known)} of the true values lie in its interval" if known else ""
    misses = [one.miss for one in judged if np.isfinite(one.miss)]
    if not misses:
        steps = max(len(one.series.said) for one in judged)
        return f"What it expects of {quoted(target)} in the next {steps:,} steps{many}"
    if len(judged) == 1:
        miss = f"The forecast of {quoted(target)} misses by {number(misses[0])} on average"
        return miss + inside
    typical = f"A typical forecast of {quoted(target)} misses by {number(float(np.median(misses)))}"
    return typical + inside


def _told(one: _Judged) -> str:
    series = one.series
    steps = f"{len(series.said):,} steps" if len(series.said) > 1 else "1 step"
    between = f" from {series.at[0]} to {series.at[-1]}" if series.at else ""
    said = f"{told(series.name)}, {steps}{between}" if series.name else f"{steps}{between}"
    ends = f", forecast going from {number(series.said[0])} to {number(series.said[-1])}"
    miss = f", mean miss {number(one.miss)}" if np.isfinite(one.miss) else ""
    held = f", {one.held:,} of {one.known:,} true values in the interval" if one.known else ""
    return said + ends + miss + held


def _panel(one: _Judged) -> Json:
    """The drawn part: the last steps of history, and all of the forecast."""
    series = one.series
    steps = len(series.said)
    past = min(max(_PAST_PER_STEP * steps, _LEAST_PAST), _MOST_PAST, len(series.history))
    truth, said, lower, upper = (_averaged(values) for values in _aligned(series))
    stride = _stride(steps)
    return {
        "name": told(series.name),
        "miss": drawn([one.miss])[0],
        "history_at": [told(at) for at in series.history_at[len(series.history_at) - past :]],
        "history": drawn(series.history[len(series.history) - past :]),
        "stride": stride,
        "at": [told(at) for at in series.at[::stride]],
        "truth": drawn(truth),
        "said": drawn(said),
        "lower": drawn(lower),
        "upper": drawn(upper),
    }


def _averaged(values: Floats) -> Floats:
    """Means of a few steps each where a forecast has more steps than a picture has room for."""
    stride = _stride(len(values))
    if stride == 1:
        return values
    starts = np.arange(0, len(values), stride)
    sizes = np.diff(np.append(starts, len(values)))
    return np.asarray(np.add.reduceat(values, starts) / sizes, np.float64)


def _stride(steps: int) -> int:
    return -(-steps // _MOST_STEPS)
