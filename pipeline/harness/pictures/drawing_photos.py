"""Draws held-out pictures: in a grid with what is said of each, or with boxes on them."""

import base64
import binascii
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt
from drawing_canvas import Canvas, Easel, Key
from drawing_look import LIGHT, MARGIN, POINTS, SMALL, WIDTH
from drawing_told import Told, Unfit
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from PIL import Image

Pixels: TypeAlias = npt.NDArray[np.uint8]

_LONGEST = 512  # pixels of a side
_MOST_BYTES = 200_000
_MOST = 12
_COLUMNS, _GAP = 4, 12
_TEXTS = 2.9 * SMALL  # below a picture of the grid: what is said, what is true
_WIDE = (WIDTH - 2 * MARGIN - (_COLUMNS - 1) * _GAP) / _COLUMNS
_BOXED_COLUMNS = 2
_BOXED_WIDE = (WIDTH - 2 * MARGIN - _GAP) / _BOXED_COLUMNS
_TALLEST = 1.5  # times as high as wide is shown
_TAG = 13.0
# On a picture no paper is behind a line: the same colours in both looks, on a white rim.
_TRUE, _FOUND = LIGHT.main, LIGHT.accent


@dataclass(frozen=True, slots=True)
class _Tag:
    """Where a label stands, in pixels of its picture."""

    x: float
    y: float
    across: float
    down: float

    def touches(self, other: Self) -> bool:
        """Whether one covers a part of the other."""
        beside = self.x + self.across <= other.x or other.x + other.across <= self.x
        return not beside and self.y < other.y + other.down and other.y < self.y + self.down


def draw_pictures(told: Told, easel: Easel) -> Canvas:
    """A grid of pictures; what is said stands below each, and the truth where that is wrong."""
    shown = _shown(told)
    rows = [shown[at : at + _COLUMNS] for at in range(0, len(shown), _COLUMNS)]
    high = _WIDE + _TEXTS
    canvas = easel.canvas(len(rows) * (high + _GAP), "Below each: what it says, and what is true.")
    for at, one in enumerate(shown):
        left = MARGIN + at % _COLUMNS * (_WIDE + _GAP)
        top = canvas.top + at // _COLUMNS * (high + _GAP)
        _placed(canvas, _photo(one), (left, top), _WIDE, _WIDE)
        _texts(canvas, one, left, top + _WIDE + 5)
    canvas.top += len(rows) * (high + _GAP)
    return canvas


def draw_boxes(told: Told, easel: Easel) -> Canvas:
    """Pictures two and two, with the boxes there are and those that were found."""
    shown = _shown(told)
    photos = [_photo(one) for one in shown]
    wide = _BOXED_WIDE if len(shown) > 1 else WIDTH - 2 * MARGIN
    heights = [min(_height(photo, wide), _TALLEST * wide) for photo in photos]
    rows = [max(heights[at : at + _BOXED_COLUMNS]) for at in range(0, len(shown), _BOXED_COLUMNS)]
    key = (
        Key("dash", _TRUE, "what is there"),
        Key("line", _FOUND, "what it found, and how surely"),
    )
    canvas = easel.canvas(sum(rows) + _GAP * len(rows), key=key)
    for at, (one, photo) in enumerate(zip(shown, photos, strict=True)):
        row = at // _BOXED_COLUMNS
        left = MARGIN + at % _BOXED_COLUMNS * (wide + _GAP)
        top = canvas.top + sum(rows[:row]) + _GAP * row
        axes = _placed(canvas, photo, (left, top), wide, heights[at])
        _boxes(canvas, axes, one)
    canvas.top += sum(rows) + _GAP * len(rows)
    return canvas


def _shown(told: Told) -> list[Told]:
    shown = told.parts("pictures")
    if not 0 < len(shown) <= _MOST:
        raise Unfit("pictures holds none, or too many")
    return shown


def _photo(told: Told) -> Pixels:
    """The pixels of a picture; Unfit for anything but a small JPEG."""
    written = told.text("jpeg")
    if len(written) > _MOST_BYTES:
        raise Unfit("jpeg is too large")
    try:
        content = io.BytesIO(base64.b64decode(written, validate=True))
        with Image.open(content, formats=["JPEG"]) as picture:
            if max(picture.size) > _LONGEST:
                raise Unfit("jpeg is too large")
            return np.asarray(picture.convert("RGB"), np.uint8)
    except (OSError, SyntaxError, binascii.Error) as error:
        raise Unfit("jpeg is no picture") from error


def _height(photo: Pixels, wide: float) -> float:
    high, across, _ = photo.shape
    return float(wide * high / across)


def _placed(
    canvas: Canvas, photo: Pixels, corner: tuple[float, float], wide: float, high: float
) -> Axes:
    """Axes in the picture's own pixels, as large as fits, in the middle of their place."""
    canvas.photos = True
    factor = min(wide / photo.shape[1], high / photo.shape[0])
    across, down = photo.shape[1] * factor, photo.shape[0] * factor
    x, y = corner[0] + (wide - across) / 2, corner[1] + (high - down) / 2
    axes = canvas.blank(x, y, x + across, y + down)
    ends = (-0.5, photo.shape[1] - 0.5, photo.shape[0] - 0.5, -0.5)
    axes.imshow(photo, interpolation="nearest", aspect="auto", extent=ends)
    axes.set(xlim=ends[:2], ylim=ends[2:])
    return axes


def _texts(canvas: Canvas, one: Told, left: float, top: float) -> None:
    right = bool(one.entries.get("right"))
    look, sure = canvas.look, one.text("sure")
    said = f"{one.text('said')} {sure}".rstrip()
    fitted = canvas.ruler.fitted(said, _WIDE, SMALL, bold=True)
    canvas.write(
        left, top, fitted, size=SMALL, bold=True, colour=look.main if right else look.accent
    )
    true = "right" if right else f"is {one.text('true')}"
    canvas.write(left, top + 1.3 * SMALL, canvas.ruler.fitted(true, _WIDE, SMALL), size=SMALL)


def _boxes(canvas: Canvas, axes: Axes, one: Told) -> None:
    for box in one.parts("true"):
        _outline(axes, box, _TRUE, (0, (4, 2.5)))
    taken: list[_Tag] = []
    for box in one.parts("found"):  # the surest first: where there is no room, later ones have none
        edges = _outline(axes, box, _FOUND, "-")
        text = canvas.ruler.fitted(box.text("label"), _wide(axes) / 2 - 8, _TAG, bold=True)
        places = _places(canvas, axes, text, edges)
        free = next((at for at in places if not any(at.touches(tag) for tag in taken)), None)
        if free is not None:
            taken.append(free)
            _write(canvas, axes, text, free)


def _outline(axes: Axes, box: Told, colour: str, line: object) -> tuple[float, ...]:
    edges = tuple(box.numbers("edges").tolist())
    if len(edges) != 4 or not np.isfinite(edges).all():  # noqa: PLR2004 - the edges of a box
        raise Unfit("edges holds something else")
    left, top, right, bottom = edges
    drawn = Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour)
    drawn.set(linewidth=2.4 * POINTS, linestyle=line)
    drawn.set_path_effects([withStroke(linewidth=4.4 * POINTS, foreground="#ffffff")])
    axes.add_patch(drawn)
    return edges


def _wide(axes: Axes) -> float:
    """CSS pixels that a picture takes across."""
    return float(axes.get_position().width * WIDTH)


def _places(canvas: Canvas, axes: Axes, text: str, edges: tuple[float, ...]) -> Iterator[_Tag]:
    """Where a label may stand inside of the picture: above its box, in its corner, below it."""
    wide, high = axes.get_xlim()[1], axes.get_ylim()[0]
    pixel = (wide - axes.get_xlim()[0]) / _wide(axes)
    across = (canvas.ruler.width(text, _TAG, bold=True) + 8) * pixel
    down = 1.5 * _TAG * pixel
    x = max(min(edges[0], wide - across), axes.get_xlim()[0])
    for y in (edges[1] - down, edges[1], edges[3]):
        if 0 <= y <= high - down:
            yield _Tag(x, y, across, down)


def _write(canvas: Canvas, axes: Axes, text: str, tag: _Tag) -> None:
    field = Rectangle((tag.x, tag.y), tag.across, tag.down, facecolor=_FOUND, linewidth=0, zorder=8)
    axes.add_patch(field)
    middle = (tag.x + tag.across / 2, tag.y + tag.down / 2)
    canvas.on_field(axes, middle, text, "#ffffff", _TAG, bold=True)
