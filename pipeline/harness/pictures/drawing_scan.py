"""Draws indices by the number of groups, with the number that was taken."""

import numpy as np
from drawing_axes import room, spelled_alone
from drawing_canvas import Canvas, Easel, Key, Side
from drawing_look import POINTS
from drawing_told import Floats, Told, Unfit
from matplotlib.axes import Axes

_PANEL = 150


def draw_scan(told: Told, easel: Easel) -> Canvas:
    """One panel for each index, below each other over the same numbers of groups."""
    ks, chosen = told.numbers("ks"), told.count("chosen")
    indices: list[Told] = told.parts("indices")
    look = easel.look
    key = [Key("dot", look.accent, f"taken: {chosen}"), Key("dot", look.main, "tried")]
    canvas = easel.canvas(_PANEL * len(indices) + 50, key=key)
    high, panels = _PANEL, []
    for at, index in enumerate(indices):
        y = index.numbers("y")
        if len(y) != len(ks):
            raise Unfit("an index has more or fewer values than there are numbers of groups")
        last = at == len(indices) - 1
        top = canvas.top + at * high
        axes = canvas.plot(
            (ks.min() - 0.4, ks.max() + 0.4),
            room(y, 0.15),
            y_name=f"{index.text('name')}, {index.text('better')} is better",
            x_name="number of groups" if last else "",
            top=top,
            bottom=top + high - 4 + (50 if last else 0),
            numbered="xy" if last else "y",
            columns=_whole(ks),
        )
        _index(canvas, axes, ks, y, chosen)
        panels.append(axes)
    canvas.align(panels)
    return canvas


def _index(canvas: Canvas, axes: Axes, ks: Floats, y: Floats, chosen: int) -> None:
    look = canvas.look
    axes.plot(ks, y, color=look.main, linewidth=2.2 * POINTS, marker="o", markersize=7 * POINTS)
    taken = ks == chosen
    axes.axvline(chosen, color=look.accent, linewidth=1 * POINTS, zorder=1)
    axes.plot(ks[taken], y[taken], "o", color=look.accent, markersize=11 * POINTS, zorder=4)
    for value in y[taken][np.isfinite(y[taken])]:
        right = chosen < (ks.min() + ks.max()) / 2
        x = chosen + (0.02 if right else -0.02) * float(np.ptp(ks) + 1)
        text = spelled_alone(float(value))
        side: Side = "left" if right else "right"
        canvas.label(axes, x, value, text, colour=look.ink, bold=True, side=side)


def _whole(ks: Floats) -> list[float]:
    """All numbers of groups that were tried, or every second, third, … of them."""
    return [float(k) for k in ks[:: -(-len(ks) // 12)]]
