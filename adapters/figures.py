"""What is counted in the database for `/metrics`: the whole of it, whichever process is asked.

Every question is answered by an index, or looks at what waits and not at what is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from adapters.records import Database
from adapters.tables import ARRIVALS, BOARDS, EVENTS, JOBS, OUTBOX
from pipeline.jobs import JobStatus, Stage

_LOOKED_AT = 200  # due jobs: those under way are among them, and there are never so many
_UNDER_WAY = ("stage_start", "llm_call", "llm_response", "tool_call", "tool_result", "agent_log")


@dataclass(frozen=True, slots=True)
class Figures:
    """Jobs by status; how many are due, letters unsent, arrivals not handled; ages in seconds."""

    jobs: Mapping[str, int]
    due: int = 0
    due_age: float = 0.0
    letters: int = 0
    letters_age: float = 0.0
    arrivals: int = 0
    arrivals_age: float = 0.0


async def count(database: Database, now: datetime) -> Figures:
    """Count everything in one transaction."""

    def counted(connection: sa.Connection) -> Figures:
        by_status = {str(status): int(n) for status, n in connection.execute(_by_status())}
        due = [
            wake_at
            for wake_at, stage, kind in connection.execute(_due(), {"now": now})
            if not _is_under_way(kind, stage)
        ]
        letters, oldest_letter = connection.execute(_letters()).one()
        arrivals, oldest_arrival = connection.execute(_arrivals()).one()
        return Figures(
            jobs={str(one): by_status.get(one, 0) for one in JobStatus},
            due=len(due),
            due_age=_age(due[0], now) if due else 0.0,
            letters=letters,
            letters_age=_age(oldest_letter, now),
            arrivals=arrivals,
            arrivals_age=_age(oldest_arrival, now),
        )

    return await database.read(counted)


async def ask(database: Database) -> None:
    """The smallest question: an error means that the database is away."""
    async with database.reading() as connection:
        await connection.execute(sa.select(1))


@cache
def _by_status() -> sa.Executable:
    return sa.select(JOBS.c.status, sa.func.count()).group_by(JOBS.c.status)


@cache
def _due() -> sa.Executable:
    """A job that is under way is due as well: its latest event tells it from one that waits."""
    latest = sa.and_(EVENTS.c.job_id == JOBS.c.id, EVENTS.c.number == JOBS.c.event_count)
    return (
        sa.select(JOBS.c.wake_at, JOBS.c.stage, EVENTS.c.kind)
        .outerjoin(EVENTS, latest)
        .where(JOBS.c.status == JobStatus.RUNNABLE, JOBS.c.wake_at <= sa.bindparam("now"))
        .order_by(JOBS.c.wake_at)
        .limit(_LOOKED_AT)
    )


@cache
def _letters() -> sa.Executable:
    """An edit of a card may wait for long, as a platform takes few: its age says nothing."""
    edit = sa.and_(OUTBOX.c.kind == "card", BOARDS.c.card.is_not(None))
    oldest = sa.func.min(sa.case((sa.not_(edit), OUTBOX.c.due_at)))
    return (
        sa.select(sa.func.count(), oldest)
        .select_from(OUTBOX.outerjoin(BOARDS, BOARDS.c.job_id == OUTBOX.c.job_id))
        .where(OUTBOX.c.sent_at.is_(None))
    )


@cache
def _arrivals() -> sa.Executable:
    waiting = sa.select(sa.func.count(), sa.func.min(ARRIVALS.c.at))
    return waiting.where(ARRIVALS.c.handled.is_(False))


def _is_under_way(kind: str | None, stage: str) -> bool:
    """A training that is looked at again reports progress too, and is then due."""
    works = kind == "progress_reported" and stage != Stage.MONITOR
    return works or kind in _UNDER_WAY


def _age(since: datetime | None, now: datetime) -> float:
    """What is due later has waited for nothing yet."""
    return max((now - since).total_seconds(), 0.0) if since else 0.0
