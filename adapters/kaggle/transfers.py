"""Large files to and from Kaggle, in blocks; what is cut goes on from where it was."""

import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import IO, BinaryIO

import requests

from adapters.kaggle import errors
from adapters.kaggle.errors import Refused
from adapters.kaggle.line import Line, check, told
from pipeline.errors import PersonCanFix, TryAgain

_BLOCK = 1 << 20
_TRIES = 4
_NEW = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_RECEIVED = re.compile(r"bytes=0-(\d+)")
_SENT = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
_RESUME = 308
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class Given:
    """A file that is written while it comes; PersonCanFix, about `field`, for more than `most`."""

    def __init__(self, line: Line, file: BinaryIO, *, what: str, most: int, field: str) -> None:
        self._line = line
        self._file = file
        self._what = what
        self._most = most
        self._field = field
        self._ends = time.monotonic() + line.patience.transfer
        self.size = 0

    def add(self, response: requests.Response) -> None:
        """Append a body; from its beginning where the server does not go on in the middle."""
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            self.size = 0
        self._file.seek(self.size)
        self._file.truncate()
        announced = response.headers.get("Content-Length", "")
        awaited = self.size + int(announced) if announced.isdecimal() else None
        self._check(awaited or 0)
        for block in response.iter_content(_BLOCK):
            self._check(self.size + len(block))
            self._file.write(block)
            self.size += len(block)
        if awaited is not None and self.size < awaited:
            raise errors.away()

    def _check(self, size: int) -> None:
        if size > self._most:
            raise PersonCanFix(
                f"{self._what} is too large: at most {self._most / 1e9:,.1f} GB can be fetched.",
                "Choose a smaller one.",
                field=self._field,
            )
        if self._line.stop.is_set() or time.monotonic() > self._ends:
            raise TryAgain(f"{self._what} took too long to come.", "It is tried again.")


def fetch(line: Line, url: str, into: Path, *, what: str, most: int, field: str) -> Path:
    """Copy what an address gives into a file; nothing is left of what does not come whole.

    PersonCanFix when it has more than `most` bytes, TryAgain when it breaks off again and again.
    """
    with _written(into) as file:
        _finish(line, url, Given(line, file, what=what, most=most, field=field))
    return into


def keep(
    line: Line, response: requests.Response, into: Path, *, what: str, most: int, field: str
) -> Path:
    """The same with an answer that is open already; broken off, it goes on at its address."""
    with _written(into) as file:
        given = Given(line, file, what=what, most=most, field=field)
        try:
            with told():
                given.add(response)
        except TryAgain:
            _finish(line, response.url, given)
    return into


def send(line: Line, url: str, path: Path) -> None:
    """Put a file to an address that takes it in parts; TryAgain when it breaks off again."""
    address, size = line.checked(url), path.stat().st_size
    for number in range(_TRIES):
        line.stop.wait(number * line.patience.pause)
        if line.stop.is_set():
            break
        with suppress(TryAgain, Refused):
            begin = _received(line, address, size) if number else 0
            if begin is None or _put(line, address, path, begin, size):
                return
    raise errors.away()


def _finish(line: Line, url: str, given: Given) -> None:
    """Ask for the bytes that are not there yet, some times."""
    address = line.checked(url)
    for left in reversed(range(_TRIES)):
        begin = {"Range": f"bytes={given.size}-"} if given.size else {}
        try:
            with line.bare() as session, session.get(address, stream=True, headers=begin) as more:
                check(more)
                given.add(more)
        except (TryAgain, Refused) as error:
            if not left or line.stop.is_set() or _is_final(error):
                raise
            line.stop.wait((_TRIES - left) * line.patience.pause)
        else:
            return


def _put(line: Line, address: str, path: Path, begin: int, size: int) -> bool:
    """Send the file from a byte on; whether all of it has arrived."""
    headers = {"Content-Range": f"bytes {begin}-{size - 1}/{size}"} if begin else {}
    with path.open("rb") as file, line.bare() as session:
        file.seek(begin)
        response = session.put(address, data=_Watched(line, file, size - begin), headers=headers)
        return response.status_code in _SENT


def _received(line: Line, address: str, size: int) -> int | None:
    """How many bytes are there; None when it has all."""
    with line.bare() as session:
        response = session.put(address, data=b"", headers={"Content-Range": f"bytes */{size}"})
        if response.status_code in _SENT:
            return None
        if response.status_code != _RESUME:
            check(response)
        found = _RECEIVED.fullmatch(response.headers.get("Range", ""))
        return int(found[1]) + 1 if found else 0


def _is_final(error: TryAgain | Refused) -> bool:
    """A refusal that asking once more does not change."""
    return isinstance(error, Refused) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR


class _Watched:
    """A file as the library reads it, which ends when nobody waits for it any more."""

    def __init__(self, line: Line, file: BinaryIO, size: int) -> None:
        self._line = line
        self._file = file
        self._size = size

    def __len__(self) -> int:
        return self._size

    def read(self, most: int = -1) -> bytes:
        """The next block."""
        if self._line.stop.is_set():
            raise errors.away()
        return self._file.read(_BLOCK if most < 0 else min(most, _BLOCK))


@contextmanager
def _written(into: Path) -> Iterator[BinaryIO]:
    """A new file, gone again unless it was written to its end."""
    try:
        file: IO[bytes] = os.fdopen(os.open(into, _NEW, 0o600), "w+b")
        with file:
            yield file  # type: ignore[misc]  # a binary file, opened by its number
    except BaseException as error:
        into.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
            raise _disk(error) from error
        raise


def _disk(error: OSError) -> PersonCanFix:
    full = error.errno in _NO_SPACE
    what = "The disk is full" if full else f"The disk refused ({error.strerror or 'no reason'})"
    return PersonCanFix(f"{what}: what Kaggle sends cannot be kept.", "Free some, then retry.")
