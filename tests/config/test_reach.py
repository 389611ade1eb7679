"""Whom routes and rosters reach: what a folder is refused for, and what it is warned of, each with its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config.folder import Configuration, load, reload
from monitor.config.problem import ConfigurationRefused
from tests.config.written import write

INVENTORY = """\
carriers: [{id: unicom, name: 联通}, {id: mobile, name: 移动}, {id: telecom, name: 电信}]
units: [{id: u1, name: 财政局, kind: department}, {id: u2, name: 石桥村, kind: village}]
lines:
  - {id: L1, unit: u1, carrier: unicom, address: 192.0.2.1}
  - {id: L2, unit: u2, carrier: unicom, address: 192.0.2.2}
  - {id: L3, unit: u1, carrier: mobile, address: 192.0.2.3, in_service_from: 2026-11-01}
  - {id: L4, unit: u1, carrier: telecom, address: 192.0.2.4, in_service_to: 2026-06-01}
references: [{id: gateway, address: 203.0.113.1}]
"""
HEAD = "{public_url: https://m.example, duty_phone: 0000-66000000, "
CHANNELS = "channels: {hook: {kind: webhook, url: 'http://h'}}"
CURE = "widen a route's hours or days, or add a route"
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def written(folder: Path, text: str) -> Path:
    return write(folder, monitor=text, inventory=INVENTORY)


def taken(folder: Path, text: str, at: datetime | None = NOW) -> Configuration:
    return load(written(folder, text), environ={}, at=at)


def warnings(folder: Path, text: str, at: datetime | None = NOW) -> list[str]:
    return [str(each).removeprefix(f"{folder}/monitor.yaml:") for each in taken(folder, text, at).warnings]


def refused(folder: Path, text: str, at: datetime | None = NOW) -> list[str]:
    with pytest.raises(ConfigurationRefused) as caught:
        taken(folder, text, at)
    return [str(each).removeprefix(f"{folder}/monitor.yaml:") for each in caught.value.problems]


def routed(*routes: str, channels: str = CHANNELS) -> str:
    return f"{HEAD}{channels},\nroutes: [{', '.join(f'{{{route}, channels: [hook]}}' for route in routes)}]}}"


@pytest.mark.parametrize(
    ("rule", "routes", "problems"),
    [
        ("one route for all", ["kinds: all"], []),
        ("by day and night", ["kinds: all, hours: 08:00-20:00", "kinds: all, hours: 20:00-08:00"], []),
        ("by carriers", ["carrier: unicom, kinds: all", "carrier: [mobile], kinds: [opened, overdue]"], []),
        ("by kinds of units", ["unit_kinds: department, kinds: all", "unit_kinds: village, kinds: all"], []),
        ("a carrier left out", ["carrier: unicom, kinds: all"],
         [f"2:1: routes: no route takes opened and overdue of carrier mobile (every day 00:00-24:00): {CURE}"]),
        ("a kind left out", ["kinds: opened"],
         [f"2:1: routes: no route takes overdue of carrier mobile (every day 00:00-24:00): {CURE}",
          f"2:1: routes: no route takes overdue of carrier unicom (every day 00:00-24:00): {CURE}"]),
        ("the nights left out", ["carrier: mobile, kinds: all", "carrier: unicom, kinds: all, hours: 08:00-20:00"],
         [f"2:1: routes: no route takes opened and overdue of carrier unicom (every day 20:00-08:00): {CURE}"]),
        ("a route that waits covers no more than its hours",
         ["carrier: mobile, kinds: all", "carrier: unicom, kinds: all, hours: 08:00-20:00, wait: true"],
         [f"2:1: routes: no route takes opened and overdue of carrier unicom (every day 20:00-08:00): {CURE}"]),
        ("villages left out", ["carrier: mobile, kinds: all", "carrier: unicom, unit_kinds: department, kinds: all"],
         ["2:1: routes: no route takes opened and overdue of carrier unicom, lines of villages (every day "
          f"00:00-24:00): {CURE}"]),
        ("different hours of two kinds",
         ["kinds: opened, days: workdays", "kinds: opened, days: holidays", "kinds: overdue, days: workdays",
          "carrier: mobile, kinds: overdue"],
         [f"2:1: routes: no route takes overdue of carrier unicom (holidays 00:00-24:00): {CURE}"]),
    ],
)  # fmt: skip
def test_a_carrier_not_told_at_some_hour_is_refused_with_the_hours(
    tmp_path: Path, rule: str, routes: list[str], problems: list[str]
) -> None:
    """Every carrier with lines is told of opened and overdue at every hour of every week, or the folder is refused."""
    text = routed(*routes)
    assert problems == (refused(tmp_path, text) if problems else []), rule
    if not problems:
        assert len(routes) == len(taken(tmp_path, text).settings.routes)


def test_a_carrier_whose_lines_have_left_needs_no_route(tmp_path: Path) -> None:
    """Telecom's only line left in June: in September nobody needs to be told, in May somebody does."""
    text = routed("carrier: [unicom, mobile], kinds: all")
    assert taken(tmp_path, text)
    problem = f"2:1: routes: no route takes opened and overdue of carrier telecom (every day 00:00-24:00): {CURE}"
    assert [problem] == refused(tmp_path, text, datetime(2026, 5, 1, tzinfo=UTC))
    assert [problem] == refused(tmp_path, text, None)


def test_other_mistakes_do_not_hide_who_is_not_reached(tmp_path: Path) -> None:
    """What is wrong elsewhere is named beside it; what is wrong in the routes themselves is named alone."""
    text = routed("carrier: unicom, kinds: all").replace("{public_url", "{conty: x, public_url")
    problem = f"2:1: routes: no route takes opened and overdue of carrier mobile (every day 00:00-24:00): {CURE}"
    assert ["1:2: conty: unknown key; did you mean 'county'?", problem] == refused(tmp_path, text)
    assert ["2:20: routes[0].carrier: there is no carrier of this id; did you mean 'unicom'?"] == refused(
        tmp_path, routed("carrier: unicon, kinds: all")
    )


@pytest.mark.parametrize(
    ("rule", "routes", "said"),
    [
        ("everything is heard", ["kinds: [all, alarms]"], []),
        ("nobody hears the alarms", ["kinds: all"],
         ["2:1: routes: no route takes monitor_blind, monitor_sees, unreached, undelivered, outbox_stuck, "
          "lines_unknown, monitor_back, clock_stepped, reload_refused, store_failing, backup_late, register_expiring, "
          "report_ready, report_failed and letters_ready: nobody is told; the word alarms in a route's kinds takes "
          "them all"]),
        ("nobody hears that it is over", ["kinds: [opened, overdue, alarms, reminder, overdue_repeat, unacknowledged]"],
         ["2:1: routes: no route takes restored and relapsed of any carrier: nobody is told"]),
        ("one carrier's are not heard",
         ["kinds: [opened, overdue, alarms]", "carrier: unicom, kinds: all"],
         ["2:1: routes: no route takes reminder, overdue_repeat, restored, relapsed and unacknowledged of carrier "
          "mobile: nobody is told"]),
        ("those of villages are not heard",
         ["kinds: [opened, overdue, alarms]", "carrier: mobile, kinds: all", "unit_kinds: department, kinds: all"],
         ["2:1: routes: no route takes reminder, overdue_repeat, restored, relapsed and unacknowledged of carrier "
          "unicom, lines of villages: nobody is told"]),
        ("at some hours is enough", ["kinds: [opened, overdue, alarms]", "kinds: all, hours: 08:00-20:00"], []),
        ("that one carrier is unreached is not heard",
         ["carrier: [unicom], kinds: [all, alarms]", "kinds: [all], carrier: mobile",
          "kinds: [monitor_blind, monitor_sees, undelivered, outbox_stuck, lines_unknown, monitor_back, clock_stepped, "
          "reload_refused, store_failing, backup_late, register_expiring, report_ready, report_failed, letters_ready]"],
         ["2:1: routes: no route takes unreached: nobody is told; the word alarms in a route's kinds takes them all",
          "2:37: routes[0].kinds: monitor_blind, monitor_sees, undelivered, outbox_stuck, lines_unknown, monitor_back, "
          "clock_stepped, reload_refused, store_failing, backup_late, register_expiring, report_ready, report_failed "
          "and letters_ready: of no carrier and no unit, so a route for some of them never takes these"]),
        ("a carrier without lines", ["kinds: [all, alarms]", "carrier: [unicom, telecom], kinds: all"],
         ["2:71: routes[1].carrier[1]: this carrier has no line in service: this route takes nothing of it"]),
        ("a kind of units without lines", ["kinds: [all, alarms]", "unit_kinds: township, kinds: all"],
         ["2:65: routes[1].unit_kinds: no line of these carriers leads to a unit of this kind"]),
        ("a kind of units without lines of this carrier",
         ["kinds: [all, alarms]", "carrier: mobile, unit_kinds: [department, village], kinds: all"],
         ["2:95: routes[1].unit_kinds[1]: no line of this carrier leads to a unit of this kind"]),
        ("an alarm of a kind of units", ["kinds: [all, alarms]", "unit_kinds: village, kinds: monitor_blind"],
         ["2:81: routes[1].kinds: monitor_blind: of no carrier and no unit, so a route for some of them never takes "
          "these"]),
    ],
)  # fmt: skip
def test_what_nobody_hears_and_what_never_matches_is_warned_of(
    tmp_path: Path, rule: str, routes: list[str], said: list[str]
) -> None:
    """A message that nobody gets, and a route that can never match, run but are warned of."""
    assert said == warnings(tmp_path, routed(*routes)), rule


def test_a_channel_no_route_uses_is_warned_of(tmp_path: Path) -> None:
    """A channel that no route names is likely forgotten."""
    channels = "channels: {hook: {kind: webhook, url: 'http://h'}, spare: {kind: webhook, url: 'http://s'}}"
    assert ["1:111: channels.spare: no route uses this channel"] == warnings(
        tmp_path, routed("kinds: [all, alarms]", channels=channels)
    )


def test_a_channel_that_only_the_report_uses_is_used(tmp_path: Path) -> None:
    """The report goes by it, whether it is named or the only one of its kind; without recipients it is idle."""
    mail = "mail: {kind: smtp, host: h.example, sender: m@c.example, recipients: [d@c.example]}"
    hook = "channels: {hook: {kind: webhook, url: 'http://h'}, "
    for report in ("", ", channel: mail"):
        channels = f"report: {{recipients: [l@c.example]{report}}}, {hook}{mail}}}"
        assert [] == warnings(tmp_path, routed("kinds: [all, alarms]", channels=channels))
    [idle] = warnings(tmp_path, routed("kinds: [all, alarms]", channels=f"{hook}{mail}}}"))
    assert idle.endswith("channels.mail: no route uses this channel")


def test_without_routes_only_that_is_warned_of(tmp_path: Path) -> None:
    """Where nobody is told of anything, it is said once."""
    assert ["1:1: routes: no routes are given: nobody is told of a fault"] == warnings(tmp_path, f"{{{CHANNELS}}}")


def rostered(shifts: str, *, kind: str = "sms, url: 'http://s'", recipients: str = "", used: str = "duty") -> str:
    return (
        f"{HEAD}channels: {{hook: {{kind: {kind}{recipients}, roster: {used}}}}},\n"
        f"rosters: {{duty: [{shifts}], d2: [{{phone: 138, email: a@b}}]}},\n"
        "routes: [{kinds: [all, alarms], channels: [hook]}]}"
    )


MAIL = "smtp, host: h, sender: s@b"
OF_SMS = "nobody of roster duty who can be reached by telephone is on call"
OF_MAIL = "nobody of roster duty who can be reached by mail is on call"
BESIDES = ", and this channel has no recipients besides"
SPARE = "rosters.d2: no channel uses this roster"


@pytest.mark.parametrize(
    ("rule", "text", "problem"),
    [
        ("always", rostered("{phone: 138}"), None),
        ("by day and by night", rostered("{phone: 138, hours: 08:00-20:00}, {phone: 139, hours: 20:00-08:00}"), None),
        ("only by day", rostered("{phone: 138, hours: 08:00-20:00}"), f"{OF_SMS} (every day 20:00-08:00){BESIDES}"),
        ("only on workdays", rostered("{phone: 138, days: workdays}"), f"{OF_SMS} (holidays 00:00-24:00){BESIDES}"),
        ("by night only by mail, which an SMS cannot take",
         rostered("{phone: 138, hours: 08:00-20:00}, {email: a@b, hours: 20:00-08:00}"),
         f"{OF_SMS} (every day 20:00-08:00){BESIDES}"),
        ("nobody by mail at all", rostered("{phone: 138}", kind=MAIL), f"{OF_MAIL} (every day 00:00-24:00){BESIDES}"),
        ("dates count as always: time alone makes nothing wrong",
         rostered("{phone: 138, dates: [2026-01-01, 2026-02-01]}"), None),
    ],
)  # fmt: skip
def test_a_channel_that_reaches_nobody_at_some_hour_is_refused(
    tmp_path: Path, rule: str, text: str, problem: str | None
) -> None:
    """Without recipients of its own, a channel needs somebody on call at every hour whom it can reach."""
    if problem is None:
        assert taken(tmp_path, text), rule
    else:
        (found,) = refused(tmp_path, text)
        assert f"channels.hook.roster: {problem}" == found.split(" ", 1)[1], rule


@pytest.mark.parametrize(
    ("rule", "text", "said"),
    [
        ("with recipients besides, hours without anybody are only warned of",
         rostered("{phone: 138, hours: 08:00-20:00}", recipients=", recipients: ['139']"),
         [f"channels.hook.roster: {OF_SMS} (every day 20:00-08:00)"]),
        ("dates that are over", rostered("{phone: 138, dates: [2026-01-01, 2026-02-01]}"),
         [f"channels.hook.roster: {OF_SMS} from 2026-09-01 08:00 on: add shifts with later dates"]),
        ("dates that will soon be over", rostered("{phone: 138, dates: [null, 2026-09-10]}"),
         [f"channels.hook.roster: {OF_SMS} from 2026-09-10 00:00 on: add shifts with later dates"]),
        ("dates that will be over in a month", rostered("{phone: 138, dates: [null, 2026-10-10]}"), []),
        ("dates that follow each other", rostered("{phone: 138, dates: [null, 2026-09-10]}, "
         "{phone: 139, dates: [2026-09-10, null]}"), []),
    ],
)  # fmt: skip
def test_who_will_not_be_on_call_is_warned_of(tmp_path: Path, rule: str, text: str, said: list[str]) -> None:
    """A roster that is about to end, or has hours without anybody beside other recipients, is warned of."""
    assert [*said, SPARE] == [each.split(" ", 1)[1] for each in warnings(tmp_path, text)], rule


def test_a_roster_no_channel_uses_is_warned_of_with_its_hours(tmp_path: Path) -> None:
    """A roster of its own is looked at for anybody on call, by telephone or mail."""
    text = rostered("{phone: 138, hours: 08:00-20:00}, {email: a@b, hours: 20:00-06:00}", used="d2")
    assert [
        "2:11: rosters.duty: no channel uses this roster",
        "2:11: rosters.duty: nobody is on call (every day 06:00-08:00)",
    ] == warnings(tmp_path, text)


@pytest.mark.parametrize(
    ("at", "asked", "years"),
    [
        (datetime(2026, 9, 1, tzinfo=UTC), True, []),
        (datetime(2096, 11, 30, 15, tzinfo=UTC), True, [2096]),
        (datetime(2096, 11, 30, 16, tzinfo=UTC), True, [2096, 2097]),  # December in Shanghai
        (datetime(2096, 12, 1, tzinfo=UTC), False, []),  # nothing asks for workdays
        (datetime(2097, 12, 1, tzinfo=UTC), True, [2097]),  # 2098 is written
        (None, True, []),
    ],
)
def test_years_of_unknown_holidays_are_warned_of(
    tmp_path: Path, at: datetime | None, asked: bool, years: list[int]
) -> None:
    """From December on the next year's holidays should be known, wherever a route or a roster asks for them."""
    route = "kinds: [all, alarms], carrier: unicom, days: workdays" if asked else "kinds: [all, alarms]"
    text = routed(route, "kinds: [all, alarms]").replace("}]}", "}], calendar: {2098: {}}}")
    said = [each for each in warnings(tmp_path, text, at) if "calendar" in each]
    unknown = "(or in a newer package chinesecalendar), Saturdays and Sundays count as holidays"
    assert [
        f"calendar: the holidays of {year} are not known: until they stand here under {year} {unknown}"
        for year in years
    ] == [each.split(" ", 1)[1] for each in said]


def test_a_reload_that_would_leave_a_carrier_untold_is_refused_whole(tmp_path: Path) -> None:
    """A running configuration stays as it is when the new one has an hour in which a carrier is told nothing."""
    old = taken(tmp_path, routed("kinds: all"))
    before = old.settings
    written(tmp_path, routed("kinds: all, hours: 08:00-20:00"))
    with pytest.raises(ConfigurationRefused):
        reload(old, environ={}, at=NOW)
    assert before is old.settings
    written(tmp_path, routed("kinds: [all, alarms]"))
    assert ("routes",) == reload(old, environ={}, at=NOW)[1].changed
