"""The tables in code, the migrations and the database agree, or the database is refused."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from monitor.store.database import create_file, url_of, writing_engine
from monitor.store.errors import RevisionMismatch, StoreError
from monitor.store.records import Records
from monitor.store.revision import upgrade, wanted
from monitor.store.store import Store
from monitor.store.tables import METADATA


def change(url: str, *statements: str) -> None:
    with writing_engine(url_of(url)).connect() as connection, connection.begin():
        for statement in statements:
            connection.execute(text(statement))


def test_the_migrations_make_exactly_the_tables_of_the_code(url: str) -> None:
    Store.open(url).close()
    with writing_engine(url_of(url)).connect() as connection, connection.begin():
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_a_database_is_upgraded_once(url: str) -> None:
    first = Store.open(url)
    first.close()
    second = Store.open(url)
    second.close()
    assert ((None, wanted()), (wanted(), wanted())) == (first.upgraded, second.upgraded)


BEFORE_DELIVERIES = (
    *(f"DROP TABLE {table}" for table in ("delivery", "attempt", "carried")),
    "DROP INDEX ix_outbox_fault_no",
    *(f"ALTER TABLE outbox DROP COLUMN {column}" for column in ("subject", "detail")),
    "UPDATE outbox SET state = 'pending'",
    "UPDATE alembic_version SET version_num = '0003'",
)


def wrong(store: Store) -> list[str]:
    """Return what is wrong, but for the messages' details, of which a ledger of then had none."""
    return [finding.text for finding in store.verify().findings if "detail is None" not in finding.text]


def test_what_fell_due_before_anybody_could_be_told_stays_untold(lived_url: str) -> None:
    """An upgrade sends no carrier messages of weeks ago."""
    change(lived_url, *BEFORE_DELIVERIES)
    with Store.open(lived_url) as store:
        assert ("0003", wanted()) == store.upgraded
        assert (0, []) == (store.on_their_way().count, store.unrouted(10))
        assert [] == wrong(store)


def test_a_database_from_before_devices_words_were_kept_is_upgraded_and_its_lines_stay(lived_url: str) -> None:
    with Store.open(lived_url) as store:
        watches = store.watches()
    change(lived_url, *BEFORE_DELIVERIES, "ALTER TABLE line_state DROP COLUMN heard")
    change(lived_url, "UPDATE alembic_version SET version_num = '0002'")
    with Store.open(lived_url) as store:
        assert ("0002", wanted()) == store.upgraded
        assert (watches, {}) == (store.watches(), store.remembered().testimonies)
        assert [] == wrong(store)


def test_an_upgrade_that_fails_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> tuple[str, ...]:
        return ("this is no SQL",)

    create_file(url_of(url))
    engine = writing_engine(url_of(url))
    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.append_only.append_only", broken)
        with pytest.raises(Exception, match="syntax error"), engine.connect() as connection, connection.begin():
            upgrade(connection)
    store = Store.open(url)
    assert (None, wanted()) == store.upgraded
    store.close()


def test_a_database_newer_than_the_software_is_refused(url: str) -> None:
    Store.open(url).close()
    change(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RevisionMismatch, match="install a newer one"):
        Store.open(url)
    with pytest.raises(RevisionMismatch, match="install a newer one"):
        Records.of(url)


def test_the_tables_of_another_program_are_not_touched(url: str) -> None:
    create_file(url_of(url))
    change(url, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="not the monitor's \\(recipes\\)"):
        Store.open(url)
