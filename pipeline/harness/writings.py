"""Plain texts: one class a folder makes a table, anything else is lines of prose."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from config import Split
from contents import MOST, decoded, lines, opened
from parts import Found, Part, made, some
from path_labels import Labelled, by_file, labelled
from pictured import folder_of
from shelf import Shelf
from tables import Row
from walking import File

_FEW = 20  # texts that are parts of their own
_LONGEST = 1 << 20  # bytes of one labelled text
_PER_CLASS = 3


def classified(shelf: Shelf) -> Found | None:
    """Texts in folders per class: a table of text and label; None when they are not laid out so."""
    files = [file for file in shelf.those("text") if file.folders]
    told = labelled(files) if files else None
    if told is None or told.form != "folders":
        return None
    kept = [file for file in files if told.labels[file.name] is not None]
    classes = len(set(told.labels.values()) - {None})
    if len(kept) < _PER_CLASS * classes:
        return None
    rows: dict[Split | None, list[Row]] = defaultdict(list)
    for file, text in ((file, _text(file)) for file in kept):
        if text:
            rows[told.splits[file.name]].append((text, told.labels[file.name]))
    return _classes(rows, kept, told)


def by_class(shelf: Shelf) -> Found | None:
    """A text a line and a file a class, which the file names tell; None when they do not."""
    files = shelf.those("text")
    labels = by_file(files) if len(files) <= _FEW else {}
    rows: dict[Split | None, list[Row]] = defaultdict(list)
    for file in files if labels else []:
        rows[file.part] += [(line.strip(), labels[file.name]) for line in _lines([file])]
    if not rows:
        return None
    parts = [
        Part(folder_of(list(labels)), split, made(("text", "label"), every, "text"), "table")
        for split, every in rows.items()
    ]
    told = f"Each file was taken as one class: {some(labels)}."
    return Found(tuple(parts), frozenset(labels), (told,))


def _classes(rows: dict[Split | None, list[Row]], files: Sequence[File], told: Labelled) -> Found:
    names: dict[Split | None, list[str]] = defaultdict(list)
    for file in files:
        names[told.splits[file.name]].append(file.name)
    parts = [
        Part(folder_of(names[split]), split, made(("text", "label"), every, "text"), "table")
        for split, every in rows.items()
    ]
    return Found(tuple(parts), frozenset(file.name for file in files), told.notes)


def _text(file: File) -> str:
    with opened(file.path) as content:
        return decoded(content.read(_LONGEST)).replace("\r\n", "\n").strip()


def written(shelf: Shelf) -> Found | None:
    """Prose: a row for each line that is not blank; None when there is no text."""
    files = shelf.those("text") or [
        file
        for file in shelf.files
        if file.suffix in (".md", ".rst") and shelf.holds(file) == "text"
    ]
    groups: dict[tuple[Split | None, str], list[File]] = defaultdict(list)
    for file in files:
        groups[file.part, file.name if len(files) <= _FEW else ""].append(file)
    parts = [_written(every, split) for (split, _), every in groups.items()]
    kept = [part for part in parts if part.reading.table.rows]
    return Found(tuple(kept), frozenset(file.name for file in files)) if kept else None


def _written(files: Sequence[File], split: Split | None) -> Part:
    name = folder_of([file.name for file in files])
    rows: list[Row] = []
    size = 0
    for line in _lines(files):
        size += len(line)
        if size > MOST:
            break
        rows.append((line,))
    told = f"{name} is large: only its first {MOST >> 20} million characters are used."
    notes = (told,) if size > MOST else ()
    return Part(name, split, made(("text",), rows, "text", notes=notes), "text")


def _lines(files: Sequence[File]) -> Iterator[str]:
    for file in files:
        yield from (line for line in lines(file.path, file.name) if line.strip())
