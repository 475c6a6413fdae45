"""An archive put in the place of a home: checked and unpacked beside it, then exchanged at once.

Nothing of the home is touched before everything in the archive has been read, compared with its
manifest and brought up to date. Killed at any moment, the home is the earlier one or the new one.
"""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from adapters.database import file_of, parse_url
from adapters.exchange import exchange
from adapters.lock import HomeLock
from adapters.restored import bring_up_to_date, counted
from pipeline.errors import PersonCanFix
from pipeline.folders import flush, remove
from pipeline.ports.backup import (
    DATABASE,
    FOLDERS,
    FORMAT,
    KEY,
    MANIFEST,
    Manifest,
    Packed,
    Restored,
)

_CHUNK = 1 << 20
_MOST_MANIFEST = 1 << 28
_LOCKS = ("mltrainer.lock", "talking.lock")
_KEPT = ("environments", "weights", "logs")  # not in a backup; they stay with the home
_WORTH_KEEPING = (DATABASE, KEY, *FOLDERS)
_UNCHANGED = "Nothing was changed. Use another backup."


def restore(file: Path, *, home: Path, database_url: str, replace: bool) -> Restored:
    """Put the home of an archive into `home`, with the tables of this version.

    PersonCanFix, and nothing changed: the archive is broken or of a newer version, a process works
    in the home, or the home is not empty and `replace` was not said.
    """
    _refuse_place(home, database_url)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(home):
        used = _is_used(home)
        if used and not replace:
            message = f"The home {home} is not empty."
            hint = "To put the backup in its place, say --replace: the present one is kept beside."
            raise PersonCanFix(message, hint)
        staged = Path(tempfile.mkdtemp(prefix=f".{home.name}.restoring-", dir=home.parent))
        try:
            manifest = _prepared(file, staged, home, database_url)
            exchange(staged, home)
        except BaseException:
            remove(staged)
            raise
        before = _put_aside(staged, home, keep=used)
    jobs, unfinished, latest = counted(home / DATABASE)
    return Restored(
        made_at=manifest.made_at,
        jobs=jobs,
        open=unfinished,
        latest=latest,
        with_key=manifest.has_key,
        with_database=manifest.schema_revision is not None,
        before=before,
    )


def _prepared(file: Path, staged: Path, home: Path, database_url: str) -> Manifest:
    """Make the new home, on disk and up to date, with nothing of the earlier one touched."""
    manifest = _unpack(file, staged)
    _refuse_other(manifest, database_url)
    if manifest.schema_revision is not None:
        bring_up_to_date(staged / DATABASE, earlier=manifest.home, home=str(home))
    if not manifest.has_key:
        _keep_key(home, staged)
    flush(staged)
    return manifest


def _unpack(file: Path, staged: Path) -> Manifest:
    """Unpack and compare with the manifest, which must be there and name each file once."""
    found: list[Packed] = []
    text = b""
    try:
        with tarfile.open(file, mode="r:") as tar:
            for entry in tar:
                content = _content(tar, entry)
                if entry.name == MANIFEST:
                    text = content.read(_MOST_MANIFEST)
                else:
                    found.append(_written(entry, content, staged))
        manifest = Manifest.model_validate_json(text)
    except FileNotFoundError as error:
        raise PersonCanFix(f"There is no file {file}.", "Name a backup.") from error
    except (tarfile.TarError, EOFError, ValidationError, FileExistsError) as error:
        message = f"{file} is no backup, or it is cut off or broken."
        raise PersonCanFix(message, _UNCHANGED) from error
    except OSError as error:
        message = f"{file} could not be unpacked: {error.strerror or error}."
        raise PersonCanFix(message, "Nothing was changed. Free some space, or check it.") from error
    if manifest.format != FORMAT:
        raise PersonCanFix(f"{file} was made by another mltrainer.", "Update mltrainer.")
    if {one.path: one for one in found} != {one.path: one for one in manifest.files}:
        raise PersonCanFix(f"{file} is not as it was written.", _UNCHANGED)
    return manifest


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    """What a file of the archive holds; PersonCanFix for a link, a device or a strange path."""
    content = tar.extractfile(entry) if entry.isreg() and entry.sparse is None else None
    if content is None or not _is_ours(entry.name):
        message = f"The archive holds something that is in no backup: {entry.name!r}."
        raise PersonCanFix(message, _UNCHANGED)
    return content


def _is_ours(name: str) -> bool:
    if name in {DATABASE, KEY, MANIFEST}:
        return True
    parts = name.split("/")
    plain = all(part not in {"", ".", ".."} for part in parts)
    return plain and len(parts) > 1 and parts[0] in FOLDERS and "\0" not in name


def _written(entry: tarfile.TarInfo, content: IO[bytes], staged: Path) -> Packed:
    path = staged / entry.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(made, "wb") as target:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return Packed(path=entry.name, size=entry.size, sha256=digest.hexdigest())


@contextmanager
def _held(home: Path) -> Iterator[None]:
    """Nobody works in this home or talks for it meanwhile."""
    locks = [HomeLock(home / name) for name in _LOCKS]
    try:
        for lock in locks:
            if not lock.acquire():
                by = lock.held_by()
                message = f"The home {home} is in use by {f'process {by}' if by else 'a process'}."
                raise PersonCanFix(message, "Stop it, then restore again. Nothing was changed.")
        yield
    finally:
        for lock in locks:
            lock.release()


def _is_used(home: Path) -> bool:
    kept = [home / name for name in _WORTH_KEEPING]
    return any(any(one.iterdir()) if one.is_dir() else one.exists() for one in kept)


def _refuse_place(home: Path, database_url: str) -> None:
    if home.is_mount():
        message = f"The home {home} is a disk of its own, which cannot be exchanged at once."
        raise PersonCanFix(message, f"Set MLTRAINER_HOME to a folder on it: {home / 'home'}")
    file = file_of(parse_url(database_url))
    if file is not None and file.resolve() != (home / DATABASE).resolve():
        message = "DATABASE_URL names a file outside the home, and a backup is restored into one."
        raise PersonCanFix(message, f"Unset DATABASE_URL, restore, then move {DATABASE} there.")


def _refuse_other(manifest: Manifest, database_url: str) -> None:
    """A backup beside PostgreSQL holds no database, and one of SQLite fits no server."""
    server = file_of(parse_url(database_url)) is None
    if server and manifest.schema_revision is not None:
        message = "This backup holds an SQLite database, and DATABASE_URL names a server."
        raise PersonCanFix(message, "Unset DATABASE_URL to restore it. Nothing was changed.")
    if not server and manifest.schema_revision is None:
        message = "This backup was made beside PostgreSQL and holds files alone."
        hint = "Set DATABASE_URL to that server, whose own backup is restored by pg_restore."
        raise PersonCanFix(message, f"{hint} Nothing was changed.")


def _keep_key(home: Path, staged: Path) -> None:
    """The archive has no key: the one that is here opens its secrets if it is the same home."""
    if (home / KEY).is_file():
        made = os.open(staged / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as target:
            target.write((home / KEY).read_bytes())


def _put_aside(old: Path, home: Path, *, keep: bool) -> Path | None:
    """What can be made again goes with the home; the rest of the earlier one is kept beside it."""
    for name in _KEPT:
        if (old / name).is_dir() and not (home / name).exists():
            (old / name).rename(home / name)
    if not keep:
        remove(old)
        return None
    aside = home.with_name(f"{home.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    return old.rename(aside)
