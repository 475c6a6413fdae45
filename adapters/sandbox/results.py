"""Takes what a sandboxed step left behind: regular files only, whatever their names promise."""

import errno
import os
import shutil
import stat
from pathlib import Path

from pipeline.errors import MLTrainerError, NoRoom, PersonCanFix, Rejected

MOST_BYTES = 16 << 30
MOST_FILES = 100_000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL = (errno.ENOSPC, errno.EDQUOT)


def take_results(
    produced: Path, into: Path, *, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES
) -> tuple[Path, ...]:
    """Copy a folder or file the script wrote into `into`; returns the copies.

    No component of `produced` may be a link, nor anything beneath it. Rejected names a link, a
    pipe or a device; PersonCanFix says what is too much, or that the disk is full.
    """
    taking = _Taking(most_bytes, most_files)
    try:
        parent = _open_folder(produced.absolute().parent)
        try:
            taking.take(parent, produced.name, into / produced.name if _is_file(produced) else into)
        finally:
            os.close(parent)
    except OSError as error:
        raise _translated(error, produced) from error
    return tuple(taking.copies)


class _Taking:
    """One walk over the results, with what it may still take."""

    def __init__(self, most_bytes: int, most_files: int) -> None:
        self._bytes = most_bytes
        self._files = most_files
        self.copies: list[Path] = []

    def take(self, parent: int, name: str, target: Path) -> None:
        kind = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
        if stat.S_ISDIR(kind):
            self._take_folder(parent, name, target)
        elif stat.S_ISREG(kind):
            self._take_file(parent, name, target)
        else:
            raise Rejected(
                f"The script left '{name}' among its results, which is {_what(kind)}.",
                "Only regular files and folders are taken.",
            )

    def _take_folder(self, parent: int, name: str, target: Path) -> None:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = os.open(name, _FOLDER, dir_fd=parent)
        try:
            for entry in sorted(os.listdir(folder)):  # noqa: PTH208 - of an open folder
                self.take(folder, entry, target / entry)
        finally:
            os.close(folder)

    def _take_file(self, parent: int, name: str, target: Path) -> None:
        with os.fdopen(os.open(name, _FILE, dir_fd=parent), "rb") as source:
            facts = os.fstat(source.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise Rejected(f"The result '{name}' changed while it was taken.")
            self._bytes -= facts.st_size
            self._files -= 1
            if self._bytes < 0 or self._files < 0:
                raise PersonCanFix(
                    f"The results are too large (at '{name}').",
                    "Choose a smaller model or fewer outputs, then retry.",
                )
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            target.unlink(missing_ok=True)
            with os.fdopen(os.open(target, _NEW, 0o600), "wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
        self.copies.append(target)


def _is_file(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _open_folder(path: Path) -> int:
    """Open a folder from the root down, refusing a link at every step."""
    handle = os.open("/", _FOLDER)
    for part in path.parts[1:]:
        try:
            below = os.open(part, _FOLDER, dir_fd=handle)
        finally:
            os.close(handle)
        handle = below
    return handle


def _what(kind: int) -> str:
    names = ((stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in names if test(kind)), "a device")


def _translated(error: OSError, produced: Path) -> MLTrainerError:
    if error.errno in _FULL:
        return NoRoom(
            "The disk is full: the results could not be copied.", "Free some space, then retry."
        )
    if error.errno == errno.ENOENT:
        return Rejected(f"The script left no '{produced.name}' among its results.")
    return Rejected(f"The result '{produced.name}' could not be taken: {error.strerror}.")
