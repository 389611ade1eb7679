"""What the registers say of persons, kept apart from the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.instant import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "register_body",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_register_body"),
    )
