"""Threads of jobs; what arrived and what goes out on a platform; the vault."""

import json

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and note each known job's thread in its row."""
    _threads()
    _arrivals()
    _boards()
    _outbox()
    _tickets()
    _vault()
    _audit()


def _threads() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("thread", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, context FROM jobs")).all():
        known = {"id": row.id, "thread": _thread(row.context)}
        connection.execute(sa.text("UPDATE jobs SET thread = :thread WHERE id = :id"), known)
    with op.batch_alter_table("jobs") as jobs:
        jobs.alter_column("thread", existing_type=sa.Text, server_default=None)
    op.create_index("ix_jobs_thread_created_at", "jobs", ["thread", "created_at"])
    op.create_index("ix_jobs_id_event_count", "jobs", ["id", "event_count"])


def _thread(context: str) -> str:
    """The key of a thread; nothing for a document that cannot be read."""
    try:
        place = json.loads(context)["thread"]
        parts = (place["platform"], place["space"], place["channel"], place.get("thread") or "")
    except (ValueError, KeyError, TypeError):
        return ""
    return ":".join(parts)


def _arrivals() -> None:
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("job_id", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("handled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_arrivals"),
        sa.UniqueConstraint("key", name="uq_arrivals_key"),
    )
    op.create_index("ix_arrivals_handled_platform", "arrivals", ["handled", "platform"])


def _boards() -> None:
    op.create_table(
        "boards",
        sa.Column("job_id", sa.String(16), nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("card", sa.Text, nullable=True),
        sa.Column("edited_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_boards_job_id"),
        sa.PrimaryKeyConstraint("job_id", name="pk_boards"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("job_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("begun_at", _TIME, nullable=True),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("ref", sa.Text, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index(
        "ix_outbox_sent_at_platform_thread", "outbox", ["sent_at", "platform", "thread"]
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("used", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_tickets"),
    )


def _vault() -> None:
    op.create_table(
        "data_keys",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("master", sa.String(32), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_data_keys"),
    )
    op.create_table(
        "secrets",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("tail", sa.String(4), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.Column("checked_at", _TIME, nullable=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["data_keys.owner"], name="fk_secrets_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_secrets"),
        sa.UniqueConstraint("owner", "kind", name="uq_secrets_owner_kind"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
