"""The bytes and lines of a file that may be compressed, in whatever encoding it is."""

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from progress import Problem

HEAD = 1 << 16
MOST = 1 << 27  # bytes of text that are kept of one file
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError)


def head(path: Path) -> bytes:
    """The first bytes, uncompressed; none when the file is damaged."""
    try:
        with opened(path) as file:
            return file.read(HEAD)
    except _DAMAGED:
        return b""


def opened(path: Path) -> BinaryIO:
    """The file, uncompressed as it is read."""
    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.open(path))
    if start.startswith(b"BZh"):
        return cast("BinaryIO", bz2.open(path))
    return cast("BinaryIO", lzma.open(path)) if start == b"\xfd7zXZ\x00" else path.open("rb")


def is_text(start: bytes) -> bool:
    """Whether a file that starts so holds text."""
    return start.startswith(_UTF16) or (
        b"\x00" not in start and len(_CONTROL.findall(start)) <= max(8, len(start) // 20)
    )


def decoded(content: bytes) -> str:
    """UTF-8, UTF-16 by its mark, else Windows-1252."""
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace")
    try:
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.start > len(content) - 4  # a head may end inside a sign
        return (
            content.decode("utf-8-sig", "replace") if cut else content.decode("cp1252", "replace")
        )


def lines(path: Path, name: str) -> Iterator[str]:
    """Lines without their ends, blank ones too; Problem when the file is damaged."""
    try:
        with opened(path) as file:
            start = file.read(HEAD)
            file.seek(0)
            yield from _whole(file) if _awkward(start) else _by_line(file)
    except _DAMAGED as error:
        raise Problem(f"{name} looks cut off or damaged.", "Please send it again.") from error


def _awkward(start: bytes) -> bool:
    """UTF-16, or old line ends: neither can be cut at line feeds."""
    return start.startswith(_UTF16) or (b"\r" in start and b"\n" not in start)


def _whole(file: BinaryIO) -> Iterator[str]:
    text = decoded(file.read(MOST)).replace("\r\n", "\n").replace("\r", "\n")
    yield from text.removesuffix("\n").split("\n")


def _by_line(file: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(file):
        bare = line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
        yield decoded(bare.rstrip(b"\r\n"))
