"""Pictures with boxes, whichever format tells them."""

from collections import defaultdict
from collections.abc import Mapping

from coco import read_json
from config import Split
from corners import read_tables
from marks import NAMES, Marks, Sound
from parts import Found, Part, count, made, some
from pictured import folder_of, split_lists
from pictures import Album, Looked, look
from shelf import Shelf
from tables import Row
from voc import read_xml
from walking import placed
from yolo import read_yolo

_FORMATS = (read_xml, read_json, read_yolo, read_tables)


def boxed(shelf: Shelf) -> Found | None:
    """One part a split, a row a box; None when no file tells boxes of these pictures."""
    album = Album(shelf.those("picture"))
    told = (read(shelf, album) for read in _FORMATS)
    marks = next((one for one in told if one and any(marked.boxes for marked in one.marked)), None)
    if marks is None:
        return None
    looked = look([marked.picture for marked in marks.marked])
    sound = Sound(looked.sizes)
    lists = split_lists(shelf, album)
    rows = _rows(marks, sound, looked, _splits(marks, album, lists))
    parts = [
        Part(folder_of(_pictures(every)), split, made(NAMES, every, marks.form), "boxes")
        for split, every in rows.items()
    ]
    used = marks.used | lists.keys() | {file.name for file in album.files}
    notes = (*looked.notes, *sound.note(), *marks.notes, *_absent(marks, album))
    return Found(tuple(parts), frozenset(used), notes)


def _rows(
    marks: Marks, sound: Sound, looked: Looked, splits: Mapping[str, Split | None]
) -> dict[Split | None, list[Row]]:
    rows: dict[Split | None, list[Row]] = defaultdict(list)
    for marked in marks.marked:
        name = marked.picture.name
        if name in looked.sizes:
            rows[splits[name]] += sound.rows(name, marked.boxes)
    return rows


def _splits(marks: Marks, album: Album, lists: Mapping[str, Split]) -> dict[str, Split | None]:
    """By picture: as the person, a list, its folders or its annotation's path say."""
    folders = placed(album.files)
    return {
        name: marked.picture.split or lists.get(name) or folders[name][0] or marked.split
        for marked in marks.marked
        for name in (marked.picture.name,)
    }


def _pictures(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(row[0] or "" for row in rows))


def _absent(marks: Marks, album: Album) -> list[str]:
    """Notes about annotations without a picture and pictures without an annotation."""
    known = {marked.picture.name for marked in marks.marked}
    bare = [file.name for file in album.files if file.name not in known]
    notes = []
    if marks.absent:
        notes.append(f"{count(marks.absent, 'picture')} with boxes told are not there; left out.")
    if bare:
        notes.append(
            f"{count(len(bare), 'picture')} without an annotation were left out ({some(bare)})."
        )
    return notes
