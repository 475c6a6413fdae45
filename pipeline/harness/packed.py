"""Zip and tar archives as one kind of thing: entries with a name, a size and their bytes.

An archive is known by its content. Nothing here writes, and nothing a stranger wrote in a header
makes it read or keep more than a little at once.
"""

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import IO, BinaryIO, Literal, cast

from allowance import Allowance
from progress import Problem

Packing = Literal["zip", "tar", "gz", "bz2", "xz"]
What = Literal["file", "folder", "other"]

# Whatever these libraries raise about bytes that are no proper archive.
BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, ValueError, OverflowError, NotImplementedError, RecursionError, MemoryError),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PRESSED: tuple[tuple[bytes, Packing], ...] = (
    (b"\x1f\x8b\x08", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
)
_OPENERS: Mapping[Packing, Callable[[BinaryIO], object]] = MappingProxyType(
    {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}
)
_BLOCK = 512
_XZ_MEMORY = 256 << 20  # the strongest usual setting needs 65 MB
_HEADER = 64 << 10  # most bytes that one header of a tar may have
_HEADERS = 1 << 20  # and all of them together, with a little more for each entry
_PER_ENTRY = 4096
_ENCRYPTED = 1
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 1 << 16
_END_64, _END_64_SIZE, _LOCATOR_SIZE = b"PK\x06\x06", 56, 20
_RECORD, _RECORD_SIZE = b"PK\x01\x02", 46
_MOST_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `size` is what its header says. `open` gives its bytes."""

    name: str
    size: int
    what: What
    open: Callable[[], IO[bytes]]


def packing_of(path: Path) -> Packing | None:
    """How a file is packed; None for what is no archive, such as a table in gz or a workbook."""
    with path.open("rb") as file:
        head = file.read(_BLOCK)
        if head.startswith(_ZIP):
            return None if _is_document(file) else "zip"
    if _starts_tar(head):
        return "tar"
    packing = next((packing for start, packing in _PRESSED if head.startswith(start)), None)
    if packing is None:
        return None
    try:
        with _unpressed(path, packing) as inner:
            return packing if _starts_tar(inner.read(_BLOCK)) else None
    except (*BROKEN, OSError):
        return None


@contextmanager
def entries_of(path: Path, packing: Packing, allowance: Allowance) -> Iterator[Iterator[Entry]]:
    """The entries of an archive, counted as they come; Problem when it is broken or locked."""
    try:
        if packing == "zip":
            with path.open("rb") as file:
                allowance.count(sum(1 for _ in islice(_names(file), allowance.most_entries + 1)))
            with zipfile.ZipFile(path) as archive:
                allowance.announce(sum(info.file_size for info in archive.infolist()))
                yield _zip_entries(path, archive)
        else:
            with _unpressed(path, packing) as inner:
                window = _Window(inner, allowance.most_bytes + 2 * _BLOCK * allowance.most_entries)
                with tarfile.open(fileobj=cast("BinaryIO", window), mode="r:") as tar:
                    yield _tar_entries(tar, window, allowance)
    except (*BROKEN, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the archive
        raise Problem(
            f"{path.name} is cut off or damaged.", "Pack it anew, or send it again."
        ) from error


def _zip_entries(path: Path, archive: zipfile.ZipFile) -> Iterator[Entry]:
    infos = archive.infolist()
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Problem(f"{path.name} is protected by a password.", "Pack it anew without one.")
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        what: What = "folder" if info.is_dir() else "file"
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            what = "other"
        # `orig_filename` still has what follows a NUL.
        yield Entry(info.orig_filename, info.file_size, what, lambda info=info: archive.open(info))  # type: ignore[misc]


def _tar_entries(tar: tarfile.TarFile, window: "_Window", allowance: Allowance) -> Iterator[Entry]:
    while (member := tar.next()) is not None:
        allowance.count()
        tar.members.clear()  # type: ignore[attr-defined]  # or all headers would be kept
        what: What = "folder" if member.isdir() else "file" if member.isreg() else "other"

        def content(member: tarfile.TarInfo = member) -> IO[bytes]:
            return window.content(tar.extractfile(member))

        yield Entry(member.name, member.size, what, content)
        window.allow(_PER_ENTRY)
    window.allow(_BLOCK)
    window.seek(tar.offset)
    if window.read(_BLOCK).strip(b"\0"):
        raise tarfile.ReadError("no header where one should be")


class _Window:
    """A tar, read forwards: a header is short, and the whole is not endless."""

    def __init__(self, inner: IO[bytes], most: int) -> None:
        self._inner = inner
        self._most = most
        self._headers = _HEADERS
        self._in_content = False

    def allow(self, size: int) -> None:
        """Headers may take so many bytes more."""
        self._headers += size
        self._in_content = False

    def content(self, stream: IO[bytes] | None) -> IO[bytes]:
        """What is read until the next `allow` is the content of an entry."""
        self._in_content = True
        if stream is None:
            raise tarfile.ReadError("no content")
        return stream

    def tell(self) -> int:
        return self._inner.tell()

    def seek(self, target: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or not 0 <= target <= self._most:
            raise tarfile.ReadError("a place that cannot be")
        return self._inner.seek(target)

    def read(self, size: int = -1) -> bytes:
        if not self._in_content:
            self._headers -= size
        if not 0 <= size <= _HEADER * (16 if self._in_content else 1) or self._headers < 0:
            raise tarfile.ReadError("a header that cannot be")
        return self._inner.read(size)


@contextmanager
def _unpressed(path: Path, packing: Packing) -> Iterator[IO[bytes]]:
    """The bytes inside a gz, bz2 or xz file, or those of the file itself."""
    with path.open("rb") as file:
        if packing == "xz":
            head = file.read(1 << 16)
            lzma.LZMADecompressor(memlimit=_XZ_MEMORY).decompress(head, max_length=1)
            file.seek(0)
        opener = _OPENERS.get(packing)
        yield cast("BinaryIO", opener(file)) if opener else file


def _starts_tar(head: bytes) -> bool:
    """A tar's first header carries a sum of itself."""
    if len(head) < _BLOCK:
        return False
    try:
        tarfile.TarInfo.frombuf(head[:_BLOCK], "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


def _is_document(file: BinaryIO) -> bool:
    """Workbooks, documents and Java programs are zip files as well, and no archive to a person."""
    names = list(islice(_names(file), _MOST_LOOKED_AT))
    marks = {b"[Content_Types].xml", b"META-INF/MANIFEST.MF"}
    return bool(names) and (names[0] == b"mimetype" or not marks.isdisjoint(names))


def _names(file: BinaryIO) -> Iterator[bytes]:
    """Names in a zip's directory, one by one: zipfile would read all of it, however long it is."""
    place, end = _directory(file)
    while place < end:
        file.seek(place)
        record = file.read(_RECORD_SIZE)
        if len(record) < _RECORD_SIZE or not record.startswith(_RECORD):
            return
        name, extra, comment = struct.unpack("<HHH", record[28:34])
        yield file.read(name)
        place += _RECORD_SIZE + name + extra + comment


def _directory(file: BinaryIO) -> tuple[int, int]:
    """Where the directory of a zip begins and ends, found as zipfile finds it."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - _END_SIZE - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    found = tail.rfind(_END)
    if found < 0 or len(tail) < found + _END_SIZE:
        return 0, 0
    end = start + found
    length: int = struct.unpack("<L", tail[found + 12 : found + 16])[0]
    before = end - _LOCATOR_SIZE - _END_64_SIZE
    if before >= 0:
        file.seek(before)
        wide = file.read(_END_64_SIZE)
        if wide.startswith(_END_64):
            end, length = before, struct.unpack("<Q", wide[40:48])[0]
    return max(0, end - length), end
