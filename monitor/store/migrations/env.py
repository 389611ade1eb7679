"""Run migrations over the connection that `monitor.store.revision` brings, in its transaction."""

from __future__ import annotations

from alembic import context

from monitor.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,  # SQLite, too, can take table changes back
)
with context.begin_transaction():
    context.run_migrations()
