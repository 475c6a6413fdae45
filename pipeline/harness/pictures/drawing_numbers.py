"""Draws predicted numbers against the true ones, and what they miss by."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from drawing_axes import calm, room, spelled, spelled_alone
from drawing_canvas import Canvas, Easel, Ends, Key
from drawing_look import POINTS, Look, blend
from drawing_told import Floats, Told, Unfit
from matplotlib.axes import Axes

_HEIGHT = 400
_MANY = 150  # points: above, they are drawn paler
_WIDE = 3.0  # powers of ten that the values span: above, the axes count powers

Flags = npt.NDArray[np.bool_]


def draw_residuals(told: Told, easel: Easel) -> Canvas:
    """Errors by prediction, with the middle and the usual range of each part."""
    points = told.numbers("said"), told.numbers("error")
    far = np.array([one is True for one in told.every("far")], dtype=np.bool_)
    _same(*points, far)
    look = easel.look
    ends = calm(points[0]), _around_zero(calm(points[1], 2.0))
    beyond = _beyond(points, ends)
    marks = [Key("dot", look.main, "a held-out row"), Key("dot", look.accent, "far out")][
        : 1 + far.any()
    ]
    if told.every("bins"):
        marks.append(Key("band", _pale(look), "8 in 10 rows, and the middle one"))
    canvas = easel.canvas(
        _HEIGHT, _note(told, len(points[0])), key=[*marks, *_told_beyond(look, beyond)]
    )
    name = f"predicted {told.text('target')}"
    axes = canvas.plot(*ends, x_name=name, y_name="prediction minus truth")
    _band(canvas, axes, told)
    axes.axhline(0, color=look.ink, linewidth=1.2 * POINTS, zorder=2)
    _dots(axes, points, ~far & ~beyond, look.main)
    _dots(axes, points, far & ~beyond, look.accent)
    _pinned(canvas, axes, points, ends, beyond)
    return canvas


def draw_predicted(told: Told, easel: Easel) -> Canvas:
    """Predictions against the truth; the line is where both are equal."""
    points = told.numbers("truth"), told.numbers("said")
    _same(*points)
    both = np.concatenate(points)
    spell = spelled
    if _needs_powers(both):
        points, both, spell = (np.log10(points[0]), np.log10(points[1])), np.log10(both), _powers
    end = room(both) if spell is _powers else calm(both)
    beyond = _beyond(points, (end, end))
    marks = [Key("dot", easel.look.main, "a held-out row"), Key("dash", easel.look.muted, "exact")]
    canvas = easel.canvas(
        _HEIGHT, _note(told, len(points[0])), key=[*marks, *_told_beyond(easel.look, beyond)]
    )
    name = told.text("target")
    axes = canvas.plot(
        end,
        end,
        x_name=f"true {name}",
        y_name=f"predicted {name}",
        spell=spell,
        whole=spell is _powers,
    )
    axes.plot(end, end, color=canvas.look.muted, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)
    _dots(axes, points, ~beyond, canvas.look.main)
    _pinned(canvas, axes, points, (end, end), beyond)
    return canvas


def _note(told: Told, shown: int) -> str:
    rows = told.count("rows")
    return f"{shown:,} of {rows:,} rows are drawn" if shown < rows else ""


def _same(*columns: Floats | Flags) -> None:
    if len({len(column) for column in columns}) > 1 or not len(columns[0]):
        raise Unfit("there are no points, or half of one")


def _around_zero(ends: Ends) -> Ends:
    """Zero is on the axis, with at least a tenth on its other side."""
    low, high = ends
    return min(low, -0.1 * abs(high)), max(high, 0.1 * abs(low))


def _beyond(points: tuple[Floats, Floats], ends: tuple[Ends, Ends]) -> Flags:
    outside = np.zeros(len(points[0]), dtype=np.bool_)
    for values, (low, high) in zip(points, ends, strict=True):
        outside |= (values < low) | (values > high)
    return outside


def _needs_powers(values: Floats) -> bool:
    low, high = np.quantile(values, (0.02, 0.98))
    return bool(values.min() > 0 and np.log10(high / low) > _WIDE)


def _powers(values: Sequence[float]) -> list[str]:
    return [spelled_alone(10**value) if value == int(value) else "" for value in values]


def _pale(look: Look) -> str:
    return blend(look.paper, look.main, 0.28)


def _band(canvas: Canvas, axes: Axes, told: Told) -> None:
    if not told.every("bins"):
        return
    at, low, middle, high = told.table("bins").T
    axes.fill_between(at, low, high, color=_pale(canvas.look), linewidth=0, zorder=1)
    axes.plot(at, middle, color=canvas.look.main, linewidth=2.6 * POINTS, zorder=4)


def _dots(axes: Axes, points: tuple[Floats, Floats], which: Flags, colour: str) -> None:
    many = int(which.sum()) > _MANY
    size, alpha = (6.5, 0.45) if many else (8.5, 0.75)
    x, y = (values[which] for values in points)
    style = {"markersize": size * POINTS, "alpha": alpha, "markeredgewidth": 0}
    axes.plot(x, y, "o", color=colour, zorder=3, **style)


def _told_beyond(look: Look, beyond: Flags) -> list[Key]:
    count = int(beyond.sum())
    return [Key("cross", look.accent, f"{count} beyond the edge")] if count else []


def _pinned(
    canvas: Canvas,
    axes: Axes,
    points: tuple[Floats, Floats],
    ends: tuple[Ends, Ends],
    beyond: Flags,
) -> None:
    """What lies outside is marked at the edge that it lies behind."""
    x, y = (np.clip(v[beyond], *end) for v, end in zip(points, ends, strict=True))
    style = {"markersize": 8 * POINTS, "markeredgewidth": 2 * POINTS, "clip_on": False}
    axes.plot(x, y, "x", color=canvas.look.accent, zorder=5, **style)
