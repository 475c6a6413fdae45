"""What a bundle wrote of its held-out rows and answers, as CSV or as JSON lines, read alike."""

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

TRUTH = "__truth__"
PICTURES = "images"
Row = Mapping[str, JsonValue]
_SAID = ("prediction", "cluster", "output", "entities", "boxes")


@dataclass(frozen=True, slots=True)
class Scored:
    """The folder that score.py wrote."""

    folder: Path

    @property
    def heldout(self) -> Path:
        """The held-out rows: a table, or an object a line."""
        return self._one("heldout")

    @property
    def predictions(self) -> Path:
        """The answers for them, in the form that the answers of this task have."""
        return self._one("predictions")

    @property
    def inputs(self) -> list[str]:
        """The names of what a model is given of each row."""
        return [name for name in rows_of(self.heldout)[0] if name != TRUTH]

    @property
    def has_pictures(self) -> bool:
        """Whether a row names a picture, which lies beside."""
        return (self.folder / PICTURES).is_dir()

    @property
    def asked(self) -> list[list[JsonValue]]:
        """What a page is given for each row; a picture by its path."""
        rows = [[row[name] for name in self.inputs] for row in rows_of(self.heldout)]
        if not self.has_pictures:
            return rows
        return [[str(self.folder / str(cell)) for cell in row] for row in rows]

    def turned(self) -> Path:
        """The held-out rows in the other order, in a file beside them."""
        path = self.heldout.with_stem("turned")
        with self.heldout.open(encoding="utf-8", newline="") as file:
            if path.suffix == ".jsonl":
                path.write_text("".join(reversed(file.readlines())), "utf-8")
                return path
            first, *rows = csv.reader(file)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([first, *reversed(rows)])
        return path

    def _one(self, stem: str) -> Path:
        (found,) = self.folder.glob(f"{stem}.*")
        return found


def rows_of(path: Path) -> list[Row]:
    """The rows of a CSV, or the objects of JSON lines."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in file]
        return list(csv.DictReader(file))


def said_of(row: Row) -> JsonValue:
    """What is answered for a row: a class, a number, a group, a text, entities or boxes."""
    return next(row[name] for name in _SAID if name in row)


def cells_of(path: Path) -> list[list[str | None]]:
    """The lines of a part, its names first."""
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def contents_of(part: Path, names: Sequence[str]) -> set[tuple[str | None, ...]]:
    """What each row of a part holds under these names; a picture counts by what is in it."""
    own, *rows = cells_of(part)
    used = [own.index(name) for name in names if name in own] or range(len(own))
    return {tuple(_content(part.parent, row[at]) for at in used) for row in rows}


def _content(folder: Path, cell: str | None) -> str | None:
    if cell is None or not cell.startswith(f"{PICTURES}/"):
        return cell
    return hashlib.sha256((folder / cell).read_bytes()).hexdigest()


def packed_in(file: Path) -> Iterator[bytes]:
    """A file's bytes, and those of each member where it is an archive."""
    yield file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            yield from (archive.read(name) for name in archive.namelist())
