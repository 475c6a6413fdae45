"""What a set of files is: tables, pictures, boxes, tagged words, text pairs or plain text."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pictured
import tagged
import tagged_tables
from boxes import boxed
from config import Split
from pairs import paired
from parts import Found, Layout, Part, Source, some
from pictures import FEW
from progress import Problem
from shelf import Shelf
from stacks import stacked
from walking import walk
from writings import by_class, classified, written

__all__ = ["Layout", "Part", "Source", "read_parts"]

# The surest sign first: boxes need pictures, tags and pairs their shape; any text is prose.
_WITH_PICTURES: tuple[Callable[[Shelf], Found | None], ...] = (boxed, pictured.by_table)
_WITHOUT: tuple[Callable[[Shelf], Found | None], ...] = (
    tagged.by_line,
    tagged_tables.by_table,
    paired,
    classified,
    stacked,
    by_class,
    written,
)

_ORDER: tuple[Split | None, ...] = ("train", None, "validation", "test")


def read_parts(
    sources: Sequence[Source], *, leave_out_bad: bool = False
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The parts of the data, and notes for the person; Problem when nothing of it is data."""
    shelf = Shelf(walk(sources), leave_out_bad)
    if not shelf.files:
        raise Problem(f"There is no file in {some(one.name for one in sources)}.", "Send the data.")
    found = _found(shelf)
    chosen = any(source.split for source in sources)
    parts, told = _settled(found.parts, chosen=chosen)
    return parts, (*found.notes, *told, *_beside(shelf, found))


def _found(shelf: Shelf) -> Found:
    pictures = shelf.those("picture")
    tries = _WITH_PICTURES if pictures else ()
    for find in tries:
        found = find(shelf)
        if found:
            return found
    if pictures and _are_the_data(shelf):
        return pictured.by_path(shelf)
    for find in _WITHOUT:
        found = find(shelf)
        if found:
            return found
    return _whatever(shelf)


def _are_the_data(shelf: Shelf) -> bool:
    """Whether pictures that nothing refers to are meant, or only illustrate a table or a text."""
    pictures = shelf.those("picture")
    if len(pictures) >= FEW or len(pictures) == len(shelf.files):
        return True
    return len(pictures) > len(shelf.tables()) + len(shelf.those("text"))


def _whatever(shelf: Shelf) -> Found:
    """The largest file as a table, whatever its name; its Problem when it is none."""
    largest = max(shelf.files, key=lambda file: file.size)
    reading = shelf.read(largest)
    return Found((Part(largest.name, largest.part, reading, "table"),), frozenset((largest.name,)))


def _settled(parts: Sequence[Part], *, chosen: bool) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Parts of which some can be learned from, those first: the first one's columns count."""
    parts = sorted(parts, key=lambda part: _ORDER.index(part.split))
    splits = {part.split for part in parts}
    if len(splits) == 1 and not chosen:
        return tuple(replace(part, split=None) for part in parts), ()
    if "train" in splits or None in splits or "validation" not in splits:
        return tuple(parts), ()
    moved = {part.name for part in parts if part.split == "validation"}
    told = f"There is no training part, so the validation part ({some(moved)}) is trained on."
    return (
        tuple(
            replace(part, split="train") if part.split == "validation" else part for part in parts
        ),
        (told,),
    )


def _beside(shelf: Shelf, found: Found) -> tuple[str, ...]:
    """A note about files that hold none of the data."""
    left = [file.name for file in shelf.files if file.name not in found.used]
    return (f"Not used, as it is no part of the data: {some(left)}.",) if left else ()
