"""A job as a row of its table, and back."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from adapters import document
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.events import EVENT, Recorded
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.ports.store import JobRow, Training

_log = logging.getLogger(__name__)


def new(context: JobContext, text: str, events: int, now: datetime) -> dict[str, Any]:
    """The row of a new job whose context is written as `text`."""
    return {
        **position(context),
        "id": context.job_id,
        "owner": context.owner.key,
        "thread": context.thread.key,
        "context": text,
        "status": JobStatus.RUNNABLE,
        "seq": 1,
        "event_count": events,
        "wake_at": now,
        "cancel": False,
        "cancel_by": "",
        "created_at": context.created_at,
        "updated_at": now,
    }


def position(context: JobContext) -> dict[str, Any]:
    """Stage and failed attempts of it, for people who look into the table."""
    ahead = (stage for stage in Stage if stage not in context.stage_results)
    stage = next(ahead, Stage.DEPLOY)
    return {"stage": stage, "attempt": context.retry_counts.get(stage, 0)}


def read(found: sa.Row[Any]) -> JobRow:
    """The job of a row; PersonCanFix when its document cannot be read."""
    return JobRow(
        context=document.read(found.id, found.context),
        status=JobStatus(found.status),
        seq=found.seq,
        wake_at=found.wake_at,
        cancel=found.cancel,
        updated_at=found.updated_at,
        cancel_by=found.cancel_by,
        event_count=found.event_count,
    )


def readable(found: Sequence[sa.Row[Any]]) -> tuple[JobRow, ...]:
    """The jobs of rows; one that cannot be read is left out and named in the log."""
    jobs = []
    for row in found:
        try:
            jobs.append(read(row))
        except PersonCanFix as error:
            _log.warning("%s", error.message, extra={"job_id": row.id})
    return tuple(jobs)


def trainings(found: Sequence[Any], runtime: str) -> tuple[Training, ...]:
    """The runs at a runtime of rows (id, status, context)."""
    runs = ((row, document.run_of(row.context)) for row in found)
    return tuple(
        Training(JobId(row.id), run, is_held=row.status == JobStatus.WAITING)
        for row, run in runs
        if run is not None and run.runtime == runtime
    )


def recorded(job_id: JobId, found: Sequence[Any]) -> tuple[Recorded, ...]:
    """The events of rows (number, at, body); an unreadable one is left out and logged."""
    events = []
    for row in found:
        try:
            event = EVENT.validate_json(row.body)
        except ValidationError:
            _log.warning("event %s cannot be read", row.number, extra={"job_id": job_id})
        else:
            events.append(Recorded(number=row.number, at=row.at, event=event))
    return tuple(events)
