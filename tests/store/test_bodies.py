"""What entries keep apart from the ledger: named by a digest that gives nothing away, erased without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from monitor.faults.blindness import Sight
from monitor.faults.events import ClockStepped, Event, RegisterEntered, RegisterErased
from monitor.faults.terms import Source
from monitor.registers.actions import Draft, EnterRegister
from monitor.store.batch import Batch
from monitor.store.bodies import Body, fields_of, seal
from monitor.store.chain import digest_of
from monitor.store.database import writing_engine
from monitor.store.findings import What
from monitor.store.inbox import Answer, Inbox, State
from monitor.store.store import Store

T0 = datetime(2026, 9, 1, 4, tzinfo=UTC)
FIELDS = {"leader": "王伟", "leader_phone": "13812345678"}


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A database with one entry, whose body is BODY."""
    opened = Store.open(url)
    ask(opened, "a", BODY)
    commit(opened, entered(), answers=(Answer(id="a", state=State.DONE),))
    yield opened
    opened.close()


BODY = seal(FIELDS)
DRAFT = Draft(register="admin_filing", entry="u1", version=1, subject="u1", digest=BODY.digest)


def entered(digest: str = BODY.digest, *, version: int = 1) -> RegisterEntered:
    return RegisterEntered(at=T0, register="admin_filing", entry="u1", version=version, subject="u1", digest=digest)


def erased(*digests: str) -> RegisterErased:
    return RegisterErased(at=T0, register="admin_filing", entry="u1", versions=(1,), digests=digests or (BODY.digest,))


def ask(store: Store, name: str, body: Body) -> Answer:
    action = EnterRegister(at=T0, by=Source.CENTRE, drafts=(replace(DRAFT, digest=body.digest),))
    with Inbox(store.url.render_as_string(hide_password=False)) as inbox:
        return inbox.put(name, action, [body])


def commit(store: Store, *events: Event, answers: tuple[Answer, ...] = ()) -> None:
    store.commit(Batch(judged_at=T0, sight=Sight(), numbered=None, events=events, answers=answers))


def found(store: Store) -> list[tuple[What, int | None, str]]:
    return [(each.what, each.seq, each.text) for each in store.verify().findings]


def change(store: Store, statement: str) -> None:
    with writing_engine(store.url).connect() as connection, connection.begin():
        connection.execute(text(statement))


@given(st.dictionaries(st.text(), st.text()))
def test_the_same_fields_sealed_again_are_another_body_that_reads_the_same(fields: dict[str, str]) -> None:
    """So that whoever tries every telephone number against a digest finds nothing, once the body is gone."""
    try:
        one, other = seal(fields), seal(fields)
    except UnicodeEncodeError:
        return  # half a character is refused before: it has no bytes
    assert one.digest != other.digest
    assert fields == fields_of(one.text) == fields_of(other.text)
    assert one.digest == digest_of(one.text)


@pytest.mark.parametrize("odd", ["", "[]", "{}", '{"fields": 1}', "{", '{"fields": {"a": 1}}'])
def test_what_is_no_body_has_no_fields_or_reads_as_texts(odd: str) -> None:
    assert fields_of(odd) in ({}, {"a": "1"})


def test_a_body_is_written_with_what_asks_for_it_and_read_by_its_digest(store: Store) -> None:
    assert {BODY.digest: FIELDS} == store.bodies([BODY.digest, "f" * 64])
    assert [] == found(store)


def test_a_body_of_an_action_that_waits_is_no_stray(store: Store) -> None:
    ask(store, "b", seal({"leader": "李娜"}))
    assert [] == found(store)


def test_a_body_goes_with_the_refusal_of_what_asked_for_it(store: Store) -> None:
    body = seal({"leader": "李娜"})
    ask(store, "b", body)
    refused = Answer(id="b", state=State.REFUSED, text="no")
    commit(store, ClockStepped(at=T0, seconds=1.0), answers=(refused,))
    assert {} == store.bodies([body.digest])
    assert [] == found(store)
    assert refused == ask(store, "b", body), "asked again under its id, it finds its answer"
    assert {} == store.bodies([body.digest])


def test_an_answer_that_stands_takes_nothing_back(store: Store) -> None:
    """A commit made again after its answer was lost must not erase what the first one wrote."""
    commit(store, answers=(Answer(id="a", state=State.REFUSED, text="too late"),))
    assert {BODY.digest: FIELDS} == store.bodies([BODY.digest])


def test_an_erasure_deletes_the_body_with_its_event_and_the_ledger_verifies(store: Store) -> None:
    commit(store, erased())
    assert {} == store.bodies([BODY.digest])
    assert [] == found(store)
    assert (2, store.head) == (store.head.seq, store.verify().head)


def test_an_erasure_committed_again_after_its_answer_was_lost_is_one(store: Store) -> None:
    before = store.head
    commit(store, erased())
    store.head = before
    commit(store, erased())
    assert ([], 2) == (found(store), store.head.seq)


@pytest.mark.parametrize(
    ("rule", "statement", "what", "seq"),
    [
        ("Altered.", "UPDATE register_body SET body = replace(body, '王伟', '李娜')", "was altered", 1),
        ("Gone without an event.", "DELETE FROM register_body", "is missing, though no event erased it", 1),
        (
            "Of no event.",
            "INSERT INTO register_body (digest, kept_at, body) SELECT 'stray', kept_at, body FROM register_body",
            "is there, but no event names it",
            None,
        ),
    ],
)
def test_a_body_that_is_not_as_it_was_is_found(
    store: Store, rule: str, statement: str, what: str, seq: int | None
) -> None:
    change(store, statement)
    [(kind, at, said)] = found(store)
    assert (What.REGISTER, seq, True) == (kind, at, what in said), rule


def test_a_body_put_back_after_its_erasure_is_found(store: Store) -> None:
    with store.reading() as connection:
        [(digest, kept_at, body)] = connection.execute(text("SELECT digest, kept_at, body FROM register_body")).all()
    commit(store, erased())
    with writing_engine(store.url).connect() as connection, connection.begin():
        values = {"digest": digest, "kept_at": kept_at, "body": body}
        connection.execute(text("INSERT INTO register_body VALUES (:digest, :kept_at, :body)"), values)
    [(kind, seq, said)] = found(store)
    assert (What.REGISTER, 2) == (kind, seq)
    assert "was erased by event 2 is there still" in said


def test_a_version_that_keeps_nothing_apart_needs_no_body(store: Store) -> None:
    commit(store, replace(entered(version=2), digest=None))
    assert [] == found(store)


def test_who_names_a_file_is_found(store: Store) -> None:
    digest = "ab" * 32
    assert [] == list(store.attached(digest))
    event = replace(entered(version=2), digest=None, attachment=digest)
    commit(store, event)
    assert ([event], False) == (list(store.attached(digest)), store.asked_with(digest))
    waiting = EnterRegister(at=T0 + timedelta(seconds=1), by=Source.CENTRE, drafts=(), attachment=digest)
    with Inbox(store.url.render_as_string(hide_password=False)) as inbox:
        inbox.put("w", waiting)
    assert store.asked_with(digest)
