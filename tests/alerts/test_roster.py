"""Who is on call: everybody whose shift holds, once, and for a channel those whom it can reach."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.letter import Recipient
from monitor.alerts.roster import on_call, recipients, silent
from monitor.config.hours import ALWAYS, Almanac, DayKind, Hours, Moment, as_span
from monitor.config.rosters import Roster, Shift
from monitor.config.settings import Channel, ChannelKind
from monitor.config.workdays import Workdays

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(at: str) -> Moment:
    instant = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI).astimezone(UTC)
    return Almanac(SHANGHAI, Workdays().worked).moment(instant)


def hours(span: str, days: str = "", first: date | None = None, until: date | None = None) -> Hours:
    return Hours(spans=(as_span(span),), days=frozenset(map(DayKind, days.split())), first=first, until=until)


ROSTER = Roster(
    "duty",
    (
        Shift(name="周", phone="13800000001", hours=hours("08:00-20:00", "workdays")),
        Shift(name="夜", phone="13800000002", email="night@b.c", hours=hours("20:00-08:00")),
        Shift(name="假", email="free@b.c", hours=hours("08:00-20:00", "holidays")),
        Shift(name="带班", phone="13800000004", hours=hours("00:00-24:00", "", date(2026, 10, 1), date(2026, 10, 9))),
        Shift(name="夜", phone="13800000002", email="night@b.c", hours=hours("00:00-06:00", "sat")),
    ),
)
ROSTERS = {"duty": ROSTER, "empty": Roster("empty", (Shift(phone="138", hours=hours("08:00-20:00", "mon")),))}


@pytest.mark.parametrize(
    ("rule", "at", "names"),
    [
        ("a Tuesday's noon", "2026-09-01T12:00:00", ["周"]),
        ("03:00", "2026-09-02T03:00:00", ["夜"]),
        ("08:00 changes over", "2026-09-02T08:00:00", ["周"]),
        ("07:59 not yet", "2026-09-02T07:59:59", ["夜"]),
        ("a Saturday's noon", "2026-09-05T12:00:00", ["假"]),
        ("a make-up Saturday's noon", "2026-10-10T12:00:00", ["周"]),
        ("National Day, with the one for the week", "2026-10-01T12:00:00", ["假", "带班"]),
        ("its eve at 23:59", "2026-09-30T23:59:00", ["夜"]),
        ("a Saturday's 03:00, by two shifts, once", "2026-09-05T03:00:00", ["夜"]),
    ],
)
def test_all_whose_shift_holds_are_on_call(rule: str, at: str, names: list[str]) -> None:
    """Everybody whose shift holds is on call, in the order of the roster, and nobody twice."""
    assert names == [each.name for each in on_call(ROSTER, moment(at))], rule


NIGHT = Recipient(name="夜", phone="13800000002", email="night@b.c")


def channel(kind: ChannelKind, roster: str | None = "duty", *own: str) -> Channel:
    return Channel(name=f"{kind}-{roster}", kind=kind, roster=roster, recipients=own)


@pytest.mark.parametrize(
    ("kind", "roster", "at", "expected"),
    [
        (ChannelKind.SMS, "duty", "2026-09-02T03:00:00", (NIGHT,)),
        (ChannelKind.SMTP, "duty", "2026-09-02T03:00:00", (NIGHT,)),
        (ChannelKind.SMTP, "duty", "2026-09-02T12:00:00", ()),  # who is on call has no mail
        (ChannelKind.SMS, "duty", "2026-09-05T12:00:00", ()),  # who is on call has no telephone
        (ChannelKind.SMS, None, "2026-09-02T03:00:00", ()),
    ],
)
def test_a_channel_reaches_those_on_call_by_its_way(
    kind: ChannelKind, roster: str | None, at: str, expected: tuple[Recipient, ...]
) -> None:
    """An SMS goes by telephone and a mail by address; who has none is not among its recipients."""
    assert expected == recipients(channel(kind, roster), ROSTERS, moment(at))


def test_a_channel_without_anybody_is_silent() -> None:
    """A channel reaches nobody while nobody is on call for it and it has no recipients of its own."""
    channels = [
        channel(ChannelKind.SMS),
        channel(ChannelKind.SMTP),
        channel(ChannelKind.SMS, "empty"),
        channel(ChannelKind.SMTP, "empty", "own@b.c"),
        channel(ChannelKind.WEBHOOK, None),
    ]
    assert {"sms-empty"} == silent(channels, ROSTERS, moment("2026-09-02T03:00:00"))
    assert {"sms-empty", "smtp-duty"} == silent(channels, ROSTERS, moment("2026-09-02T12:00:00"))


def test_a_shift_without_hours_is_always_on_call() -> None:
    """Who names no hours, days or dates is on call at every instant."""
    assert (Recipient(phone="138"),) == on_call(
        Roster("r", (Shift(phone="138", hours=ALWAYS),)), moment("2026-09-02T03:00")
    )
