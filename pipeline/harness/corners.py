"""Boxes in tables: a column of picture files and four that give the corners, or one with all."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marks import Box, Corners, Marked, Marks
from pictures import Album, looks_like_picture, spread
from shelf import Shelf
from tables import Cell, Table
from voc import numbers
from walking import File

_SHARE = 0.5
_SIDES: tuple[tuple[str, ...], ...] = (
    ("xmin", "xmins", "x1", "xtl", "left", "bboxx1", "xlefttop", "bbxmin", "boxxmin", "startx"),
    ("ymin", "ymins", "y1", "ytl", "top", "bboxy1", "ylefttop", "bbymin", "boxymin", "starty"),
    ("xmax", "xmaxs", "x2", "xbr", "right", "bboxx2", "xrightbottom", "bbxmax", "boxxmax", "endx"),
    ("ymax", "ymaxs", "y2", "ybr", "bottom", "bboxy2", "yrightbottom", "bbymax", "boxymax", "endy"),
)
_PLACED: tuple[tuple[str, ...], ...] = (
    ("x", "bboxx", "left", "boxx", "xmin", "x1"),
    ("y", "bboxy", "top", "boxy", "ymin", "y1"),
    ("w", "width", "bboxwidth", "bboxw", "boxwidth", "boxw"),
    ("h", "height", "bboxheight", "bboxh", "boxheight", "boxh"),
)
_LABELS = (
    "class",
    "label",
    "labelname",
    "classname",
    "category",
    "name",
    "object",
    "type",
    "classid",
)
_ONE = ("bbox", "box", "boundingbox", "boxes", "bboxes")
_AT_LEAST = 6  # columns of a table without names: file, four corners, class


@dataclass(frozen=True, slots=True)
class _Columns:
    picture: int
    label: int | None
    corners: Callable[[Sequence[Cell]], Corners]


def read_tables(shelf: Shelf, album: Album) -> Marks | None:
    """Boxes of all tables that hold some; None when there is none."""
    boxes: dict[str, list[Box]] = defaultdict(list)
    pictures: dict[str, Marked] = {}
    used: set[str] = set()
    absent: set[str] = set()
    tables = shelf.tables()
    for file in (file for file in shelf.files if file.name in tables):
        table = tables[file.name].table
        columns = _columns(table, album, file)
        if columns is None:
            continue
        used.add(file.name)
        for row in table.rows:
            told = row[columns.picture] or ""
            picture = album.find(told, file.name)
            if picture is None:
                absent.add(told)
                continue
            pictures.setdefault(picture.name, Marked(picture, (), file.part))
            boxes[picture.name] += _box(row, columns)
    if not pictures:
        return None
    marked = [
        Marked(one.picture, _scaled(boxes[name]), one.split) for name, one in pictures.items()
    ]
    return Marks("corners", tuple(marked), frozenset(used), len(absent))


def _columns(table: Table, album: Album, file: File) -> _Columns | None:
    names = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in table.names]
    picture = _picture(table, album, file)
    if picture is None:
        return None
    corners = _sides(names, table) or _single(names, table) or _unnamed(names, table, picture)
    if corners is None:
        return None
    label = next((names.index(name) for name in _LABELS if name in names), None)
    if label is None and all(re.fullmatch(r"column\d+", name) for name in names):
        label = picture + 5
    return _Columns(picture, label, corners)


def _picture(table: Table, album: Album, file: File) -> int | None:
    """The column whose cells are pictures that are there, more than half of them."""
    best, most = None, 0.0
    for at in range(len(table.names)):
        cells = [row[at] or "" for row in spread(table.rows)]
        found = sum(album.find(cell, file.name) is not None for cell in cells)
        called = sum(looks_like_picture(cell) for cell in cells)
        share = (found + called / 2) / max(len(cells), 1)
        if found and (found > _SHARE * len(cells) or called > _SHARE * len(cells)) and share > most:
            best, most = at, share
    return best


def _sides(names: Sequence[str], table: Table) -> Callable[[Sequence[Cell]], Corners] | None:
    del table
    for sides, ends in ((_SIDES, True), (_PLACED, False)):
        places = [
            next((names.index(name) for name in side if name in names), None) for side in sides
        ]
        known = [place for place in places if place is not None]
        if len(known) == len(sides):
            return lambda row, at=known, ends=ends: _from([row[place] for place in at], ends=ends)  # type: ignore[misc]
    return None


def _single(names: Sequence[str], table: Table) -> Callable[[Sequence[Cell]], Corners] | None:
    """One column with four numbers: corners, or a corner and the sides, as fits most rows."""
    at = next((names.index(name) for name in _ONE if name in names), None)
    if at is None:
        return None
    told = [values for row in table.rows if (values := _four(row[at]))]
    if len(told) <= _SHARE * sum(bool(row[at]) for row in table.rows):
        return None
    ends = all(right > left and bottom > top for left, top, right, bottom in told)
    return lambda row: _from(_four(row[at]) or (), ends=ends)


def _unnamed(
    names: Sequence[str], table: Table, picture: int
) -> Callable[[Sequence[Cell]], Corners] | None:
    """Without column names: the four after the picture, when each is less than its partner."""
    if (
        not all(re.fullmatch(r"column\d+", name) for name in names)
        or len(names) < picture + _AT_LEAST
    ):
        return None
    known = [numbers(row[picture + 1 : picture + 5]) for row in table.rows]
    fits = sum(right > left and bottom > top for left, top, right, bottom in known)
    if fits <= _SHARE * len(known):
        return None
    return lambda row: numbers(row[picture + 1 : picture + 5])


def _four(cell: Cell) -> Corners | None:
    """[1, 2, 3, 4], "1 2 3 4" or (1,2,3,4)."""
    try:
        told = json.loads(cell or "")
    except ValueError:
        told = re.findall(r"-?\d+(?:\.\d+)?", cell or "")
    return numbers(told) if isinstance(told, list) and len(told) == 4 else None  # noqa: PLR2004


def _from(told: Sequence[object], *, ends: bool) -> Corners:
    left, top, third, fourth = numbers(told)
    return (left, top, third, fourth) if ends else (left, top, left + third, top + fourth)


def _box(row: Sequence[Cell], columns: _Columns) -> list[Box]:
    """The row's box; a row without corners is a picture without boxes."""
    corners = columns.corners(row)
    if all(math.isnan(value) for value in corners):
        return []
    label = "object" if columns.label is None else (row[columns.label] or "").strip()
    return [Box(label, corners)]


def _scaled(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Corners that are all at most 1 are shares of the picture's sides."""
    values = [value for box in boxes for value in box.corners if not math.isnan(value)]
    shares = bool(values) and max(values) <= 1 and any(value % 1 for value in values)
    return tuple(Box(box.label, box.corners, relative=shares) for box in boxes)
