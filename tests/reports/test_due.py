"""When a month's report is drawn up, drawn again, frozen and mailed (the policy's ``report``)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.editions.edition import Editions
from monitor.faults.events import EditionDrawn, EditionFrozen, EditionMade, EditionSent
from monitor.policy import ReportRule
from monitor.reports.due import due
from monitor.reports.periods import Period, between, month, months_up_to, named, week, year

ZONE = ZoneInfo("Asia/Shanghai")
RULE = ReportRule(draw_up_day=1, freeze_day=5)
SINCE = datetime(2026, 8, 20, tzinfo=UTC)
SEPTEMBER = named("2026-09", ZONE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def made(period: Period, at: datetime, *, number: int = 1, frozen: bool = False) -> EditionMade:
    return (EditionFrozen if frozen else EditionDrawn)(
        at=at, edition=period.key, begins_at=period.span[0], ends_at=period.span[1], number=number,
        as_of=period.span[1], policy="1", ledger_seq=1, ledger_hash="0" * 64, figures=f"{number:064}",
    )  # fmt: skip


def sent(at: datetime, fate: str) -> EditionSent:
    return EditionSent(at=at, edition="2026-09", number=1, channel="mail", recipients=1, fate=fate, status="")


def asked(editions: Editions, now: datetime, *, since: datetime | None = SINCE, mailed: bool = False) -> list[str]:
    found = due(editions, RULE, ZONE, now=now, since=since, mailed=mailed)
    return [f"{each.deed} {each.period.key}" for each in found]


def known(*events: EditionMade | EditionSent) -> Editions:
    editions = Editions()
    for event in events:
        editions.take(event)
    return editions


AUGUST = made(named("2026-08", ZONE), local("2026-09-05 04:01"), frozen=True)
FIRST = made(SEPTEMBER, local("2026-10-01 04:00:07"))
AGAIN = made(SEPTEMBER, local("2026-10-04 04:00:07"), number=2)
FINAL = made(SEPTEMBER, local("2026-10-05 04:00:07"), frozen=True)


@pytest.mark.parametrize(
    ("rule", "events", "now", "expected"),
    [
        ("the month is not over", [AUGUST], "2026-09-30 23:59", []),
        ("not before the early morning", [AUGUST], "2026-10-01 03:59", []),
        ("drawn up on the day", [AUGUST], "2026-10-01 04:00", ["draw 2026-09"]),
        ("once a day", [FIRST], "2026-10-01 18:00", []),
        ("not again in the night", [FIRST], "2026-10-02 03:59", []),
        ("again on the next day", [FIRST], "2026-10-02 04:00", ["draw 2026-09"]),
        ("frozen on the day", [FIRST, AGAIN], "2026-10-05 04:00", ["freeze 2026-09"]),
        ("frozen, and done", [FINAL], "2026-10-06 04:00", []),
        ("off on both days", [AUGUST], "2026-10-20 10:00", ["draw 2026-09"]),
        ("drawn up late, not frozen at once", [made(SEPTEMBER, local("2026-10-20 10:00"))], "2026-10-20 12:00", []),
        ("but after as many days", [made(SEPTEMBER, local("2026-10-20 10:00"))], "2026-10-24 04:00",
         ["freeze 2026-09"]),
        ("off for months", [FINAL], "2026-12-20 10:00", ["draw 2026-10", "draw 2026-11"]),
        ("an old draft is frozen beside the new one", [FIRST], "2026-11-01 04:00",
         ["freeze 2026-09", "draw 2026-10"]),
        ("a ledger from before there were reports: the last month only", [], "2027-03-01 04:00", ["draw 2027-02"]),
    ],
)  # fmt: skip
def test_what_is_due(rule: str, events: list[EditionMade], now: str, expected: list[str]) -> None:
    assert expected == asked(known(*events), local(now)), rule


def test_nothing_is_due_of_what_is_not_on_record() -> None:
    """A record that begins in October has no September; none has nothing."""
    assert [] == asked(known(), local("2026-10-01 05:00"), since=None)
    assert [] == asked(known(), local("2026-10-01 05:00"), since=local("2026-10-01 00:00"))


@pytest.mark.parametrize(
    ("rule", "events", "now", "expected"),
    [
        ("at once", [], "2026-10-05 04:01", ["mail 2026-09"]),
        ("delivered once", [sent(local("2026-10-05 04:02"), "delivered")], "2026-10-05 09:00", []),
        ("refused for good", [sent(local("2026-10-05 04:02"), "refused")], "2026-10-05 09:00", []),
        ("not again at once", [sent(local("2026-10-05 04:02"), "again")], "2026-10-05 04:30", []),
        ("again in an hour", [sent(local("2026-10-05 04:02"), "again")], "2026-10-05 05:02", ["mail 2026-09"]),
        ("for a day", [sent(local("2026-10-05 04:02"), "again")], "2026-10-06 04:01", []),
    ],
)
def test_a_frozen_report_is_mailed(rule: str, events: list[EditionSent], now: str, expected: list[str]) -> None:
    assert expected == asked(known(FINAL, *events), local(now), mailed=True), rule
    assert [] == asked(known(FINAL, *events), local(now)), "nobody is named"


DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(DAYS)
def test_a_period_comes_back_from_its_key_and_follows_the_one_before(day: date) -> None:
    begin = datetime(day.year, day.month, day.day, 5, tzinfo=ZONE)
    for period in (month(day, ZONE), week(day, ZONE), year(day.year, ZONE), between(begin, begin + timedelta(3), ZONE)):
        assert period == named(period.key, ZONE)
        assert period.span[0] == period.before().span[1]
        assert period.first <= day <= period.last
        assert period.before().kind is period.kind


def test_the_months_of_a_chart() -> None:
    assert ["2025-12", "2026-01", "2026-02"] == [each.key for each in months_up_to(named("2026-03", ZONE), 3)]
    assert ["2026-09"] == [each.key for each in months_up_to(named("2026-W40", ZONE), 1)], "it ends in October"
    assert ["2026-11", "2026-12"] == [each.key for each in months_up_to(named("2026", ZONE), 2)], "December is over too"
    assert ["2026-05"] == [each.key for each in months_up_to(named("2026-04-16..2026-06-01", ZONE), 1)]


@pytest.mark.parametrize("key", ["2026-13", "2026-W54", "september", "2026-09-02..2026-09-01", "..", "2026-09-01.."])
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="period"):
        named(key, ZONE)
