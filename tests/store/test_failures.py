"""What the daemon is told when the database fails, and that the same batch is committed afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from monitor.store import database
from monitor.store.batch import Batch
from monitor.store.errors import StoreError, StoreInUse, StoreUnavailable
from monitor.store.records import Records
from monitor.store.store import Store
from tests.store.cluster import Cluster
from tests.store.county import County


def begun(url: str) -> tuple[Store, County]:
    """Return a store with an hour of a county in it."""
    store, county = Store.open(url), County.fresh()
    for batch in (county.started(), *county.batches(60)):
        store.commit(batch)
    return store, county


def test_a_full_disk_writes_nothing_and_the_batch_goes_in_later(sqlite_url: str) -> None:
    store, county = begun(sqlite_url)
    before = store.head
    with store._transaction() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    batches = list(county.batches(300))
    left = until_refused(store, batches)
    assert left >= 0
    for batch in batches[left:]:  # the next connection knows no bound: there is room again
        store.commit(batch)
    assert store.verify().findings == ()
    assert sum(len(batch.events) for batch in batches) + before.seq == store.head.seq
    store.close()


def until_refused(store: Store, batches: list[Batch]) -> int:
    """Commit batches until the disk is full, and return the place of the first that did not go in."""
    for place, batch in enumerate(batches):
        head = store.head
        try:
            store.commit(batch)
        except StoreUnavailable as error:
            return place if "database or disk is full" in str(error) and head == store.head else -1
    pytest.fail("the disk never got full")


def test_a_locked_database_is_unavailable_for_a_while(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    store, county = begun(sqlite_url)
    batch = county.eventful(store)
    with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            store.commit(batch)
        other.rollback()
    store.commit(batch)
    assert store.verify().findings == ()
    store.close()


def test_a_lost_connection_is_made_anew(postgresql_url: str, cluster: Cluster) -> None:
    store, county = begun(postgresql_url)
    batch = county.eventful(store)
    kill(cluster, postgresql_url)
    with pytest.raises(StoreUnavailable):
        store.commit(batch)
    store.commit(batch)
    assert store.verify().findings == ()
    store.close()


def test_a_writer_that_lost_its_place_does_not_write(postgresql_url: str, cluster: Cluster) -> None:
    store, county = begun(postgresql_url)
    batch = county.eventful(store)
    kill(cluster, postgresql_url)
    usurper = Store.open(postgresql_url)
    with pytest.raises(StoreUnavailable):
        store.commit(batch)
    with pytest.raises(StoreInUse):
        store.commit(batch)
    usurper.close()
    store.commit(batch)
    store.close()


def kill(cluster: Cluster, url: str) -> None:
    """End every connection to a database, as a restart of the server would."""
    with cluster.connect("postgres") as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [make_url(url).database]
        )


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    address = f"postgresql+psycopg://monitor:secret@/monitor?host={tmp_path}"
    for attempt in (Store.open, Records.of):
        with pytest.raises(StoreUnavailable) as caught:
            attempt(address)
        assert "secret" not in str(caught.value)
        assert "postgresql://monitor:***@/monitor" in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "monitor.db"
    file.write_text("a shopping list, some two lines long and no database at all\n" * 100)
    with pytest.raises(StoreError, match=r"monitor\.db is not a database of the monitor"):
        Store.open(f"sqlite:///{file}")
