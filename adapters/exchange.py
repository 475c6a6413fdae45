"""Two folders that change places, in one step where the kernel can do that (Linux)."""

import ctypes
import os
from pathlib import Path

from pipeline.errors import PersonCanFix

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


def exchange(first: Path, second: Path) -> None:
    """Let two folders of one disk change places; PersonCanFix, and nothing changed, if refused."""
    try:
        if not _at_once(first, second):
            _in_three_steps(first, second)
    except OSError as error:
        message = f"{second} could not be exchanged: {error.strerror}."
        raise PersonCanFix(message, "Check who owns the folder it is in.") from error


def _at_once(first: Path, second: Path) -> bool:
    """False where kernel, C library or file system know no exchange."""
    work = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if work is None:
        return False
    return bool(work(_HERE, os.fsencode(first), _HERE, os.fsencode(second), _EXCHANGE) == 0)


def _in_three_steps(first: Path, second: Path) -> None:
    """A kill between them leaves `second` whole under the name `….before`."""
    aside = second.with_name(f"{second.name}.before")
    second.rename(aside)
    try:
        first.rename(second)
    except OSError:
        aside.rename(second)
        raise
    aside.rename(first)
