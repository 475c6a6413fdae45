"""Brings a database to the tables of this version. Works from a wheel; needs no alembic.ini."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from adapters.database import file_of, need_driver, parse_url, set_pragmas, translated
from pipeline.errors import Bug, PersonCanFix

FOLDER = Path(__file__).parent
_LOCK = "SELECT pg_advisory_xact_lock(7003108)"  # any number, the same in every process


async def upgrade(url: str) -> bool:
    """Bring the database up to date; False when it was already.

    PersonCanFix when a newer mltrainer has changed its tables.
    """
    return await asyncio.to_thread(_upgrade, parse_url(url))


def newest() -> str:
    """Id of the newest revision, which its file's name begins with: r0001_jobs.py."""
    return max(path.stem for path in FOLDER.glob("versions/r[0-9]*.py")).partition("_")[0]


async def standing(url: str) -> str | None:
    """Revision of the tables, which are left as they are; None where there are none.

    The database must be there. It is locked for writing for a moment, which shows that it can be.
    """
    return await asyncio.to_thread(_standing, parse_url(url))


def _upgrade(url: sa.URL) -> bool:
    with _connected(url) as connection:
        return _bring_up_to_date(connection, sqlite=file_of(url) is not None)


def _standing(url: sa.URL) -> str | None:
    with _connected(url) as connection:
        return _revision(connection)


@contextmanager
def _connected(url: sa.URL) -> Iterator[sa.Connection]:
    """A connection of our own, its errors ours; on SQLite with the lock for writing."""
    need_driver(url)
    sqlite = file_of(url) is not None
    engine = sa.create_engine(url.set(drivername="sqlite") if sqlite else url)
    if sqlite:
        sa.event.listen(engine, "connect", _own_transactions)
        sa.event.listen(engine, "begin", _begin_immediate)
    try:
        with translated(url), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _bring_up_to_date(connection: sa.Connection, *, sqlite: bool) -> bool:
    if not sqlite:
        connection.execute(sa.text(_LOCK))
    stands = _revision(connection)
    if stands == newest():
        return False
    if stands is not None and stands > newest():
        raise belongs_to_newer(stands)
    _migrate(connection, stands)
    connection.commit()
    return True


def belongs_to_newer(stands: str) -> PersonCanFix:
    """A database that this version must not touch."""
    message = f"The database belongs to a newer mltrainer (tables {stands}, here {newest()})."
    return PersonCanFix(message, "Update mltrainer, or use another MLTRAINER_HOME.")


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(connection: sa.Connection, stands: str | None) -> None:
    """Apply what is missing, oldest first, in the connection's transaction."""
    # Here, because this import costs more than most commands and is needed once per version.
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(str(FOLDER))
    context = MigrationContext.configure(connection)
    missing = list(scripts.iterate_revisions("head", stands or "base"))
    with Operations.context(context):
        for script in reversed(missing):
            script.module.upgrade()
            context.stamp(scripts, script.revision)
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            raise Bug(f"The new tables would lose {len(lost)} rows.", "Please report this.")


def _own_transactions(connection: sqlite3.Connection, record: object) -> None:
    """Leave BEGIN to us: the sqlite3 module begins too late to guard a change of tables.

    A table is changed by a copy that takes its place: what refers to it must not mind meanwhile.
    """
    set_pragmas(connection, record)
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin_immediate(connection: sa.Connection) -> None:
    """Let one process at a time look whether the tables are up to date."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
