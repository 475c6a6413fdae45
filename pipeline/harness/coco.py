"""Boxes in JSON: COCO, CreateML, LabelMe and VGG's annotator."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from contents import decoded, opened
from marks import Box, Marked, Marks
from pictures import Album
from shelf import Shelf
from voc import around, numbers, numbers_of
from walking import File

_MOST_BYTES = 1 << 30

Told = tuple[str, list[Box]]  # the picture as the file calls it, and its boxes
Json = Mapping[str, Any]


def read_json(shelf: Shelf, album: Album) -> Marks | None:
    """Boxes of all JSON files that tell some; None when there is none."""
    boxes: dict[str, list[Box]] = defaultdict(list)
    pictures: dict[str, Marked] = {}
    used: set[str] = set()
    forms: set[str] = set()
    absent = 0
    for file in shelf.files:
        form, told = _told(file) if file.suffix == ".json" else ("", [])
        for name, every in told:
            picture = album.find(name, file.name)
            absent += picture is None
            if picture:
                boxes[picture.name] += every
                pictures.setdefault(picture.name, Marked(picture, (), file.part))
        if form:
            used.add(file.name)
            forms.add(form)
    if not used:
        return None
    marked = [Marked(one.picture, tuple(boxes[name]), one.split) for name, one in pictures.items()]
    return Marks("+".join(sorted(forms)), tuple(marked), frozenset(used), absent)


def _told(file: File) -> tuple[str, list[Told]]:
    whole = _loaded(file)
    for form, read in (
        ("coco", _coco),
        ("labelme", _labelme),
        ("createml", _createml),
        ("via", _via),
    ):
        try:
            told = read(whole, file)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            continue  # another format, or none
        if told:
            return form, told
    return "", []


def _loaded(file: File) -> Any:  # noqa: ANN401 - a stranger's JSON
    try:
        if file.size > _MOST_BYTES:
            return None
        with opened(file.path) as content:
            return json.loads(decoded(content.read(_MOST_BYTES)))
    except (OSError, ValueError, EOFError, RecursionError):
        return None


def _coco(whole: Json, file: File) -> list[Told]:
    del file
    labels = {one["id"]: str(one["name"]) for one in whole.get("categories", ())}
    boxes: dict[object, list[Box]] = defaultdict(list)
    boxed = False
    for one in whole.get("annotations", ()):
        if "bbox" in one:
            boxed = True
            boxes[one["image_id"]].append(_coco_box(one, labels))
    if not boxed and not ("annotations" not in whole and "categories" in whole):
        return []
    return [(str(one["file_name"]), boxes[one["id"]]) for one in whole["images"]]


def _coco_box(one: Json, labels: Mapping[object, str]) -> Box:
    left, top, wide, high = numbers(one["bbox"])
    label = labels.get(one["category_id"], str(one["category_id"]))
    crowd = bool(one.get("iscrowd")) or bool(one.get("ignore"))
    return Box(label, (left, top, left + wide, top + high), crowd=crowd)


def _labelme(whole: Json, file: File) -> list[Told]:
    """One file a picture, which has the same stem or the path told."""
    boxes = []
    for shape in whole["shapes"]:
        points = [numbers_of(point) for point in shape["points"]]
        if len(points) > 1:
            corners = around([point[0] for point in points], [point[1] for point in points])
            boxes.append(Box(str(shape["label"]), corners))
    told = str(whole["imagePath"]).replace("\\", "/")
    return [(told or PurePosixPath(file.bare).stem, boxes)]


def _createml(whole: Sequence[Json], file: File) -> list[Told]:
    del file
    return [(str(one["image"]), list(map(_createml_box, one["annotations"]))) for one in whole]


def _createml_box(one: Json) -> Box:
    place = one["coordinates"]
    x, y, wide, high = numbers([place[key] for key in ("x", "y", "width", "height")])
    return Box(str(one["label"]), (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))


def _via(whole: Json, file: File) -> list[Told]:
    del file
    entries = whole.get("_via_img_metadata", whole).values()
    return [(str(one["filename"]), list(_via_boxes(one["regions"]))) for one in entries]


def _via_boxes(regions: Json | Sequence[Json]) -> Iterator[Box]:
    every: Iterable[Json] = regions.values() if isinstance(regions, Mapping) else regions
    for region in every:
        shape = region["shape_attributes"]
        label = next((str(told) for told in region.get("region_attributes", {}).values()), "object")
        if "all_points_x" in shape:
            yield Box(
                label, around(numbers_of(shape["all_points_x"]), numbers_of(shape["all_points_y"]))
            )
        elif "width" in shape:
            x, y, wide, high = numbers([shape[key] for key in ("x", "y", "width", "height")])
            yield Box(label, (x, y, x + wide, y + high))
