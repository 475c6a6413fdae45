"""Tables that belong on top of each other, and those that only lie beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from parts import Found, Part, some
from path_labels import by_file
from progress import Problem
from reading import Reading
from shelf import Shelf
from tables import Table
from walking import File, words_of

_SHARE = 0.5
_FORM = frozenset(("submission", "submit"))
_SAME = 0.9
_ANSWERS = frozenset(("label", "class", "target", "category"))


def stacked(shelf: Shelf) -> Found | None:
    """A part for each table of the largest group; None when there is no table."""
    readings = shelf.tables()
    files = [file for file in shelf.files if file.name in readings]
    if not files:
        return None
    kept = group(files, readings)
    labels = _classes(kept, readings)
    parts = [
        Part(file.name, file.part, _with(readings[file.name], labels.get(file.name)), "table")
        for file in kept
    ]
    told = (f"Each file was taken as one class: {some(labels)}.",) if labels else ()
    return Found(tuple(parts), frozenset(file.name for file in kept), told)


def _classes(files: Sequence[File], readings: Mapping[str, Reading]) -> dict[str, str]:
    """Classes by file where names tell them and no column does."""
    names = {name.lower() for file in files for name in readings[file.name].table.names}
    return {} if names & _ANSWERS else by_file(files)


def _with(reading: Reading, label: str | None) -> Reading:
    if label is None:
        return reading
    table = reading.table
    rows = [(*row, label) for row in table.rows]
    return replace(reading, table=Table((*table.names, "label"), rows))


def group(files: Sequence[File], readings: Mapping[str, Reading]) -> list[File]:
    """The files whose tables share most columns, most cells first counted.

    Problem when a file that the person named as a part has no column in common with the others.
    """
    tables = {file.name: readings[file.name].table for file in files}
    filled = [file for file in files if not _is_form(file, files, tables)] or list(files)
    groups: list[list[File]] = []
    for file in sorted(filled, key=lambda file: -_weight(readings[file.name])):
        home = next(
            (one for one in groups if _alike(readings[one[0].name], readings[file.name])), None
        )
        if home is None:
            groups.append([file])
        else:
            home.append(file)
    best = max(groups, key=lambda one: sum(_weight(readings[file.name]) for file in one))
    extra = [file for file in files if file.split and file not in best]
    for file in extra:
        _must_share(file, best[0], tables)
    return sorted([*best, *extra], key=files.index)


def _weight(reading: Reading) -> int:
    return (reading.total or len(reading.table)) * len(reading.table.names)


def _alike(one: Reading, other: Reading) -> bool:
    """Whether the narrower table has half of its columns in common with the wider.

    Tables without names only tell by their width; one column of the same keys joins, not stacks.
    """
    names, others = one.table.names, other.table.names
    if not one.header or not other.header:
        return one.header == other.header and len(names) == len(others)
    same = set(names) & set(others)
    if len(same) < _SHARE * min(len(names), len(others)) or not same:
        return False
    return len(same) > 1 or not _same_keys(one.table, other.table, same.pop())


def _same_keys(one: Table, other: Table, name: str) -> bool:
    """Whether a column names the same things in both tables, each once."""
    keys, others = set(one.column(name)), set(other.column(name))
    once = len(keys) == len(one) and len(others) == len(other)
    alone = min(len(one.names), len(other.names)) == 1
    return once and not alone and len(keys & others) >= _SAME * min(len(keys), len(others))


def _must_share(file: File, main: File, tables: Mapping[str, Table]) -> None:
    if not set(tables[file.name].names) & set(tables[main.name].names):
        raise Problem(
            f"{file.name} and {main.name} have no column in common.",
            "Send files with the same columns, or only the one to train on.",
        )


def _is_form(file: File, files: Sequence[File], tables: Mapping[str, Table]) -> bool:
    """A form to fill in: called so, or the ids of a table without answers and a made-up answer."""
    if file.split or len(files) == 1:
        return False
    if _FORM & set(words_of(file.bare)):
        return True
    asked = [other for other in files if other.part == "test" and other != file]
    return file.part is None and any(_answers(tables[file.name], tables[o.name]) for o in asked)


def _answers(form: Table, asked: Table) -> bool:
    """Whether a table of two columns has the same keys as the rows that ask for answers."""
    shared = set(form.names) & set(asked.names)
    if len(shared) != 1 or len(form.names) > 2 or len(asked.names) < 2:  # noqa: PLR2004
        return False
    key = shared.pop()
    ids, wanted = set(form.column(key)), set(asked.column(key))
    return len(ids) == len(form) > 1 and len(ids & wanted) >= _SAME * max(len(ids), len(wanted))
