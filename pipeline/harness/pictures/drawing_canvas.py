"""A picture in the making: title, note, key, and places for axes below, in CSS pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from drawing_axes import spelled
from drawing_look import INCH, MARGIN, POINTS, SCALE, SMALL, TEXT, TITLE, WIDTH, Look
from drawing_ruler import Ruler
from drawing_told import Unfit
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

_MARKERS = {"dot": "o", "cross": "x"}
_LINE = 1.32  # height of a line of text, in letters
_BAND = 1.7  # the same for a line that nothing else may touch
_TITLE_LINES = 3
_NOTE_LINES = 2
_GAP = 10
_TALLEST = 3_000
_KEY = 28  # before the text of a key
_KEY_GAP = 22
_UP, _ACROSS = 48, 110  # between the numbers of an axis, at least

Ends = tuple[float, float]
Spell = Callable[[Sequence[float]], list[str]]
Side = Literal["left", "center", "right"]
Mark = Literal["line", "dash", "band", "dot", "cross"]


@dataclass(frozen=True, slots=True)
class Key:
    """What a colour stands for."""

    mark: Mark
    colour: str
    text: str


@dataclass(frozen=True, slots=True)
class Easel:
    """Makes the canvas of one figure in one look."""

    look: Look
    ruler: Ruler
    title: str
    footnote: str = ""

    def canvas(self, height: float, note: str = "", key: Sequence[Key] = ()) -> "Canvas":
        """A canvas with so many CSS pixels below title, note and key."""
        return Canvas(self, height, note, key)


class Canvas:
    """One picture. `top` is where the next thing below title and key may begin."""

    photos = False  # on it, which need other colours than drawings

    def __init__(self, easel: Easel, height: float, note: str, key: Sequence[Key]) -> None:
        self.look, self.ruler = easel.look, easel.ruler
        room = WIDTH - 2 * MARGIN
        title = self.ruler.wrapped(easel.title, room, _TITLE_LINES, TITLE, bold=True)
        notes = self.ruler.wrapped(note, room, _NOTE_LINES)
        foot = self.ruler.wrapped(easel.footnote, room, _NOTE_LINES)
        placed, lines = self._placed(key)
        self.top = MARGIN - 6 + len(title) * TITLE * _LINE + 4
        self.top += len(notes) * SMALL * _LINE + lines * SMALL * _BAND + _GAP
        self.bottom = self.top + height
        self.height = round(self.bottom + len(foot) * SMALL * _LINE + MARGIN * 0.75)
        if self.height > _TALLEST:
            raise Unfit("it is taller than a picture can be")
        size = (WIDTH / INCH, self.height / INCH)
        self.figure = Figure(figsize=size, dpi=INCH * SCALE, facecolor=self.look.paper)
        self._head(title, notes, placed)
        self._lines(foot, self.bottom + 6, SMALL)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT,
        bold: bool = False,
        colour: str | None = None,
        side: Side = "left",
        upright: Literal["top", "center", "bottom"] = "top",
    ) -> Text:
        """Set a text whose `side` and `upright` edge is at a point."""
        return self.figure.text(
            x / WIDTH,
            1 - y / self.height,
            text,
            ha=side,
            va="center_baseline" if upright == "center" else upright,
            color=colour or self.look.muted,
            parse_math=False,
            fontproperties=self.ruler.font(size, bold=bold),
        )

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Calm axes inside these edges: no frame, a pale grid, muted numbers."""
        place = (left / WIDTH, 1 - bottom / self.height)
        size = ((right - left) / WIDTH, (bottom - top) / self.height)
        axes = self.figure.add_axes((*place, *size), facecolor="none")
        axes.set_axisbelow(True)
        axes.grid(visible=True, color=self.look.grid, linewidth=1 * POINTS)
        axes.tick_params(length=0, pad=9 * POINTS, colors=self.look.muted)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes

    def blank(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Axes in CSS pixels, without anything on them: y goes down from 0 at their top."""
        axes = self.axes(left, top, right, bottom)
        axes.set(xlim=(0, right - left), ylim=(bottom - top, 0))
        axes.set_axis_off()
        return axes

    def plot(
        self,
        across: Ends,
        up: Ends,
        *,
        x_name: str = "",
        y_name: str = "",
        spell: Spell = spelled,
        left: float = MARGIN,
        right: float = WIDTH - MARGIN,
        top: float | None = None,
        bottom: float | None = None,
        numbered: str = "xy",
        columns: Sequence[float] = (),
        whole: bool = False,
    ) -> Axes:
        """Axes with names and few numbers, all of it between the edges."""
        start = self.top if top is None else top
        end = self.bottom if bottom is None else bottom
        if y_name:
            name = self.ruler.fitted(y_name, right - left, SMALL)
            self.write(left, start, name, size=SMALL)
            start += SMALL * _BAND
        if x_name:
            name = self.ruler.fitted(x_name, right - left, SMALL)
            end -= SMALL * _LINE
            self.write(right, end, name, size=SMALL, side="right")
        rows = _places(up, (end - start) / _UP, whole=whole)
        texts = spell(rows)
        begin = left + self.ruler.widest(texts, SMALL) + 10 if "y" in numbered else left
        places = list(columns) or _places(across, (right - begin) / _ACROSS, whole=whole)
        names = spell(places) if "x" in numbered else [""] * len(places)
        step = places[1] - places[0] if len(places) > 1 else across[1] - across[0]
        if self.ruler.widest(names) > step / (across[1] - across[0]) * (right - begin):
            places, names = places[::2], names[::2]
        axes = self.axes(begin, start + 4, right - 6, end - (30 if "x" in numbered else 6))
        axes.set(xlim=across, ylim=up)
        self.ticks(axes, "y", rows, texts if "y" in numbered else [""] * len(rows))
        self.ticks(axes, "x", places, names)
        axes.grid(visible="x" in numbered, axis="x")
        axes.grid(visible="y" in numbered, axis="y")
        self._keep_inside(axes, places, names)
        return axes

    def align(self, below: Sequence[Axes]) -> None:
        """Let axes that stand below each other begin at the same place."""
        start = max(axes.get_position().x0 for axes in below)
        for axes in below:
            box = axes.get_position()
            axes.set_position((start, box.y0, box.x1 - start, box.height))

    def ticks(
        self, axes: Axes, which: Literal["x", "y"], places: Sequence[float], texts: Sequence[str]
    ) -> None:
        """Texts at places of an axis."""
        axis = axes.xaxis if which == "x" else axes.yaxis
        style = {"fontproperties": self.ruler.font(SMALL), "color": self.look.muted}
        axis.set_ticks(list(places), list(texts), parse_math=False, **style)

    def label(
        self,
        axes: Axes,
        x: float,
        y: float,
        text: str,
        *,
        colour: str | None = None,
        size: float = SMALL,
        bold: bool = False,
        side: Side = "left",
    ) -> Text:
        """A text at a point of the axes, set off from what is drawn below it."""
        written = self.on_field(axes, (x, y), text, colour or self.look.muted, size, bold=bold)
        written.set_ha(side)
        written.set_path_effects([withStroke(linewidth=4, foreground=self.look.paper)])
        return written

    def on_field(
        self,
        axes: Axes,
        middle: tuple[float, float],
        text: str,
        colour: str,
        size: float,
        *,
        bold: bool = False,
    ) -> Text:
        """A text in the middle of a coloured field."""
        return axes.text(
            *middle,
            text,
            ha="center",
            va="center_baseline",
            color=colour,
            parse_math=False,
            fontproperties=self.ruler.font(size, bold=bold),
            zorder=9,
        )

    def _head(
        self, title: Sequence[str], notes: Sequence[str], key: Sequence[tuple[float, int, Key]]
    ) -> None:
        y = self._lines(title, MARGIN - 6, TITLE, colour=self.look.ink, bold=True) + 4
        y = self._lines(notes, y, SMALL)
        for x, line, entry in key:
            down = y + (line + 0.5) * SMALL * _BAND
            self._mark(entry, x, down)
            text = self.ruler.fitted(entry.text, WIDTH - 2 * MARGIN - _KEY, SMALL)
            self.write(x + _KEY, down, text, size=SMALL, upright="center")

    def _lines(
        self,
        lines: Sequence[str],
        y: float,
        size: float,
        *,
        colour: str | None = None,
        bold: bool = False,
    ) -> float:
        """Set lines below each other; returns where the next would begin."""
        for line in lines:
            self.write(MARGIN, y, line, size=size, bold=bold, colour=colour)
            y += size * _LINE
        return y

    def _placed(self, key: Sequence[Key]) -> tuple[list[tuple[float, int, Key]], int]:
        """Where each entry of the key goes: its x and its line; and how many lines there are."""
        placed, x, line = [], float(MARGIN), 0
        for entry in key:
            wide = _KEY + self.ruler.width(entry.text, SMALL)
            if x > MARGIN and x + wide > WIDTH - MARGIN:
                x, line = float(MARGIN), line + 1
            placed.append((x, line, entry))
            x += wide + _KEY_GAP
        return placed, line + 1 if key else 0

    def _mark(self, entry: Key, x: float, y: float) -> None:
        across, up = [x / WIDTH, (x + 22) / WIDTH], 1 - y / self.height
        if entry.mark == "band":
            place, size = (across[0], up - 6 / self.height), (22 / WIDTH, 12 / self.height)
            self.figure.add_artist(Rectangle(place, *size, color=entry.colour, linewidth=0))
            return
        single = entry.mark in _MARKERS
        line = Line2D(
            [sum(across) / 2] if single else across,
            [up] if single else [up, up],
            color=entry.colour,
            linewidth=2.4 * POINTS,
            linestyle=(0, (3, 2)) if entry.mark == "dash" else "-",
            marker=_MARKERS.get(entry.mark, ""),
            markersize=9 * POINTS,
            markeredgewidth=2 * POINTS if entry.mark == "cross" else 0,
        )
        self.figure.add_artist(line)

    def _keep_inside(self, axes: Axes, places: Sequence[float], texts: Sequence[str]) -> None:
        """Align the last number to the right where it would leave the picture, if that fits."""
        low, high = axes.get_xlim()
        box, end = axes.get_position(), 0.0
        for at, text, written in zip(places, texts, axes.get_xticklabels(), strict=True):
            middle = (box.x0 + (at - low) / (high - low) * box.width) * WIDTH
            wide = self.ruler.width(text, SMALL)
            if middle + wide / 2 > WIDTH - 4:
                written.set_ha("right")
                written.set_visible(middle - wide > end + 8)
            end = middle + wide / 2


def _places(ends: Ends, most: float, *, whole: bool) -> list[float]:
    low, high = sorted(ends)
    spare = (high - low) * 1e-9
    steps = [1, 2, 5, 10] if whole else [1, 2, 2.5, 5, 10]
    locator = MaxNLocator(max(2, int(most)), steps=steps, integer=whole)
    values = locator.tick_values(low, high)
    return [float(at) for at in values if low - spare <= at <= high + spare]
