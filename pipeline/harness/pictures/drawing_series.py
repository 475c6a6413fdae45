"""Draws forecasts: a tail of history, what was forecast, and what came."""

from collections.abc import Sequence

import numpy as np
from drawing_axes import room
from drawing_canvas import Canvas, Easel, Ends, Key
from drawing_look import MARGIN, POINTS, SMALL, WIDTH, Look, blend
from drawing_told import Floats, Told, Unfit
from matplotlib.axes import Axes

_FEW = 16  # points: up to here each is marked
_ONE = 360
_ROW = 178  # CSS pixels of a row of panels
_GAP = 26
_TWO = 2
_MIDNIGHT = (" 00:00:00", "T00:00:00", " 00:00", "T00:00")

Box = tuple[float, float, float, float]


def draw_forecast(told: Told, easel: Easel) -> Canvas:
    """One large panel, two below each other, or more in two columns."""
    panels: list[Told] = told.parts("series")
    if not panels:
        raise Unfit("there is no series")
    columns = 1 if len(panels) <= _TWO else 2
    rows = -(-len(panels) // columns)
    tall = _ONE if len(panels) == 1 else rows * (_ROW + (30 if columns == 1 else 0))
    canvas = easel.canvas(tall, _note(told, len(panels)), _key(easel.look, panels))
    high = tall / rows
    wide = (WIDTH - 2 * MARGIN + _GAP) / columns
    names = [panel.text("name") for panel in panels]
    titles = easel.ruler.told_apart(names, wide - _GAP, SMALL)
    drawn = []
    for at, panel in enumerate(panels):
        title = titles[at] if len(panels) > 1 else told.text("target")
        left = MARGIN + (at % columns) * wide
        top = canvas.top + (at // columns) * high
        drawn.append(_panel(canvas, panel, title, (left, top, left + wide - _GAP, top + high)))
    for column in range(columns):
        canvas.align(drawn[column::columns])
    for axes, panel in zip(drawn, panels, strict=True):
        _times(canvas, axes, panel)
    return canvas


def _note(told: Told, shown: int) -> str:
    of = told.count("of")
    return f"{shown} of {of:,} series, from the best forecast to the worst" if of > shown else ""


def _key(look: Look, panels: Sequence[Told]) -> list[Key]:
    entries = [Key("line", look.muted, "history and truth"), Key("line", look.main, "forecast")]
    if any(np.isfinite(panel.numbers("lower")).any() for panel in panels):
        cut = any(_is_cut(panel) for panel in panels)
        says = "interval, beyond the edge" if cut else "interval"
        entries.append(Key("band", blend(look.paper, look.main, 0.25), says))
    return entries


def _panel(canvas: Canvas, panel: Told, name: str, box: Box) -> Axes:
    past = panel.numbers("history")
    truth, said = panel.numbers("truth"), panel.numbers("said")
    low, high = panel.numbers("lower"), panel.numbers("upper")
    if not len(said) or len({len(truth), len(said), len(low), len(high)}) > 1:
        raise Unfit("a forecast and its truth differ in length")
    past_at = np.arange(-len(past), 0, dtype=np.float64)
    # A long forecast was averaged, so that one of its points is several steps.
    at = np.arange(len(said), dtype=np.float64) * panel.count("stride")
    left, top, right, bottom = box
    axes = canvas.plot(
        (-len(past) - 0.5, at[-1] + 0.5),
        _ends(panel),
        y_name=name,
        left=left,
        right=right,
        top=top,
        bottom=bottom - SMALL - 14,
        numbered="y",
    )
    _lines(canvas, axes, (past_at, past), (at, truth, said, low, high))
    return axes


def _ends(panel: Told) -> Ends:
    """All lines fit; an interval far wider than them is cut."""
    lines = np.concatenate([panel.numbers(key) for key in ("history", "truth", "said")])
    start, end = room(lines, 0.0)
    span = end - start
    bounds = np.concatenate([panel.numbers("lower"), panel.numbers("upper")])
    return room(np.concatenate([lines, np.clip(bounds, start - span, end + span)]))


def _is_cut(panel: Told) -> bool:
    low, high = _ends(panel)
    return bool((panel.numbers("lower") < low).any() or (panel.numbers("upper") > high).any())


def _lines(
    canvas: Canvas,
    axes: Axes,
    past: tuple[Floats, Floats],
    ahead: tuple[Floats, Floats, Floats, Floats, Floats],
) -> None:
    look, (at, truth, said, low, high) = canvas.look, ahead
    marked = {"marker": "o", "markersize": 6.5 * POINTS} if len(at) <= _FEW else {}
    band = blend(look.paper, look.main, 0.25)
    if len(at) > 1:
        axes.fill_between(at, low, high, color=band, linewidth=0, zorder=1)
    else:
        axes.plot([0, 0], [low[0], high[0]], color=band, linewidth=12 * POINTS, zorder=1)
    axes.grid(visible=False, axis="x")
    axes.axvline(-0.5, color=look.muted, linewidth=1 * POINTS, linestyle=(0, (2, 3)), zorder=1)
    line = {"linewidth": 2 * POINTS, "color": look.muted, "zorder": 2}
    few = marked if len(past[0]) <= 2 * _FEW else {}
    axes.plot(np.append(past[0], at[:1]), np.append(past[1], truth[:1]), **line, **few)
    axes.plot(at, truth, **line, **marked)
    axes.plot(at, said, linewidth=2.8 * POINTS, color=look.main, zorder=3, **marked)


def _times(canvas: Canvas, axes: Axes, panel: Told) -> None:
    """The first and last time, and the one where the forecast begins, where there is room."""
    before, ahead = panel.texts("history_at"), panel.texts("at")
    past = len(panel.every("history"))
    last = (len(panel.every("said")) - 1) * panel.count("stride")
    places = [(-past, before[0] if past and before else ""), (0, ahead[0] if ahead else "")]
    places.append((last, ahead[-1] if ahead and last else ""))
    places = [(at, text) for at, text in places if text]
    texts = _short([text for _, text in places])
    box, (low, high) = axes.get_position(), axes.get_xlim()
    free = box.x0 * WIDTH - 10
    down = (1 - box.y0) * canvas.height + 11
    right = box.x1 * WIDTH
    order = [0, len(places) - 1, *range(1, len(places) - 1)]
    taken: list[tuple[float, float]] = []
    for one in order:
        at, text = places[one][0], canvas.ruler.fitted(texts[one], (right - free) / 2 - 12, SMALL)
        wide = canvas.ruler.width(text, SMALL)
        middle = (box.x0 + (at - low) / (high - low) * box.width) * WIDTH
        start = min(max(middle - wide / 2, free), right - wide + 6)
        if all(start > end + 14 or start + wide + 14 < begin for begin, end in taken):
            canvas.write(start, down, text, size=SMALL)
            taken.append((start, start + wide))


def _short(texts: Sequence[str]) -> list[str]:
    """Times without the midnight that all of them have."""
    for end in _MIDNIGHT:
        if texts and all(text.endswith(end) for text in texts):
            return [text.removesuffix(end) for text in texts]
    return list(texts)
