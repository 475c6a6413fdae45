"""Draws ranked things as horizontal bars, each with its name and its number."""

from collections.abc import Sequence
from dataclasses import dataclass

from drawing_canvas import Canvas, Easel
from drawing_look import MARGIN, WIDTH
from drawing_ruler import Ruler
from drawing_told import Told, Unfit
from matplotlib.patches import Rectangle

_ROW = 33
_TALL_ROW = 54  # with the name above the bar
_THICK = 18
_NAMES = 250
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A name, a length from 0 on, and the text at the bar's end."""

    name: str
    length: float
    text: str


def draw_bars(told: Told, easel: Easel) -> Canvas:
    """Bars from the longest to the shortest, and how many are left out."""
    bars = [_bar(one) for one in told.every("bars")]
    more = told.count("more")
    line = told.number("line") if told.has("line") else None
    says = f"{len(bars)} of {len(bars) + more:,} {told.text('what')}" if more else ""
    says += f"{'; the' if says else 'The'} line is the {told.text('line_says')}" if line else ""
    canvas = easel.canvas(height_of_bars(bars, easel.ruler), says)
    bars_below(canvas, bars, colour=canvas.look.main, line=line)
    return canvas


def height_of_bars(bars: Sequence[Bar], ruler: Ruler) -> int:
    """CSS pixels that bars take."""
    return (_TALL_ROW if _are_long(bars, ruler) else _ROW) * len(bars)


def bars_below(
    canvas: Canvas, bars: Sequence[Bar], *, colour: str, line: float | None = None
) -> None:
    """Draw bars at the canvas' top, long names above them, and move the top below."""
    long = _are_long(bars, canvas.ruler)
    names = 0.0 if long else canvas.ruler.widest([bar.name for bar in bars]) + 12
    texts = canvas.ruler.widest([bar.text for bar in bars], bold=True) + 8
    left, high = MARGIN + names, height_of_bars(bars, canvas.ruler)
    full = WIDTH - MARGIN - texts - left
    longest = max(bar.length for bar in bars) or 1.0
    axes = canvas.blank(left, canvas.top, WIDTH - MARGIN, canvas.top + high)
    for at, bar in enumerate(bars):
        wide = max(bar.length / longest * full, _LEAST)
        bottom = (at + 1) * high / len(bars) - (_ROW - _THICK) / 2
        box = Rectangle((0, bottom - _THICK), wide, _THICK, facecolor=colour, linewidth=0)
        axes.add_patch(box)
        ink, middle = canvas.look.ink, canvas.top + bottom - _THICK / 2
        canvas.write(left + wide + 8, middle, bar.text, upright="center", bold=True, colour=ink)
        name = canvas.ruler.fitted(bar.name, WIDTH - 2 * MARGIN)
        x, y = (MARGIN, middle - 22) if long else (left - 12, middle)
        canvas.write(x, y, name, side="left" if long else "right", upright="center", colour=ink)
    if line is not None and 0 < line <= longest:
        x, ink = line / longest * full, canvas.look.ink
        axes.plot([x, x], [0, high], color=ink, linewidth=1.1, linestyle=(0, (4, 3)))
    canvas.top += high + 12


def _are_long(bars: Sequence[Bar], ruler: Ruler) -> bool:
    return ruler.widest([bar.name for bar in bars]) > _NAMES


def _bar(entry: object) -> Bar:
    if not isinstance(entry, list) or len(entry) != 3:  # noqa: PLR2004 - the fields of Bar
        raise Unfit("bars holds something else")
    name, length, text = entry
    if not isinstance(length, int | float) or not length >= 0:
        raise Unfit("a bar has no length")
    return Bar(str(name), float(length), str(text))
