"""How a fault was told: each delivery and each try on its timeline, for people and programs; what is not delivered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.faults.terms import MessageKind
from monitor.sla.spelling import spell_time
from monitor.store.deliveries import Attempt, Delivery, State, Tried
from monitor.store.projection import OutboxRow
from monitor.store.store import Store
from tests.actions.conftest import MINUTE, Office

CHINESE = "locale: zh_CN"


def told(office: Office) -> tuple[str, str, datetime]:
    """Report two lines; both messages went as one through a robot, asked twice; a hook refused the first of them.

    Return the faults' numbers, and when the messages were to go.
    """
    for line in ("L1", "L3"):
        office.done("fault", "report", line, "--by", "unit")
    with Store.open(office.url) as store:
        first, second = store.unrouted(10)
        robots = [on_its_way(each, "robot") for each in (first, second)]
        hook = on_its_way(first, "hook")
        store.route([(first, (robots[0], hook)), (second, (robots[1],))])
        key, due = first.key, robots[0].since
        again = tuple(replace(each, tries=1, carried_by=key, status="timeout") for each in robots)
        delivered = tuple(
            replace(each, tries=2, status="200", state=State.DELIVERED, ended_at=due + MINUTE) for each in again
        )
        refused = replace(
            hook, tries=1, carried_by=key, status="404", state=State.FAILED, ended_at=due + timedelta(seconds=1)
        )
        for number, after, attempt in (
            (1, again, tried(key, "robot", due, fate="again", status="timeout", answer="no answer in time")),
            (1, (refused,), tried(key, "hook", due, fate="refused", status="404", answer="no such hook", letters=1)),
            (2, delivered, tried(key, "robot", due + MINUTE, fate="delivered", status="200", answer="ok")),
        ):
            store.mark_tried([Tried(deliveries=after, attempt=replace(attempt, number=number))])
    return first.fault_no or "", second.fault_no or "", due


def on_its_way(message: OutboxRow, channel: str) -> Delivery:
    """Return a delivery that was to go half an hour ago."""
    since, kind = message.due_at - 30 * MINUTE, MessageKind.OPENED
    return Delivery(message=message, channel=channel, kind=kind, to_carrier=True, since=since, next_at=since)


def tried(key: str, channel: str, at: datetime, *, fate: str, status: str, answer: str, letters: int = 2) -> Attempt:
    return Attempt(
        key=key, channel=channel, number=1, at=at, took_s=0.25, letters=letters, fate=fate, status=status, answer=answer
    )


def test_programs_are_told_of_each_delivery_and_each_try(either_office: Office) -> None:
    """Channel, kind, state, in whose letter it went; of a try when, what came of it, what was answered."""
    one, two, due = told(either_office)
    story = either_office.shown(two)
    assert [("robot", "opened", "delivered", 2, f"{one}:opened")] == [
        (each["channel"], each["kind"], each["state"], each["tries"], each["with"]) for each in story["deliveries"]
    ]
    assert [("robot", 1, "again", "timeout", 2), ("robot", 2, "delivered", "200", 2)] == [
        tuple(each[name] for name in ("channel", "number", "outcome", "status", "letters"))
        for each in story["attempts"]
    ]
    first = either_office.shown(one)
    assert [("hook", "failed", None), ("robot", "delivered", None)] == [
        (each["channel"], each["state"], each["with"]) for each in first["deliveries"]
    ]
    assert [spell_time(due), spell_time(due), spell_time(due + MINUTE)] == [each["at"] for each in first["attempts"]]
    assert ["no such hook", "no answer in time", "ok"] == [each["answer"] for each in first["attempts"]]


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [
        ("locale: en", ("Deliveries", "given up", "not delivered, may be tried again", "2 messages as one", "try 2")),
        (CHINESE, ("送达情况", "未送达，已放弃", "已送达", "合并2条", "第2次", "新故障")),
    ],
)
def test_people_read_the_tries_among_everything_else_in_order(
    office: Office, locale: str, wanted: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    settings = office.folder / "monitor.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("locale: en", locale), encoding="utf-8")
    one, two, _ = told(office)
    page = office.done("fault", "show", one)
    print(page)
    for each in (*wanted, "no such hook", "no answer in time"):
        assert each in page
    assert page.index("no answer in time") < page.index("200  ")
    assert f"{one}:opened" in office.done("fault", "show", two)


def test_the_status_says_what_waits_and_what_was_given_up(office: Office) -> None:
    """By channel, with their number and since when; nothing where all is delivered."""
    one, _, due = told(office)
    at = f"{due + timedelta(hours=8):%m-%d %H:%M:%S}"
    assert f"Messages given up: 1 by hook, the first was to go at {at}. Telephone." in unwrapped(office)
    with Store.open(office.url) as store:
        [row] = [each.message for each in store.deliveries_of(one) if each.channel == "hook"]
        store.route([(row, (on_its_way(row, "mail"),))])
    assert f"Messages wait: 1 for mail, the first was to go at {at}." in unwrapped(office)
    assert "robot" not in unwrapped(office)


def unwrapped(office: Office) -> str:
    return " ".join(office.done("status").split())
