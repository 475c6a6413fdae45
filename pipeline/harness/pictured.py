"""Pictures with what is known about them: from a table, from folders or from their names."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from config import Split
from contents import lines
from parts import Found, Part, count, made, some
from path_labels import labelled
from pictures import Album, Looked, look, looks_like_picture, spread
from reading import Reading
from shelf import Shelf
from stacks import group
from tables import Cell, Row, Table
from walking import File, placed, shared, split_word

_MOST = 0.5
_LINES = 0.8
_NAMES_TEXT = """
    image images img filename file file_name path filepath image_id image_name picture photo id
"""
_NAMES = frozenset(_NAMES_TEXT.split())


@dataclass(frozen=True, slots=True)
class _Listed:
    """A table and its column of pictures; `at` is the column's place."""

    file: File
    reading: Reading
    at: int


def by_table(shelf: Shelf) -> Found | None:
    """A table with a column of picture files; None when there is none."""
    album = Album(shelf.those("picture"))
    lists = [
        found for file, reading in _tables(shelf, album) if (found := _column(file, reading, album))
    ]
    if not lists:
        return None
    tables = {one.file.name: one.reading for one in lists}
    kept = group([one.file for one in lists], tables)
    looked = look(album.files)
    parts: list[Part] = []
    notes: list[str] = list(looked.notes)
    told: set[str] = set()
    for one in lists:
        if one.file in kept:
            cut, said, known = _cut(one, album, looked)
            parts += cut
            notes += said
            told |= known
    notes += _untold(album, told)
    used = {file.name for file in (*kept, *album.files)}
    return Found(tuple(parts), frozenset(used), tuple(notes)) if told else None


def by_path(shelf: Shelf) -> Found:
    """Every picture, with the class that its folder or name tells, if one does."""
    files = shelf.those("picture")
    lists = split_lists(shelf, Album(files))
    looked = look(files)
    told = labelled([file for file in files if file.name in looked.sizes])
    rows: dict[Split | None, list[Row]] = defaultdict(list)
    named = any(label is not None for label in told.labels.values())
    for name, label in told.labels.items():
        split = told.splits[name] or lists.get(name)
        rows[split].append((name, label) if named else (name,))
    columns = ("image", "label") if named else ("image",)
    parts = [
        Part(
            folder_of([row[0] or "" for row in every]),
            split,
            made(columns, every, told.form),
            "images",
        )
        for split, every in rows.items()
    ]
    used = {file.name for file in files} | lists.keys()
    return Found(tuple(parts), frozenset(used), (*looked.notes, *told.notes))


def folder_of(names: Sequence[str]) -> str:
    """What files have in common to be called by: a folder, the file's own name, or their number."""
    if len(names) == 1:
        return names[0]
    folders = shared([PurePosixPath(name).parts[:-1] for name in names])
    return "/".join(folders) or count(len(names), "file")


def split_lists(shelf: Shelf, album: Album) -> dict[str, Split]:
    """Splits by picture (and by list) out of text files that only list pictures: train.txt."""
    found: dict[str, Split] = {}
    for file in sorted(shelf.those("text"), key=lambda file: "trainval" in file.bare.lower()):
        split = file.split or split_word(file.bare)
        names = [line.strip() for line in shelf.head(file).splitlines() if line.strip()]
        if split is None or not names:
            continue
        if _share([album.find(name, file.name) is not None for name in names]) >= _LINES:
            found.update({file.name: split} | _listed(file, album, split, found))
    return found


def _listed(file: File, album: Album, split: Split, known: dict[str, Split]) -> dict[str, Split]:
    found = (album.find(line, file.name) for line in lines(file.path, file.name))
    return {one.name: split for one in found if one and one.name not in known}


def _tables(shelf: Shelf, album: Album) -> Iterator[tuple[File, Reading]]:
    """Tables, and texts whose lines are a picture's path and its label with spaces between."""
    tables = shelf.tables()
    for file in shelf.files:
        if file.name in tables:
            yield file, tables[file.name]
    for file in shelf.those("text"):
        start = [line.split() for line in shelf.head(file).splitlines()[:1000] if line.strip()]
        width = len(start[0]) if start else 0
        if file.name in tables or width < 2:  # noqa: PLR2004 - a path and something about it
            continue
        fits = [len(told) == width and album.find(told[0]) is not None for told in start]
        if _share(fits) >= _LINES:
            yield file, _spaced(file, width)


def _spaced(file: File, width: int) -> Reading:
    names = ("image", "label", *(f"label_{number}" for number in range(2, width)))
    rows = [tuple(line.split()) for line in lines(file.path, file.name)]
    return made(names, [row for row in rows if len(row) == width], "text")


def _column(file: File, reading: Reading, album: Album) -> _Listed | None:
    """The column that names pictures: by how many of its cells are pictures that are there."""
    best: tuple[float, int] = (0.0, -1)
    shown = spread(reading.table.rows)
    for at, name in enumerate(reading.table.names):
        cells = [cell for row in shown if (cell := (row[at] or "").strip())]
        found = [album.find(cell, file.name) for cell in cells]
        there = _share([one is not None for one in found])
        called = _share([looks_like_picture(cell) for cell in cells]) >= _LINES
        apart = len(set(cells)) >= _LINES * len(cells) or name.strip().lower() in _NAMES
        much = len({one.name for one in found if one}) >= _MOST * min(len(album), len(set(cells)))
        if there and (called or (apart and much and there >= _MOST)):
            best = max(best, (there + called, at))
    return _Listed(file, reading, best[1]) if best[1] >= 0 else None


def _cut(one: _Listed, album: Album, looked: Looked) -> tuple[list[Part], list[str], set[str]]:
    """Parts of one table, notes, and the pictures that it knows; rows without one are left out."""
    rows: dict[Split | None, list[Row]] = defaultdict(list)
    places = placed(album.files)
    known: set[str] = set()
    missing = 0
    for row in one.reading.table.rows:
        hints = [cell for cell in row if cell and len(cell) < 40]  # noqa: PLR2004 - a folder's name
        picture = album.find(row[one.at] or "", one.file.name, hints)
        if picture is None:
            missing += 1
            continue
        known.add(picture.name)
        if picture.name not in looked.refused:
            rows[one.file.part or places[picture.name][0]].append(_with(row, one.at, picture.name))
    notes = _absent(missing, len(one.reading.table), one.file.name)
    return _parts(one, rows), notes, known


def _parts(one: _Listed, rows: dict[Split | None, list[Row]]) -> list[Part]:
    parts: list[Part] = []
    for split, every in rows.items():
        table = Table(one.reading.table.names, every)
        reading = replace(one.reading, table=table, notes=() if parts else one.reading.notes)
        parts.append(Part(one.file.name, split, reading, "images"))
    return parts


def _with(row: Row, at: int, cell: Cell) -> Row:
    return (*row[:at], cell, *row[at + 1 :])


def _absent(missing: int, total: int, name: str) -> list[str]:
    if not missing:
        return []
    return [
        f"{missing} of {count(total, 'row')} in {name} name a picture that is not there; left out."
    ]


def _untold(album: Album, told: set[str]) -> list[str]:
    unknown = [file.name for file in album.files if file.name not in told]
    if not unknown:
        return []
    return [
        f"{count(len(unknown), 'picture')} stand in no table and were left out ({some(unknown)})."
    ]


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
