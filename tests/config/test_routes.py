"""Routes and rosters: every key that they may have, and every error with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.config.hours import ALWAYS, DATES_WANTED, WANTED, DayKind, Hours, Span
from monitor.config.installation import Installation, read_installation
from monitor.config.problem import Problem
from monitor.config.rosters import Roster, Shift
from monitor.config.routes import KIND_WORDS, Matter, Route
from monitor.config.source import parse
from monitor.faults.terms import MessageKind
from monitor.inventory.model import UnitKind

CHANNELS = "channels: {hook: {kind: webhook, url: 'http://h'}, sms: {kind: sms, url: 'http://s', roster: duty}}"
WHOLE = f"""\
{CHANNELS}
routes:
  - carrier: [unicom, mobile]
    unit_kinds: [village, township]
    kinds: [all, monitor_blind]
    hours: [08:00-12:00, 14:00-18:00]
    days: [workdays, sat]
    channels: [hook, sms, hook]
    wait: true
  - {{carrier: unicom, unit_kinds: village, kinds: overdue, hours: 20:00-08:00, days: sun, channels: [sms]}}
  - {{kinds: alarms, channels: [hook]}}
rosters:
  duty:
    - {{name: 张三, phone: 13800000001, email: z@b.c, days: workdays,
        hours: 08:00-20:00, dates: [2026-10-01, 2026-10-08]}}
    - {{phone: +86 0000-66000002, dates: [null, 2026-11-01]}}
    - {{email: night@b.c}}
"""


def read(text: str) -> tuple[Installation, list[Problem]]:
    problems: list[Problem] = []
    document = parse(text, file="monitor.yaml")
    return read_installation(document, environ={}, folder=Path("/nowhere"), problems=problems), problems


def test_every_key_of_a_route_is_taken() -> None:
    """A list may be one word, a channel counts once, and the words all and alarms are what they stand for."""
    installation, problems = read(WHOLE)
    assert [] == problems
    first, second, third = installation.settings.routes
    assert first == Route(
        carriers=("unicom", "mobile"),
        unit_kinds=(UnitKind.VILLAGE, UnitKind.TOWNSHIP),
        kinds=(*KIND_WORDS["all"], MessageKind.MONITOR_BLIND),
        hours=Hours(spans=(Span(480, 720), Span(840, 1080)), days=frozenset({DayKind.WORKDAYS, DayKind.SAT})),
        channels=("hook", "sms"),
        wait=True,
    )
    assert second == Route(
        carriers=("unicom",),
        unit_kinds=(UnitKind.VILLAGE,),
        kinds=(MessageKind.OVERDUE,),
        hours=Hours(spans=(Span(1200, 1920),), days=frozenset({DayKind.SUN})),
        channels=("sms",),
    )
    assert third == Route(kinds=KIND_WORDS["alarms"], channels=("hook",))


def test_every_key_of_a_shift_is_taken() -> None:
    """A shift has hours, days and dates, or holds always."""
    settings = read(WHOLE)[0].settings
    assert "duty" == settings.channels["sms"].roster
    assert settings.rosters == {
        "duty": Roster(
            "duty",
            (
                Shift(
                    name="张三",
                    phone="13800000001",
                    email="z@b.c",
                    hours=Hours(
                        spans=(Span(480, 1200),),
                        days=frozenset({DayKind.WORKDAYS}),
                        first=date(2026, 10, 1),
                        until=date(2026, 10, 8),
                    ),
                ),
                Shift(phone="+86 0000-66000002", hours=Hours(until=date(2026, 11, 1))),
                Shift(email="night@b.c", hours=ALWAYS),
            ),
        )
    }


def test_the_words_for_many_kinds_share_them_all_between_them() -> None:
    """What is of a fault is in all, what is not is an alarm, and no kind is in both or in none."""
    assert set(MessageKind) == {*KIND_WORDS["all"], *KIND_WORDS["alarms"]}
    assert all(kind.of_a_fault for kind in KIND_WORDS["all"])
    assert not any(kind.of_a_fault for kind in KIND_WORDS["alarms"])


OPENED, BLIND, UNREACHED = MessageKind.OPENED, MessageKind.MONITOR_BLIND, MessageKind.UNREACHED
VILLAGE, TOWNSHIP = UnitKind.VILLAGE, UnitKind.TOWNSHIP
EVERYTHING = tuple(MessageKind)


@pytest.mark.parametrize(
    ("rule", "carriers", "units", "matter", "takes"),
    [
        ("a route of nobody takes every carrier's", (), (), Matter(OPENED, "unicom", VILLAGE), True),
        ("a carrier's route takes its own", ("unicom",), (), Matter(OPENED, "unicom", VILLAGE), True),
        ("and no other's", ("unicom",), (), Matter(OPENED, "mobile", VILLAGE), False),
        ("one of several is enough", ("unicom", "mobile"), (), Matter(OPENED, "mobile", VILLAGE), True),
        ("a route for villages takes theirs", (), (VILLAGE,), Matter(OPENED, "unicom", VILLAGE), True),
        ("and no township's", (), (VILLAGE,), Matter(OPENED, "unicom", TOWNSHIP), False),
        ("both must fit", ("mobile",), (VILLAGE,), Matter(OPENED, "unicom", VILLAGE), False),
        ("a fault of a line gone from the inventory reaches everybody", (), (VILLAGE,), Matter(OPENED, "unicom"), True),
        ("an alarm is of no carrier", ("unicom",), (), Matter(BLIND), False),
        ("and of no unit", (), (VILLAGE,), Matter(BLIND), False),
        ("a route for all takes it", (), (), Matter(BLIND), True),
        ("that a carrier is unreached names it", ("unicom",), (), Matter(UNREACHED, "unicom"), True),
        ("and no other", ("mobile",), (), Matter(UNREACHED, "unicom"), False),
        ("but no unit", (), (VILLAGE,), Matter(UNREACHED, "unicom"), False),
    ],
)
def test_what_a_route_takes(
    rule: str, carriers: tuple[str, ...], units: tuple[UnitKind, ...], matter: Matter, takes: bool
) -> None:
    """A route takes by carrier and kind of unit, each where it names some."""
    route = Route(kinds=EVERYTHING, channels=("hook",), carriers=carriers, unit_kinds=units)
    assert takes is route.takes(matter), rule


def test_a_route_takes_only_the_kinds_it_names() -> None:
    """A kind that a route does not name goes past it."""
    route = Route(kinds=(MessageKind.OVERDUE,), channels=("hook",))
    assert [MessageKind.OVERDUE] == [kind for kind in MessageKind if route.takes(Matter(kind, "unicom", VILLAGE))]


ONE = "channels: [hook]"
KINDS = (
    "one of opened, reminder, overdue, overdue_repeat, restored, relapsed, monitor_blind, monitor_sees, "
    "unacknowledged, unreached, undelivered, outbox_stuck, lines_unknown, monitor_back, clock_stepped, "
    "reload_refused, store_failing, backup_late, register_expiring, report_ready, report_failed, "
    "letters_ready, all, alarms is wanted here"
)
DAYS = "one of workdays, holidays, mon, tue, wed, thu, fri, sat, sun is wanted here"
UNITS = "one of department, township, village, other is wanted here"
LEAVE_OUT = "is empty: name at least one, or leave it out"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("routes: [{kinds: all, chanels: [hook]}]", "1:23: routes[0].chanels: unknown key; did you mean 'channels'?"),
        (f"routes: [{{kinds: alarm, {ONE}}}]", f"1:18: routes[0].kinds: {KINDS}; did you mean 'alarms'?"),
        (f"routes: [{{kinds: [], {ONE}}}]", "1:18: routes[0].kinds: kinds is empty: name at least one"),
        ("routes: [{kinds: all, channels: hook}]",
         "1:33: routes[0].channels: a list is wanted here, such as [a, b]"),
        ("routes: [{kinds: all, channels: []}]", "1:33: routes[0].channels: channels is empty: name at least one"),
        (f"routes: [{{kinds: all, {ONE}, carrier: []}}]", f"1:50: routes[0].carrier: carrier {LEAVE_OUT}"),
        (f"routes: [{{kinds: all, {ONE}, carrier: true}}]",
         "1:50: routes[0].carrier: text is wanted here: put it in quotes"),
        (f"routes: [{{kinds: all, {ONE}, unit_kinds: vilage}}]",
         f"1:53: routes[0].unit_kinds: {UNITS}; did you mean 'village'?"),
        (f"routes: [{{kinds: all, {ONE}, unit_kinds: [village, x]}}]", f"1:63: routes[0].unit_kinds[1]: {UNITS}"),
        (f"routes: [{{kinds: all, {ONE}, hours: 8-20}}]", f"1:48: routes[0].hours: {WANTED}"),
        (f"routes: [{{kinds: all, {ONE}, hours: [08:00-20:00, 20:00]}}]", f"1:62: routes[0].hours[1]: {WANTED}"),
        (f"routes: [{{kinds: all, {ONE}, days: weekdays}}]",
         f"1:47: routes[0].days: {DAYS}; did you mean 'workdays'?"),
        (f"routes: [{{kinds: all, {ONE}, days: [mon, tues]}}]",
         f"1:53: routes[0].days[1]: {DAYS}; did you mean 'tue'?"),
        (f"routes: [{{kinds: all, {ONE}, dates: [2026-10-01, null]}}]",
         "1:41: routes[0].dates: unknown key; did you mean 'days'?"),
        (f"routes: [{{kinds: all, {ONE}, wait: yes}}]", "1:47: routes[0].wait: true or false is wanted here"),
        ("rosters: [a]", "1:10: rosters: a mapping of rosters by their names is wanted here"),
        ("rosters: {a: {}}", "1:14: rosters.a: a list of shifts is wanted here, at least one"),
        ("rosters: {a: []}", "1:14: rosters.a: a list of shifts is wanted here, at least one"),
        ("rosters: {a: [b]}", "1:15: rosters.a[0]: a mapping is wanted here (key: value)"),
        ("rosters: {a: [{name: b}]}", "1:15: rosters.a[0]: phone or email is missing: nobody can be reached here"),
        ("rosters: {a: [{fone: 138}]}", "1:16: rosters.a[0].fone: unknown key; did you mean 'phone'?"),
        ("rosters: {a: [{phone: 12}]}", "1:23: rosters.a[0].phone: a telephone number is wanted here: digits, perhaps "
         "with + before them, spaces and hyphens"),
        ("rosters: {a: [{email: b}]}", "1:23: rosters.a[0].email: an address of mail is wanted here, such as "
         "duty@mail.example"),
        ("rosters: {a: [{phone: 138, hours: 25:00-08:00}]}", f"1:35: rosters.a[0].hours: {WANTED}"),
        ("rosters: {a: [{phone: 138, days: []}]}", f"1:34: rosters.a[0].days: days {LEAVE_OUT}"),
        ("rosters: {a: [{phone: 138, dates: 2026-10-01}]}", f"1:35: rosters.a[0].dates: {DATES_WANTED}"),
        ("rosters: {a: [{phone: 138, dates: [2026-10-08, 2026-10-01]}]}", "1:35: rosters.a[0].dates: the second date "
         "must be later than the first: it is the one after the last"),
        ("{channels: {s: {kind: sms, url: 'http://s', roster: dut}}, rosters: {duty: [{phone: 138}]}}",
         "1:53: channels.s.roster: there is no roster of this name; did you mean 'duty'?"),
        ("{channels: {s: {kind: sms, url: 'http://s', roster: 7}}, rosters: {duty: [{phone: 138}]}}",
         "1:53: channels.s.roster: there is no roster of this name"),
        ("routes: [{kinds: all, channels: [7]}]", "1:34: routes[0].channels[0]: there is no channel of this name"),
        ("channels: {h: {kind: webhook, url: 'http://s', roster: duty}}",
         "1:48: channels.h.roster: a channel of kind webhook has no roster"),
    ],
)  # fmt: skip
def test_an_error_is_named_with_its_place_and_its_cure(text: str, problem: str) -> None:
    """Every mistake in routes and rosters has its line, its column, its path and what to write instead."""
    assert f"monitor.yaml:{problem}" in [str(found) for found in read(text)[1]]


@pytest.mark.parametrize("name", ["channels", "routes", "rosters", "calendar"])
def test_whoever_is_told_is_known_to_be_read_whole_or_not(name: str) -> None:
    """One mistake in a section is enough for what refers to it not to be judged."""
    assert read(WHOLE)[0].telling_whole
    assert not read(f"{name}: 7")[0].telling_whole
    assert read("county: [7]")[0].telling_whole
