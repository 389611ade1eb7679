"""The tables in code, the migrations and the database agree, or the database is refused."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from monitor.store.database import create_file, url_of, writing_engine
from monitor.store.errors import RevisionMismatch, StoreError
from monitor.store.records import Records
from monitor.store.revision import known, upgrade, wanted
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


UNDONE = {
    "0003": ("ALTER TABLE line_state DROP COLUMN heard",),
    "0004": (
        "DROP TABLE carried",
        "DROP TABLE attempt",
        "DROP TABLE delivery",
        "DROP INDEX ix_outbox_fault_no",
        "ALTER TABLE outbox DROP COLUMN subject",
        "ALTER TABLE outbox DROP COLUMN detail",
        "UPDATE outbox SET state = 'pending'",
    ),
    "0005": ("DROP TABLE register_body",),
    "0006": ("DROP TABLE edition_body",),
    "0007": ("ALTER TABLE attempt DROP COLUMN retry_after_s",),
}
"""What each revision made, taken back: so a database comes to be of an earlier one."""


def back_to(url: str, revision: str) -> None:
    """Make a database of this software's revision one of an earlier."""
    later = [statements for made, statements in sorted(UNDONE.items(), reverse=True) if made > revision]
    change(url, *(each for statements in later for each in statements))
    change(url, f"UPDATE alembic_version SET version_num = '{revision}'")


def sound(store: Store) -> bool:
    """Tell whether the record follows from the ledger, but for details, which no event of that time had."""
    return all(finding.text.endswith("detail is None, not 240") for finding in store.verify().findings)


def test_every_revision_can_be_taken_back_here() -> None:
    assert list(reversed(known()))[2:] == sorted(UNDONE)


def test_a_database_from_before_devices_words_were_kept_is_upgraded_and_its_lines_stay(lived_url: str) -> None:
    with Store.open(lived_url) as store:
        watches = store.watches()
    back_to(lived_url, "0002")
    with Store.open(lived_url) as store:
        assert ("0002", wanted()) == store.upgraded
        assert (watches, {}) == (store.watches(), store.remembered().testimonies)
        assert sound(store)


def test_what_waited_before_anybody_could_be_told_is_not_told_after_an_upgrade(lived_url: str) -> None:
    """Hundreds of old messages at once would help nobody; those that fall due from now on go out."""
    back_to(lived_url, "0003")
    with Store.open(lived_url) as store:
        assert ([], 0) == (store.unrouted(100), store.on_their_way().count)
        assert sound(store)


def test_a_database_from_before_the_registers_is_upgraded(lived_url: str) -> None:
    back_to(lived_url, "0004")
    with Store.open(lived_url) as store:
        assert ("0004", wanted()) == store.upgraded
        assert ((), {}) == (store.verify().findings, store.bodies(["d" * 64]))


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
