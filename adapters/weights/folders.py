"""A model in a folder of this machine, copied: what a job begins with is then never changed."""

import errno
import hashlib
import os
import stat
from pathlib import Path

from adapters.weights import files
from pipeline.errors import PersonCanFix

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 1 << 20
_SHOWN_DIGITS = 12


def is_named(name: str) -> bool:
    """Whether a name means a folder of this machine: it is written like one, or there is one."""
    return name.startswith(("/", "./", "../", "~")) or path_of(name).is_dir()


def path_of(name: str) -> Path:
    """The folder meant; a `~name` that nobody here has stays as it is written."""
    return Path(os.path.expanduser(name.strip())).absolute()  # noqa: PTH111 - raises nothing


def looked_at(folder: Path, most_bytes: int) -> int:
    """Bytes of the files to take; PersonCanFix says why a folder holds no usable model."""
    try:
        taken = _taken(folder)
        size = sum(_size(folder, name) for name in taken)
    except OSError as error:
        raise _translated(folder, error) from error
    files.check_size(str(folder), size, most_bytes)
    files.check_config(str(folder), folder / files.CONFIG)
    return size


def copied(folder: Path, into: Path) -> str:
    """Copy the files of a model; returns the beginning of a digest of all that was copied."""
    digest = hashlib.sha256()
    try:
        into.mkdir(parents=True, mode=0o700)
        taken = _taken(folder)
        for name in taken:
            digest.update(f"\0{name}\0".encode())
            _copy(folder, name, into, digest)
    except OSError as error:
        raise _translated(folder, error) from error
    files.check_config(str(folder), into / files.CONFIG)
    if files.INDEX in taken:
        files.check_index(str(folder), into / files.INDEX, taken)
    return digest.hexdigest()[:_SHOWN_DIGITS]


def _taken(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        raise files.refused(f"There is no folder {folder}.", "Check the path.")
    return files.chosen(str(folder), (path.name for path in folder.iterdir()))


def _size(folder: Path, name: str) -> int:
    info = (folder / name).lstat()
    if not stat.S_ISREG(info.st_mode):
        raise _no_file(folder, name)
    return info.st_size


def _copy(folder: Path, name: str, into: Path, digest: "hashlib._Hash") -> None:
    with (
        os.fdopen(os.open(folder / name, _READ), "rb") as source,
        os.fdopen(os.open(into / name, _NEW, 0o600), "wb") as copy,
    ):
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise _no_file(folder, name)
        while block := source.read(_BLOCK):
            digest.update(block)
            copy.write(block)


def _no_file(folder: Path, name: str) -> PersonCanFix:
    return files.refused(
        f"{name} in {folder} is a link or no file; only plain files are taken.",
        f"Copy them with: cp -rL {folder} NEWFOLDER, and give that.",
    )


def _translated(folder: Path, error: OSError) -> PersonCanFix:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return files.refused(f"{folder} may not be read.", "Let the bot's user read it.")
        case errno.ENOSPC | errno.EDQUOT:
            return files.refused("The disk is full: the weights could not be kept.", "Free some.")
        case errno.ELOOP:
            return _no_file(folder, "A file")
        case _:
            why = error.strerror or "no reason"
            return files.refused(f"{folder} could not be read: {why}.", "Check the path.")
