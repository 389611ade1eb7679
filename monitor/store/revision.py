"""The version of the tables: which one the database has, which one this software wants, and the way there (Alembic).

The configuration is built here, so that it works from an installed wheel, without an ini file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from monitor.store.errors import RevisionMismatch, StoreError, StoreMissing

MIGRATIONS = Path(__file__).parent / "migrations"


def configured(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, running over a connection and in its transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def known() -> tuple[str, ...]:
    """Return the revisions that this software knows, the newest first: read once, they do not change while it runs."""
    scripts = ScriptDirectory.from_config(configured()).walk_revisions()
    return tuple(script.revision for script in scripts)


def wanted() -> str:
    """Return the newest revision that this software knows."""
    if not known():
        raise StoreError("the migrations are missing from this installation: install it again")
    return known()[0]


def present(connection: Connection) -> str | None:
    """Return the revision of a database, None where it has no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def require(connection: Connection) -> None:
    """Refuse a database whose tables are of another version.

    Raises:
        StoreMissing: it has no tables.
        RevisionMismatch: it is older or newer than this software.
    """
    found, newest = present(connection), wanted()
    if found == newest:
        return
    if found is None:
        raise StoreMissing("the database has no tables yet: `monitor run` or `monitor db upgrade` makes them")
    _refuse_newer(found)
    raise RevisionMismatch(f"the database has revision {found}, this software wants {newest}: `monitor db upgrade`")


def upgrade(connection: Connection) -> tuple[str | None, str]:
    """Bring the tables to the newest revision, in the connection's transaction; return the revisions before and after.

    Raises:
        RevisionMismatch: the database is newer than this software.
        StoreError: it holds tables that are not the monitor's.
    """
    found, newest = present(connection), wanted()
    if found is None and (foreign := inspect(connection).get_table_names()):
        raise StoreError(f"the database holds tables that are not the monitor's ({', '.join(sorted(foreign)[:3])})")
    if found is not None:
        _refuse_newer(found)
    if found != newest:
        command.upgrade(configured(connection), "head")
    return found, newest


def _refuse_newer(found: str) -> None:
    if found not in known():
        raise RevisionMismatch(f"the database has revision {found}, unknown to this software: install a newer one")
