"""The text of an event is canonical, and nothing of the event is lost in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.faults.blindness import Sight
from monitor.faults.events import (
    EVENTS,
    Event,
    EvidenceFound,
    FaultNotified,
    MessageDue,
    OutageConfirmed,
)
from monitor.faults.evidence import Testimony as Heard
from monitor.faults.fault import Fault
from monitor.faults.outage import Watch
from monitor.faults.terms import MessageKind, Reason
from monitor.store.codec import event_json, event_of, fault_of, heard_of, sight_of, to_json, watch_of
from monitor.store.errors import Unreadable

T = datetime(2026, 9, 1, 4, 0, 7, tzinfo=UTC)
TIMES = st.datetimes(
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
)
TEXT = st.text(st.characters(codec="utf-8"))


def strategy(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type hint of the events."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*(strategy(arg) for arg in args))
    if origin is tuple:
        return st.lists(strategy(args[0]), min_size=1, max_size=4).map(tuple)
    if origin is frozenset:
        return st.frozensets(strategy(args[0]), max_size=4)
    if origin is Mapping:
        return st.dictionaries(TEXT, strategy(args[1]), max_size=4)
    if hint is NoneType:
        return st.none()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if is_dataclass(hint):
        return built(hint)
    if isinstance(hint, type) and issubclass(hint, tuple):
        return st.builds(hint, *(strategy(part) for part in get_type_hints(hint).values()))
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXT,
        int: st.integers(),
        bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        datetime: TIMES,
    }
    return simple[hint]


def built(kind: Any) -> st.SearchStrategy[Any]:
    """Return values of a dataclass."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: strategy(hints[field.name]) for field in fields(kind)})


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
@settings(max_examples=settings().max_examples // 5)  # of each kind: seven times as many as elsewhere in all
@given(data=st.data())
def test_every_event_comes_back_from_its_text(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(built(kind))
    body = event_json(event)
    assert event == event_of(body, 1)
    assert body == event_json(event_of(body, 1))
    assert body == json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@settings(max_examples=settings().max_examples // 4)  # the largest to draw
@given(built(Fault))
def test_a_fault_comes_back(fault: Fault) -> None:
    assert fault == fault_of(to_json(fault), fault.no)


@given(built(Sight))
def test_what_the_monitor_sees_comes_back(sight: Sight) -> None:
    assert sight == sight_of(to_json(sight))


@given(strategy(Heard))
def test_what_a_device_said_comes_back(heard: Heard) -> None:
    assert heard == heard_of(to_json(heard), "l1")


@given(strategy(Watch))
def test_the_state_of_a_line_comes_back(watch: Watch) -> None:
    assert watch == watch_of(to_json(watch), "l1")


def test_the_text_is_spelled_as_documented() -> None:
    event = MessageDue(
        at=T.astimezone(timezone(timedelta(hours=8))),
        message=MessageKind.REMINDER,
        due_at=T + timedelta(microseconds=5),
        no="F1",
        line="财政局-1",
        fraction=1,
        passed_over=("reminder:0.5",),
    )
    assert event_json(event) == (
        '{"at":"2026-09-01T04:00:07Z","carrier":null,"detail":null,"due_at":"2026-09-01T04:00:07.000005Z","episode":null,'
        '"fraction":1.0,"kind":"message_due","line":"财政局-1","message":"reminder","no":"F1",'
        '"passed_over":["reminder:0.5"],"repeat":null,"subject":null}'
    )


def test_a_field_added_by_a_later_version_takes_its_default() -> None:
    body = json.loads(event_json(MessageDue(at=T, message=MessageKind.OPENED, due_at=T)))
    del body["passed_over"]
    assert event_of(json.dumps(body), 1) == MessageDue(at=T, message=MessageKind.OPENED, due_at=T)


def test_a_notice_written_before_it_had_fields_is_of_the_episode_that_ran() -> None:
    old = '{"at":"2026-09-01T04:00:07Z","kind":"fault_notified","no":"F1"}'
    assert event_of(old, 1) == FaultNotified(at=T, no="F1")


def test_evidence_of_a_version_that_kept_no_figures_reads() -> None:
    body = '{"at":"2026-09-01T04:00:07Z","episode":1,"kind":"evidence_found","no":"F1","reasons":["agent_restarted"]}'
    assert event_of(body, 1) == EvidenceFound(at=T, no="F1", episode=1, reasons=(Reason.AGENT_RESTARTED,))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("", "event 7 of the ledger is not JSON"),
        ("[]", "not a JSON object"),
        ('{"kind":"fault_exploded"}', "unknown kind 'fault_exploded'"),
        ('{"kind":"fault_notified","no":"F1"}', "at is missing"),
        ('{"at":"2026-09-01T04:00:07Z","kind":"fault_notified","no":5}', "no: 5 is not of type str"),
        ('{"at":"2026-09-01 04:00:07","kind":"fault_notified","no":"F1"}', "at: '2026-09-01 04:00:07' is not a time"),
        ('{"at":"2026-09-01T04:00:07+08:00","kind":"fault_notified","no":"F1"}', "not a time as the ledger writes it"),
        ('{"at":"2026-09-01T04:00:07Z","kind":"fault_notified","no":"F1","x":1}', "unknown key 'x'"),
        ('{"at":"2026-09-01T04:00:07Z","by":"nobody","kind":"fault_reported","no":"F1"}', "by: 'nobody' is not"),
    ],
)
def test_a_body_that_is_no_event_is_refused_with_its_number(body: str, complaint: str) -> None:
    with pytest.raises(Unreadable, match="event 7 of the ledger") as caught:
        event_of(body, 7)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "event",
    [
        OutageConfirmed(at=T.replace(tzinfo=None), line="l1", first_failed_at=T),
        MessageDue(at=T, message=MessageKind.REMINDER, due_at=T, fraction=float("nan")),
        FaultNotified(at=T, no="\ud800"),
    ],
    ids=["naive time", "not a number", "half a character"],
)
def test_what_json_cannot_carry_is_refused_before_it_is_written(event: Event) -> None:
    with pytest.raises(ValueError, match=r"time zone|JSON compliant|surrogates"):
        event_json(event)
