"""Which message goes which ways and when: by carrier, unit, kind and hour; and who is told of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.routing import Destination, destinations, matter_of, unreached
from monitor.config.coverage import holes
from monitor.config.hours import ALWAYS, Almanac, DayKind, Hours, as_span
from monitor.config.routes import KIND_WORDS, URGENT, Matter, Route
from monitor.config.workdays import Workdays
from monitor.faults.events import MessageDue
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Carrier, Inventory, Line, Unit, UnitKind

SHANGHAI, OSLO = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Oslo")
CHINA = Almanac(SHANGHAI, Workdays().worked)
ACK = timedelta(minutes=30)
OPENED, OVERDUE, RELAPSED = MessageKind.OPENED, MessageKind.OVERDUE, MessageKind.RELAPSED
RESTORED, UNACKNOWLEDGED = MessageKind.RESTORED, MessageKind.UNACKNOWLEDGED
VILLAGE, DEPARTMENT = UnitKind.VILLAGE, UnitKind.DEPARTMENT


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def route(
    channels: str,
    kinds: str,
    *,
    hours: str = "",
    days: str = "",
    carriers: str = "",
    units: Sequence[UnitKind] = (),
    wait: bool = False,
) -> Route:
    return Route(
        channels=tuple(channels.split()),
        kinds=tuple(kind for word in kinds.split() for kind in KIND_WORDS[word]),
        carriers=tuple(carriers.split()),
        unit_kinds=tuple(units),
        hours=Hours(
            spans=tuple(as_span(span) for span in hours.split()) or ALWAYS.spans,
            days=frozenset(DayKind(word) for word in days.split()),
        ),
        wait=wait,
    )


def sent(routes: Sequence[Route], kind: MessageKind, at: str, carrier: str = "unicom") -> list[tuple[str, str, str]]:
    """Return what goes where and when, in local time."""
    found = destinations(routes, Matter(kind, carrier, VILLAGE), local(at), almanac=CHINA, ack_target=ACK)
    return [(each.channel, each.kind.value, f"{each.at.astimezone(SHANGHAI):%m-%d %H:%M}") for each in found]


DAY_AND_NIGHT = (route("day", "opened", hours="08:00-20:00"), route("night", "opened", hours="20:00-08:00"))
OFFICE = route("leader", "overdue", hours="08:00-20:00", days="workdays")
WAITING = route("leader", "overdue", hours="08:00-20:00", wait=True)


@pytest.mark.parametrize(
    ("rule", "routes", "kind", "at", "expected"),
    [
        ("every route that takes it", (route("a", "all"), route("b", "overdue")), OVERDUE, "2026-09-01T12:00:00",
         [("a", "overdue", "09-01 12:00"), ("b", "overdue", "09-01 12:00")]),
        ("a channel once", (route("a b", "all"), route("b", "overdue")), OVERDUE, "2026-09-01T12:00:00",
         [("a", "overdue", "09-01 12:00"), ("b", "overdue", "09-01 12:00")]),
        ("no other carrier's", (route("a", "all", carriers="mobile"),), OVERDUE, "2026-09-01T12:00:00", []),
        ("no other unit's", (route("a", "all", units=[DEPARTMENT]),), OVERDUE, "2026-09-01T12:00:00", []),
        ("no route", (), OPENED, "2026-09-01T12:00:00", []),
        ("at noon who is there by day", DAY_AND_NIGHT, OPENED, "2026-09-01T12:00:00",
         [("day", "opened", "09-01 12:00")]),
        ("at 03:00 who is there by night", DAY_AND_NIGHT, OPENED, "2026-09-01T03:00:00",
         [("night", "opened", "09-01 03:00")]),
        ("at 03:00 nobody: it waits for the morning", (DAY_AND_NIGHT[0],), OPENED, "2026-09-01T03:00:00",
         [("day", "opened", "09-01 08:00")]),
        ("for whoever is there first",
         (route("b", "restored", hours="09:00-10:00"), route("a", "restored", hours="08:00-20:00")), RESTORED,
         "2026-09-01T03:00:00", [("a", "restored", "09-01 08:00")]),
        ("for all that are there first",
         (route("b", "restored", hours="08:00-10:00"), route("a", "restored", hours="08:00-20:00")), RESTORED,
         "2026-09-01T03:00:00", [("b", "restored", "09-01 08:00"), ("a", "restored", "09-01 08:00")]),
        ("on a Friday evening for Monday", (OFFICE,), OVERDUE, "2026-09-04T21:00:00",
         [("leader", "overdue", "09-07 08:00")]),
        ("before National Day for the day after it", (OFFICE,), OVERDUE, "2026-09-30T20:00:00",
         [("leader", "overdue", "10-08 08:00")]),
        ("on a Friday for a make-up Saturday", (OFFICE,), OVERDUE, "2026-10-09T21:00:00",
         [("leader", "overdue", "10-10 08:00")]),
        ("who was not there is not told when others were", (route("a", "overdue"), OFFICE), OVERDUE,
         "2026-09-04T21:00:00", [("a", "overdue", "09-04 21:00")]),
        ("but with wait, when its hours begin", (route("a", "overdue"), WAITING), OVERDUE, "2026-09-04T21:00:00",
         [("a", "overdue", "09-04 21:00"), ("leader", "overdue", "09-05 08:00")]),
        ("wait makes nothing wait inside its hours", (WAITING,), OVERDUE, "2026-09-04T19:59:00",
         [("leader", "overdue", "09-04 19:59")]),
        ("a channel that waits on one route and is there on another is told at once",
         (WAITING, route("leader", "overdue")), OVERDUE, "2026-09-04T21:00:00",
         [("leader", "overdue", "09-04 21:00")]),
        ("a relapse escalates as what opened does", (route("a", "relapsed"), route("b", "unacknowledged")), RELAPSED,
         "2026-09-01T12:00:00", [("a", "relapsed", "09-01 12:00"), ("b", "unacknowledged", "09-01 12:30")]),
        ("the same channel is told both", (route("a", "all"),), OPENED, "2026-09-01T12:00:00",
         [("a", "opened", "09-01 12:00"), ("a", "unacknowledged", "09-01 12:30")]),
        ("escalation goes by the hour that it is then",
         (route("a", "opened"), route("day", "unacknowledged", hours="08:00-20:00"),
          route("night", "unacknowledged", hours="20:00-08:00")), OPENED, "2026-09-01T19:45:00",
         [("a", "opened", "09-01 19:45"), ("night", "unacknowledged", "09-01 20:15")]),
        ("and waits where nobody is there then",
         (route("a", "opened"), route("day", "unacknowledged", hours="08:00-20:00")), OPENED, "2026-09-01T19:45:00",
         [("a", "opened", "09-01 19:45"), ("day", "unacknowledged", "09-02 08:00")]),
        ("asked of itself it is due now", (route("a", "all"),), UNACKNOWLEDGED, "2026-09-01T12:00:00",
         [("a", "unacknowledged", "09-01 12:00")]),
        ("nothing else escalates", (route("a", "overdue"), route("b", "unacknowledged")), OVERDUE,
         "2026-09-01T12:00:00", [("a", "overdue", "09-01 12:00")]),
    ],
)  # fmt: skip
def test_where_a_message_goes_and_when(
    rule: str, routes: tuple[Route, ...], kind: MessageKind, at: str, expected: list[tuple[str, str, str]]
) -> None:
    """A message goes at once to whoever is there, and waits for the first hour in which somebody is."""
    assert expected == sent(routes, kind, at), rule


INVENTORY = Inventory(
    carriers={each: Carrier(id=each, name=each, short_name=each) for each in ("unicom", "mobile", "telecom")},
    units={
        "u1": Unit(id="u1", name="u1", short_name="u1", kind=DEPARTMENT),
        "u2": Unit(id="u2", name="u2", short_name="u2", kind=VILLAGE),
    },
    lines={
        "L1": Line(id="L1", unit="u1", carrier="unicom", address="192.0.2.1"),
        "L2": Line(id="L2", unit="u2", carrier="unicom", address="192.0.2.2"),
        "L3": Line(id="L3", unit="u1", carrier="mobile", address="192.0.2.3"),
        "L4": Line(id="L4", unit="u1", carrier="telecom", address="192.0.2.4", in_service_from=local("2026-11-01")),
    },
)
NOON = local("2026-09-01T12:00:00")


@pytest.mark.parametrize(
    ("due", "matter"),
    [
        (MessageDue(at=NOON, due_at=NOON, message=OPENED, no="F", line="L2", carrier="unicom"),
         Matter(OPENED, "unicom", VILLAGE)),
        (MessageDue(at=NOON, due_at=NOON, message=OVERDUE, no="F", line="L9", carrier="unicom"),
         Matter(OVERDUE, "unicom")),
        (MessageDue(at=NOON, due_at=NOON, message=MessageKind.MONITOR_BLIND), Matter(MessageKind.MONITOR_BLIND)),
        (MessageDue(at=NOON, due_at=NOON, message=MessageKind.UNREACHED, subject="unicom"),
         Matter(MessageKind.UNREACHED, "unicom")),
        (MessageDue(at=NOON, due_at=NOON, message=MessageKind.UNDELIVERED, subject="hook"),
         Matter(MessageKind.UNDELIVERED)),
    ],
)  # fmt: skip
def test_what_routes_ask_of_a_message(due: MessageDue, matter: Matter) -> None:
    """A fault's message is of its carrier and its unit's kind; an alarm of neither, but that of one unreached."""
    assert matter == matter_of(due, INVENTORY)


@pytest.mark.parametrize(
    ("rule", "routes", "at", "silent", "expected"),
    [
        ("all are reached", (route("a", "all"),), "2026-09-01T12:00:00", (), ()),
        ("without routes nobody is", (), "2026-09-01T12:00:00", (), ("unicom", "mobile")),
        ("a carrier without a line in service needs nobody", (route("a", "all", carriers="unicom mobile"),),
         "2026-09-01T12:00:00", (), ()),
        ("in November it does", (route("a", "all", carriers="unicom mobile"),), "2026-11-01T12:00:00", (),
         ("telecom",)),
        ("by night", (route("a", "all", hours="08:00-20:00"),), "2026-09-01T03:00:00", (), ("unicom", "mobile")),
        ("waiting is not reaching", (route("a", "all", hours="08:00-20:00", wait=True),), "2026-09-01T03:00:00", (),
         ("unicom", "mobile")),
        ("overdue is not reached", (route("a", "opened"), route("a", "overdue", carriers="mobile")),
         "2026-09-01T12:00:00", (), ("unicom",)),
        ("villages are not reached", (route("a", "all", units=[DEPARTMENT]),), "2026-09-01T12:00:00", (), ("unicom",)),
        ("a channel is silent", (route("a", "all"),), "2026-09-01T12:00:00", ("a",), ("unicom", "mobile")),
        ("one of two is silent", (route("a b", "all"),), "2026-09-01T12:00:00", ("a",), ()),
        ("one of two routes is silent", (route("a", "all"), route("b", "all", carriers="mobile")),
         "2026-09-01T12:00:00", ("a",), ("unicom",)),
    ],
)  # fmt: skip
def test_which_carriers_nobody_tells(
    rule: str, routes: tuple[Route, ...], at: str, silent: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    """A carrier with lines in service is unreached when opened or overdue of some of them would reach nobody now."""
    assert expected == unreached(routes, INVENTORY, local(at), almanac=CHINA, silent=silent), rule


CLOCKS = st.sampled_from(["08:00-20:00", "20:00-08:00", "08:30-12:00", "00:00-24:00", "23:15-07:43", "02:30-03:30"])
WORDS = st.lists(st.sampled_from(["workdays", "holidays", "mon", "sat", "sun"]), max_size=2).map(" ".join)
ROUTES = st.lists(
    st.builds(
        route,
        st.sampled_from(["a", "b", "a b", "c"]),
        st.sampled_from(["all", "opened", "opened overdue", "unacknowledged", "restored"]),
        hours=CLOCKS | st.just(""),
        days=WORDS,
        carriers=st.sampled_from(["", "unicom", "mobile"]),
        units=st.sampled_from([(), (VILLAGE,), (DEPARTMENT,)]),
        wait=st.booleans(),
    ),
    max_size=5,
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
KINDS = st.sampled_from([OPENED, OVERDUE, RESTORED, RELAPSED, UNACKNOWLEDGED])


def of_kind(found: Sequence[Destination], kind: MessageKind) -> dict[str, datetime]:
    return {each.channel: each.at for each in found if each.kind is kind}


@given(ROUTES, KINDS, INSTANTS, st.sampled_from([SHANGHAI, OSLO]))
def test_nothing_vanishes_and_nothing_goes_outside_its_hours(
    routes: list[Route], kind: MessageKind, at: datetime, zone: ZoneInfo
) -> None:
    """Who is there is told at once and once, who waits when its hours begin; if nobody is there, who will be first."""
    almanac = Almanac(zone, Workdays().worked)
    found = destinations(routes, Matter(kind, "unicom", VILLAGE), at, almanac=almanac, ack_target=ACK)
    assert sorted(found, key=lambda each: each.at) == list(found)
    assert len({(each.channel, each.kind) for each in found}) == len(found)
    due = {kind: at}
    if kind in (OPENED, RELAPSED):
        due[UNACKNOWLEDGED] = at + ACK
    assert {each.kind for each in found} <= due.keys()
    for which, when in due.items():
        taking = [each for each in routes if each.takes(Matter(which, "unicom", VILLAGE))]
        there = [each for each in taking if each.hours.hold(almanac.moment(when))]
        ours = of_kind(found, which)
        assert bool(taking) is bool(ours)
        assert {channel for channel, begin in ours.items() if begin == when} == {
            channel for each in there for channel in each.channels
        }
        for channel, begin in ours.items():
            assert begin >= when
            for_it = [each for each in taking if channel in each.channels]
            assert any(each.hours.hold(almanac.moment(begin)) for each in for_it)
            assert not there or begin == when or any(each.wait for each in for_it)
        waiting = {channel for each in taking if each.wait for channel in each.channels}
        assert waiting <= ours.keys()


@given(ROUTES, INSTANTS)
def test_a_carrier_whose_hours_are_covered_is_never_unreached(routes: list[Route], at: datetime) -> None:
    """What the check of the configuration lets pass is reached at every instant, and what is unreached it refuses."""

    def covered(carrier: str) -> bool:
        units = (DEPARTMENT, VILLAGE) if carrier == "unicom" else (DEPARTMENT,)
        matters = [Matter(kind, carrier, unit) for kind in URGENT for unit in units]
        return not any(holes(tuple(each.hours for each in routes if each.takes(matter))) for matter in matters)

    assert not any(covered(carrier) for carrier in unreached(routes, INVENTORY, at, almanac=CHINA))
