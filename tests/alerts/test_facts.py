"""What is stated of a message: the figures, the names, and what has changed since it fell due."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.facts import FIELDS, FIELDS_TOGETHER, Facts, Matter, Together
from monitor.alerts.office import no_short
from monitor.config.settings import Locale
from monitor.faults.events import MessageDue
from monitor.faults.fault import Exclusion, Fault
from monitor.faults.terms import ExclusionReason, MessageKind, Party, Reason
from monitor.policy import Clock, ClockStart, Policies, Policy, Reminders
from tests.alerts.matters import POLICIES, again, composer, fault, incident, local, matter

OPENED, RESTORED = MessageKind.OPENED, MessageKind.RESTORED


def facts(told: Matter, now: str | None = None, policies: Policies = POLICIES, locale: Locale | None = None) -> Facts:
    at = told.message.due_at if now is None else local(now)
    stated = composer(policies=policies, locale=locale).facts([told], at)
    assert isinstance(stated, Facts)
    return stated


@pytest.mark.parametrize(
    ("no", "short"),
    [
        ("F20260901-0007", "0901-7"),
        ("F20261231-0120", "1231-120"),
        ("F20260901-12345", "0901-12345"),
        ("L1", "L1"),
        ("F2026-07", "F2026-07"),
    ],
)
def test_a_number_is_said_shortly(no: str, short: str) -> None:
    assert short == no_short(no)


def test_a_new_fault_is_stated() -> None:
    stated = facts(matter(OPENED, fault(reasons=(Reason.PORT_CHANGED,), repeat_of="F20260831-0003"), "09-01 13:04"))
    assert ("财政局", "云岭县财政局", "finance-bureau") == (stated.unit, stated.unit_name, stated.unit_id)
    assert ("联通", "中国联通云岭分公司", "主用") == (stated.carrier, stated.carrier_name, stated.role)
    assert ("9月1日13:02", "1日13:02", "13:02") == (stated.failed_at, stated.failed_shortly, stated.failed_clock)
    assert ("9月1日13:04", "9月1日13:04") == (stated.discovered_at, stated.clock_from)
    assert ("9月2日01:04", "12小时", "0秒") == (stated.deadline, stated.left, stated.elapsed)
    assert ("网络运营商", "广域网口变化", "未认定") == (stated.proposed_party, stated.evidence, stated.party)
    assert (True, False, "F20260831-0003") == (stated.undetermined, stated.exempt, stated.repeats)
    assert (None, None, None, 1) == (stated.restored_at, stated.over, stated.node, stated.units_affected)


def test_who_left_the_inventory_goes_by_the_id() -> None:
    gone = fault(line="gone-1", unit="gone-bureau", carrier="gone", role="spare")
    stated = facts(matter(OPENED, gone, "09-01 13:04"))
    assert ("gone-bureau", "gone-bureau", "gone-1") == (stated.unit, stated.unit_name, stated.line)
    assert ("gone", "gone", "spare") == (stated.carrier, stated.carrier_name, stated.role)


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (10, False), (11, True)])
def test_what_was_judged_to_be_due_late_says_so_however_soon_it_is_sent(seconds: int, late: bool) -> None:
    """The daemon was stopped over the instant, or a restoration was waited for in vain (section 10)."""
    told = matter(MessageKind.REMINDER, fault(), "09-01 22:04", fraction=0.75)
    judged = replace(told.message, at=told.message.due_at + timedelta(seconds=seconds))
    stated = facts(replace(told, message=judged), f"09-01 22:04:{seconds:02d}")
    assert (late, "9小时") == (stated.late, stated.elapsed)


def test_an_id_that_is_an_address_is_not_told() -> None:
    stated = facts(matter(OPENED, fault(line="192.0.2.7", unit="router 2001:db8::7"), "09-01 13:04"))
    assert ("*", "router *", "router *") == (stated.line, stated.unit, stated.unit_id)


@pytest.mark.parametrize(
    ("rule", "kind", "due", "now", "elapsed", "left", "over"),
    [
        ("At half the limit.", MessageKind.REMINDER, "09-01 19:04", "09-01 19:04:07", "6小时", "6小时", None),
        ("Seconds of sending change no figure.", MessageKind.REMINDER, "09-01 22:04", "09-01 22:05:59",
         "9小时", "3小时", None),
        ("Two minutes do: then it is late, and read now.", MessageKind.REMINDER, "09-01 22:04", "09-01 22:06:01",
         "9小时2分", "2小时57分", None),
        ("At the limit nothing is left, and nothing over.", MessageKind.OVERDUE, "09-02 01:04", "09-02 01:04:01",
         "12小时", None, None),
        ("Past it the clock is over.", MessageKind.OVERDUE_REPEAT, "09-02 05:04", "09-02 05:04:01",
         "16小时", None, "4小时"),
        ("A message from the future is read now.", OPENED, "09-01 14:04", "09-01 13:34", "30分", "11小时30分", None),
    ],
)  # fmt: skip
def test_the_clock_is_read_when_the_message_fell_due(
    rule: str, kind: MessageKind, due: str, now: str, elapsed: str, left: str | None, over: str | None
) -> None:
    stated = facts(matter(kind, fault(), due), now)
    assert (elapsed, left, over) == (stated.elapsed, stated.left, stated.over), rule


def test_left_is_of_the_clock_so_that_excluded_time_to_come_is_not_in_it() -> None:
    excluded = Exclusion(
        id="x", begins_at=local("09-01 23:00"), ends_at=local("09-02 01:00"), reason=ExclusionReason.ACCESS_DENIED
    )
    stated = facts(matter(MessageKind.REMINDER, fault(exclusions=(excluded,)), "09-01 22:04", fraction=0.75))
    assert ("3小时", "9月2日03:04") == (stated.left, stated.deadline)


def test_no_deadline_is_stated_before_the_first_notice_is_delivered() -> None:
    policy = Policy(version="notified", clock=Clock(start=ClockStart.NOTIFIED))
    stated = facts(matter(OPENED, fault(policy_version="notified"), "09-01 13:04"), policies=Policies([policy]))
    assert (None, None, None, None) == (stated.deadline, stated.left, stated.over, stated.clock_from)
    assert "12小时" == stated.limit


def test_the_clock_of_a_fault_that_came_back_to_the_carrier_counts_from_then() -> None:
    back = fault(party=Party.CARRIER, counted_from=local("09-01 15:00"))
    stated = facts(matter(OPENED, back, "09-01 13:04"), "09-01 16:00")
    assert ("9月1日15:00", "1小时", "9月2日03:00") == (stated.clock_from, stated.elapsed, stated.deadline)


def test_nobody_is_held_to_anything_of_an_exempt_fault() -> None:
    stated = facts(matter(MessageKind.OVERDUE, fault(party=Party.UNIT), "09-02 01:04"), "09-02 02:04")
    assert (None, None, True, "接入单位") == (stated.left, stated.over, stated.exempt, stated.party)
    assert "责任方已认定为接入单位，不计时限" == stated.note


@pytest.mark.parametrize(
    ("restored", "unseen", "party", "code"),
    [
        ("09-02 01:04", 10, Party.CARRIER, "on_time"),
        ("09-02 01:04:20", 30, Party.CARRIER, "disputable"),
        ("09-02 01:04:20", 10, Party.CARRIER, "late"),
        ("09-02 01:04:20", 10, Party.CENTRE, "exempt"),
    ],
)
def test_the_verdict_is_that_of_the_rules(restored: str, unseen: int, party: Party, code: str) -> None:
    ended = fault(restored=restored, unseen=timedelta(seconds=unseen), party=party)
    stated = facts(matter(RESTORED, ended, restored, episode=1))
    assert (code, None) == (stated.verdict_code, stated.note)


def twice() -> Fault:
    """Down from 13:02, up from 17:28, down again from 17:40."""
    return again(fault(restored="09-01 17:28"), failed="09-01 17:40", discovered="09-01 17:42")


@pytest.mark.parametrize(
    ("rule", "kind", "due", "episode", "failed", "number", "note"),
    [
        ("Opened means the first outage.", OPENED, "09-01 13:04", None, "9月1日13:02", 1, None),
        ("Relapsed means its own.", MessageKind.RELAPSED, "09-01 17:42", 2, "9月1日17:40", 2, None),
        ("A reminder the latest.", MessageKind.REMINDER, "09-01 19:18", None, "9月1日17:40", 2, None),
        ("Restored its own, and says that it is over.", RESTORED, "09-01 17:28", 1, "9月1日13:02", 1,
         "9月1日17:40再次中断"),
        ("A number out of the row is the nearest.", RESTORED, "09-01 17:28", 9, "9月1日17:40", 2, None),
    ],
)  # fmt: skip
def test_a_message_speaks_of_its_own_outage(
    rule: str, kind: MessageKind, due: str, episode: int | None, failed: str, number: int, note: str | None
) -> None:
    stated = facts(matter(kind, twice(), due, episode=episode), "09-01 19:18")
    assert (failed, number, note) == (stated.failed_at, stated.episode, stated.note), rule
    assert (number > 1) is stated.again, rule


def test_a_restoration_is_judged_as_it_stood_before_the_line_went_down_again() -> None:
    stated = facts(matter(RESTORED, twice(), "09-01 17:28", episode=1), "09-02 10:00")
    assert ("9月1日17:28", "4小时24分", "on_time") == (stated.restored_at, stated.elapsed, stated.verdict_code)


@pytest.mark.parametrize(
    ("rule", "kind", "changed", "note"),
    [
        ("Restored since.", OPENED, fault(restored="09-01 13:30"), "已于9月1日13:30恢复"),
        ("Ruled since.", MessageKind.OVERDUE, fault(party=Party.THIRD_PARTY), "责任方已认定为第三方，不计时限"),
        ("Acknowledged since.", MessageKind.UNACKNOWLEDGED, fault(acknowledged_at=local("09-01 13:33")),
         "已于9月1日13:33接单"),
        ("Acknowledged: that is no news in a reminder.", MessageKind.REMINDER,
         fault(acknowledged_at=local("09-01 13:33")), None),
        ("Nothing has changed.", OPENED, fault(), None),
    ],
)  # fmt: skip
def test_what_has_changed_since_is_noted(rule: str, kind: MessageKind, changed: Fault, note: str | None) -> None:
    assert note == facts(matter(kind, changed, "09-01 13:34")).note, rule


@pytest.mark.parametrize(
    ("fractions", "fraction", "percent", "half", "last"),
    [
        ((0.5, 0.75), 0.5, 50, True, False),
        ((0.5, 0.75), 0.75, 75, False, True),
        ((0.25, 0.5, 0.9), 0.25, 25, False, False),
        ((0.25, 0.5, 0.9), 0.9, 90, False, True),
        ((0.5,), 0.5, 50, True, True),
        ((), 0.75, 75, False, True),
        ((0.29, 0.57), 0.57, 57, False, True),
    ],
)
def test_reminders_are_told_apart(
    fractions: tuple[float, ...], fraction: float, percent: int, half: bool, last: bool
) -> None:
    policies = Policies([Policy(reminders=Reminders(fractions=fractions))])
    stated = facts(matter(MessageKind.REMINDER, fault(), "09-01 19:04", fraction=fraction), policies=policies)
    assert (percent, half, last) == (stated.percent, stated.half, stated.last)


def test_the_last_reminder_says_what_is_left_whatever_the_fractions_are() -> None:
    policies = Policies([Policy(reminders=Reminders(fractions=(0.25, 0.9)))])
    told = matter(MessageKind.REMINDER, fault(), "09-01 23:52", fraction=0.9)
    letter = composer(policies=policies).letter(told, now=local("09-01 23:52:05"))
    assert letter.title.startswith("【剩余1小时12分】")
    earlier = matter(MessageKind.REMINDER, fault(), "09-01 16:04", fraction=0.25)
    assert composer(policies=policies).letter(earlier, now=local("09-01 16:04")).title.startswith("【时限已过25%】")


def test_an_incident_is_stated_with_its_node_and_what_it_struck() -> None:
    first, second = fault(), fault("F20260901-0008", line="education-1", unit="education-bureau")
    stated = facts(
        matter(OPENED, first, "09-01 13:04", incident=incident(first, second), struck=(first, second)),
    )
    assert (3, "东区汇聚", 2, 2) == (stated.incident, stated.node, stated.lines, stated.units_affected)
    whole = facts(matter(OPENED, first, "09-01 13:04", incident=incident(first, second, node=None)))
    assert (None, 2, 1) == (whole.node, whole.lines, whole.units_affected)
    gone = facts(matter(OPENED, first, "09-01 13:04", incident=incident(first, node="gone-node")))
    assert "gone-node" == gone.node
    once_more = replace(second, no="F20260901-0009")
    three = (first, second, once_more)
    twice = facts(matter(OPENED, first, "09-01 13:04", incident=incident(*three), struck=three))
    assert (2, 2) == (twice.lines, twice.units_affected)


@pytest.mark.parametrize(
    ("kind", "others", "expected"),
    [
        (MessageKind.MONITOR_BACK, {"detail": "2820"}, {"gap": "47分", "detail": None, "backwards": False}),
        (MessageKind.CLOCK_STEPPED, {"detail": "-37.5"}, {"gap": "37秒", "backwards": True}),
        (MessageKind.STORE_FAILING, {"detail": "disk\nis full at 192.0.2.9"},
         {"detail": "disk is full at *", "gap": None}),
        (MessageKind.BACKUP_LATE, {"detail": "97200"}, {"gap": "1天3小时", "detail": None}),
        (MessageKind.STORE_FAILING, {"detail": "nan"}, {"detail": "nan", "gap": None}),
        (MessageKind.UNREACHED, {"subject": "unicom", "detail": "F20260901-0007, F20260901-0012"},
         {"subject": "联通", "carrier_name": "中国联通云岭分公司", "contact": "联通调度值班 0000-66000201",
          "contact_phone": "0000-66000201", "items": ("F20260901-0007", "F20260901-0012"),
          "items_short": ("0901-7", "0901-12"), "count": 2, "detail": None}),
        (MessageKind.UNDELIVERED, {"subject": "unicom-sms", "detail": "errcode 1, errcode 2"},
         {"subject": "unicom-sms", "detail": "errcode 1, errcode 2", "items": (), "contact": None}),
        (MessageKind.LINES_UNKNOWN, {"detail": "finance-1,gone-1"}, {"items": ("财政局主用", "gone-1"), "count": 2}),
        (MessageKind.MONITOR_SEES, {}, {"gap": None, "detail": None, "subject": None, "count": 0}),
    ],
)  # fmt: skip
def test_what_the_monitor_says_of_itself_is_stated(
    kind: MessageKind, others: dict[str, str], expected: dict[str, object]
) -> None:
    stated = facts(matter(kind, None, "09-01 13:04", **others))
    assert expected == {name: getattr(stated, name) for name in expected}


def test_english_is_spoken_too() -> None:
    stated = facts(matter(OPENED, fault(), "09-01 13:04"), locale=Locale.ENGLISH)
    assert ("1 Sep 13:02", "12h", "primary") == (stated.failed_at, stated.left, stated.role)


def test_several_are_stated_by_what_they_share() -> None:
    first = fault(discovered="09-01 13:03")
    second = fault("F20260901-0008", failed="09-01 12:58", line="education-1", unit="education-bureau")
    third = replace(second, no="F20260901-0009", party=Party.UNIT)
    told = [matter(OPENED, each, "09-01 13:04") for each in (first, second, third)]
    stated = composer().facts(told, local("09-01 13:04:05"))
    assert isinstance(stated, Together)
    assert (3, ("财政局", "教育局"), "联通") == (stated.count, stated.units, stated.carrier)
    assert ("9月1日12:58", "9月2日01:03", 2, "11小时59分") == (
        stated.failed_at, stated.deadline, stated.deadlines, stated.left)  # fmt: skip
    assert (None, False) == (stated.incident, stated.exempt)
    assert ["【新故障】F20260901-0007 财政局"] == [stated.members[0].title]
    other = replace(fault("F20260901-0010"), carrier="gone")
    mixed = composer().facts([told[0], matter(OPENED, other, "09-01 13:04")], local("09-01 13:04:05"))
    assert isinstance(mixed, Together)
    assert mixed.carrier is None


def test_a_message_of_a_fault_needs_it() -> None:
    with pytest.raises(ValueError, match="is of a fault, and there is none"):
        Matter(message=MessageDue(at=local("09-01 13:04"), due_at=local("09-01 13:04"), message=OPENED, no="F1"))


def test_every_field_is_described() -> None:
    """Where it is made, and in docs/messages.md and its Chinese page for whoever writes templates."""
    folder = Path(__file__).parents[2] / "docs"
    documents = [(folder / name).read_text(encoding="utf-8") for name in ("messages.md", "zh/messages.md")]
    for kind, names in ((Facts, FIELDS), (Together, FIELDS_TOGETHER)):
        assert names == tuple(field.name for field in fields(kind))
        for name in names:
            for document in documents:
                assert f"`{name}`" in document, name
