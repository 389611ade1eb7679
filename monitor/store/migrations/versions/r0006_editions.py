"""Figures and files of the report's editions, kept beside the ledger by their digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.instant import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "edition_body",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_edition_body"),
    )
