"""Databases: how we connect to each, and what each of their errors means to us."""

import asyncio
import importlib.util
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import Bug, MLTrainerError, Outage, PersonCanFix

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_ASYNC_DRIVERS = MappingProxyType(
    {
        "sqlite": "sqlite+aiosqlite",
        "sqlite+aiosqlite": "sqlite+aiosqlite",
        "postgres": "postgresql+psycopg",
        "postgresql": "postgresql+psycopg",
        "postgresql+psycopg": "postgresql+psycopg",
    }
)
_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_PAUSES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # seconds between tries
_TRUSTED_SECONDS = 1.0  # how long a connection counts as there after its last use
_PRIMARY_CODE = 0xFF  # SQLite's extended codes carry the primary one in their low byte

_FREE_SPACE = "Free some space, then resume the job: what was saved is kept."
_PERMIT = "Make the file and its folder writable, or choose another folder with MLTRAINER_HOME."
_RESTORE = "Put a backup of that file in its place."
_SQLITE_ERRORS: Mapping[int, tuple[type[Outage | PersonCanFix], str, str]] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: (Outage, "the disk is full", _FREE_SPACE),
        sqlite3.SQLITE_IOERR: (Outage, "its disk failed to read or write", _FREE_SPACE),
        sqlite3.SQLITE_BUSY: (Outage, "another program holds it", "Close that program."),
        sqlite3.SQLITE_LOCKED: (Outage, "another program holds it", "Close that program."),
        sqlite3.SQLITE_READONLY: (Outage, "it may not be written", _PERMIT),
        sqlite3.SQLITE_PERM: (PersonCanFix, "it may not be opened", _PERMIT),
        sqlite3.SQLITE_CANTOPEN: (PersonCanFix, "it cannot be opened", _PERMIT),
        sqlite3.SQLITE_CORRUPT: (PersonCanFix, "it is damaged", _RESTORE),
        sqlite3.SQLITE_NOTADB: (PersonCanFix, "it is not a database", _RESTORE),
    }
)


class Cursor(Protocol):
    """What we use of a driver's cursor."""

    def execute(self, statement: str, /) -> object:
        """Run one statement."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...


class Connection(Protocol):
    """What we use of a driver's connection."""

    def cursor(self) -> Cursor:
        """Begin to talk."""
        ...


def parse_url(url: str) -> sa.URL:
    """Read DATABASE_URL with the driver we use; PersonCanFix when it names another database."""
    try:
        parsed = sa.make_url(url)
        return parsed.set(drivername=_ASYNC_DRIVERS[parsed.drivername])
    except (exc.ArgumentError, KeyError) as error:
        message = "DATABASE_URL does not name a database we can use."
        hint = "Write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME."
        raise PersonCanFix(message, hint) from error


def file_of(url: sa.URL) -> Path | None:
    """The file of an SQLite database; None for a server."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def need_driver(url: sa.URL) -> None:
    """PersonCanFix when a server is named and its driver is not installed."""
    if file_of(url) is None and importlib.util.find_spec("psycopg") is None:
        message = "DATABASE_URL names PostgreSQL, whose driver is not installed here."
        raise PersonCanFix(message, 'Install it beside mltrainer: pip install "psycopg[binary]"')


def connect(url: sa.URL) -> AsyncEngine:
    """Make an engine; nothing is opened before its first use."""
    need_driver(url)
    if file_of(url) is None:
        from adapters.postgres import SETTINGS  # noqa: PLC0415  (slow to import)

        engine = create_async_engine(url, connect_args=dict(SETTINGS))
        ask_if_there(engine.sync_engine)
        return engine
    engine = create_async_engine(url, pool_size=4, max_overflow=0, pool_timeout=60)
    sa.event.listen(engine.sync_engine, "connect", set_pragmas)
    return engine


def ask_if_there(engine: sa.Engine) -> None:
    """Let a connection that was not used for a moment be tried before it is used."""
    sa.event.listen(engine, "checkin", _note_use)
    sa.event.listen(engine, "checkout", partial(_ping, engine.dialect))


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _ping(
    dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Ask a connection that was not used for a moment whether it is there still.

    Before every use, that would be half the ways there and back.
    """
    used = record.info.get("used")
    if used is None or time.monotonic() - used < _TRUSTED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise exc.DisconnectionError from error


def set_pragmas(connection: Connection, _record: object) -> None:
    """Make SQLite durable across a power loss and patient with other processes."""
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        _set_pragma(cursor, pragma)
    cursor.close()


def _set_pragma(cursor: Cursor, pragma: str) -> None:
    """Set one; the busy timeout does not cover the change to WAL, which a new database meets."""
    for pause in _PAUSES:
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(pause)
        else:
            return
    cursor.execute(f"PRAGMA {pragma}")


@contextmanager
def translated(url: sa.URL) -> Iterator[None]:
    """Turn every error of the database into one of ours."""
    try:
        yield
    except (exc.SQLAlchemyError, sqlite3.Error) as error:
        raise explain(error, url) from error


def explain(error: exc.SQLAlchemyError | sqlite3.Error, url: sa.URL) -> MLTrainerError:
    """What an error of the database means for us, with what to do about it."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    name = file_of(url) or url.render_as_string(hide_password=True)
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None and code & _PRIMARY_CODE in _SQLITE_ERRORS:
        kind, what, hint = _SQLITE_ERRORS[code & _PRIMARY_CODE]
        return kind(f"Nothing could be saved in {name}: {what}.", hint)
    if code is None and file_of(url) is not None and isinstance(cause, sqlite3.Error):
        return PersonCanFix(f"The database {name} cannot be read: it is damaged.", _RESTORE)
    gone = isinstance(error, exc.DBAPIError) and error.connection_invalidated
    if code is None and (gone or isinstance(error, exc.OperationalError | exc.InterfaceError)):
        return Outage(f"The database {name} does not answer.", "Start it, or check DATABASE_URL.")
    if isinstance(error, exc.TimeoutError):
        return Outage(f"The database {name} is busy.", "Wait a little.")
    return Bug(f"The database {name} refused what we asked: {cause}", "Please report this.")


def only_if_known(refused: Bug) -> None:
    """A row that is there already is no mistake; anything else is."""
    if not isinstance(refused.__cause__, exc.IntegrityError):
        raise refused


def uninterrupted(
    work: Callable[Parameters, Coroutine[Any, Any, Result]],
) -> Callable[Parameters, Coroutine[Any, Any, Result]]:
    """Let a cancel wait for the end of `work`.

    Cancelled in the midst of a transaction, a connection can be left holding the write lock.
    """

    @wraps(work)
    async def whole(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        task = asyncio.ensure_future(work(*args, **kwargs))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # nobody is left to hear it
            raise

    return whole
