"""Whether a job goes on with a model, as the job table says."""

from datetime import timedelta

import sqlalchemy as sa

from adapters.records import Database
from adapters.tables import JOBS
from adapters.weights.room import Needed
from pipeline.jobs import JobStatus
from pipeline.ports.clock import Clock

_PATIENCE = timedelta(days=7)  # a job that its person left alone for longer keeps nothing here
_LEFT_ALONE = (JobStatus.WAITING, JobStatus.FAILED)


def by_jobs(database: Database, clock: Clock) -> Needed:
    """Looks for a folder's name in all jobs that run, or that may be resumed soon."""

    async def needed(name: str) -> bool:
        lately = JOBS.c.updated_at > clock.now() - _PATIENCE
        goes_on = sa.or_(
            JOBS.c.status == JobStatus.RUNNABLE,
            sa.and_(JOBS.c.status.in_(_LEFT_ALONE), lately),
        )
        names_it = JOBS.c.context.contains(name, autoescape=True)
        query = sa.select(sa.exists().where(goes_on, names_it))
        return bool(await database.read(lambda connection: connection.scalar(query)))

    return needed
