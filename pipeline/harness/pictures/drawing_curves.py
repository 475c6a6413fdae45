"""Draws what probabilities are worth: ROC, precision-recall and calibration."""

from collections.abc import Sequence

import numpy as np
from drawing_axes import spelled_alone
from drawing_canvas import Canvas, Easel, Key
from drawing_look import MARGIN, POINTS, TITLE, WIDTH, blend
from drawing_told import Floats, Told
from matplotlib.axes import Axes

_WHOLE = (0.0, 1.0)
_EDGE = (-0.015, 1.02)
_HEIGHT = 380
_STRIP = 130
_LINE = 2.6 * POINTS


def draw_roc(told: Told, easel: Easel) -> Canvas:
    """What is found for the false alarms that are raised."""
    area = f"area {spelled_alone(told.number('area'))}"
    canvas = _keyed(easel, told, area)
    what = told.text("class") if told.has("class") else "each class"
    axes = _percent_axes(canvas, "false alarms among all others", f"found of {what}")
    axes.plot(_WHOLE, _WHOLE, color=canvas.look.muted, linewidth=1, linestyle=(0, (4, 3)))
    canvas.label(axes, 0.7, 0.64, "guessing")
    if not told.has("hardest"):
        hue = canvas.look.main
        canvas.label(axes, 0.98, 0.1, area, size=TITLE, colour=hue, bold=True, side="right")
    _curves(canvas, axes, told)
    return canvas


def draw_precision_recall(told: Told, easel: Easel) -> Canvas:
    """How many alarms are true for what is found."""
    canvas = _keyed(easel, told, "")
    what = told.text("class") if told.has("class") else "each class"
    axes = _percent_axes(canvas, f"found of {what} (recall)", "true among alarms (precision)")
    base = told.number("base")
    axes.plot(_WHOLE, (base, base), color=canvas.look.muted, linewidth=1, linestyle=(0, (4, 3)))
    below = base > 0.12  # noqa: PLR2004 - else the text would lie on the axis
    canvas.label(axes, 0.01, base + (-0.045 if below else 0.045), "guessing")
    _curves(canvas, axes, told)
    _to_find(canvas, axes, told.numbers("y"))
    return canvas


def draw_calibration(told: Told, easel: Easel) -> Canvas:
    """Said against true shares with the noise of each bin; below, how many rows a bin has."""
    bins = told.table("bins")
    said, came, rows, low, high = bins.T
    word = Key("dash", easel.look.muted, "as it should be")
    canvas = easel.canvas(
        470, key=[Key("dot", easel.look.main, "a bin of rows, with its noise"), word]
    )
    split = canvas.bottom - _STRIP
    axes = _percent_axes(canvas, "", told.text("what"), bottom=split, plain="y")
    axes.plot(_WHOLE, _WHOLE, color=canvas.look.muted, linewidth=1.2, linestyle=(0, (4, 3)))
    noise = [came - np.minimum(low, came), np.maximum(high, came) - came]
    faint = blend(canvas.look.paper, canvas.look.main, 0.55)
    axes.errorbar(said, came, noise, fmt="none", ecolor=faint, elinewidth=2.6 * POINTS)
    axes.plot(said, came, color=canvas.look.main, linewidth=1.4 * POINTS, alpha=0.6)
    axes.plot(said, came, "o", color=canvas.look.main, markersize=9 * POINTS)
    _rows(canvas, axes, said, rows, split + 8)
    return canvas


def _rows(
    canvas: Canvas, above: Axes, said: Sequence[float], rows: Sequence[float], top: float
) -> None:
    """A strip of bars under the plot: rows of each bin, the fewest and the most said."""
    box = above.get_position()
    left, right = box.x0 * WIDTH, box.x1 * WIDTH
    most, least = int(max(rows)), int(min(rows))
    says = f"{least:,}" if most == least else f"{least:,} to {most:,}"
    canvas.write(MARGIN, top, f"rows in each bin: {says}", size=15)
    percent = [0.0, 0.25, 0.5, 0.75, 1.0]
    bottom = canvas.bottom - 50
    strip = canvas.axes(left, top + 26, right, bottom)
    strip.set(xlim=above.get_xlim(), ylim=(0, most * 1.05))
    strip.grid(visible=False)
    strip.bar(said, rows, width=0.018, color=blend(canvas.look.paper, canvas.look.main, 0.6))
    canvas.ticks(strip, "y", [], [])
    canvas.ticks(strip, "x", percent, [f"{at:.0%}" for at in percent])
    canvas.write(right, bottom + 30, "said probability", size=15, side="right")


def _keyed(easel: Easel, told: Told, says: str) -> Canvas:
    """A key where a second curve stands beside the mean of all classes."""
    if not told.has("hardest"):
        return easel.canvas(_HEIGHT)
    hardest = told.part("hardest")
    own = f"hardest: {hardest.text('class')}, {spelled_alone(hardest.number('value'))}"
    mean = Key("line", easel.look.main, f"mean of all classes, {says}".removesuffix(", "))
    return easel.canvas(_HEIGHT, key=[mean, Key("line", easel.look.accent, own)])


def _percent_axes(
    canvas: Canvas, x_name: str, y_name: str, *, bottom: float | None = None, plain: str = "xy"
) -> Axes:
    return canvas.plot(
        _EDGE, _EDGE, x_name=x_name, y_name=y_name, spell=_percents, bottom=bottom, numbered=plain
    )


def _percents(values: Sequence[float]) -> list[str]:
    return [f"{abs(value):.0%}" for value in values]


def _curves(canvas: Canvas, axes: Axes, told: Told) -> None:
    if told.has("hardest"):
        other = told.part("hardest").numbers("y")
        axes.plot(np.linspace(0, 1, len(other)), other, color=canvas.look.accent, linewidth=_LINE)
    curve = told.numbers("y")
    start = [0.0] if told.has("area") else [curve[0]]  # a ROC curve may begin with a jump
    across = [0.0, *np.linspace(0, 1, len(curve))]
    axes.plot(across, [*start, *curve], color=canvas.look.main, linewidth=_LINE)


def _to_find(canvas: Canvas, axes: Axes, curve: Floats) -> None:
    """Mark the point that the title tells."""
    at = 0.8
    value = float(curve[int(at * (len(curve) - 1))])
    look = canvas.look
    axes.plot([at, at], [0, value], color=look.accent, linewidth=1, linestyle=(0, (2, 2)))
    axes.plot([at], [value], "o", color=look.accent, markersize=10 * POINTS, zorder=5)
    above = value < 0.85  # noqa: PLR2004 - else the text would leave the plot
    y = value + (0.07 if above else -0.07)
    canvas.label(axes, at, y, f"{value:.0%} true", colour=look.ink, bold=True, side="center")
