"""What is ranked, as a figure of bars: columns by weight, groups by size, series by error."""

from collections.abc import Sequence

import numpy as np
from config import Json
from figures_form import Figure, drawn, listed, number, quoted, rows_of, share, told
from metrics import Codes

_MOST_BARS = 12
_TOLD = 8
_FEW_GROUPS = 2

Named = Sequence[tuple[str, float]]


def importance(shares: Named) -> Figure | None:
    """How much each column matters, any order and unit; None when none does."""
    usable = [(name, value) for name, value in shares if np.isfinite(value) and value > 0]
    total = sum(value for _, value in usable)
    ranked = sorted(((name, value / total) for name, value in usable), key=_largest)
    if not ranked:
        return None
    names = [quoted(name) for name, _ in ranked[:3]]
    title = f"{names[0]} matters most" if len(shares) > 1 else f"{names[0]} is all it goes by"
    if len(names) > 1:
        title += f", then {' and '.join(names[1:])}"
    texts = [f"{told(name)} {share(value)}" for name, value in ranked]
    useless = len(shares) - len(ranked)
    return Figure(
        name="importance",
        kind="bars",
        title=title,
        alt=f"Share of each column in what the model goes by: {listed(texts, _TOLD)}."
        + (f" {useless} more make no difference." if useless else ""),
        data=_bars([(name, value, share(value)) for name, value in ranked], "columns"),
    )


def cluster_sizes(labels: Codes, names: Sequence[str]) -> Figure | None:
    """Rows in each group; label -1 is for rows in no group. None with fewer than two groups."""
    counts = [int(np.sum(labels == at)) for at in range(len(names))]
    loose = int(np.sum(labels < 0))
    sized = [(name, float(n)) for name, n in zip(names, counts, strict=True) if n]
    ranked = sorted(sized, key=_largest)
    if len(ranked) < _FEW_GROUPS:
        return None
    texts = [f"{told(name)} {int(n):,} ({share(n / len(labels))})" for name, n in ranked]
    outside = f" {rows_of(loose)} in no group." if loose else ""
    bars = [(name, n, f"{int(n):,}") for name, n in ranked]
    return Figure(
        name="cluster_sizes",
        kind="bars",
        title=f"The groups hold from {int(ranked[-1][1]):,} to {rows_of(int(ranked[0][1]))}",
        alt=f"Rows in each of {len(ranked)} groups: {listed(texts, 12)}.{outside}",
        data=_bars(bars, "groups"),
    )


def series_errors(errors: Named, metric: str) -> Figure | None:
    """Error of each series, lower is better, the worst first; None with fewer than two."""
    ranked = sorted(((n, e) for n, e in errors if np.isfinite(e) and e >= 0), key=_largest)
    if len(ranked) < _FEW_GROUPS:
        return None
    middle = float(np.median([error for _, error in ranked]))
    texts = [f"{told(name)} {number(error)}" for name, error in ranked]
    best = f"{told(ranked[-1][0])} {number(ranked[-1][1])}"
    return Figure(
        name="series_errors",
        kind="bars",
        title=f"{quoted(ranked[0][0])} is hardest to predict; the median series has {metric}"
        f" {number(middle)}",
        alt=f"{metric} of {len(ranked):,} series, worst first: {listed(texts, _TOLD)}. Median"
        f" {number(middle)}, best {best}.",
        data={
            **_bars([(name, error, number(error)) for name, error in ranked], "series"),
            "line": drawn([middle])[0],
            "line_says": "median",
        },
    )


def _bars(ranked: Sequence[tuple[str, float, str]], what: str) -> dict[str, Json]:
    """Name, length and label of the first bars, and what is not among them."""
    shown = ranked[:_MOST_BARS]
    bars: list[Json] = [[told(name), drawn([value])[0], label] for name, value, label in shown]
    return {"bars": bars, "more": len(ranked) - len(shown), "what": what}


def _largest(named: tuple[str, float]) -> tuple[float, str]:
    return -named[1], named[0]
