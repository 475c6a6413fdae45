"""Brings a database to the tables of this version. Works from a wheel; needs no alembic.ini."""

import asyncio
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from adapters.database import file_of, parse_url, set_pragmas, translated
from pipeline.errors import PersonCanFix

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


def _upgrade(url: sa.URL) -> bool:
    sqlite = file_of(url) is not None
    engine = sa.create_engine(url.set(drivername="sqlite") if sqlite else url)
    if sqlite:
        sa.event.listen(engine, "connect", _own_transactions)
        sa.event.listen(engine, "begin", _begin_immediate)
    try:
        with translated(url), engine.connect() as connection:
            return _bring_up_to_date(connection, sqlite=sqlite)
    finally:
        engine.dispose()


def _bring_up_to_date(connection: sa.Connection, *, sqlite: bool) -> bool:
    if not sqlite:
        connection.execute(sa.text(_LOCK))
    stands = _revision(connection)
    if stands == newest():
        return False
    if stands is not None and stands > newest():
        message = f"The database belongs to a newer mltrainer (tables {stands}, here {newest()})."
        raise PersonCanFix(message, "Update mltrainer, or use another MLTRAINER_HOME.")
    _migrate(connection, stands)
    connection.commit()
    return True


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


def _own_transactions(connection: sqlite3.Connection, record: object) -> None:
    """Leave BEGIN to us: the sqlite3 module begins too late to guard a change of tables."""
    set_pragmas(connection, record)
    connection.isolation_level = None


def _begin_immediate(connection: sa.Connection) -> None:
    """Let one process at a time look whether the tables are up to date."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
