"""Draws groups on a map, each named where it lies or numbered there and named below."""

from collections.abc import Sequence

import numpy as np
from drawing_axes import room
from drawing_canvas import Canvas, Easel
from drawing_look import MARGIN, POINTS, SCALE, SMALL, WIDTH, blend, is_light
from drawing_told import Floats, Told, Unfit
from matplotlib.axes import Axes

_MARKS = ("o", "s", "^", "D", "v", "P")
_MANY = 400  # points: above, they are smaller and paler
_ROUNDS = 200  # of pushing labels apart
_MOST_NAMED = 12
_FEW = 6  # groups that are named on the map
_NAME = 190  # CSS pixels
_NEAR = (0.3, 0.07)  # of the map's width and height
_MAP = 430
_BADGE = 22
_LISTED = 29


def draw_clusters(told: Told, easel: Easel) -> Canvas:
    """Points in the colour and mark of their group, with its name at its middle.

    Many groups, or such as lie on each other, are numbered on the map and named below it.
    """
    groups: list[Told] = told.parts("groups")
    points = np.column_stack([told.numbers("x"), told.numbers("y")])
    group = told.numbers("group")
    if not groups or len(points) != len(group):
        raise Unfit("points and groups do not fit")
    order = sorted(range(len(groups)), key=lambda at: -groups[at].number("rows"))[:_MOST_NAMED]
    numbered = len(groups) > _FEW or _on_each_other(points, [groups[at] for at in order])
    listed = -(-len(order) // 2) * _LISTED + 12 if numbered else 0
    canvas = easel.canvas(_MAP + listed, _note(told, len(groups)))
    ends, names = (room(points[:, 0]), room(points[:, 1])), told.texts("axes")
    bottom = canvas.bottom - listed
    axes = canvas.plot(*ends, x_name=names[0], y_name=names[1], bottom=bottom, numbered="")
    _points(canvas, axes, points, group)
    if numbered:
        _badges(canvas, axes, groups, order)
        _list(canvas, groups, order, bottom + 14)
    else:
        _names(canvas, axes, groups, order)
    return canvas


def _note(told: Told, count: int) -> str:
    shown, rows = told.count("shown"), told.count("rows")
    says = f"{shown:,} of {rows:,} rows are drawn. " if shown < rows else ""
    says += f"The {_MOST_NAMED} largest groups are named. " if count > _MOST_NAMED else ""
    return f"{says}Near means alike; beside each name, its rows."


def _on_each_other(points: Floats, groups: Sequence[Told]) -> bool:
    """Whether the middles of two groups are so near that both names would not fit."""
    span = np.maximum(np.ptp(points, axis=0), 1e-300)
    middles = [group.numbers("centre") / span for group in groups]
    gaps = [np.abs(one - other) for at, one in enumerate(middles) for other in middles[:at]]
    return any(gap[0] < _NEAR[0] and gap[1] < _NEAR[1] for gap in gaps)


def _points(canvas: Canvas, axes: Axes, points: Floats, group: Floats) -> None:
    """Points, shape (n, 2), those of no group (-1) first and as fine dots."""
    many = len(points) > _MANY
    size, alpha = (5.5, 0.5) if many else (8.0, 0.75)
    look = canvas.look
    for at in np.unique(group).astype(int).tolist():
        x, y = points[group == at].T
        colour = look.groups[at % len(look.groups)] if at >= 0 else look.muted
        mark = _MARKS[at % len(_MARKS)] if at >= 0 else "."
        style = {"markersize": size * POINTS, "markeredgewidth": 0, "alpha": alpha}
        axes.plot(x, y, mark, color=colour, zorder=2, **style)


def _names(canvas: Canvas, axes: Axes, groups: Sequence[Told], order: Sequence[int]) -> None:
    texts = [_named(canvas, groups[at]) for at in order]
    sizes = [(canvas.ruler.width(text, SMALL, bold=True) + 8, SMALL + 8) for text in texts]
    places = _free(axes, [groups[at].numbers("centre") for at in order], sizes)
    for at, text, (x, y) in zip(order, texts, places, strict=True):
        ink = blend(_colour(canvas, at), canvas.look.ink, 0.35)
        canvas.label(axes, x, y, text, colour=ink, bold=True, side="center")


def _badges(canvas: Canvas, axes: Axes, groups: Sequence[Told], order: Sequence[int]) -> None:
    """Numbers at the middles."""
    middles = [groups[at].numbers("centre") for at in order]
    places = _free(axes, middles, [(_BADGE + 2, _BADGE + 2)] * len(order))
    for number, (at, (x, y)) in enumerate(zip(order, places, strict=True), 1):
        _badge(canvas, axes, (x, y), number, at)


def _list(canvas: Canvas, groups: Sequence[Told], order: Sequence[int], top: float) -> None:
    """The numbers again with names and sizes, in two columns."""
    rows = -(-len(order) // 2)
    axes = canvas.blank(MARGIN, top, WIDTH - MARGIN, top + rows * _LISTED)
    wide = (WIDTH - 2 * MARGIN) / 2
    names = canvas.ruler.told_apart([groups[at].text("name") for at in order], wide - 110, SMALL)
    for place, at in enumerate(order):
        x, y = (place // rows) * wide + _BADGE / 2, (place % rows + 0.5) * _LISTED
        _badge(canvas, axes, (x, y), place + 1, at)
        text = f"{names[place]} · {groups[at].count('rows'):,}"
        canvas.label(axes, x + _BADGE / 2 + 8, y, text, colour=canvas.look.ink)


def _badge(canvas: Canvas, axes: Axes, place: tuple[float, float], number: int, group: int) -> None:
    colour = _colour(canvas, group)
    style = {"markersize": _BADGE * POINTS, "markeredgecolor": canvas.look.paper, "zorder": 8}
    axes.plot(*place, "o", color=colour, markeredgewidth=1.5 * POINTS, clip_on=False, **style)
    ink = "#14171b" if is_light(colour) else "#ffffff"
    canvas.on_field(axes, place, str(number), ink, SMALL - 2, bold=True)


def _free(axes: Axes, middles: Sequence[Floats], sizes: Sequence[tuple[float, float]]) -> Floats:
    """Places, in the units of the axes, where boxes in CSS pixels do not overlap."""
    box, size = axes.get_window_extent(), np.array(sizes)
    low = np.array([box.x0, box.y0]) / SCALE + size / 2
    high = np.array([box.x1, box.y1]) / SCALE - size / 2
    wanted = np.clip(axes.transData.transform(middles) / SCALE, low, high)
    moved = axes.transData.inverted().transform(apart(wanted, size, low, high) * SCALE)
    return np.asarray(moved, np.float64)


def _colour(canvas: Canvas, group: int) -> str:
    return canvas.look.groups[group % len(canvas.look.groups)]


def _named(canvas: Canvas, group: Told) -> str:
    name = canvas.ruler.fitted(group.text("name"), _NAME, SMALL, bold=True)
    return f"{name} · {group.count('rows'):,}"


def apart(places: Floats, size: Floats, low: Floats, high: Floats) -> Floats:
    """Move boxes (middles and sizes, shape (n, 2)) until none overlaps, within low and high."""
    moved = places.copy()
    for _ in range(_ROUNDS):
        before = moved.copy()
        for one in range(len(moved)):
            for other in range(one):
                _push(moved, size, one, other)
        moved = np.clip(moved, low, high)
        if np.allclose(before, moved):
            break
    return moved


def _push(places: Floats, size: Floats, one: int, other: int) -> None:
    """Part two boxes that overlap along the shorter way, up and down where both are as short."""
    gap = places[one] - places[other]
    over = (size[one] + size[other]) / 2 - np.abs(gap)
    if (over <= 0).any():
        return
    along = 1 if over[1] <= over[0] else 0
    push = (over[along] / 2 + 0.5) * (1 if gap[along] >= 0 else -1)
    places[one, along] += push
    places[other, along] -= push
