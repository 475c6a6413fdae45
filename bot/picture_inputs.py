"""Pictures given for a prediction: copied into the job's own folder, which is all a model sees."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.errors import PersonCanFix

MOST_FILES = 20_000
MOST_BYTES = 4 << 30
LISTS = (".csv", ".tsv", ".json", ".jsonl")
_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".avif")
_CELL = re.compile(r"[^\",;\t\r\n]+")
_NAMED = re.compile(r".+\.(?:jpe?g|png|gif|bmp|webp|tiff?|ppm|avif)", re.IGNORECASE)
_LONGEST_NAME = 1_024  # signs; searching one endless line for names would take for ever
_LONGEST_LIST = 64 << 20


def gathered(given: Path, into: Path) -> Path:
    """What predict.py is given: a picture or zip itself, else a copy with the pictures it means.

    PersonCanFix when there are too many, or none.
    """
    if given.is_dir():
        _copy(given, [path.relative_to(given) for path in _below(given)], into)
        return into
    if given.suffix.lower() not in LISTS:
        return given
    _copy(given.parent, list(_named(given)), into)
    return Path(shutil.copyfile(given, into / given.name))


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _SUFFIXES and path.is_file() and not path.is_symlink():
            yield path


def _named(listed: Path) -> Iterator[Path]:
    """The pictures beside a list that it names, never one above its folder."""
    with listed.open(encoding="utf-8", errors="replace") as file:
        text = file.read(_LONGEST_LIST)
    for name in dict.fromkeys(_names(text)):
        path = PurePosixPath(name.replace("\\", "/"))
        inside = not path.is_absolute() and ".." not in path.parts
        if inside and os.path.isfile(listed.parent / path):  # noqa: PTH113 - raises nothing
            yield Path(path)


def _names(text: str) -> Iterator[str]:
    for cell in _CELL.finditer(text):
        if cell.end() - cell.start() <= _LONGEST_NAME and (name := _NAMED.match(cell[0])):
            yield name[0].strip()


def _copy(folder: Path, names: list[Path], into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    if not names:
        raise PersonCanFix(
            f"'{folder.name}' holds no picture that can be used.",
            "Give a picture, a zip or a folder of pictures, or a list with their names beside it.",
        )
    size = sum((folder / name).stat().st_size for name in names)
    if len(names) > MOST_FILES or size > MOST_BYTES:
        raise PersonCanFix(
            f"That is too much at once: {len(names):,} pictures, {size >> 20:,} MB.",
            f"Give at most {MOST_FILES:,} pictures and {MOST_BYTES >> 30} GB.",
        )
    for name in names:
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target)
