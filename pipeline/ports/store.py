"""The job table: the one truth. Every change is a compare-and-swap on `seq`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pipeline.artifacts import Run
from pipeline.context import JobContext
from pipeline.events import Event, Recorded
from pipeline.jobs import JobId, JobStatus, Place


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as saved. `seq` grows by one with every change; `wake_at` is when it is due.

    `event_count` is the number of its last event.

    `cancel_by` names who asked to cancel; asking leaves `seq` alone, so the worker that is at it
    sees the wish with its next save instead of losing that save.
    """

    context: JobContext
    status: JobStatus
    seq: int
    wake_at: datetime
    cancel: bool
    updated_at: datetime
    cancel_by: str = ""
    event_count: int = field(default=0, compare=False)  # appending moves it, and nothing else

    @property
    def id(self) -> JobId:
        """The job's id."""
        return self.context.job_id


@dataclass(frozen=True, slots=True)
class Inbound:
    """A word of a person to a job, kept once under the key of the event that brought it."""

    key: str
    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class Training:
    """The run of an open job; `is_held` while the job waits for its person."""

    job_id: JobId
    run: Run
    is_held: bool = False


class Store(Protocol):
    """Jobs with their events and inbox."""

    async def create(self, context: JobContext, events: Sequence[Event]) -> JobRow:
        """Save a new job, runnable now."""
        ...

    async def load(self, job_id: JobId) -> JobRow:
        """Read a job; UnknownName lists the latest ones."""
        ...

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
        ...

    async def postpone(self, row: JobRow, wake_at: datetime) -> JobRow:
        """Write nothing but when the job is next due; Superseded when the row has moved on.

        A look at a training that showed nothing new costs no more than this.
        """
        ...

    async def append(self, row: JobRow, events: Sequence[Event]) -> None:
        """Write events of a stage still running; Superseded when the row has moved on."""
        ...

    async def due(self, now: datetime) -> tuple[JobId, ...]:
        """Runnable jobs whose time has come, waiting ones with an unread message, and cancels."""
        ...

    async def owners(self, jobs: Sequence[JobId]) -> Mapping[JobId, str]:
        """Whose each of these jobs is; unknown ones are left out."""
        ...

    async def events(self, job_id: JobId, after: int = 0) -> tuple[Recorded, ...]:
        """Events numbered above `after`, in order."""
        ...

    async def receive(self, job_id: JobId, message: Inbound) -> bool:
        """Keep a message; False when its key is known already."""
        ...

    async def unread(self, job_id: JobId) -> tuple[Inbound, ...]:
        """Messages no stage has used yet, oldest first."""
        ...

    async def request_cancel(self, job_id: JobId, by: str) -> bool:
        """Ask the worker to stop; False when the job has ended already."""
        ...

    async def trainings(self, runtime: str) -> tuple[Training, ...]:
        """The runs of open jobs at a runtime, as saved; those of jobs beyond their training not."""
        ...

    async def list(self, owner: str | None = None, limit: int = 50) -> tuple[JobRow, ...]:
        """Latest jobs first."""
        ...

    async def at(self, place: Place) -> JobRow | None:
        """The latest job of a thread; None when it has none."""
        ...
