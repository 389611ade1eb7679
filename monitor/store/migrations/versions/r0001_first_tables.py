"""The first tables: ledger, what follows from it, rounds, standing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.append_only import append_only
from monitor.store.chain import GENESIS
from monitor.store.instant import Count, Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _ledger()
    _faults()
    _lines()
    _rounds()
    _standing()
    for statement in append_only(op.get_bind().dialect.name):
        op.execute(statement)
    op.execute(f"INSERT INTO standing (id, head_seq, head_hash) VALUES (1, 0, '{GENESIS}')")  # noqa: S608 - constants


def _ledger() -> None:
    # The ledger, and the configurations that its events name.
    op.create_table(
        "event",
        sa.Column("seq", Count, nullable=False, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fault_no", sa.Text()),
        sa.Column("line", sa.Text()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    op.create_index("ix_event_fault_no_seq", "event", ["fault_no", "seq"])
    op.create_index("ix_event_kind_seq", "event", ["kind", "seq"])
    op.create_table(
        "configuration",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("adopted_at", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_configuration"),
    )


def _faults() -> None:
    # Faults and messages, as the events make them.
    op.create_table(
        "fault",
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("first_failed_at", Instant(), nullable=False),
        sa.Column("discovered_at", Instant(), nullable=False),
        sa.Column("restored_at", Instant()),
        sa.Column("closed_at", Instant()),
        sa.Column("flapping", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name="pk_fault"),
    )
    op.create_index("ix_fault_discovered_at", "fault", ["discovered_at"])
    op.create_index("ix_fault_line_discovered_at", "fault", ["line", "discovered_at"])
    op.create_index("ix_fault_status", "fault", ["status"])
    op.create_table(
        "outbox",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seq", Count, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fault_no", sa.Text()),
        sa.Column("line", sa.Text()),
        sa.Column("carrier", sa.Text()),
        sa.Column("episode", sa.Integer()),
        sa.Column("fraction", sa.Float(53)),
        sa.Column("repeat", sa.Integer()),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
    )
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])


def _lines() -> None:
    # What the events say of lines and of the monitor itself.
    op.create_table(
        "outage",
        sa.Column("seq", Count, nullable=False, autoincrement=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("first_failed_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.Column("last_bad_at", Instant()),
        sa.Column("restored_at", Instant()),
        sa.PrimaryKeyConstraint("seq", name="pk_outage"),
    )
    op.create_index("ix_outage_line_first_failed_at", "outage", ["line", "first_failed_at"])
    op.create_index("ix_outage_restored_at", "outage", ["restored_at"])
    op.create_table(
        "line_unknown",
        sa.Column("seq", Count, nullable=False, autoincrement=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("begin_at", Instant(), nullable=False),
        sa.Column("end_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_line_unknown"),
    )
    op.create_index("ix_line_unknown_end_at", "line_unknown", ["end_at"])
    op.create_table(
        "line_seen",
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("seq", Count, nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("line", name="pk_line_seen"),
    )
    op.create_table(
        "blip",
        sa.Column("seq", Count, nullable=False, autoincrement=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("first_failed_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_blip"),
    )
    op.create_index("ix_blip_ended_at", "blip", ["ended_at"])
    op.create_table(
        "monitor_interval",
        sa.Column("seq", Count, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("begin_at", Instant(), nullable=False),
        sa.Column("end_at", Instant()),
        sa.PrimaryKeyConstraint("seq", name="pk_monitor_interval"),
    )
    op.create_index("ix_monitor_interval_end_at", "monitor_interval", ["end_at"])


def _rounds() -> None:
    # The rounds beside the ledger.
    op.create_table(
        "open_stretch",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", Count, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("step_s", Count, nullable=False),
        sa.Column("rounds", Count, nullable=False),
        sa.PrimaryKeyConstraint("target", "subject", name="pk_open_stretch"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stretch",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", Count, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("step_s", Count, nullable=False),
        sa.Column("rounds", Count, nullable=False),
        sa.PrimaryKeyConstraint("target", "subject", "number", name="pk_stretch"),
    )
    op.create_index("ix_stretch_last_at", "stretch", ["last_at"])
    op.create_table(
        "hourly",
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("hour", Instant(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("error", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("echoes", sa.Integer(), nullable=False),
        sa.Column("rtt_sum", sa.Float(53), nullable=False),
        sa.Column("rtt_min", sa.Float(53)),
        sa.Column("rtt_mean", sa.Float(53)),
        sa.Column("rtt_max", sa.Float(53)),
        sa.Column("rtt_p50", sa.Float(53)),
        sa.Column("rtt_p95", sa.Float(53)),
        sa.Column("rtt_p99", sa.Float(53)),
        sa.Column("buckets", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line", "hour", name="pk_hourly"),
    )
    op.create_index("ix_hourly_hour", "hourly", ["hour"])


def _standing() -> None:
    # Where judging stands; its one row is there from the beginning.
    op.create_table(
        "line_state",
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("body", sa.Text()),
        sa.PrimaryKeyConstraint("line", name="pk_line_state"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("judged_at", Instant()),
        sa.Column("sight", sa.Text()),
        sa.Column("numbered_on", sa.String(10)),
        sa.Column("numbered", sa.Integer()),
        sa.Column("head_seq", Count, nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("software", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_standing"),
    )
