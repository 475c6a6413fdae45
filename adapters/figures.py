"""What `/metrics` tells, counted in the database."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.records import Database
from adapters.tables import ARRIVALS, JOBS, OUTBOX
from adapters.web import Figures


async def count(database: Database) -> Figures:
    """Jobs by status, letters that were not sent, arrivals that were not handled."""
    by_status = sa.select(JOBS.c.status, sa.func.count()).group_by(JOBS.c.status)
    async with database.reading() as connection:
        jobs = (await connection.execute(by_status)).all()
        letters = await _count(connection, OUTBOX, OUTBOX.c.sent_at.is_(None))
        arrivals = await _count(connection, ARRIVALS, ARRIVALS.c.handled.is_(False))
    return Figures({str(status): number for status, number in jobs}, letters, arrivals)


async def ask(database: Database) -> None:
    """The smallest question: an error means that the database is away."""
    async with database.reading() as connection:
        await connection.execute(sa.select(1))


async def _count(
    connection: AsyncConnection, table: sa.Table, which: sa.ColumnElement[bool]
) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(which)
    return int(await connection.scalar(query) or 0)
