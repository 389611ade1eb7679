"""A database with a row in every table: a county's hours, what people asked for, messages on their ways, papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.editions.actions import DrawEdition
from monitor.faults.actions import Note, Notified, Report
from monitor.faults.events import EditionDrawn, RegisterEntered
from monitor.faults.evidence import DeviceSaid, Testimony
from monitor.faults.terms import MessageKind, Source
from monitor.registers.actions import Draft, EnterRegister
from monitor.store.bodies import seal
from monitor.store.deliveries import UNKNOWN, Attempt, Delivery, State, Tried
from monitor.store.editions import Kept
from monitor.store.inbox import Answer, Inbox, answered
from monitor.store.inbox import State as Stands
from monitor.store.projection import OutboxRow
from monitor.store.store import Store
from tests.store.county import START, STEP, County

BODY = seal({"name": "王五", "phone": "13800000000"})
FIGURES, SHEET = Kept.of(b"figures"), Kept.of(b"a sheet")


def fill(url: str) -> None:
    """Watch a small county for two hours, in which all of that happens; the daemon is at work at the end."""
    with Store.open(url) as store:
        county = County.fresh(lines=4, seed=3)
        for batch in (county.started(), *county.batches(50)):
            store.commit(batch)
        _ask(store, county)
        for batch in county.batches(65):
            store.commit(batch)
        _carry(store, county)
        _keep_papers(store, county)
        _let_devices_speak(store, county)


def _ask(store: Store, county: County) -> None:
    """Have a report done, a note refused; another report waits."""
    at = county.at + STEP
    with Inbox(store.url.render_as_string(hide_password=False)) as inbox:
        inbox.put("done", Report(at=at, by=Source.UNIT, line="l1", who="刘"))
        inbox.put("refused", Note(at=at, by=Source.CENTRE, line="l1", text=" "))
        inbox.put("told", Notified(at=at, by=Source.CARRIER, line="l1", via="phone", episode=1))
        answers = [answered(each, at, county.supervision) for each in store.asked()]
        inbox.put("waits", Report(at=at, by=Source.UNIT, line="l2"))
    assert {"done": Stands.DONE, "refused": Stands.REFUSED, "told": Stands.DONE} == {
        answer.id: answer.state for answer in answers
    }
    [batch] = county.batches(1)
    store.commit(replace(batch, answers=tuple(answers)))


def _carry(store: Store, county: County) -> None:
    """Deliver one message, try another, let others wait, go nowhere, or not be routed yet."""
    messages = store.unrouted(100)
    now = county.at
    ways = [_on_its_way(message) for message in messages[:4]]
    store.route([*zip(messages[:4], ((way,) for way in ways), strict=True), (messages[4], ())])
    for way, fate in zip(ways, ("delivered", "again", UNKNOWN), strict=False):
        state, ended = (State.DELIVERED, now) if fate == "delivered" else (State.WAITING, None)
        claimed = replace(way, tries=1, carried_by=way.key)
        known = fate != UNKNOWN
        attempt = Attempt(
            key=way.key,
            channel=way.channel,
            number=1,
            at=now,
            took_s=0.5 if known else 0.0,
            letters=1,
            fate=fate,
            status="200" if known else UNKNOWN,
            answer="ok" if known else "",
            retry_after_s=3.0 if fate == "again" else None,
        )
        status = "200" if known else None
        after = replace(claimed, state=state, ended_at=ended, status=status)
        store.mark_tried([Tried(deliveries=(after,), attempt=attempt)])


def _on_its_way(message: OutboxRow) -> Delivery:
    kind, at = MessageKind(message.kind), message.due_at
    told = message.carrier is not None and message.fault_no is not None
    return Delivery(message=message, channel="hook", kind=kind, to_carrier=told, since=at, next_at=at)


def _keep_papers(store: Store, county: County) -> None:
    """Enter a paper in a register, and draw up a report."""
    at = county.at + STEP
    draft = Draft(register="admin_filing", entry="u1", version=1, subject="u1", digest=BODY.digest)
    drawing = DrawEdition(
        at=at,
        by=Source.CENTRE,
        edition="2026-08",
        begins_at=START - timedelta(days=31),
        ends_at=START,
        number=1,
        as_of=at,
        policy="2026-1",
        ledger_seq=store.head.seq,
        ledger_hash=store.head.hash,
        figures=FIGURES.digest,
        files={"xlsx": SHEET.digest},
    )
    with Inbox(store.url.render_as_string(hide_password=False)) as inbox:
        inbox.put("entered", EnterRegister(at=at, by=Source.CENTRE, drafts=(draft,)), [BODY])
        inbox.put("drawn", drawing, files=[FIGURES, SHEET])
    entered = RegisterEntered(at=at, register="admin_filing", entry="u1", version=1, subject="u1", digest=BODY.digest)
    made = {name: getattr(drawing, name) for name in drawing.__dataclass_fields__ if name not in ("by", "frozen")}
    del made["attachment"]
    [batch] = county.batches(1)
    events = (entered, EditionDrawn(**made), *batch.events)
    answers = (Answer(id="entered", state=Stands.DONE), Answer(id="drawn", state=Stands.DONE))
    store.commit(replace(batch, events=events, answers=answers))


def _let_devices_speak(store: Store, county: County) -> None:
    """Write every line as it stands, with what its device said of itself."""
    [batch] = county.batches(1)
    store.commit(batch)
    watches = county.supervision.watches
    said = {line: Testimony(before=DeviceSaid(line, county.at, sys_uptime_s=9.0)) for line in watches}
    for line in watches:
        county.measurements.concern(line)
    measured = county.measurements.take(county.at, watches, said, whole=True)
    store.commit(replace(batch, events=(), measured=measured))
