"""Messages on their ways: a delivery for each channel, an attempt for each try, and what its letter carried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.instant import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables; what waited before anybody could be told stays untold."""
    op.add_column("outbox", sa.Column("subject", sa.Text()))
    op.add_column("outbox", sa.Column("detail", sa.Text()))
    op.execute("UPDATE outbox SET state = 'unrouted' WHERE state = 'pending'")
    op.create_index("ix_outbox_fault_no", "outbox", ["fault_no"])
    op.create_table(
        "delivery",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("outbox_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("to_carrier", sa.Boolean(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("status", sa.Text()),
        sa.Column("carried_by", sa.Text()),
        sa.Column("ended_at", Instant()),
        sa.PrimaryKeyConstraint("key", "channel", name="pk_delivery"),
    )
    op.create_index("ix_delivery_state", "delivery", ["state"])
    op.create_index("ix_delivery_outbox_key", "delivery", ["outbox_key"])
    op.create_table(
        "attempt",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("took_s", sa.Float(53), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "channel", "number", name="pk_attempt"),
    )
    op.create_index("ix_attempt_channel_at", "attempt", ["channel", "at"])
    op.create_table(
        "carried",
        sa.Column("delivery_key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("delivery_key", "channel", "key", "number", name="pk_carried"),
    )
