"""The databases of the store's tests, for what the archive puts on record."""

from __future__ import annotations

from tests.store.conftest import cluster, postgresql_url

__all__ = ["cluster", "postgresql_url"]
