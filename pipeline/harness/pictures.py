"""Which pictures can be used: their headers are read, few of them are decoded, bombs never."""

import struct
import warnings
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from config import Split
from parts import count, some
from progress import Problem, say
from tables import Row
from walking import File, split_of

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 50_000_000
MOST_DECODED = 5_000  # more pictures than this are believed by their headers
_MOST_WORK = 5_000_000_000  # pixels to decode, a minute or less
FEW = 50  # below this a held-out score says next to nothing
_STEP = 1_000
_SHOWN = 2_000  # rows
_FORMATS = ("JPEG", "MPO", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF", "ICO")
# What Pillow's decoders raise on damaged files; none of it is documented.
DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    AssertionError,
    MemoryError,
    struct.error,
    zlib.error,
)
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc")
_SIDE = 64  # pixels to which a picture is decoded: enough to meet every byte of it

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Looked:
    """Sizes of the pictures that can be used, by name, and one sentence about the others."""

    sizes: dict[str, Size]
    refused: frozenset[str]
    notes: tuple[str, ...]


def look(files: Sequence[File]) -> Looked:
    """Look at each picture once; Problem when none can be used."""
    sizes: dict[str, Size] = {}
    refused: dict[str, list[str]] = defaultdict(list)
    work = 0 if len(files) <= MOST_DECODED else _MOST_WORK
    for number, file in enumerate(files):
        if number % _STEP == 0:
            say("report", f"{number} of {len(files)} pictures looked at", done=number / len(files))
        found = size_of(file.path, decode=work < _MOST_WORK)
        if isinstance(found, str):
            refused[found].append(file.name)
        else:
            sizes[file.name] = found
            work += found[0] * found[1]
    told = _told(refused, len(files))
    if not sizes:
        raise Problem(
            f"None of the {count(len(files), 'picture')} can be used: {told}.",
            "Please send them again as JPEG or PNG.",
        )
    notes = [f"Left out {told}."] if refused else []
    names = frozenset(name for every in refused.values() for name in every)
    return Looked(sizes, names, (*notes, *_few(len(sizes))))


def size_of(path: Path, *, decode: bool) -> Size | str:
    """Width and height as stored, or the reason why the picture cannot be used."""
    from PIL import Image  # noqa: PLC0415 - only there when the data holds pictures

    Image.init()
    formats = [form for form in _FORMATS if form in Image.OPEN]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if not path.stat().st_size:
                return "empty"
            with Image.open(path, formats=formats) as picture:
                return _checked(picture, decode=decode)
        except Image.DecompressionBombError:
            return _bomb()
        except DAMAGED:
            return _unreadable(path)


def _checked(picture: "Image", *, decode: bool) -> Size | str:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        return _bomb()
    if width * height <= 1:
        return "of one pixel only"
    if decode and picture.format == "PNG":
        picture.verify()  # its checksums tell damage without decoding
    elif decode:
        picture.draft("RGB", (_SIDE, _SIDE))
        picture.load()
    return width, height


def _bomb() -> str:
    return f"of more than {MOST_PIXELS // 1_000_000} million pixels"


def _unreadable(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(512).lstrip().lower()
    if b"<svg" in start:
        return "drawn as SVG, which is no photo"
    if start.startswith((b"<!doctype", b"<html", b"<head")):
        return "really a web page"
    if start[4:12] in _HEIC:
        return "in Apple's HEIC format (export them as JPEG)"
    return "damaged or no picture"


def _told(refused: dict[str, list[str]], total: int) -> str:
    left = sum(len(names) for names in refused.values())
    reasons = [f"{len(names)} {reason} ({some(names)})" for reason, names in refused.items()]
    return f"{left} of {count(total, 'picture')}: {'; '.join(reasons)}"


def _few(usable: int) -> tuple[str, ...]:
    if usable >= FEW:
        return ()
    told = (
        "picture can be used: a score on it"
        if usable == 1
        else "pictures can be used: a score on so few"
    )
    return (f"Only {usable} {told} cannot be meaningful.",)


class Album:
    """Pictures by what a table or an annotation may call them: name, path, with suffix or not."""

    def __init__(self, files: Sequence[File]) -> None:
        self._called: dict[str, list[File]] = defaultdict(list)
        self.files = tuple(files)
        for file in files:
            path = PurePosixPath(file.name.lower())
            for name in dict.fromkeys((path.name, path.stem)):
                self._called[name].append(file)

    def __len__(self) -> int:
        return len(self.files)

    def find(self, told: str, near: str = "", hints: Sequence[str] = ()) -> File | None:
        """The picture that is meant; of several the one whose folders fit best.

        `near` is the path of the file that says so, `hints` are other words that may be folders.
        """
        parts = [part for part in _bare(told).split("/") if part not in ("", ".", "..")]
        if not parts:
            return None
        name = parts[-1]
        found = self._called.get(name)
        if found is None and looks_like_picture(name):
            found = self._called.get(name.rpartition(".")[0])
        if not found or len(found) == 1:
            return found[0] if found else None
        around = {*PurePosixPath(near.lower()).parts[:-1], *(hint.lower() for hint in hints)}
        split = split_of(near)
        return max(found, key=lambda file: _fits(file, parts, around, split))


def spread(rows: Sequence[Row]) -> Sequence[Row]:
    """A few rows from everywhere in a table: enough to see which column names pictures."""
    return rows[:: 1 + len(rows) // _SHOWN]


def looks_like_picture(cell: str) -> bool:
    """Whether a cell ends as the name of a picture does."""
    return _bare(cell).endswith(
        (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".avif")
    )


def _bare(told: str) -> str:
    return told.strip().strip("\"'").replace("\\", "/").partition("?")[0].lower()


def _fits(
    file: File, parts: Sequence[str], around: set[str], split: Split | None
) -> tuple[int, bool, int]:
    """How many folders from the inside are the ones named, the same split, how many lie near."""
    folders = PurePosixPath(file.name.lower()).parts[:-1]
    same = 0
    for told, real in zip(reversed(parts[:-1]), reversed(folders), strict=False):
        if told != real:
            break
        same += 1
    alike = split is not None and split_of("/".join(folders)) == split
    return same, alike, sum(folder in around for folder in folders)
