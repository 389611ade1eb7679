"""Whatever is changed in the ledger or beside it is found and named, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, text

from monitor.store.chain import GENESIS, Head, digest_of, link
from monitor.store.database import writing_engine
from monitor.store.findings import What
from monitor.store.store import Store
from monitor.store.verification import Verification

TRIGGERS = ("event_keep", "event_stay", "event_next")


@dataclass
class Intruder:
    """Somebody with all rights on the database, who drops the triggers first."""

    store: Store

    def does(self, *statements: str, **values: Any) -> Verification:
        """Run statements and return what a verification says afterwards."""
        engine = writing_engine(self.store.url)
        with engine.connect() as connection, connection.begin():
            _drop_triggers(connection)
            for statement in statements:
                connection.execute(text(statement), values)
        return self.store.verify()

    def value(self, query: str, **values: Any) -> Any:
        with self.store.reading() as connection:
            return connection.execute(text(query), values).scalar()


def _drop_triggers(connection: Connection) -> None:
    on = " ON event" if connection.dialect.name == "postgresql" else ""
    for trigger in TRIGGERS:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}{on}"))


@pytest.fixture
def intruder(lived_url: str) -> Iterator[Intruder]:
    """A database in which much has happened, and one who means it ill."""
    store = Store.open(lived_url)
    yield Intruder(store)
    store.close()


def named(verification: Verification) -> set[tuple[What, int | None]]:
    return {(finding.what, finding.seq) for finding in verification.findings}


def test_what_was_not_touched_verifies(intruder: Intruder) -> None:
    progress: list[tuple[int, int]] = []
    verification = intruder.store.verify(lambda done, whole: progress.append((done, whole)))
    assert (verification.findings, verification.complete) == ((), True)
    assert intruder.store.head == verification.head
    assert verification.events == intruder.store.head.seq > 100
    assert verification.faults == len(intruder.store.faults()) > 5
    assert (verification.events, verification.events) == progress[-1]


def test_the_hash_is_the_one_documented() -> None:
    # printf '%s\n%s\n%s' 000…0 1 '{}' | sha256sum
    assert digest_of(GENESIS + "\n1\n{}") == link(GENESIS, 1, "{}")


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("offset", [0, 9, 40, -1])
def test_a_byte_changed_in_a_body_is_found(intruder: Intruder, place: str, offset: int) -> None:
    seq = {"first": 1, "middle": 60, "last": intruder.store.head.seq}[place]
    body = intruder.value("SELECT body FROM event WHERE seq = :seq", seq=seq)
    at = offset % len(body)
    changed = body[:at] + chr(ord(body[at]) ^ 1) + body[at + 1 :]
    found = named(intruder.does("UPDATE event SET body = :body WHERE seq = :seq", body=changed, seq=seq))
    assert (What.BODY_ALTERED, seq) in found
    assert not {what for what, _ in found} & {What.HASH_ALTERED, What.ROWS_MISSING}


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_byte_changed_in_a_hash_is_found(intruder: Intruder, place: str) -> None:
    seq = {"first": 1, "middle": 60, "last": intruder.store.head.seq}[place]
    kept = intruder.value("SELECT hash FROM event WHERE seq = :seq", seq=seq)
    changed = kept[:-1] + ("0" if kept[-1] != "0" else "1")
    found = named(intruder.does("UPDATE event SET hash = :hash WHERE seq = :seq", hash=changed, seq=seq))
    assert {(What.HASH_ALTERED, seq)} == found


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "'blip_seen'"), ("line", "'l0x'"), ("fault_no", "'F0'"), ("at", "(SELECT at FROM event WHERE seq = 2)")],
)
def test_a_changed_column_is_found(intruder: Intruder, column: str, value: str) -> None:
    query = "SELECT max(seq) FROM event WHERE kind = 'fault_acknowledged'"
    seq = intruder.value(query) or intruder.value("SELECT max(seq) FROM event WHERE kind = 'message_due'")
    verification = intruder.does(f"UPDATE event SET {column} = {value} WHERE seq = {seq}")
    [finding] = [finding for finding in verification.findings if finding.what is What.COLUMNS]
    assert seq == finding.seq
    assert f"the column {column} of event {seq} says" in finding.text


@pytest.mark.parametrize(("first", "last"), [(1, 1), (57, 57), (57, 61)])
def test_rows_taken_out_are_found(intruder: Intruder, first: int, last: int) -> None:
    verification = intruder.does(f"DELETE FROM event WHERE seq BETWEEN {first} AND {last}")
    [finding] = [finding for finding in verification.findings if finding.what is What.ROWS_MISSING]
    assert first == finding.seq
    assert (f"{first} to {last}" if last > first else f"event {first} missing") in finding.text


def test_a_tail_cut_off_is_found(intruder: Intruder) -> None:
    last = intruder.store.head.seq
    verification = intruder.does(f"DELETE FROM event WHERE seq > {last - 3}")
    [finding] = [finding for finding in verification.findings if finding.what is What.ROWS_MISSING]
    assert last - 2 == finding.seq
    assert f"{last - 2} to {last} missing from the end" in finding.text


def test_an_emptied_ledger_is_found(intruder: Intruder) -> None:
    verification = intruder.does("DELETE FROM event")
    assert (What.ROWS_MISSING, 1) in named(verification)


def test_a_row_added_behind_the_head_is_found(intruder: Intruder) -> None:
    seq = intruder.store.head.seq + 1
    body = intruder.value("SELECT body FROM event WHERE seq = 1")
    verification = intruder.does(
        f"INSERT INTO event SELECT {seq}, at, kind, fault_no, line, body, :hash FROM event WHERE seq = 1",
        hash=link(intruder.store.head.hash, seq, body),
    )
    assert (What.HEAD, seq) in named(verification)


@pytest.mark.parametrize("apart", [1, 5])
def test_two_rows_swapped_are_found(intruder: Intruder, apart: int) -> None:
    one, other = 50, 50 + apart
    moves = [(one, 1_000_000), (other, one), (1_000_000, other)]
    verification = intruder.does(*(f"UPDATE event SET seq = {to} WHERE seq = {seq}" for seq, to in moves))
    broken = {finding.seq for finding in verification.findings if finding.what is not What.RECORD}
    assert {one, other} <= broken


def test_a_forged_row_that_fits_its_neighbour_is_found(intruder: Intruder) -> None:
    """Body and hash made anew from the true hash before: the row behind does not follow."""
    before, body = (intruder.value(f"SELECT {name} FROM event WHERE seq = 59") for name in ("hash", "body"))
    verification = intruder.does(
        "UPDATE event SET body = :body, hash = :hash WHERE seq = 60", body=body, hash=link(before, 60, body)
    )
    assert {60, 61} & {finding.seq for finding in verification.findings if finding.what is What.BODY_ALTERED}


def test_a_ledger_forged_from_a_row_on_is_given_away_by_its_head(intruder: Intruder) -> None:
    last = intruder.store.head.seq
    bodies = [intruder.value("SELECT body FROM event WHERE seq = :seq", seq=seq) for seq in range(1, last + 1)]
    bodies[59] = bodies[59].replace("2026", "2025")
    head, moves = Head(), []
    for seq, body in enumerate(bodies, 1):
        head = Head(seq, link(head.hash, seq, body))
        moves.append(f"UPDATE event SET hash = '{head.hash}' WHERE seq = {seq}")
    intruder.does("UPDATE event SET body = :body WHERE seq = 60", body=bodies[59])
    verification = intruder.does(*moves)
    assert last in {finding.seq for finding in verification.findings}
    assert {What.HEAD, What.BODY_ALTERED} & {what for what, seq in named(verification) if seq == last}


@pytest.mark.parametrize("column", ["head_hash = 'f'", "head_seq = head_seq - 1", "head_seq = head_seq + 1"])
def test_a_changed_head_is_found(intruder: Intruder, column: str) -> None:
    verification = intruder.does(f"UPDATE standing SET {column}")
    assert intruder.store.head.seq in {
        (finding.seq or 0) - ("+" in column) for finding in verification.findings if finding.seq
    }


def test_a_lost_head_is_found(intruder: Intruder) -> None:
    assert (What.HEAD, None) in named(intruder.does("DELETE FROM standing"))


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("outage", "first_failed_at = confirmed_at"),
        ("outage", "restored_at = NULL"),
        ("line_seen", "seq = seq + 1"),
        ("blip", "rounds = rounds + 1"),
        ("monitor_interval", "kind = 'stopped'"),
        ("outbox", "carrier = 'another'"),
        ("outbox", "fraction = 0.25"),
        ("fault", "carrier = 'another'"),
        ("fault", "body = replace(body, 'unicom', 'telecom')"),
        ("fault", "restored_at = NULL"),
        ("fault", "body = ''"),
    ],
)
def test_a_changed_record_is_found(intruder: Intruder, table: str, changes: str) -> None:
    column = changes.split(" ", maxsplit=1)[0]
    sure = "carrier = 'unicom'" if table in ("fault", "outbox") else f"{column} IS NOT NULL"
    key = {"fault": "no", "outbox": "key", "line_seen": "line"}.get(table, "seq")
    which = intruder.value(f"SELECT min({key}) FROM {table} WHERE {sure} AND {column} IS NOT NULL") or intruder.value(
        f"SELECT min({key}) FROM {table}"
    )
    verification = intruder.does(f"UPDATE {table} SET {changes} WHERE {key} = :key", key=which)
    [finding] = verification.findings
    assert What.RECORD is finding.what
    assert (f"fault {which}" if table == "fault" else table) in finding.text


@pytest.mark.parametrize(
    "changes", ["numbered = numbered - 1", "numbered = numbered + 1", "numbered_on = '2020-01-01'"]
)
def test_a_changed_count_of_faults_is_found(intruder: Intruder, changes: str) -> None:
    """By it the next fault would get a number that another one has, or leave one out."""
    query = "SELECT {} FROM event WHERE seq = (SELECT max(seq) FROM event WHERE kind = 'fault_opened')"
    seq, no = (intruder.value(query.format(column)) for column in ("seq", "fault_no"))
    [finding] = intruder.does(f"UPDATE standing SET {changes}").findings
    assert (What.RECORD, seq) == (finding.what, finding.seq)
    assert f"event {seq} gave {no}" in finding.text


@pytest.mark.parametrize("table", ["outage", "line_seen", "blip", "monitor_interval", "outbox", "fault"])
def test_a_removed_record_is_found(intruder: Intruder, table: str) -> None:
    key = {"fault": "no", "outbox": "key", "line_seen": "line"}.get(table, "seq")
    which = intruder.value(f"SELECT max({key}) FROM {table}")
    verification = intruder.does(f"DELETE FROM {table} WHERE {key} = :key", key=which)
    [finding] = verification.findings
    assert What.RECORD is finding.what
    assert "missing" in finding.text


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO blip SELECT 2, line, first_failed_at, ended_at, rounds FROM blip ORDER BY seq LIMIT 1",
        "INSERT INTO line_seen SELECT 'another', seq, first_seen_at FROM line_seen ORDER BY seq LIMIT 1",
        "UPDATE fault SET no = 'F19990101-0001' WHERE no = (SELECT max(no) FROM fault)",
    ],
)
def test_a_record_that_no_event_made_is_found(intruder: Intruder, statement: str) -> None:
    verification = intruder.does(statement)
    assert {What.RECORD} == {finding.what for finding in verification.findings}
    assert any(
        words in finding.text
        for finding in verification.findings
        for words in ("did not make it", "rows more than", "no event tells of it")
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE configuration SET body = body || ' '", "was altered"),
        ("DELETE FROM configuration", "is missing"),
    ],
)
def test_a_changed_configuration_is_found(intruder: Intruder, statement: str, said: str) -> None:
    [finding] = intruder.does(statement).findings
    assert What.CONFIGURATION is finding.what
    assert said in finding.text


def test_a_ledger_changed_all_over_is_reported_up_to_a_bound(intruder: Intruder) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.store.findings.ENOUGH", 50)
        verification = intruder.does("UPDATE event SET line = 'x'")
    assert (len(verification.findings), verification.complete) == (50, False)
