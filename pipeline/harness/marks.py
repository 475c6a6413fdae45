"""A picture's boxes as any format tells them, and made sound: inside the picture, with an area."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from config import Split
from parts import count
from pictures import Size
from tables import Row
from walking import File

NAMES = ("image", "label", "xmin", "ymin", "xmax", "ymax")
Corners = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, right, bottom; `relative` when they are shares of the picture's sides."""

    label: str
    corners: Corners
    relative: bool = False
    crowd: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A picture, its boxes, and the split that the annotation's own place tells."""

    picture: File
    boxes: tuple[Box, ...]
    split: Split | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """All that a format told: `absent` pictures are named but not there."""

    form: str
    marked: tuple[Marked, ...]
    used: frozenset[str]
    absent: int = 0
    notes: tuple[str, ...] = field(default=())


class Sound:
    """Turns boxes into rows, and counts what had to be left out."""

    def __init__(self, sizes: Mapping[str, Size]) -> None:
        self._sizes = sizes
        self._out: Counter[str] = Counter()

    def rows(self, picture: str, boxes: Sequence[Box]) -> Iterator[Row]:
        """One row a box; a picture without any is one row with nothing in it."""
        kept = [row for box in dict.fromkeys(boxes) if (row := self._row(picture, box))]
        yield from kept or [(picture, None, None, None, None, None)]

    def note(self) -> tuple[str, ...]:
        """What was left out, in one sentence."""
        if not self._out:
            return ()
        reasons = ", ".join(f"{times} {reason}" for reason, times in self._out.items())
        return (f"Left out {count(self._out.total(), 'box')}: {reasons}.",)

    def _row(self, picture: str, box: Box) -> Row | None:
        wide, high = self._sizes[picture]
        across, down = (wide, high) if box.relative else (1, 1)
        left, top, right, bottom = (
            value * by for value, by in zip(box.corners, (across, down) * 2, strict=True)
        )
        reason = _wrong(box, (left, top, right, bottom), (wide, high))
        if reason:
            self._out[reason] += 1
            return None
        inside = (max(left, 0), max(top, 0), min(right, wide), min(bottom, high))
        return (picture, box.label, *(_written(value) for value in inside))


def _wrong(box: Box, corners: Corners, size: Size) -> str:
    """Why a box cannot be used; nothing when it can."""
    left, top, right, bottom = corners
    if box.crowd:
        return "marked as a crowd"
    if not all(abs(value) < float("inf") for value in corners):
        return "with a corner that is no number"
    if right <= left or bottom <= top:
        return "without an area"
    across = min(right, size[0]) - max(left, 0)
    down = min(bottom, size[1]) - max(top, 0)
    if across <= 0 or down <= 0 or 2 * across * down < (right - left) * (bottom - top):
        return "mostly outside of the picture"
    return ""


def _written(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
