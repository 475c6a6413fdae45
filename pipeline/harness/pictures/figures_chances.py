"""How far a classifier's probabilities can be used and trusted, as figures.

With two classes the curves are of the positive one; else they are the mean of each class against
the rest, beside the class that is hardest to tell.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from config import Json
from figures_form import Figure, drawn, number, parts_by_size, quoted, rows_of, share, told
from metrics import Classified, Floats, value_of

_FEWEST = 20  # rows: below, a curve is a few steps of luck
_GRID = 101
_PER_BIN = 15
_MOST_BINS = 10
_SMALL = 0.03  # mean distance of probabilities from the truth that nobody would notice
_TO_FIND = 0.8
_Z = 1.96

Hits: TypeAlias = npt.NDArray[np.bool_]
Curve = Callable[[Floats, Hits], Floats]


def roc(outcome: Classified) -> Figure | None:
    """ROC curve: what is found for the false alarms that are raised; None where undefined."""
    places = _places(outcome)
    area = value_of("roc_auc", outcome) if places else float("nan")
    if not np.isfinite(area):
        return None
    curves = {at: _roc_curve(outcome.chances[:, at], outcome.truth == at) for at in places}
    single = len(places) == 1
    worst = min(curves, key=lambda at: float(curves[at].mean()))
    own = value_of("roc_auc", _one_against_rest(outcome, worst))
    of = quoted(outcome.classes[places[0]]) if single else "rows of a class"
    hardest = "" if single else f" Hardest: {told(outcome.classes[worst])} with {number(own)}."
    kind = "" if single else f", mean of {len(places)} classes each against the rest"
    mean = np.mean(list(curves.values()), axis=0)
    return Figure(
        name="roc",
        kind="roc",
        title=f"It ranks {of} above the others in {share(area)} of all pairs",
        alt=f"ROC curve{kind} on {rows_of(len(outcome))} held out: area {number(area)}, where"
        f" guessing reaches 0.5. At 10% false alarms it finds {share(float(mean[10]))}, at 20%"
        f" {share(float(mean[20]))}.{hardest}",
        data={
            "y": drawn(mean),
            "area": drawn([area])[0],
            "class": told(outcome.classes[places[0]]) if single else None,
            "hardest": None if single else _hardest(outcome, worst, curves[worst], own),
        },
    )


def precision_recall(outcome: Classified) -> Figure | None:
    """Precision for each recall, that is, how many alarms are true; None where undefined."""
    places = _places(outcome)
    if not places:
        return None
    curves = {at: _precision_curve(outcome.chances[:, at], outcome.truth == at) for at in places}
    mean: Floats = np.mean(list(curves.values()), axis=0)
    worst = min(curves, key=lambda at: float(curves[at].mean()))
    base = float(np.mean([np.mean(outcome.truth == at) for at in places]))
    single = len(places) == 1
    of = quoted(outcome.classes[places[0]]) if single else "a class"
    false = 1 - float(mean[int(_TO_FIND * (_GRID - 1))])
    kind = "" if single else f", mean of {len(places)} classes each against the rest"
    own = float(curves[worst].mean())
    return Figure(
        name="precision_recall",
        kind="precision_recall",
        title=f"To find {share(_TO_FIND)} of {of}, {share(false)} of its alarms are false",
        alt=f"Precision-recall curve{kind} on {rows_of(len(outcome))} held out: precision is"
        f" {number(float(mean[50]))} at recall 0.5, {number(1 - false)} at 0.8 and"
        f" {number(float(mean[95]))} at 0.95; its mean is {number(float(mean.mean()))}, where"
        f" guessing reaches {number(base)}.",
        data={
            "y": drawn(mean),
            "base": drawn([base])[0],
            "class": told(outcome.classes[places[0]]) if single else None,
            "hardest": None if single else _hardest(outcome, worst, curves[worst], own),
        },
    )


def calibration(outcome: Classified) -> Figure | None:
    """Said probability against what came true, in bins; None with fewer than 30 rows.

    With a positive class its probability is looked at, else that of each answer.
    """
    if len(outcome) < 2 * _PER_BIN or outcome.chances.shape[1] != len(outcome.classes):
        return None
    if outcome.positive is None:
        said = outcome.chances[np.arange(len(outcome)), outcome.said]
        came, what = outcome.truth == outcome.said, "answers that are right"
    else:
        said, came = outcome.chances[:, outcome.positive], outcome.truth == outcome.positive
        what = f"rows that are {quoted(outcome.classes[outcome.positive])}"
    bins = _bins(said, came)
    return Figure(
        name="calibration",
        kind="calibration",
        title=_calibration_title(bins, certain=outcome.positive is None),
        alt=f"Said probability against the share of {what} on {rows_of(len(outcome))}"
        " held out: "
        + "; ".join(f"{share(s)} said, {share(o)} true ({int(n):,})" for s, o, n in bins)
        + f". On average {number(100 * _distance(bins))} percentage points apart.",
        data={"bins": _told_bins(bins), "what": what},
    )


def _places(outcome: Classified) -> list[int]:
    """Classes that have a curve: with rows of their own and rows of others."""
    if len(outcome) < _FEWEST or outcome.chances.shape[1] != len(outcome.classes):
        return []
    wanted = range(len(outcome.classes)) if outcome.positive is None else [outcome.positive]
    return [at for at in wanted if 0 < int(np.sum(outcome.truth == at)) < len(outcome)]


def _one_against_rest(outcome: Classified, at: int) -> Classified:
    return Classified(outcome.classes, outcome.truth, outcome.said, outcome.chances, at)


def _hardest(outcome: Classified, at: int, curve: Floats, value: float) -> dict[str, Json]:
    name = told(outcome.classes[at])
    return {"class": name, "y": drawn(curve), "value": drawn([value])[0]}


def _steps(scores: Floats, hits: Hits) -> tuple[Floats, Floats]:
    """Hits and misses that are found at each threshold, from none to all."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    found = np.cumsum(hits[order])[last].astype(np.float64)
    return np.concatenate([[0.0], found]), np.concatenate([[0.0], last + 1 - found])


def _roc_curve(scores: Floats, hits: Hits) -> Floats:
    """Share of hits found at 0, 1, … 100 % of false alarms."""
    found, false = _steps(scores, hits)
    wanted = np.linspace(0, 1, _GRID) * false[-1]
    # Where the curve climbs straight up, its highest point counts.
    at = np.searchsorted(false, wanted + 1e-9, side="right") - 1
    after = np.minimum(at + 1, len(false) - 1)
    part = (wanted - false[at]) / np.maximum(false[after] - false[at], 1e-9)
    rise = found[after] - found[at]
    return np.asarray((found[at] + np.clip(part, 0, 1) * rise) / found[-1], np.float64)


def _precision_curve(scores: Floats, hits: Hits) -> Floats:
    """Precision of the first threshold that finds 0, 1, … 100 % of the hits."""
    found, false = _steps(scores, hits)
    precision = found[1:] / (found[1:] + false[1:])
    wanted = np.linspace(0, 1, _GRID) * found[-1]
    at = np.searchsorted(found[1:], np.maximum(wanted, 1) - 1e-9)
    return np.asarray(precision[np.minimum(at, len(precision) - 1)], np.float64)


def _bins(said: Floats, came: Hits) -> list[tuple[float, float, int]]:
    """Mean said probability, share that came true and rows, of bins with as many rows each."""
    parts = parts_by_size(said, int(np.clip(len(said) // _PER_BIN, 1, _MOST_BINS)))
    groups = [parts == part for part in np.unique(parts)]
    return [(float(said[g].mean()), float(came[g].mean()), int(g.sum())) for g in groups]


def _distance(bins: list[tuple[float, float, int]]) -> float:
    return sum(n * abs(s - o) for s, o, n in bins) / sum(n for *_, n in bins)


def _calibration_title(bins: list[tuple[float, float, int]], *, certain: bool) -> str:
    """`certain`: each bin is of answers, so that a high probability is always the sure side."""
    off = f"off by {number(round(100 * _distance(bins), 1))} points on average"
    strange = sum(n * (s - o) ** 2 / max(s * (1 - s), 1 / n) for s, o, n in bins)
    if _distance(bins) < _SMALL:
        return f"Its probabilities can be taken at their word: {off}"
    if strange <= len(bins) + 2 * np.sqrt(2 * len(bins)):
        return f"Its probabilities are right as far as {rows_of(sum(n for *_, n in bins))} can tell"
    sides = [n * (s - o) * (1 if certain or s >= 0.5 else -1) for s, o, n in bins]  # noqa: PLR2004
    if abs(sum(sides)) < sum(abs(side) for side in sides) / 2:
        return f"Its probabilities are rough: {off}"
    return f"{'It is too sure' if sum(sides) > 0 else 'It is surer than it says'}: {off}"


def _told_bins(bins: list[tuple[float, float, int]]) -> list[Json]:
    """Said, came true, rows, and between what the true share lies by chance (Wilson, 95 %)."""
    rows: list[Json] = []
    for said, came, n in bins:
        middle = (came + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * np.sqrt(came * (1 - came) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
        rows.append([*drawn([said, came]), n, *drawn([middle - half, middle + half])])
    return rows
