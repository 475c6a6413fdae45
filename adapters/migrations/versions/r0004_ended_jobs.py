"""Ended jobs by their last change: what is shown of them is looked for among the latest."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    ended = sa.text("status IN ('done', 'failed', 'cancelled')")
    op.create_index(
        "ix_jobs_ended",
        "jobs",
        ["status", "updated_at"],
        sqlite_where=ended,
        postgresql_where=ended,
    )
