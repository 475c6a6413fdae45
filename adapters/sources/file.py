"""Files and folders on this machine, copied into the job's own folder."""

import asyncio
import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.file_names import clean, free
from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor

MOST_BYTES = 16 << 30
MOST_FILES = 200_000
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_WEB = re.compile(r"\s*https?:", re.IGNORECASE)
_SITE = re.compile(r"\s*(?:www\.)?(?:huggingface\.co|hf\.co|kaggle\.com)/", re.IGNORECASE)
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class FileSource:
    """Implements pipeline.ports.source.Source for paths."""

    most_bytes: int = MOST_BYTES
    most_files: int = MOST_FILES
    name: str = "file"

    def takes(self, location: str) -> bool:
        """Everything that is not an address (`https://…`) or an id (`hf:…`), or that exists."""
        if not location.strip() or "\0" in location or _WEB.match(location):
            return False
        is_elsewhere = _SCHEME.match(location) or _SITE.match(location)
        return not is_elsewhere or _exists(_path(location))

    async def fetch(self, location: str, into: Path, owner: Actor) -> tuple[Path, ...]:  # noqa: ARG002  (a file is nobody's account)
        """Copy a file, or a folder with its files and folders, into `into`; returns that one path.

        Hidden files and links inside a folder are left out, and names that a shell or a log
        could misread are cleaned. PersonCanFix (field "data") when there is nothing to copy, it
        may not be read, or it is too large.
        """
        return await asyncio.to_thread(self._fetch, location, into)

    def _fetch(self, location: str, into: Path) -> tuple[Path, ...]:
        path = _path(location)
        top = free(into, clean(path.name))
        try:
            files = self._files(path)
            for file in files:
                _copy(file, top if file == path else _place(file.relative_to(path), top))
        except OSError as error:
            raise _translated(location, error) from error
        return (top,)

    def _files(self, path: Path) -> list[Path]:
        """The regular files meant by a path, checked before anything is copied."""
        kind = path.stat().st_mode
        if not stat.S_ISDIR(kind) and not stat.S_ISREG(kind):
            raise _refused(f"'{path}' is neither a file nor a folder.", "Give a data file.")
        files = [path] if stat.S_ISREG(kind) else list(_beneath(path))
        if not files:
            raise _refused(f"The folder '{path}' holds no files.", "Give a folder with data in it.")
        size = sum(file.stat().st_size for file in files)
        if not size:
            raise _refused(f"'{path}' is empty.", "Give a file with at least a few rows.")
        if size > self.most_bytes or len(files) > self.most_files:
            raise _refused(
                f"'{path}' is too large: {size / 1e9:.1f} GB in {len(files):,} files (at most "
                f"{self.most_bytes / 1e9:.0f} GB in {self.most_files:,}).",
                "Give a part of it.",
            )
        return files


def _path(location: str) -> Path:
    """The path meant; a `~name` that nobody here has stays as it is written."""
    return Path(os.path.expanduser(location.strip())).absolute()  # noqa: PTH111 - raises nothing


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long for this disk, for example
        return False


def _beneath(folder: Path) -> Iterator[Path]:
    """Regular files below a folder, in a fixed order; no link is followed."""

    def refuse(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(parent, name)
            if not name.startswith(".") and stat.S_ISREG(file.lstat().st_mode):
                yield file


def _place(below: Path, top: Path) -> Path:
    """Where a file of a folder is copied to; two names that became one are told apart."""
    *folders, name = map(clean, below.parts)
    return free(top.joinpath(*folders), name)


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        os.fdopen(os.open(file, _READ), "rb") as source,
        os.fdopen(os.open(target, _NEW, 0o600), "wb") as copy,
    ):
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise _refused(f"'{file}' is not a regular file.", "Give a data file.")
        shutil.copyfileobj(source, copy, 1 << 20)


def _refused(message: str, hint: str) -> PersonCanFix:
    return PersonCanFix(message, hint, field="data")


def _translated(location: str, error: OSError) -> PersonCanFix:
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return _refused(f"There is no file or folder '{location}'.", "Check the path.")
        case errno.EACCES | errno.EPERM:
            return _refused(f"'{location}' may not be read.", "Let the bot's user read it.")
        case errno.ENOSPC | errno.EDQUOT:
            return PersonCanFix(
                "The disk is full: the data could not be copied.", "Free some space, then retry."
            )
        case _:
            reason = error.strerror or str(error)
            return _refused(f"'{location}' could not be read: {reason}.", "Check the path.")


def adapter() -> FileSource:
    """The source of files on this machine."""
    return FileSource()
