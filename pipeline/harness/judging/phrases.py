"""What a score means, in a sentence anybody understands, beside what guessing reaches."""

from collections.abc import Callable

import numpy as np
from figures_form import number, quoted, share
from metrics import Classified, Outcome
from phrases_of_counts import TOLD_OF_COUNTS, Found

__all__ = ["Found", "figures_of", "found_and_right", "guess_of"]


def figures_of(metric: str, found: Found) -> str:
    """The score and the guess's in words, as the rest of a sentence."""
    told = _TOLD.get(metric)
    if told is not None:
        return told(found)
    name = metric.replace("_", " ")
    return (
        f"{name} is {number(found.value)} on {found.rows}, where {found.guess} reaches"
        f" {number(found.floor)}"
    )


def guess_of(outcome: Outcome, title: str) -> str:
    """What is beaten or not, as it stands after `than`; `title` is the best guess's own."""
    if isinstance(outcome, Classified):
        return "guessing"
    return f"“{title}”" if title else "guessing"


def found_and_right(rows: Classified, at: int) -> tuple[float, float]:
    """Recall and precision of a class; NaN where it has no rows, or is never said."""
    hits = float(np.sum((rows.truth == at) & (rows.said == at)))
    true, said = int(np.sum(rows.truth == at)), int(np.sum(rows.said == at))
    return hits / true if true else float("nan"), hits / said if said else float("nan")


def _accuracy(found: Found) -> str:
    return (
        f"it is right for {share(found.value)} of {found.rows}, where {found.guess} is right for"
        f" {share(found.floor)}"
    )


def _f1(found: Found) -> str:
    rows = found.outcome
    if not isinstance(rows, Classified) or rows.positive is None:
        return _of_one(found)
    name = quoted(rows.classes[rows.positive])
    recall, precision = found_and_right(rows, rows.positive)
    if not np.isfinite(precision):
        return f"it never says {name} on {found.rows}"
    return (
        f"it finds {share(recall)} of {name}, and {share(precision)} of what it calls {name} is,"
        f" on {found.rows}; together {number(found.value)} of 1, where {found.guess} reaches"
        f" {number(found.floor)}"
    )


def _macro_f1(found: Found) -> str:
    rows = found.outcome
    if not isinstance(rows, Classified):
        return _of_one(found)
    right = share(float(np.mean(rows.truth == rows.said)))
    classes = len(np.unique(rows.truth))
    return (
        f"with each of {classes} classes counting the same it reaches {number(found.value)} of 1,"
        f" where {found.guess} reaches {number(found.floor)}; it is right for {right} of"
        f" {found.rows}"
    )


def _roc_auc(found: Found) -> str:
    rows = found.outcome
    named = isinstance(rows, Classified) and rows.positive is not None
    name = quoted(rows.classes[rows.positive or 0]) if isinstance(rows, Classified) else ""
    pair = f"a row of {name} above another" if named else "a row of a class above one of the others"
    return (
        f"it ranks {pair} in {share(found.value)} of all pairs on {found.rows}, where {found.guess}"
        f" does in {share(found.floor)}"
    )


def _rmse(found: Found) -> str:
    return (
        f"it is typically off by {number(found.value)} on {found.rows}, where {found.guess} is off"
        f" by {number(found.floor)}"
    )


def _mae(found: Found) -> str:
    return (
        f"it is off by {number(found.value)} on average on {found.rows}, where {found.guess} is off"
        f" by {number(found.floor)}"
    )


def _r2(found: Found) -> str:
    return (
        f"it explains {share(max(found.value, 0.0))} of the differences in {quoted(found.target)}"
        f" on {found.rows}, where {found.guess} explains {share(max(found.floor, 0.0))}"
    )


def _mase(found: Found) -> str:
    return (
        f"its mean error is {number(found.value)} usual steps of its series, where {found.guess}"
        f" has {number(found.floor)}"
    )


def _smape(found: Found) -> str:
    return (
        f"it is off by {share(found.value)} on average, where {found.guess} is off by"
        f" {share(found.floor)}"
    )


def _of_one(found: Found) -> str:
    return (
        f"it reaches {number(found.value)} of 1 on {found.rows}, where {found.guess} reaches"
        f" {number(found.floor)}"
    )


def _silhouette(found: Found) -> str:
    return (
        f"the groups stand apart by {number(found.value)} of 1, where {found.guess} reaches"
        f" {number(found.floor)}"
    )


_TOLD: dict[str, Callable[[Found], str]] = {
    "accuracy": _accuracy,
    "f1": _f1,
    "macro_f1": _macro_f1,
    "roc_auc": _roc_auc,
    "rmse": _rmse,
    "mae": _mae,
    "r2": _r2,
    "mase": _mase,
    "smape": _smape,
    "silhouette": _silhouette,
    **TOLD_OF_COUNTS,
}
