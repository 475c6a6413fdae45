"""Boxes in XML: Pascal VOC (a file a picture) and CVAT (all pictures in one)."""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from marks import Box, Corners, Marked, Marks
from pictures import Album
from shelf import Shelf
from walking import File

_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_MOST_BYTES = 1 << 28


def read_xml(shelf: Shelf, album: Album) -> Marks | None:
    """Boxes of all annotation files; None when there is none."""
    marked: list[Marked] = []
    used: set[str] = set()
    forms: set[str] = set()
    absent = 0
    for file in shelf.those("xml"):
        root = _root(file)
        if root is None or root.tag not in ("annotation", "annotations"):
            continue
        forms.add("voc" if root.tag == "annotation" else "cvat")
        used.add(file.name)
        told = [_voc(root, file, album)] if root.tag == "annotation" else _cvat(root, file, album)
        marked += [one for one in told if one]
        absent += sum(one is None for one in told)
    return Marks("+".join(sorted(forms)), tuple(marked), frozenset(used), absent) if used else None


def _root(file: File) -> ET.Element | None:
    """The parsed file; one that declares entities, as a bomb would, is never parsed."""
    if file.size > _MOST_BYTES:
        return None
    content = file.path.read_bytes()
    if _ENTITIES.search(content):
        return None
    try:
        return ET.fromstring(content)  # noqa: S314 - no entities, see above
    except (ET.ParseError, ValueError, LookupError):
        return None


def _voc(root: ET.Element, file: File, album: Album) -> Marked | None:
    """The picture has the XML's own name, or the one it tells: renamed files keep old names."""
    stem = PurePosixPath(file.bare).stem
    told = root.findtext("filename") or ""
    picture = album.find(stem, file.name) or album.find(told, file.name)
    boxes = [_voc_box(one) for one in root.iter("object")]
    return Marked(picture, tuple(box for box in boxes if box), file.part) if picture else None


def _voc_box(one: ET.Element) -> Box | None:
    bounds = one.find("bndbox")
    if bounds is None:
        return None
    corners = [bounds.findtext(name) for name in ("xmin", "ymin", "xmax", "ymax")]
    return Box((one.findtext("name") or "").strip(), numbers(corners))


def _cvat(root: ET.Element, file: File, album: Album) -> Sequence[Marked | None]:
    found: list[Marked | None] = []
    for image in root.iter("image"):
        picture = album.find(image.get("name") or "", file.name)
        boxes = tuple(_cvat_boxes(image))
        found.append(Marked(picture, boxes, file.part) if picture else None)
    return found


def _cvat_boxes(image: ET.Element) -> Iterator[Box]:
    for one in image.iter("box"):
        corners = [one.get(name) for name in ("xtl", "ytl", "xbr", "ybr")]
        yield Box(one.get("label") or "", numbers(corners))
    for one in image.iter("polygon"):
        points = re.split(r"[;,]", one.get("points") or "")
        yield Box(one.get("label") or "", around(numbers_of(points[::2]), numbers_of(points[1::2])))


def numbers_of(told: Sequence[object]) -> list[float]:
    """Numbers out of whatever a file holds; NaN for what is none."""
    found = []
    for value in told:
        try:
            found.append(float(value) if isinstance(value, int | float | str) else math.nan)
        except (ValueError, OverflowError):
            found.append(math.nan)
    return found


def numbers(told: Sequence[object]) -> Corners:
    """Four numbers; NaN where one is missing."""
    left, top, right, bottom = (*numbers_of(told), *(math.nan,) * 4)[:4]
    return left, top, right, bottom


def around(across: Sequence[float], down: Sequence[float]) -> Corners:
    """The box around points."""
    if not across or not down:
        return numbers(())
    return min(across), min(down), max(across), max(down)
