"""Groups that a clustering found, as figures: where they lie, and how many there should be."""

from collections.abc import Mapping, Sequence

import numpy as np
from config import Json
from figures_form import Figure, drawn, listed, number, quoted, rows_of, share, thinned, told
from metrics import BETTER, Codes, Floats

_MOST_POINTS = 1_500
_KEPT_OF_EACH = 12
_MOST_INDICES = 3
_TITLES = {"davies_bouldin": "Davies-Bouldin", "calinski_harabasz": "Calinski-Harabasz"}


def clusters(
    points: Floats, labels: Codes, names: Sequence[str], axes: tuple[str, str]
) -> Figure | None:
    """Map of the groups: `points` (n, 2), `labels` places in `names`, or -1 for no group.

    `axes` say what the two directions are. At most 1,500 points are kept. None without rows.
    """
    usable = np.isfinite(points).all(axis=1)
    flat, codes = points[usable], labels[usable]
    present = [at for at in range(len(names)) if np.any(codes == at)]
    if not present:
        return None
    first_of_each = np.zeros(len(codes), dtype=np.bool_)
    for at in (-1, *present):
        first_of_each[np.flatnonzero(codes == at)[:_KEPT_OF_EACH]] = True
    shown = thinned(len(codes), _MOST_POINTS, first_of_each)
    sizes = {at: int(np.sum(codes == at)) for at in present}
    middles = np.array([flat[codes == at].mean(axis=0) for at in present])
    centres = zip(drawn(middles[:, 0]), drawn(middles[:, 1]), strict=True)
    groups: list[Json] = [
        {"name": told(names[at]), "rows": sizes[at], "centre": list(centre)}
        for at, centre in zip(present, centres, strict=True)
    ]
    place = {at: order for order, at in enumerate(present)}
    return Figure(
        name="clusters",
        kind="clusters",
        title=_title(sizes, names, len(codes)),
        alt=_alt(sizes, names, len(codes), axes),
        data={
            "groups": groups,
            "x": drawn(flat[shown, 0]),
            "y": drawn(flat[shown, 1]),
            "group": [place.get(int(code), -1) for code in codes[shown]],
            "axes": [told(axes[0]), told(axes[1])],
            "shown": len(shown),
            "rows": len(codes),
        },
    )


def scan(
    ks: Sequence[int], indices: Mapping[str, Sequence[float]], chosen: int | None = None
) -> Figure | None:
    """Each index (a metric's name and its value for each k) by the number of groups `ks`.

    `chosen` is the number that was taken, by default the best one by the first index. At most 3
    indices are drawn. None with fewer than two numbers of groups.
    """
    known = {
        name: list(values)
        for name, values in indices.items()
        if np.isfinite(values).sum() > 1 and len(values) == len(ks)
    }
    if not known:
        return None
    best = {name: _best(name, ks, values) for name, values in known.items()}
    taken = next(iter(best.values())) if chosen is None else chosen
    panels: list[Json] = [
        {"name": _titled(name), "y": drawn(values), "best": best[name], "better": _better(name)}
        for name, values in list(known.items())[:_MOST_INDICES]
    ]
    return Figure(
        name="scan",
        kind="scan",
        title=_scan_title(best, taken),
        alt=f"Indices for {min(ks)} to {max(ks)} groups, {taken} taken: "
        + "; ".join(_told_index(name, ks, values, best[name]) for name, values in known.items())
        + ".",
        data={"ks": [int(k) for k in ks], "chosen": taken, "indices": panels},
    )


def _title(sizes: Mapping[int, int], names: Sequence[str], rows: int) -> str:
    if len(sizes) == 1:
        return f"All {rows_of(rows)} form one group"
    largest = max(sizes, key=lambda at: sizes[at])
    part = share(sizes[largest] / rows)
    return f"{len(sizes)} groups; the largest, {quoted(names[largest])}, holds {part} of the rows"


def _alt(sizes: Mapping[int, int], names: Sequence[str], rows: int, axes: tuple[str, str]) -> str:
    ranked = sorted(sizes, key=lambda at: -sizes[at])
    groups = [f"{told(names[at])} {sizes[at]:,} ({share(sizes[at] / rows)})" for at in ranked]
    loose = rows - sum(sizes.values())
    count = "1 group" if len(sizes) == 1 else f"{len(sizes)} groups"
    outside = f" {rows_of(loose)} in no group." if loose else ""
    return (
        f"Map of {rows_of(rows)} in {count} by {told(axes[0])} and {told(axes[1])}:"
        f" {listed(groups, 12)}.{outside}"
    )


def _better(name: str) -> str:
    return BETTER.get(name, "higher")


def _titled(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def _best(name: str, ks: Sequence[int], values: Sequence[float]) -> int:
    sign = 1 if _better(name) == "higher" else -1
    ranked = np.where(np.isfinite(values), sign * np.asarray(values, np.float64), -np.inf)
    return int(ks[int(np.argmax(ranked))])


def _scan_title(best: Mapping[str, int], taken: int) -> str:
    """`3 groups: best by Silhouette; Davies-Bouldin is best at 5`."""
    groups = f"{taken} groups" if taken != 1 else "1 group"
    agree = [_titled(name) for name, k in best.items() if k == taken]
    others = [f"{_titled(name)} is best at {k}" for name, k in best.items() if k != taken]
    if not others:
        return f"{groups}: best by {' and '.join(agree)}"
    by = f"{groups}: best by {' and '.join(agree)}" if agree else f"{groups} taken"
    return f"{by}; {others[0]}"


def _told_index(name: str, ks: Sequence[int], values: Sequence[float], best: int) -> str:
    pairs = [f"{k}: {number(v)}" for k, v in zip(ks, values, strict=True) if np.isfinite(v)]
    return f"{_titled(name)} ({_better(name)} is better, best at {best}) {listed(pairs, 12)}"
