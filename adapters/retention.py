"""Finished jobs, letters, arrivals and tickets are removed when their time is over.

A sweep is a bounded piece of work in a thread of its own, with a connection of its own. Several
processes may sweep at once: a job is removed by whoever moves its row first. The row goes before
the files, and leaves a note of itself: files that a crash or another machine left behind are
removed by that note in a later sweep.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from adapters.database import file_of, parse_url, set_pragmas, translated
from adapters.tables import (
    ARRIVALS,
    BOARDS,
    EVENTS,
    INBOX,
    JOBS,
    OUTBOX,
    REMOVED,
    TICKETS,
)
from pipeline.folders import remove
from pipeline.jobs import JobStatus, is_job_id

_OVER = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)
_JOBS_AT_ONCE = 200
_ROWS_AT_ONCE = 1000
_ASKED_AT_ONCE = 500
_SECONDS = 5.0  # of one sweep: the end of a process waits for it
_RELATED = re.compile(r'"(?:parent|job)":"(j-[a-z0-9]{8})"')


def sweep(*, database_url: str, home: Path, keep_days: int) -> tuple[int, bool]:
    """Remove what is over; returns how many jobs, and whether there is more to do.

    With `keep_days` 0 everything is kept for ever.
    """
    if keep_days <= 0:
        return 0, False
    end = time.monotonic() + _SECONDS
    before = datetime.now(UTC) - timedelta(days=keep_days)
    with _connected(database_url) as engine:
        rows = _over(engine, before)
        count = 0
        for row in rows:
            if time.monotonic() > end:
                break
            if _remove_row(engine, row):
                remove(home / "jobs" / row.id)
                count += 1
        more = count < len(rows) or len(rows) == _JOBS_AT_ONCE
        more |= _sweep_rows(engine, before)
        _sweep_folders(engine, home / "jobs", end)
    return count, more


@contextmanager
def _connected(database_url: str) -> Iterator[sa.Engine]:
    url = parse_url(database_url)
    sqlite = file_of(url) is not None
    engine = sa.create_engine(url.set(drivername="sqlite") if sqlite else url)
    if sqlite:
        sa.event.listen(engine, "connect", set_pragmas)
    try:
        with translated(url):
            yield engine
    finally:
        engine.dispose()


def _over(engine: sa.Engine, before: datetime) -> Sequence[sa.Row[Any, Any, Any]]:
    """The jobs whose time is over and that nobody and no other job needs any more."""
    unsent = sa.exists().where(OUTBOX.c.job_id == JOBS.c.id, OUTBOX.c.sent_at.is_(None))
    unread = sa.exists().where(INBOX.c.job_id == JOBS.c.id, INBOX.c.used.is_(False))
    unhandled = sa.exists().where(ARRIVALS.c.job_id == JOBS.c.id, ARRIVALS.c.handled.is_(False))
    query = (
        sa.select(JOBS.c.id, JOBS.c.owner, JOBS.c.seq)
        .where(JOBS.c.status.in_(_OVER), JOBS.c.updated_at < before)
        .where(sa.not_(unsent), sa.not_(unread), sa.not_(unhandled))
        .order_by(JOBS.c.updated_at, JOBS.c.id)
        .limit(_JOBS_AT_ONCE)
    )
    with engine.connect() as connection:
        needed = _needed(connection)
        return connection.execute(query.where(JOBS.c.id.not_in(needed))).all()


def _needed(connection: sa.Connection) -> set[str]:
    """Jobs that another one compares itself with, or that an open one came from.

    A champion's files are read by the job that would replace it, and its model may be that job's
    result; of a parent everything was copied when the child began.
    """
    related = sa.or_(
        JOBS.c.context.like('%"champion":{%'),
        sa.and_(JOBS.c.status.not_in(_OVER), JOBS.c.context.like('%"parent":"j-%')),
    )
    found: set[str] = set()
    for (text,) in connection.execute(sa.select(JOBS.c.context).where(related)):
        found |= _named(text)
    return found


def _named(text: str) -> set[str]:
    """The parent and the champion of a document; of a damaged one whatever looks like them."""
    try:
        document = json.loads(text)
        champion = document.get("champion") or {}
        return {one for one in (document.get("parent"), champion.get("job")) if one}
    except (ValueError, AttributeError):
        return set(_RELATED.findall(text))


def _remove_row(engine: sa.Engine, row: sa.Row[Any, Any, Any]) -> bool:
    """Remove a job with all that hangs on it; False when somebody moved it on meanwhile."""
    mine = sa.and_(JOBS.c.id == row.id, JOBS.c.seq == row.seq)
    note = {"job_id": row.id, "owner": row.owner, "at": datetime.now(UTC)}
    with engine.begin() as connection:
        if connection.execute(JOBS.update().where(mine).values(seq=row.seq + 1)).rowcount != 1:
            return False
        for table in (EVENTS, INBOX, BOARDS, OUTBOX, ARRIVALS):
            connection.execute(table.delete().where(table.c.job_id == row.id))
        connection.execute(JOBS.delete().where(JOBS.c.id == row.id))
        connection.execute(REMOVED.insert().values(note))
    return True


def _sweep_rows(engine: sa.Engine, before: datetime) -> bool:
    """Remove letters, arrivals and tickets of long ago; True when there may be more."""
    done = (
        (OUTBOX, OUTBOX.c.id, OUTBOX.c.sent_at < before),
        (ARRIVALS, ARRIVALS.c.id, sa.and_(ARRIVALS.c.handled.is_(True), ARRIVALS.c.at < before)),
        (TICKETS, TICKETS.c.token, TICKETS.c.expires_at < before),
    )
    more = False
    for table, key, over in done:
        some = sa.select(key).where(over).limit(_ROWS_AT_ONCE)
        with engine.begin() as connection:
            gone = connection.execute(table.delete().where(key.in_(some))).rowcount
        more |= gone == _ROWS_AT_ONCE
    return more


def _sweep_folders(engine: sa.Engine, jobs: Path, end: float) -> None:
    """Remove folders of removed jobs: of a sweep that was killed, or that another machine made."""
    names = (
        sorted(one.name for one in jobs.iterdir() if is_job_id(one.name)) if jobs.is_dir() else []
    )
    for part in _parts(names):
        query = sa.select(REMOVED.c.job_id).where(REMOVED.c.job_id.in_(part))
        with engine.connect() as connection:
            gone = connection.scalars(query).all()
        for name in gone:
            if time.monotonic() > end:
                return
            remove(jobs / name)


def _parts(names: list[str]) -> Iterable[list[str]]:
    return (names[at : at + _ASKED_AT_ONCE] for at in range(0, len(names), _ASKED_AT_ONCE))
