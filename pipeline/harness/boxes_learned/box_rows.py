"""From the report's table, a row a box, to pictures with all their boxes, a row a picture."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import labels
import numpy as np
from box_forms import CORNERS, Boxes, boxes_of, from_json
from config import BundleConfig, Split
from parts import count
from PIL import Image
from tables import Row, Table, label_of

BOXES = "boxes"
NAMELESS = "object"
FEW_OF_A_CLASS = 20
SMALLER = 0.1

Given = Mapping[Split | None, Mapping[str, Boxes]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of a part: its name there, the file, and what was marked on it."""

    name: str
    path: Path
    boxes: Boxes

    def shares(self) -> Boxes:
        """The boxes as shares of the picture's sides."""
        with Image.open(self.path) as picture:
            wide, high = picture.size
        return self.boxes.scaled(1 / wide, 1 / high)


def by_picture(
    given: Mapping[Split | None, Table], config: BundleConfig
) -> tuple[dict[Split | None, dict[str, Boxes]], list[str]]:
    """The boxes of every picture of every part, and warnings about their labels.

    A picture without boxes is kept: it shows what there is to be left alone.
    """
    target = config.column("target")
    cells = [label_of(row[1]) for table in given.values() for row in _cells(table, config)]
    named = [cell for cell in cells if cell]
    written = labels.spellings(named)
    warnings = labels.told(written, target)
    known = {split: _boxes(table, config, written) for split, table in given.items()}
    boxes = sum(_has_corners(row) for table in given.values() for row in _cells(table, config))
    nameless = boxes - len(named)
    if named and nameless > 0:
        warnings.append(f"{count(nameless, 'box')} without a value in {target} left out.")
    return known, warnings


def written(pictures: Sequence[tuple[str, Boxes]]) -> Iterator[tuple[str, str]]:
    """The rows of a part: a picture's path and its boxes as JSON."""
    for path, boxes in pictures:
        yield path, json.dumps(boxes.marked())


def shown(table: Table, folder: Path) -> list[Shown]:
    """The pictures of a part that prepare.py wrote into `folder`."""
    image = table.names[0]
    names = [name or "" for name in table.column(image)]
    told = [from_json(json.loads(cell or "[]")) for cell in table.column(BOXES)]
    return [Shown(name, folder / name, boxes) for name, boxes in zip(names, told, strict=True)]


def labels_of(pictures: Sequence[Shown]) -> tuple[str, ...]:
    """All labels, in the order of their names."""
    return tuple(sorted({label for one in pictures for label in one.boxes.labels}))


def small_side(pictures: Sequence[Shown]) -> float:
    """The side of the smaller boxes, a tenth of all, as a share of their picture's; 1 without."""
    sides = [
        np.sqrt(np.prod(shares[:, 2:] - shares[:, :2], axis=1))
        for shares in (one.shares().corners for one in pictures)
    ]
    every = np.concatenate(sides) if sides else np.empty(0)
    return float(np.quantile(every, SMALLER)) if len(every) else 1.0


def about_classes(given: Given, target: str) -> list[str]:
    """Warnings about labels that have few boxes, or far fewer than others."""
    counts = Counter(
        label for part in given.values() for boxes in part.values() for label in boxes.labels
    )
    rare = sum(times < FEW_OF_A_CLASS for times in counts.values())
    few = f"fewer than {FEW_OF_A_CLASS} boxes; they can hardly be learned."
    return [f"{rare} of {count(len(counts), 'label')} in {target} have {few}"] if rare else []


def rarest_label(boxes: Boxes, counts: Mapping[str, int]) -> str:
    """The label that fewest boxes have, to spread it over all parts; nothing without boxes."""
    return min(boxes.labels, key=lambda label: (counts[label], label), default="")


def _boxes(table: Table, config: BundleConfig, written: Mapping[str, str]) -> dict[str, Boxes]:
    found: dict[str, list[tuple[str, list[float]]]] = defaultdict(list)
    for row in _cells(table, config):
        name, label = row[0] or "", label_of(row[1])
        boxes = found[name]
        if _has_corners(row) and (label or not written):
            boxes.append((written.get(label, NAMELESS), [float(cell or 0) for cell in row[2:]]))
    return {
        name: boxes_of([corners for _, corners in boxes], [label for label, _ in boxes])
        for name, boxes in found.items()
    }


def _cells(table: Table, config: BundleConfig) -> list[Row]:
    """Picture, label and the four corners of each row."""
    corners = config.columns_of("box") or CORNERS
    return table.select((config.column("image"), config.column("target"), *corners)).rows


def _has_corners(row: Row) -> bool:
    return all((cell or "").strip() for cell in row[2:])
