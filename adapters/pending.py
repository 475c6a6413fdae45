"""What a post office asks many times a second, whatever has been finished: what is still to do."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from adapters.tables import BOARDS, ENDED, JOBS, OPEN, OUTBOX


@cache  # asked many times a second
def outgoing() -> sa.Select[Any]:
    """Letters of a `platform` to send `now`, none of them taken since `lease_over`."""
    unsent = sa.and_(OUTBOX.c.sent_at.is_(None), OUTBOX.c.platform == sa.bindparam("platform"))
    boarded = OUTBOX.outerjoin(BOARDS, BOARDS.c.job_id == OUTBOX.c.job_id)
    edit = sa.and_(OUTBOX.c.kind == "card", BOARDS.c.card.is_not(None))
    oldest = sa.select(sa.func.min(OUTBOX.c.id)).where(unsent).group_by(OUTBOX.c.thread)
    posts = (
        sa.select(sa.func.min(OUTBOX.c.id))
        .select_from(boarded)
        .where(unsent, sa.not_(edit))
        .group_by(OUTBOX.c.thread)
    )
    over = OUTBOX.c.begun_at <= sa.bindparam("lease_over")
    return (
        sa.select(OUTBOX, BOARDS.c.card)
        .select_from(boarded)
        .where(unsent, sa.or_(OUTBOX.c.id.in_(oldest), OUTBOX.c.id.in_(posts)))
        .where(OUTBOX.c.due_at <= sa.bindparam("now"), sa.or_(OUTBOX.c.begun_at.is_(None), over))
        .order_by(OUTBOX.c.id)
    )


@cache
def unshown() -> sa.Select[Any]:
    """Jobs that have more events than were shown: open ones, and ended ones changed `since`."""
    every, prefix = JOBS.alias(), sa.bindparam("prefix", type_=sa.Text)
    lately = every.c.updated_at >= sa.bindparam("since", type_=every.c.updated_at.type)
    behind = (
        sa.select(every.c.id)
        .select_from(every.outerjoin(BOARDS, BOARDS.c.job_id == every.c.id))
        .where(every.c.event_count > sa.func.coalesce(BOARDS.c.shown, 0))
    )
    # SQLite uses the index of ended jobs only for the very words that the index was made with.
    ended: Sequence[sa.ColumnElement[str]] = [sa.literal_column(f"'{one}'") for one in ENDED]
    either = sa.union_all(
        behind.where(every.c.status.in_(OPEN)),
        behind.where(every.c.status.in_(ended), lately),
    )
    return (
        sa.select(JOBS.c.id)
        .where(JOBS.c.id.in_(either))
        .where(sa.func.substr(JOBS.c.thread, 1, sa.func.length(prefix)) == prefix)
        .order_by(JOBS.c.updated_at, JOBS.c.id)
    )


BOARD = sa.select(BOARDS).where(BOARDS.c.job_id == sa.bindparam("job"))
