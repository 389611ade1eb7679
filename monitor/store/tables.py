"""The tables: the ledger, what follows from it, the rounds beside it, where judging stands, the inbox.

Text columns hold what the events hold; ``body`` is canonical JSON (`monitor.store.codec`). Changes of a table go
with a new revision in ``migrations/versions``; a test holds both together.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

from monitor.store.instant import Count, Instant

METADATA = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)

# -- the ledger --------------------------------------------------------------------------------------------------

event = Table(
    "event",
    METADATA,
    Column("seq", Count, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("fault_no", Text),
    Column("line", Text),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "fault_no", "seq"),
    Index(None, "kind", "seq"),
)

configuration = Table(
    "configuration",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("adopted_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

register_body = Table(
    "register_body",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("kept_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

edition_body = Table(
    "edition_body",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("kept_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# -- what follows from the ledger (`monitor.store.projection`) ---------------------------------------------------

fault = Table(
    "fault",
    METADATA,
    Column("no", Text, primary_key=True),
    Column("line", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("first_failed_at", Instant, nullable=False),
    Column("discovered_at", Instant, nullable=False),
    Column("restored_at", Instant),
    Column("closed_at", Instant),
    Column("flapping", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "status"),
    Index(None, "line", "discovered_at"),
    Index(None, "discovered_at"),
)

outage = Table(
    "outage",
    METADATA,
    Column("seq", Count, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
    Column("first_failed_at", Instant, nullable=False),
    Column("confirmed_at", Instant, nullable=False),
    Column("last_bad_at", Instant),
    Column("restored_at", Instant),
    Index(None, "line", "first_failed_at"),
    Index(None, "restored_at"),
)

line_unknown = Table(
    "line_unknown",
    METADATA,
    Column("seq", Count, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
    Column("begin_at", Instant, nullable=False),
    Column("end_at", Instant, nullable=False),
    Index(None, "end_at"),
)

line_seen = Table(
    "line_seen",
    METADATA,
    Column("line", Text, primary_key=True),
    Column("seq", Count, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
)

blip = Table(
    "blip",
    METADATA,
    Column("seq", Count, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
    Column("first_failed_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("rounds", Integer, nullable=False),
    Index(None, "ended_at"),
)

monitor_interval = Table(
    "monitor_interval",
    METADATA,
    Column("seq", Count, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("begin_at", Instant, nullable=False),
    Column("end_at", Instant),
    Index(None, "end_at"),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("seq", Count, nullable=False),
    Column("kind", Text, nullable=False),
    Column("fault_no", Text),
    Column("line", Text),
    Column("carrier", Text),
    Column("episode", Integer),
    Column("fraction", Float(53)),
    Column("repeat", Integer),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("subject", Text),
    Column("detail", Text),
    Index(None, "state", "due_at"),
    Index(None, "fault_no"),
)

# -- the rounds beside it ----------------------------------------------------------------------------------------

open_stretch = Table(
    "open_stretch",
    METADATA,
    Column("target", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("number", Count, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("step_s", Count, nullable=False),
    Column("rounds", Count, nullable=False),
    sqlite_with_rowid=False,
)

stretch = Table(
    "stretch",
    METADATA,
    Column("target", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("number", Count, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("step_s", Count, nullable=False),
    Column("rounds", Count, nullable=False),
    Index(None, "last_at"),
)

hourly = Table(
    "hourly",
    METADATA,
    Column("line", Text, primary_key=True),
    Column("hour", Instant, primary_key=True),
    Column("good", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("error", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("echoes", Integer, nullable=False),
    Column("rtt_sum", Float(53), nullable=False),
    Column("rtt_min", Float(53)),
    Column("rtt_mean", Float(53)),
    Column("rtt_max", Float(53)),
    Column("rtt_p50", Float(53)),
    Column("rtt_p95", Float(53)),
    Column("rtt_p99", Float(53)),
    Column("buckets", Text, nullable=False),
    Index(None, "hour"),
)

# -- where judging stands ----------------------------------------------------------------------------------------

line_state = Table(
    "line_state",
    METADATA,
    Column("line", Text, primary_key=True),
    Column("last_at", Instant, nullable=False),
    Column("body", Text),
    Column("heard", Text),
    sqlite_with_rowid=False,
)

standing = Table(
    "standing",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("judged_at", Instant),
    Column("sight", Text),
    Column("numbered_on", String(10)),
    Column("numbered", Integer),
    Column("head_seq", Count, nullable=False),
    Column("head_hash", String(64), nullable=False),
    Column("software", Text),
)

# -- messages on their ways (`monitor.store.deliveries`) ----------------------------------------------------------

delivery = Table(
    "delivery",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("outbox_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("to_carrier", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("status", Text),
    Column("carried_by", Text),
    Column("ended_at", Instant),
    Index(None, "state"),
    Index(None, "outbox_key"),
)

attempt = Table(
    "attempt",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("took_s", Float(53), nullable=False),
    Column("letters", Integer, nullable=False),
    Column("fate", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("retry_after_s", Float(53)),
    Index(None, "channel", "at"),
)

carried = Table(
    "carried",
    METADATA,
    Column("delivery_key", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
)

# -- the inbox (`monitor.store.inbox`) ---------------------------------------------------------------------------

action = Table(
    "action",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("asked_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text),
    Column("fault_no", Text),
    Index(None, "state", "asked_at"),
)
