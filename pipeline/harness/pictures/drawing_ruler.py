"""Measures texts before they are set, so that nothing is cut and nothing overlaps."""

from collections.abc import Sequence
from typing import Any

from drawing_look import INCH, POINTS, SCALE, SMALL, TEXT
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties


class Ruler:
    """Widths in CSS pixels; a letter is taken from the first of the fonts that has it."""

    def __init__(self, fonts: Sequence[str]) -> None:
        self._fonts = list(fonts)
        self._renderer: Any = RendererAgg(8, 8, INCH * SCALE)

    def font(self, size: float, *, bold: bool = False) -> FontProperties:
        """The letters at a size in CSS pixels."""
        weight = "bold" if bold else "normal"
        return FontProperties(family=self._fonts, size=size * POINTS, weight=weight)

    def width(self, text: str, size: float = TEXT, *, bold: bool = False) -> float:
        """How wide a text is."""
        measured = self._renderer.get_text_width_height_descent
        return float(measured(text, self.font(size, bold=bold), ismath=False)[0]) / SCALE

    def widest(self, texts: Sequence[str], size: float = TEXT, *, bold: bool = False) -> float:
        """How wide the widest text is, 0 without any."""
        return max((self.width(text, size, bold=bold) for text in texts), default=0.0)

    def fitted(self, text: str, room: float, size: float = TEXT, *, bold: bool = False) -> str:
        """The text, cut with … where it is wider than the room."""
        if self.width(text, size, bold=bold) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            wide = self.width(text[:middle].rstrip() + "…", size, bold=bold) > room
            low, high = (low, middle - 1) if wide else (middle, high)
        return text[:low].rstrip() + "…"

    def told_apart(self, names: Sequence[str], room: float, size: float = TEXT) -> list[str]:
        """Names cut to fit; in their middle where they would look alike without their ends."""
        cut = [self.fitted(name, room, size) for name in names]
        if len(set(cut)) == len(set(names)):
            return cut
        return [self._without_middle(name, room, size) for name in names]

    def wrapped(
        self, text: str, room: float, most: int, size: float = SMALL, *, bold: bool = False
    ) -> list[str]:
        """At most so many lines that fit, broken at spaces; the last is cut where more is left."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self.width(longer, size, bold=bold) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        whole = [*lines[: most - 1], " ".join(lines[most - 1 :])] if len(lines) > most else lines
        return [self.fitted(line, room, size, bold=bold) for line in whole if line]

    def _without_middle(self, name: str, room: float, size: float) -> str:
        kept, text = len(name), name
        while kept > 1 and self.width(text, size) > room:
            kept -= 1
            head = kept // 3
            text = f"{name[:head].rstrip()}…{name[len(name) - (kept - head) :].lstrip()}"
        return text
