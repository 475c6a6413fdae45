"""The job table. Each change is one transaction that begins by moving the row, or writes nothing.

Beginning with the UPDATE takes the write lock (SQLite) or the row's lock (PostgreSQL) before
anything is read, so two writers of a job queue up and the slower one finds that `seq` has moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from adapters import document, rows
from adapters.database import only_if_known
from adapters.moves import Move, record
from adapters.records import Database
from adapters.removed import removed
from adapters.tables import EVENTS, INBOX, JOBS
from pipeline.context import JobContext
from pipeline.errors import Bug, UnknownName
from pipeline.events import Event, Recorded
from pipeline.jobs import JobId, JobStatus, Place, Stage
from pipeline.ports.clock import Clock
from pipeline.ports.store import Inbound, JobRow, Training

_OPEN = (JobStatus.RUNNABLE, JobStatus.WAITING)
_NAMED_WHEN_UNKNOWN = 20
_ASKED_AT_ONCE = 500

# Asked many times a second, so they are made once.
_JOB = sa.select(JOBS).where(JOBS.c.id == sa.bindparam("job"))
_AT = (
    sa.select(JOBS)
    .where(JOBS.c.thread == sa.bindparam("thread"))
    .order_by(JOBS.c.created_at.desc(), JOBS.c.id)
    .limit(1)
)
_EVENTS = (
    sa.select(EVENTS.c.number, EVENTS.c.at, EVENTS.c.body)
    .where(EVENTS.c.job_id == sa.bindparam("job"), EVENTS.c.number > sa.bindparam("after"))
    .order_by(EVENTS.c.number)
)
_UNREAD = (
    sa.select(INBOX.c.key, INBOX.c.actor, INBOX.c.text)
    .where(INBOX.c.job_id == sa.bindparam("job"), INBOX.c.used.is_(False))
    .order_by(INBOX.c.id)
)
_DUE = (
    sa.select(JOBS.c.id)
    .where(
        sa.or_(
            sa.and_(JOBS.c.status == JobStatus.RUNNABLE, JOBS.c.wake_at <= sa.bindparam("now")),
            sa.and_(
                JOBS.c.status == JobStatus.WAITING,
                sa.exists().where(INBOX.c.job_id == JOBS.c.id, INBOX.c.used.is_(False)),
            ),
            sa.and_(JOBS.c.status.in_(_OPEN), JOBS.c.cancel.is_(True)),
        )
    )
    .order_by(JOBS.c.wake_at, JOBS.c.id)
)

_OWNERS = sa.select(JOBS.c.id, JOBS.c.owner).where(
    JOBS.c.id.in_(sa.bindparam("jobs", expanding=True))
)


class SqlStore:
    """pipeline.ports.store.Store on SQLite or PostgreSQL."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock

    async def create(self, context: JobContext, events: Sequence[Event]) -> JobRow:
        """Save a new job, runnable now."""
        now = self._clock.now()
        text, saved = document.write(context)
        row = rows.new(saved, text, len(events), now)

        def insert(connection: sa.Connection) -> None:
            connection.execute(JOBS.insert().values(row))
            record(connection, saved.job_id, events, 0, now)

        await self.database.write(insert)
        made = JobRow(saved, JobStatus.RUNNABLE, 1, now, cancel=False, updated_at=now)
        return replace(made, event_count=len(events))

    async def load(self, job_id: JobId) -> JobRow:
        """Read a job; UnknownName lists the latest ones.

        A document that cannot be read fails its job here, so that nobody drives it again.
        """
        asked = {"job": job_id}
        found = await self.database.read(lambda connection: connection.execute(_JOB, asked).first())
        if found is None:
            raise await self._unknown(job_id)
        try:
            return rows.read(found)
        except document.Unreadable:
            await self._park(job_id)
            raise

    async def save(
        self,
        row: JobRow,
        context: JobContext,
        events: Sequence[Event] = (),
        *,
        status: JobStatus = JobStatus.RUNNABLE,
        wake_at: datetime | None = None,
        cancel: bool | None = None,
        consumed: Sequence[Inbound] = (),
    ) -> JobRow:
        """Write context, events and used messages in one transaction, or raise Superseded."""
        now = self._clock.now()
        text, saved = document.write(context)
        values = rows.position(saved) | {
            "context": text,
            "status": status,
            "wake_at": wake_at or now,
            "updated_at": now,
            "seq": row.seq + 1,
        }
        if cancel is not None:
            values |= {"cancel": cancel, "cancel_by": row.cancel_by if cancel else ""}

        moved = await self.database.change(Move(row, values, now, events, consumed).make)
        self.saved(row.context, saved, events)
        return JobRow(
            context=saved,
            status=status,
            seq=row.seq + 1,
            wake_at=wake_at or now,
            cancel=moved.cancel,
            updated_at=now,
            cancel_by=moved.cancel_by,
            event_count=moved.event_count,
        )

    async def postpone(self, row: JobRow, wake_at: datetime) -> JobRow:
        """Write nothing but when the job is next due; Superseded when the row has moved on."""
        values = {"wake_at": wake_at, "seq": row.seq + 1}
        moved = await self.database.change(Move(row, values, self._clock.now()).make)
        return replace(
            row,
            seq=row.seq + 1,
            wake_at=wake_at,
            cancel=moved.cancel,
            cancel_by=moved.cancel_by,
            event_count=moved.event_count,
        )

    async def append(self, row: JobRow, events: Sequence[Event]) -> None:
        """Write events of a stage still running; Superseded when the row has moved on."""
        await self.database.change(Move(row, {}, self._clock.now(), events).make)
        self.saved(row.context, row.context, events)

    def saved(self, before: JobContext, after: JobContext, events: Sequence[Event]) -> None:
        """A change of a job is on disk: for whoever watches."""

    async def due(self, now: datetime) -> tuple[JobId, ...]:
        """Runnable jobs whose time has come, waiting ones with an unread message, and cancels."""
        asked = {"now": now}
        found = await self.database.read(lambda connection: connection.scalars(_DUE, asked).all())
        return tuple(JobId(one) for one in found)

    async def owners(self, jobs: Sequence[JobId]) -> Mapping[JobId, str]:
        """Whose each of these jobs is; unknown ones are left out."""
        parts = [jobs[at : at + _ASKED_AT_ONCE] for at in range(0, len(jobs), _ASKED_AT_ONCE)]

        def ask(connection: sa.Connection) -> dict[JobId, str]:
            found = [one for part in parts for one in connection.execute(_OWNERS, {"jobs": part})]
            return {JobId(one.id): one.owner for one in found}

        return await self.database.read(ask)

    async def events(self, job_id: JobId, after: int = 0) -> tuple[Recorded, ...]:
        """Events numbered above `after`, in order; one of a newer version is left out."""
        asked = {"job": job_id, "after": after}
        found = await self.database.read(
            lambda connection: connection.execute(_EVENTS, asked).all()
        )
        return rows.recorded(job_id, found)

    async def receive(self, job_id: JobId, message: Inbound) -> bool:
        """Keep a message; False when its key is known already, UnknownName when the job is not."""
        row = {
            "job_id": job_id,
            "key": message.key,
            "actor": message.actor,
            "text": message.text,
            "used": False,
            "at": self._clock.now(),
        }
        try:
            await self.database.write(
                lambda connection: connection.execute(INBOX.insert().values(row))
            )
        except Bug as refused:
            only_if_known(refused)
        else:
            return True
        await self.load(job_id)
        return False

    async def unread(self, job_id: JobId) -> tuple[Inbound, ...]:
        """Messages no stage has used yet, oldest first."""
        asked = {"job": job_id}
        found = await self.database.read(
            lambda connection: connection.execute(_UNREAD, asked).all()
        )
        return tuple(Inbound(key=one.key, actor=one.actor, text=one.text) for one in found)

    async def request_cancel(self, job_id: JobId, by: str) -> bool:
        """Ask the worker to stop; False when the job has ended already."""
        wish = (
            JOBS.update()
            .where(JOBS.c.id == job_id, JOBS.c.status.in_(_OPEN))
            .values(cancel=True, cancel_by=by, updated_at=self._clock.now())
        )
        asked = await self.database.write(lambda connection: connection.execute(wish).rowcount == 1)
        if not asked:
            await self.load(job_id)
        return asked

    async def trainings(self, runtime: str) -> tuple[Training, ...]:
        """The runs of open jobs at a runtime, as saved; a document that cannot be read has none."""
        query = sa.select(JOBS.c.id, JOBS.c.status, JOBS.c.context).where(
            JOBS.c.status.in_(_OPEN),
            JOBS.c.stage == Stage.MONITOR,
            JOBS.c.context.contains(document.at_runtime(runtime), autoescape=True),
        )
        found = await self.database.read(lambda connection: connection.execute(query).all())
        return rows.trainings(found, runtime)

    async def list(self, owner: str | None = None, limit: int = 50) -> tuple[JobRow, ...]:
        """Latest jobs first; one that cannot be read is left out and named in the log."""
        query = sa.select(JOBS).order_by(JOBS.c.created_at.desc(), JOBS.c.id).limit(limit)
        if owner is not None:
            query = query.where(JOBS.c.owner == owner)
        found = await self.database.read(lambda connection: connection.execute(query).all())
        return rows.readable(found)

    async def at(self, place: Place) -> JobRow | None:
        """The latest job of a thread."""
        asked = {"thread": place.key}
        found = await self.database.read(lambda connection: connection.execute(_AT, asked).all())
        return next(iter(rows.readable(found)), None)

    async def _unknown(self, job_id: JobId) -> UnknownName:
        if (gone := await removed(self.database, job_id)) is not None:
            return gone
        query = sa.select(JOBS.c.id).order_by(JOBS.c.created_at.desc()).limit(_NAMED_WHEN_UNKNOWN)
        known = await self.database.read(lambda connection: connection.scalars(query).all())
        return UnknownName("job", job_id, known, field="job")

    async def _park(self, job_id: JobId) -> None:
        failed = JOBS.update().where(JOBS.c.id == job_id, JOBS.c.status.in_(_OPEN))
        parked = failed.values(status=JobStatus.FAILED)
        await self.database.write(lambda connection: connection.execute(parked))
