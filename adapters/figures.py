"""What `/metrics` tells, counted in the database."""

import sqlalchemy as sa

from adapters.records import Database
from adapters.tables import ARRIVALS, JOBS, OUTBOX
from adapters.web import Figures

_JOBS = sa.select(JOBS.c.status, sa.func.count()).group_by(JOBS.c.status)
_LETTERS = sa.select(sa.func.count()).select_from(OUTBOX).where(OUTBOX.c.sent_at.is_(None))
_ARRIVALS = sa.select(sa.func.count()).select_from(ARRIVALS).where(ARRIVALS.c.handled.is_(False))


async def count(database: Database) -> Figures:
    """Jobs by status, letters that were not sent, arrivals that were not handled."""
    async with database.reading() as connection:
        jobs = {str(status): number for status, number in await connection.execute(_JOBS)}
        letters = await connection.scalar(_LETTERS)
        arrivals = await connection.scalar(_ARRIVALS)
    return Figures(jobs=jobs, letters=letters or 0, arrivals=arrivals or 0)


async def ask(database: Database) -> None:
    """The smallest question: an error means that the database is away."""
    async with database.reading() as connection:
        await connection.execute(sa.select(1))
