"""A home as one archive: the database as it was at one moment, and the files of its jobs.

It works beside `serve`. The database is copied first: whatever a row says is finished has its files
by then. The archive grows under another name and takes its own when it is whole and on disk.
"""

import hashlib
import io
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from adapters.database import explain, file_of, parse_url
from pipeline.errors import PersonCanFix
from pipeline.ports.backup import DATABASE, FOLDERS, KEY, MANIFEST, BackedUp, Manifest, Packed

_CHUNK = 1 << 20
_PRIVATE = 0o600
_DONE = "done"


def back_up(
    file: Path, *, home: Path, database_url: str, with_key: bool, database_only: bool
) -> BackedUp:
    """Write the archive of a home; PersonCanFix when there is nothing to keep or no room."""
    file, url = file.resolve(), parse_url(database_url)
    _refuse_inside(file, home)
    source = file_of(url)
    if source is not None and not source.exists():
        message = f"There is nothing to back up: the database {source} is not there."
        raise PersonCanFix(message, "Check MLTRAINER_HOME; or start a first job.")
    try:
        with _whole(file) as target, tempfile.TemporaryDirectory(dir=file.parent) as place:
            copied = _snapshot(source, Path(place) / DATABASE, url) if source else None
            archive = _Archive(target)
            if copied is not None:
                archive.add(DATABASE, copied)
            if with_key and (home / KEY).exists():
                archive.add(KEY, home / KEY)
            statuses = _statuses(copied) if copied else {}
            if not database_only:
                for folder in FOLDERS:
                    for path in _needed(home / folder, statuses):
                        archive.add(path.relative_to(home).as_posix(), path)
            archive.finish(home, _revision(copied) if copied else None)
    except OSError as error:
        message = f"The backup {file} could not be written: {error.strerror or error}."
        raise PersonCanFix(message, "Nothing was left behind; choose a disk with room.") from error
    return BackedUp(
        file=file,
        bytes=file.stat().st_size,
        files=len(archive.packed),
        jobs=len(statuses),
        with_key=any(one.path == KEY for one in archive.packed),
        with_database=copied is not None,
    )


class _Archive:
    """A tar file that is being written, and what is in it so far."""

    def __init__(self, target: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  (closed by finish)
        self.packed: list[Packed] = []

    def add(self, name: str, path: Path) -> None:
        """Add a regular file; one that is gone meanwhile, or a link, is left out."""
        try:
            opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (FileNotFoundError, NotADirectoryError):
            return
        with os.fdopen(opened, "rb") as file:
            size = os.fstat(opened).st_size
            content = _Measured(file, size)
            self._tar.addfile(_entry(name, size), content)  # type: ignore[arg-type]  # only read
        self.packed.append(Packed(path=name, size=size, sha256=content.sha256))

    def finish(self, home: Path, revision: str | None) -> None:
        """Add the manifest and close."""
        manifest = Manifest(
            made_at=datetime.now(UTC),
            home=str(home),
            schema_revision=revision,
            files=tuple(self.packed),
        )
        text = manifest.model_dump_json().encode()
        self._tar.addfile(_entry(MANIFEST, len(text)), io.BytesIO(text))
        self._tar.close()


class _Measured:
    """Reads `size` bytes of a file and their sha256.

    A log or checkpoint may be cut while it is read; a tar file needs the size it announced, so
    zeros fill it up. Such a file belongs to a training under way, which is run again.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of all that was read."""
        return self._hash.hexdigest()

    def read(self, most: int) -> bytes:
        """The next bytes."""
        wanted = min(most, self._left)
        found = self._file.read(wanted).ljust(wanted, b"\0")
        self._left -= wanted
        self._hash.update(found)
        return found


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, _PRIVATE
    return entry


@contextmanager
def _whole(file: Path) -> Iterator[IO[bytes]]:
    """A file for its owner alone that appears under its name when it is whole, or never."""
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        made = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
        with os.fdopen(made, "wb", buffering=_CHUNK) as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _snapshot(source: Path, target: Path, url: sa.URL) -> Path:
    """The database at one moment, as one file. Writers go on: one step reads all it needs."""
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            (found,) = copy.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise explain(error, url) from error
    if found != "ok":
        message = f"The database {source} is damaged: {found}"
        raise PersonCanFix(message, "Put an earlier backup in its place: mltrainer restore FILE.")
    return target


def _statuses(database: Path) -> dict[str, str]:
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT id, status FROM jobs"))


def _revision(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _needed(folder: Path, statuses: dict[str, str]) -> Iterator[Path]:
    """Regular files, without what can be made again: scratch folders, and runs of done jobs."""
    for root, folders, files in os.walk(folder):
        parts = Path(root).relative_to(folder).parts
        left_out = _left_out(statuses.get(parts[0], "")) if len(parts) == 1 else set()
        folders[:] = sorted(one for one in folders if one not in left_out)
        if parts:
            yield from (Path(root) / name for name in sorted(files) if _is_regular(root, name))
        else:
            folders[:] = [one for one in folders if not one.startswith(".")]  # half published


def _left_out(status: str) -> set[str]:
    return {"scratch", "runs"} if status == _DONE else {"scratch"}


def _is_regular(root: str, name: str) -> bool:
    path = Path(root) / name
    return path.is_file() and not path.is_symlink()


def _refuse_inside(file: Path, home: Path) -> None:
    if any(file.is_relative_to((home / folder).resolve()) for folder in FOLDERS):
        message = f"The backup {file} would lie among the files that it keeps."
        raise PersonCanFix(message, "Write it to another disk, outside the home.")
    if not file.parent.is_dir():
        message = f"There is no folder {file.parent}."
        raise PersonCanFix(message, "Make it, or write the backup elsewhere.")
