"""The tables, for every database we run on. The job row is the one truth; the rest hangs on it."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from pipeline.jobs import JobStatus


class UtcTime(sa.TypeDecorator[datetime]):
    """An aware datetime, in UTC on the way in and out. SQLite itself knows no time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the database keeps."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database kept into an aware datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

OPEN = (JobStatus.RUNNABLE.value, JobStatus.WAITING.value)
ENDED = (JobStatus.DONE.value, JobStatus.FAILED.value, JobStatus.CANCELLED.value)

JOBS = sa.Table(
    "jobs",
    METADATA,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("thread", sa.Text, nullable=False),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("stage", sa.String(32), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("event_count", sa.Integer, nullable=False),
    sa.Column("wake_at", UtcTime, nullable=False),
    sa.Column("cancel", sa.Boolean, nullable=False),
    sa.Column("cancel_by", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.Index(None, "status", "wake_at"),
    sa.Index(None, "owner", "created_at"),
    sa.Index(None, "thread", "created_at"),
    sa.Index(None, "id", "event_count"),  # read several times a second, far from the documents
)
# Written once a job, when it ends.
sa.Index(
    "ix_jobs_ended",
    JOBS.c.status,
    JOBS.c.updated_at,
    sqlite_where=JOBS.c.status.in_(ENDED),
    postgresql_where=JOBS.c.status.in_(ENDED),
)

EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("job_id", sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("job_id", sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("used", sa.Boolean, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index(None, "job_id", "used"),
)

ARRIVALS = sa.Table(
    "arrivals",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("thread", sa.Text, nullable=False),
    sa.Column("job_id", sa.String(16), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("handled", sa.Boolean, nullable=False),
    sa.Index(None, "handled", "platform"),
)

BOARDS = sa.Table(
    "boards",
    METADATA,
    sa.Column("job_id", sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("shown", sa.Integer, nullable=False),
    sa.Column("card", sa.Text, nullable=True),
    sa.Column("edited_at", UtcTime, nullable=True),
)

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("thread", sa.Text, nullable=False),
    sa.Column("job_id", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("begun_at", UtcTime, nullable=True),
    sa.Column("sent_at", UtcTime, nullable=True),
    sa.Column("ref", sa.Text, nullable=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Index(None, "sent_at", "platform", "thread"),
)

TICKETS = sa.Table(
    "tickets",
    METADATA,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used", sa.Boolean, nullable=False),
)

DATA_KEYS = sa.Table(
    "data_keys",
    METADATA,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("master", sa.String(32), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)

SECRETS = sa.Table(
    "secrets",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.ForeignKey("data_keys.owner"), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("tail", sa.String(4), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=True),
    sa.Column("checked_at", UtcTime, nullable=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("owner", "kind", name="uq_secrets_owner_kind"),
)

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)

REMOVED = sa.Table(
    "removed",
    METADATA,
    sa.Column("job_id", sa.String(16), primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
