"""A text too large to hold: looked through once for its encoding, then read as a stream."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compressed import opened
from decoding import EVIDENCE, guess, marked, unmarked_wide, unsure
from progress import Problem, say
from refusing import refuse, refuse_binary

SMALL = 32 << 20  # unpacked bytes up to which a file is simply held in memory
HEAD = 4 << 20
LONGEST_LINE = 32 << 20
_CHUNK = 1 << 20
_SAYS_EVERY = 64 << 20
_FALLBACK = "utf-8-or-windows"


@dataclass(slots=True)
class _Survey:
    """What all bytes of a file say about its encoding."""

    head: bytes = b""
    evidence: bytes = b""
    strange: int = 0
    right: int = 0
    size: int = 0

    def look(self, chunk: bytes) -> None:
        """Take one more piece of whole lines, or of a line without end."""
        self.size += len(chunk)
        if len(self.head) < HEAD:
            self.head += chunk[: HEAD - len(self.head)]
        if chunk.isascii():
            return
        try:
            chunk.decode("utf-8")
            self.right += 1
        except UnicodeDecodeError:
            self._look_closer(chunk)

    def _look_closer(self, chunk: bytes) -> None:
        for line in chunk.split(b"\n"):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                self.right += 1
            except UnicodeDecodeError:
                self.strange += 1
                if len(self.evidence) < EVIDENCE:
                    self.evidence += line + b"\n"


class _Watched(io.FileIO):
    """A file that says from time to time how much of it has been read."""

    def __init__(self, path: Path, doing: str) -> None:
        super().__init__(path)
        self._told = f"{doing} {path.name}"
        self._size = max(path.stat().st_size, 1)
        self._next = _SAYS_EVERY

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - whatever holds bytes
        """As of any file."""
        count = super().readinto(buffer)
        if self.tell() >= self._next:
            self._next = self.tell() + _SAYS_EVERY
            say("report", self._told, done=self.tell() / self._size)
        return count or 0


@dataclass(frozen=True, slots=True)
class LargeText:
    """A text in a file, opened anew for each reading."""

    path: Path
    encoding: str
    codec: str
    start: str
    notes: tuple[str, ...]
    size: int

    def lines(self) -> io.TextIOWrapper:
        """Its lines with their ends, as they stand; the file closes with them."""
        file = io.BufferedReader(_Watched(self.path, "reading"))
        plain = self.codec == "utf-8-sig"
        codecs.register_error(_FALLBACK, _windows)
        errors = _FALLBACK if plain else "replace"
        return io.TextIOWrapper(opened(file, self.path.name), self.codec, errors, newline="")

    def pieces(self) -> Iterator[str]:
        """Its text in pieces of no particular length."""
        with self.lines() as stream:
            while piece := stream.read(_CHUNK):
                yield piece


def survey(path: Path) -> LargeText:
    """Look through all of a file; Problem where it is no text or has no lines."""
    found = _Survey()
    with io.BufferedReader(_Watched(path, "looking through")) as file:
        stream = opened(file, path.name)
        rest = b""
        while chunk := stream.read(_CHUNK):
            first = not found.head
            if first:
                refuse(chunk, path.name)
                wide = marked(chunk) or unmarked_wide(chunk[:EVIDENCE])
                if wide and wide != "utf-8-sig":
                    return _wide(path, chunk + stream.read(HEAD), wide)
                refuse_binary(chunk, path.name)
            rest = _lines_of(found, rest + chunk, path)
    found.look(rest)
    return _concluded(path, found)


def _lines_of(found: _Survey, held: bytes, path: Path) -> bytes:
    """Look at the whole lines of a piece; what is left of the last."""
    cut = max(held.rfind(b"\n"), held.rfind(b"\r")) + 1
    if cut:
        found.look(held[:cut])
        return held[cut:]
    if len(held) > LONGEST_LINE and held.lstrip(b"\xef\xbb\xbf \t")[:1] not in (b"[", b"{"):
        raise Problem(
            f"{path.name} has a line of more than {LONGEST_LINE >> 20} MB, so it is no table.",
            "Please check how it was saved, and send it with one row a line.",
        )
    if len(held) > LONGEST_LINE:
        found.look(held)
        return b""
    return held


def _concluded(path: Path, found: _Survey) -> LargeText:
    if not found.strange or found.right >= found.strange // 4:
        note = (
            f"{path.name} mixes encodings: {found.strange} lines are not UTF-8 and were read as"
            " Windows-1252, so some characters may be wrong. Save it as UTF-8 to be sure."
        )
        codecs.register_error(_FALLBACK, _windows)
        start = found.head.decode("utf-8-sig", errors=_FALLBACK)
        notes = (note,) if found.strange else ()
        return LargeText(path, "utf-8", "utf-8-sig", start, notes, found.size)
    encoding = guess(found.evidence)
    start = found.head.decode(encoding.codec, errors="replace")
    return LargeText(
        path, encoding.shown, encoding.codec, start, unsure(path.name, encoding), found.size
    )


def _wide(path: Path, head: bytes, codec: str) -> LargeText:
    whole = head[: len(head) // 4 * 4]
    start = whole.decode(codec, errors="replace").removeprefix("\ufeff")
    if not any(sign in start for sign in "\r\n"):
        raise Problem(
            f"{path.name} has no line ends in its first {len(head) >> 20} MB, so it is no table.",
            "Please check how it was saved, and send it with one row a line.",
        )
    return LargeText(path, codec, codec, start, (), path.stat().st_size // 2)


def _windows(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end
