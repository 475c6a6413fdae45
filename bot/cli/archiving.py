"""Backup and restore of this environment's home, and what the person reads of it."""

import asyncio
import shlex
from collections.abc import Iterator
from pathlib import Path

from bot.cli.output import Output, note
from bot.cli.session import perform
from bot.settings import Settings
from bot.wiring import called, is_embedded
from pipeline.ports.backup import KEY, BackedUp, Restored

_MEGABYTE = 1_000_000


def back_up(file: Path, *, with_key: bool, database_only: bool) -> None:
    """Write the archive, and say what is not in it."""

    async def work() -> int:
        settings = Settings.load()
        asked = {"file": file, "with_key": with_key, "database_only": database_only}
        parts = {**dict(settings), **asked}
        made: BackedUp = await asyncio.to_thread(called, "adapters.backup", "back_up", parts)
        for line in _backed_up(made, settings):
            Output().say(line)
        return 0

    perform(work)


def restore(file: Path, *, replace: bool) -> None:
    """Put the archive in place, and say what is there now."""

    async def work() -> int:
        settings = Settings.load()
        parts = {**dict(settings), "file": file, "replace": replace}
        found: Restored = await asyncio.to_thread(called, "adapters.restore", "restore", parts)
        for line in _restored(found, settings):
            Output().say(line)
        note(f"next:  {_next(found, settings)}")
        return 0

    perform(work)


def _backed_up(made: BackedUp, settings: Settings) -> Iterator[str]:
    size = f"{made.bytes / _MEGABYTE:,.1f} MB"
    held = f"{_counted(made.jobs, 'job')}, " if made.with_database else ""
    yield f"{made.file}: {held}{_counted(made.files, 'file')}, {size}."
    if not made.with_database:
        dump = shlex.quote(f"{made.file.with_suffix('')}.dump")
        yield "The database is PostgreSQL's and not in it. Back it up right before these files:"
        yield f'  pg_dump --format=custom --file={dump} "$DATABASE_URL"'
    yield _key(settings, with_key=made.with_key)


def _key(settings: Settings, *, with_key: bool) -> str:
    if with_key:
        return "The master key is in it: whoever has this file can read every secret. Lock it away."
    if settings.master_keys:
        return "MLTRAINER_MASTER_KEYS is not in it: keep its value apart, secrets need it."
    if not (settings.home / KEY).exists():
        return "There is no master key yet, so none is needed."
    return (
        f"The master key {settings.home / KEY} is not in it. Keep a copy of it in another place: "
        "without it the secrets cannot be read. Or add it: --with-key."
    )


def _restored(found: Restored, settings: Settings) -> Iterator[str]:
    made = f"The backup of {found.made_at:%Y-%m-%d %H:%M} UTC is in place: {settings.home}"
    yield made
    if found.with_database:
        latest = f", the latest is {found.latest}" if found.latest else ""
        yield f"{_counted(found.jobs, 'job')}, {found.open} of them open{latest}."
    if found.before is not None:
        yield f"The earlier home is kept: {found.before}. Delete it once all is well."
    if not found.with_key and not settings.master_keys and not (settings.home / KEY).exists():
        yield f"The master key was not in it: put your copy at {settings.home / KEY}, mode 600."


def _next(found: Restored, settings: Settings) -> str:
    if not is_embedded(settings):
        return 'pg_restore --clean --if-exists --dbname="$DATABASE_URL" FILE.dump, then serve'
    check = "mltrainer doctor checks it"
    return f"{check}; mltrainer serve goes on with open jobs" if found.open else check


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
