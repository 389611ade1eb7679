"""The inbox of people's actions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.instant import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "action",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("fault_no", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_action"),
    )
    op.create_index("ix_action_state_asked_at", "action", ["state", "asked_at"])
