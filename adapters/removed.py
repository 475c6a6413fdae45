"""Jobs that were removed when their time was over: that they were here is all that is kept."""

import sqlalchemy as sa

from adapters.records import Database
from adapters.tables import REMOVED
from pipeline.errors import Removed
from pipeline.jobs import JobId


async def removed(database: Database, job_id: JobId) -> Removed | None:
    """What to say of a job that was removed; None for one that never was."""
    query = sa.select(REMOVED).where(REMOVED.c.job_id == job_id)
    row = await database.read(lambda connection: connection.execute(query).first())
    return Removed(row.job_id, row.owner, row.at) if row is not None else None
