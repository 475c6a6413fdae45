"""The job table in memory, by the same rules as the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from adapters import document
from pipeline.context import JobContext
from pipeline.errors import Superseded, UnknownName
from pipeline.events import Event, Recorded
from pipeline.jobs import JobId, JobStatus, Place, Stage
from pipeline.ports.clock import Clock
from pipeline.ports.store import Inbound, JobRow, Training

_OPEN = {JobStatus.RUNNABLE, JobStatus.WAITING}


@dataclass
class _Job:
    row: JobRow
    events: list[Recorded] = field(default_factory=list)
    unread: list[Inbound] = field(default_factory=list)


class MemoryStore:
    """pipeline.ports.store.Store. Nothing awaits inside a change, so each change is whole."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._jobs: dict[JobId, _Job] = {}
        self._keys: set[str] = set()

    async def create(self, context: JobContext, events: Sequence[Event]) -> JobRow:
        now = self._clock.now()
        _, saved = document.write(context)
        row = JobRow(saved, JobStatus.RUNNABLE, 1, now, cancel=False, updated_at=now)
        job = self._jobs[row.id] = _Job(row)
        self._record(job, events)
        return job.row

    async def load(self, job_id: JobId) -> JobRow:
        return self._job(job_id).row

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
        now = self._clock.now()
        _, saved = document.write(context)
        job = self._current(row)
        job.row = replace(
            job.row,
            context=saved,
            status=status,
            seq=row.seq + 1,
            wake_at=wake_at or now,
            updated_at=now,
        )
        if cancel is not None:
            job.row = replace(job.row, cancel=cancel, cancel_by=row.cancel_by if cancel else "")
        job.unread = [message for message in job.unread if message not in consumed]
        self._record(job, events)
        return job.row

    async def postpone(self, row: JobRow, wake_at: datetime) -> JobRow:
        job = self._current(row)
        job.row = replace(job.row, wake_at=wake_at, seq=row.seq + 1)
        return job.row

    async def append(self, row: JobRow, events: Sequence[Event]) -> None:
        self._record(self._current(row), events)

    async def due(self, now: datetime) -> tuple[JobId, ...]:
        rows = [job.row for job in self._jobs.values() if _is_due(job, now)]
        return tuple(row.id for row in sorted(rows, key=lambda row: (row.wake_at, row.id)))

    async def owners(self, jobs: Sequence[JobId]) -> Mapping[JobId, str]:
        return {one: self._jobs[one].row.context.owner.key for one in jobs if one in self._jobs}

    async def events(self, job_id: JobId, after: int = 0) -> tuple[Recorded, ...]:
        job = self._jobs.get(job_id)
        return tuple(event for event in job.events if event.number > after) if job else ()

    async def receive(self, job_id: JobId, message: Inbound) -> bool:
        job = self._job(job_id)
        if message.key in self._keys:
            return False
        self._keys.add(message.key)
        job.unread.append(message)
        return True

    async def unread(self, job_id: JobId) -> tuple[Inbound, ...]:
        job = self._jobs.get(job_id)
        return tuple(job.unread) if job else ()

    async def request_cancel(self, job_id: JobId, by: str) -> bool:
        job = self._job(job_id)
        if job.row.status not in _OPEN:
            return False
        job.row = replace(job.row, cancel=True, cancel_by=by, updated_at=self._clock.now())
        return True

    async def trainings(self, runtime: str) -> tuple[Training, ...]:
        rows = [job.row for job in self._jobs.values() if job.row.status in _OPEN]
        return tuple(
            Training(row.id, run, is_held=row.status is JobStatus.WAITING)
            for row in rows
            if (run := row.context.run) is not None and run.runtime == runtime
            if row.context.open_stage is Stage.MONITOR
        )

    async def list(self, owner: str | None = None, limit: int = 50) -> tuple[JobRow, ...]:
        rows = [job.row for job in self._jobs.values()]
        wanted = [row for row in rows if owner in {None, row.context.owner.key}]
        wanted.sort(key=lambda row: row.id)
        wanted.sort(key=lambda row: row.context.created_at, reverse=True)
        return tuple(wanted[:limit])

    async def at(self, place: Place) -> JobRow | None:
        latest = await self.list(limit=len(self._jobs))
        return next((row for row in latest if row.context.thread == place), None)

    def _job(self, job_id: JobId) -> _Job:
        if job_id not in self._jobs:
            raise UnknownName("job", job_id, self._jobs, field="job")
        return self._jobs[job_id]

    def _current(self, row: JobRow) -> _Job:
        job = self._jobs.get(row.id)
        if job is None or job.row.seq != row.seq:
            raise Superseded(f"Job {row.id} was moved on by another worker.")
        return job

    def _record(self, job: _Job, events: Sequence[Event]) -> None:
        at = self._clock.now()
        for event in events:
            job.events.append(Recorded(number=len(job.events) + 1, at=at, event=event))
        job.row = replace(job.row, event_count=len(job.events))


def _is_due(job: _Job, now: datetime) -> bool:
    match job.row.status:
        case JobStatus.RUNNABLE:
            return job.row.cancel or job.row.wake_at <= now
        case JobStatus.WAITING:
            return job.row.cancel or bool(job.unread)
        case _:
            return False
