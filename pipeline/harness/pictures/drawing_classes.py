"""Draws the confusion matrix: right answers in one colour, mistakes in another."""

from dataclasses import dataclass

import numpy as np
from drawing_axes import spelled_alone
from drawing_bars import Bar, bars_below, height_of_bars
from drawing_canvas import Canvas, Easel
from drawing_look import MARGIN, SMALL, TEXT, WIDTH, blend, is_light
from drawing_told import Floats, Told
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

_FEW = 8  # classes: above, columns are numbered, and pairs stand below as bars
_COUNTED = 12  # above, a cell has no room for its count
_MOST_PAIRS = 5
_NAMES = 240
_BARS_TITLE = 44
_WIDEST = 300
_SHORTEST = 7  # letters of a cut name
_HEAD = 30  # above the cells


@dataclass(frozen=True, slots=True)
class _Field:
    """One cell: rows of a true class that got this answer, and their share of the class."""

    true: int
    said: int
    count: float
    part: float
    classes: int


def draw_confusion(told: Told, easel: Easel) -> Canvas:
    """Rows are true classes, columns answers; below, of many classes, the most confused pairs."""
    names, counts = told.texts("classes"), told.table("counts")
    pairs = _pairs(told) if len(names) > _FEW else []
    cell = 74.0 if len(names) < _FEW / 2 else 50.0 if len(names) <= _FEW else 27.0
    below = _BARS_TITLE + height_of_bars(pairs, easel.ruler) if pairs else 0
    canvas = easel.canvas(_HEAD + cell * len(names) + below, _note(told))
    _matrix(canvas, names, counts, told.numbers("rows"), cell)
    if pairs:
        title = "Most frequent mistakes: truth → answer"
        canvas.write(MARGIN, canvas.top, title, colour=canvas.look.ink)
        canvas.top += _BARS_TITLE - 8
        bars_below(canvas, pairs, colour=canvas.look.accent)
    return canvas


def _note(told: Told) -> str:
    more = told.count("more")
    rest = f"; the {len(told.texts('classes'))} largest classes, {more:,} more" if more else ""
    return f"Rows: the truth. Columns: its answers. Percent of each row{rest}."


def _pairs(told: Told) -> list[Bar]:
    bars = []
    for pair in told.every("pairs")[:_MOST_PAIRS]:
        if not isinstance(pair, list):
            continue
        true, said, count, of = pair
        bars.append(Bar(f"{true} → {said}", float(str(count)), f"{count:,} of {of:,}"))
    return bars


def _matrix(canvas: Canvas, names: list[str], counts: Floats, rows: Floats, cell: float) -> None:
    room = min(canvas.ruler.widest(names), _NAMES) + 12
    wide = min((WIDTH - 2 * MARGIN - room) / len(names), _WIDEST)
    heads = [canvas.ruler.fitted(name, wide - 6, SMALL) for name in names]
    if len(names) > _FEW or _too_short(heads, names):
        heads = [str(at) for at in range(1, len(names) + 1)]
        names = [f"{at}  {name}" for at, name in enumerate(names, 1)]
        room = min(canvas.ruler.widest(names), _NAMES) + 12
        wide = min((WIDTH - 2 * MARGIN - room) / len(names), _WIDEST)
    left, top = MARGIN + room, canvas.top + _HEAD - 4
    for at, name in enumerate(canvas.ruler.told_apart(names, room - 12)):
        middle, down = left + (at + 0.5) * wide, top + (at + 0.5) * cell
        canvas.write(middle, top - 6, heads[at], size=SMALL, side="center", upright="bottom")
        canvas.write(MARGIN, down, name, upright="center", colour=canvas.look.ink)
    size = (wide * len(names), cell * len(names))
    axes = canvas.blank(left, top, left + size[0], top + size[1])
    shares = counts / np.maximum(rows, 1)[:, None]
    for true, said in np.ndindex(*counts.shape):
        count, part = float(counts[true, said]), float(shares[true, said])
        _draw_field(canvas, axes, _Field(true, said, count, part, len(names)), wide, cell)
    canvas.top = top + size[1] + 16


def _too_short(heads: list[str], names: list[str]) -> bool:
    """Whether cut names say nothing any more: they look alike, or have no letters left."""
    cut = [head for head, name in zip(heads, names, strict=True) if head != name]
    return len(set(heads)) < len(heads) or any(len(head) < _SHORTEST for head in cut)


def _draw_field(canvas: Canvas, axes: Axes, field: _Field, wide: float, high: float) -> None:
    """Its colour is as strong as its share of the row."""
    look, x, y = canvas.look, field.said * wide, field.true * high
    hue = look.main if field.true == field.said else look.accent
    strength = 0.05 + 0.9 * field.part if field.count else 0.0
    fill = blend(blend(look.paper, look.grid, 0.5), hue, strength)
    axes.add_patch(Rectangle((x + 1, y + 1), wide - 2, high - 2, facecolor=fill, linewidth=0))
    if not field.count or field.classes > _COUNTED:
        return
    ink = "#14171b" if is_light(fill) else "#ffffff"
    shared = field.classes <= _FEW
    rows = [
        (0.36, spelled_alone(field.count), TEXT, True),
        (0.74, f"{field.part:.0%}", SMALL, False),
    ]
    for part, text, size, bold in rows if shared else [(0.5, rows[0][1], SMALL - 2, False)]:
        fitted = canvas.ruler.fitted(text, wide, size, bold=bold)
        canvas.on_field(axes, (x + wide / 2, y + part * high), fitted, ink, size, bold=bold)
