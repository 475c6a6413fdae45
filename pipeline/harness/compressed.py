"""Open a file through gzip, bzip2 or xz, never further than a limit, so that no bomb goes off."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from progress import Problem
from refusing import AGAIN

MOST_UNPACKED = 16 << 30
MOST_DEEP = 3
_FREE = 64 << 20  # below this many bytes any ratio is harmless
_MOST_RATIO = 250  # tables of text are packed to a tenth, the most repetitive to a hundredth
_MOST_DICTIONARY = 256 << 20
_CHUNK = 1 << 18
LONGEST_MAGIC = 6

_NAMES = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's decompressor with the face of the other two: it keeps what it could not take yet."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


_MAKERS: dict[str, Callable[[], _Unpacker]] = {
    "gzip": _Gzip,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_MOST_DICTIONARY),
}


def opened(file: BinaryIO, name: str) -> BinaryIO:
    """The unpacked bytes of a file that may be packed, several times over at most."""
    stream: io.BufferedReader[io.RawIOBase] = io.BufferedReader(_Plain(file), _CHUNK)
    for _ in range(MOST_DEEP):
        packing = packing_of(stream.peek(LONGEST_MAGIC))
        if packing is None:
            return stream
        stream = io.BufferedReader(_Unpacking(stream, packing, name), _CHUNK)
    if packing_of(stream.peek(LONGEST_MAGIC)):
        raise Problem(f"{name} is packed many times over.", "Please unpack it and send that.")
    return stream


def packing_of(head: bytes) -> str | None:
    """How bytes that begin like this are packed."""
    return next((told for magic, told in _NAMES.items() if head.startswith(magic)), None)


class _Plain(io.RawIOBase):
    """The file itself, closed with its readers."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override] # so it is called
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Unpacking(io.RawIOBase):
    """Unpacked bytes, with a Problem once they are too many or out of proportion."""

    def __init__(self, packed: "io.BufferedReader[io.RawIOBase]", packing: str, name: str) -> None:
        super().__init__()
        self._packed, self._packing, self._name = packed, packing, name
        self._unpacker = _MAKERS[packing]()
        self._taken = self._given = 0
        self._rest = b""

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._packed.close()
        super().close()

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override] # so it is called
        data = self._next(len(buffer))
        self._given += len(data)
        self._check()
        buffer[: len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        while True:
            if self._unpacker.eof and not self._another():
                return b""
            try:
                data = self._unpacker.decompress(self._rest, most)
                self._rest = b""
                if data or self._unpacker.eof:
                    if data:
                        return data
                    continue
            except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
                raise self._damaged() from error
            self._rest = self._packed.read(_CHUNK)
            self._taken += len(self._rest)
            if not self._rest:
                raise self._damaged()

    def _another(self) -> bool:
        """Start on the next of several packed parts in a row; zeros after the last are padding."""
        rest = self._unpacker.unused_data.lstrip(b"\x00")
        if len(rest) < LONGEST_MAGIC:
            more = self._packed.read(_CHUNK)
            self._taken += len(more)
            rest = (rest + more).lstrip(b"\x00")
        if packing_of(rest) != self._packing:
            return False
        self._unpacker, self._rest = _MAKERS[self._packing](), rest
        return True

    def _check(self) -> None:
        if self._given > MOST_UNPACKED or (
            self._given > _FREE and self._given > self._taken * _MOST_RATIO
        ):
            raise Problem(
                f"{self._name} expands to more than {self._given >> 20} MB from"
                f" {self._taken >> 10} kB, which is more than a table does.",
                "Please send the unpacked file, or a sample of it.",
            )

    def _damaged(self) -> Problem:
        return Problem(
            f"{self._name} is a {self._packing} file that looks cut off or damaged.", f"{AGAIN}."
        )
