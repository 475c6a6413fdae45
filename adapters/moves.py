"""The compare-and-swap of a job's row, with the events and used messages that belong to it.

On PostgreSQL it is one statement and needs no transaction around it: what such a change costs is
the way there and back. On SQLite it is a few, in the transaction of many changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from adapters.tables import EVENTS, INBOX, JOBS
from pipeline.errors import Superseded
from pipeline.events import Event
from pipeline.ports.store import Inbound, JobRow

_SEQ = sa.bindparam("known_seq", type_=sa.Integer)
_JOB = sa.bindparam("job", type_=sa.String)


@dataclass(frozen=True)
class Move:
    """What becomes of a row: new values, the events that are told, the messages that are used."""

    row: JobRow
    values: Mapping[str, Any]
    at: datetime
    events: Sequence[Event] = ()
    consumed: Sequence[Inbound] = ()

    def make(self, connection: sa.Connection) -> sa.Row[Any]:
        """The row's `cancel`, `cancel_by` and `event_count` then; Superseded when it had moved."""
        at_once = connection.dialect.name == "postgresql" and (self.events or self.consumed)
        if at_once:
            statement = _at_once(tuple(self.values), bool(self.consumed))
            moved = connection.execute(statement, self._parameters()).first()
        else:
            moved = connection.execute(_swap(tuple(self.values)), self._swapped()).first()
        if moved is None:
            message = f"Job {self.row.id} was moved on by another worker."
            raise Superseded(message, "Nothing is lost: the other one goes on with it.")
        if not at_once:
            self._tell(connection, moved.event_count - len(self.events))
        return moved

    def _swapped(self) -> dict[str, Any]:
        given = {f"new_{name}": value for name, value in self.values.items()}
        known = {"job": self.row.id, "known_seq": self.row.seq, "told": len(self.events)}
        return given | known

    def _parameters(self) -> dict[str, Any]:
        told = {
            "told_at": self.at,
            "kinds": [event.kind for event in self.events],
            "bodies": [event.model_dump_json() for event in self.events],
        }
        used = {"keys": [one.key for one in self.consumed]} if self.consumed else {}
        return self._swapped() | told | used

    def _tell(self, connection: sa.Connection, before: int) -> None:
        record(connection, self.row.id, self.events, before, self.at)
        if self.consumed:
            keys = [message.key for message in self.consumed]
            connection.execute(INBOX.update().where(INBOX.c.key.in_(keys)).values(used=True))


def record(
    connection: sa.Connection, job_id: str, events: Sequence[Event], before: int, at: datetime
) -> None:
    """Write events behind the one numbered `before`."""
    written = [
        {
            "job_id": job_id,
            "number": number,
            "at": at,
            "kind": event.kind,
            "body": event.model_dump_json(),
        }
        for number, event in enumerate(events, start=before + 1)
    ]
    if written:
        connection.execute(EVENTS.insert(), written)


@cache  # asked many times a second, always for the same few sets of columns
def _swap(names: tuple[str, ...]) -> sa.sql.dml.ReturningUpdate[Any]:
    """The compare-and-swap. Reserves the events' numbers and locks the row until the commit."""
    values = {name: sa.bindparam(f"new_{name}", type_=JOBS.c[name].type) for name in names}
    told = sa.bindparam("told", type_=sa.Integer)
    return (
        JOBS.update()
        .where(JOBS.c.id == _JOB, JOBS.c.seq == _SEQ)
        .values(event_count=JOBS.c.event_count + told, **values)
        .returning(JOBS.c.id, JOBS.c.event_count, JOBS.c.cancel, JOBS.c.cancel_by)
    )


@cache
def _at_once(names: tuple[str, ...], uses: bool) -> sa.Select[Any]:  # noqa: FBT001  (a cache key)
    """The same, and what hangs on it where it moved the row, in one statement."""
    moved = _swap(names).cte("moved")
    texts = ARRAY(sa.Text)
    events = sa.func.unnest(sa.bindparam("kinds", type_=texts), sa.bindparam("bodies", type_=texts))
    new = events.table_valued("kind", "body", with_ordinality="place", joins_implicitly=True)
    new = new.render_derived()
    before = moved.c.event_count - sa.bindparam("told", type_=sa.Integer)
    rows = sa.select(
        moved.c.id,
        sa.cast(before + new.c.place, sa.Integer),
        sa.bindparam("told_at", type_=EVENTS.c.at.type),
        new.c.kind,
        new.c.body,
    )
    told = EVENTS.insert().from_select(["job_id", "number", "at", "kind", "body"], rows)
    change = sa.select(moved.c.cancel, moved.c.cancel_by, moved.c.event_count)
    change = change.add_cte(told.cte("told_events"))
    if uses:
        read = INBOX.c.key == sa.func.any(sa.bindparam("keys", type_=texts))
        used = INBOX.update().where(read, sa.exists(sa.select(moved.c.id))).values(used=True)
        change = change.add_cte(used.cte("used_messages"))
    return change
