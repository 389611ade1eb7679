"""The duty officer's place of the tests of actions, for those of the registers."""

from __future__ import annotations

from tests.actions.conftest import either_office, office
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url

__all__ = ["cluster", "either_office", "office", "postgresql_url", "sqlite_url", "url"]
