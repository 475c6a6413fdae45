"""Boxes in text files beside the pictures: class, centre and sides as shares (YOLO)."""

import json
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from contents import decoded
from marks import Box, Marked, Marks
from pictures import Album
from shelf import Shelf
from voc import around, numbers_of
from walking import File

_LINE = re.compile(r"\s*\d+(\.0+)?(\s+-?\d*\.?\d+(e-?\d+)?){4,}\s*", re.IGNORECASE)
_MOST_BYTES = 1 << 24


def read_yolo(shelf: Shelf, album: Album) -> Marks | None:
    """Boxes of all label files that have a picture; None when there is none."""
    labels = [
        file for file in shelf.files if file.suffix == ".txt" and _is_yolo(shelf, file, album)
    ]
    if not any(file.size for file in labels):
        return None
    names, source = _names(shelf)
    told = {}
    for file in labels:
        picture = _picture(file, album)
        if picture:
            told[picture.name] = Marked(picture, tuple(_boxes(file, names)), file.part)
    for picture in album.files:  # one without a label file shows nothing of interest
        told.setdefault(picture.name, Marked(picture, ()))
    used = {file.name for file in labels} | {file.name for file in source}
    notes = (
        () if names else ("No list of class names came with the boxes, so classes are numbers.",)
    )
    return Marks("yolo", tuple(told.values()), frozenset(used), notes=notes)


def _is_yolo(shelf: Shelf, file: File, album: Album) -> bool:
    if _picture(file, album) is None:
        return False
    lines = [
        line for line in shelf.head(file).splitlines()[:-1] or [shelf.head(file)] if line.strip()
    ]
    return all(_LINE.fullmatch(line) for line in lines)


def _picture(file: File, album: Album) -> File | None:
    return album.find(PurePosixPath(file.bare).stem, file.name)


def _boxes(file: File, names: Sequence[str]) -> list[Box]:
    found = []
    for line in decoded(file.path.read_bytes()).splitlines():
        values = numbers_of(line.split())
        if len(values) < 5:  # noqa: PLR2004 - class and four numbers
            continue
        number = int(values[0])
        label = names[number] if 0 <= number < len(names) else str(number)
        found.append(Box(label, _corners(values[1:]), relative=True))
    return found


def _corners(values: Sequence[float]) -> tuple[float, float, float, float]:
    """Centre and sides (and perhaps how sure), or the points of a polygon."""
    if len(values) > 5:  # noqa: PLR2004 - at least three points
        return around(values[::2], values[1::2])
    x, y, wide, high = values[:4]
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _names(shelf: Shelf) -> tuple[list[str], list[File]]:
    """Class names in order, and the files that tell them."""
    for file in shelf.files:
        small = file.size <= _MOST_BYTES
        if small and file.suffix in (".yaml", ".yml"):
            found = _from_yaml(decoded(file.path.read_bytes()))
        elif small and (file.suffix == ".names" or _is_list(file)):
            found = [line.strip() for line in decoded(file.path.read_bytes()).splitlines()]
        else:
            found = []
        found = found[: len(found) - next((n for n, name in enumerate(found[::-1]) if name), 0)]
        if found:
            return found, [file]
    return [], []


def _is_list(file: File) -> bool:
    return file.suffix == ".txt" and "classes" in file.bare.lower()


def _from_yaml(text: str) -> list[str]:
    """The list under `names:` in the three ways to write one: [a, b], - a, 0: a."""
    found = re.search(r"^names\s*:[ \t]*(.*(?:\n(?:[ \t]+.*|-.*|\][ \t]*))*)", text, re.MULTILINE)
    told = found[1].strip() if found else ""
    if told.startswith(("[", "{")):
        inside = told.partition("[")[2].rpartition("]")[0] or told.strip("{} \n")
        return [_bare(one.partition(":")[2] or one) for one in _commas(inside)]
    entries = [re.sub(r"\s+#.*", "", line).strip() for line in told.splitlines()]
    return [_bare(re.sub(r"^(-|\d+\s*:)\s*", "", entry)) for entry in entries if entry]


def _commas(inside: str) -> list[str]:
    return [
        one.strip() for one in re.findall(r"(?:'[^']*'|\"[^\"]*\"|[^,])+", inside) if one.strip()
    ]


def _bare(name: str) -> str:
    name = name.strip()
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        try:
            return str(json.loads(name))
        except ValueError:
            return name.strip('"')
    return name.strip("'")
