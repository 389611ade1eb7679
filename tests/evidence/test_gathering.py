"""Evidence is gathered without being asked, once, and kept as events of the line (section 8)."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.clock import instant
from monitor.faults.events import DeviceIdentified, Event, IcmpHeard, PathTraced, TrapHeard
from monitor.faults.observation import Observation, Outcome
from monitor.faults.terms import TrapKind
from monitor.gathering import Gathering
from monitor.inventory.model import Carrier, Inventory, Line, Node, Unit
from monitor.policy import Policies, Policy
from monitor.probing.assembly import Instant
from monitor.probing.echo import IcmpEvidence, IcmpKind
from monitor.probing.path import Hop, PathUnavailable
from monitor.probing.paths import Paths
from monitor.probing.snmp.traps import Trap
from monitor.registers.identity import Identities, Identity
from monitor.supervision import Supervision

START = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp())
UNREACHABLE = IcmpEvidence(kind=IcmpKind.UNREACHABLE, code=1, sender="198.51.100.1")


def line(name: str, place: int, node: str | None = "east") -> Line:
    return Line(id=name, unit="u", carrier="c", node=node, address=f"192.0.2.{place}")


INVENTORY = Inventory(
    carriers={"c": Carrier(id="c", name="C", short_name="C")},
    nodes={"east": Node(id="east", carrier="c", name="East")},
    units={"u": Unit(id="u", name="U", short_name="U")},
    lines={each.id: each for each in (line("L1", 1), line("L2", 2), line("L3", 3, None))},
)


class Traces:
    """Traces of a test: remembers who was asked, answers at once."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.failure = failure
        self.answered = threading.Semaphore(0)

    def __call__(self, address: str) -> tuple[Hop, ...]:
        self.asked.append(address)
        self.answered.release()
        if self.failure is not None:
            raise self.failure
        return (Hop(distance=1, address="198.51.100.1", rtt_ms=0.4), Hop(distance=2, address=None, rtt_ms=None))


class County:
    """A county judged second by second, with evidence gathered as the daemon does."""

    def __init__(self, traces: Traces) -> None:
        self.traces = traces
        self.supervision = Supervision(INVENTORY, Policies([Policy()]), ZoneInfo("Asia/Shanghai"))
        self.gathering = Gathering(Paths(traces))
        self.gathering.adopt(INVENTORY)
        self.events: list[Event] = []

    def see(self, second: int, *, icmp: IcmpEvidence | None = None, **outcomes: str) -> list[Event]:
        at = instant(START + second)
        words = {"o": Outcome.GOOD, "x": Outcome.BAD, "e": Outcome.ERROR}
        seen = [Observation(name, at, words[outcome], 3) for name, outcome in outcomes.items()]
        if icmp is not None:
            self.gathering.hear([("L1", icmp)])
        self.supervision.step(at, lines=seen)
        events = self.gathering.gather(Instant(START + second, [], seen), self.supervision)
        self.events += events
        return events

    def traced(self, count: int) -> None:
        for _ in range(count):
            assert self.traces.answered.acquire(timeout=5)


def found(county: County, second: int, count: int) -> list[PathTraced]:
    """Wait for traces to come in."""
    county.traced(count)
    for later in range(second, second + 100):
        county.see(later)
        events = [event for event in county.events if isinstance(event, PathTraced)]
        if len(events) == count:
            return events
        time.sleep(0.05)
    raise AssertionError(county.events)


def test_a_suspect_line_and_a_healthy_neighbour_on_its_node_are_traced_once() -> None:
    county = County(Traces())
    county.see(0, L1="o", L2="o", L3="o")
    county.see(60, L1="x", L2="o")
    events = found(county, 61, 2)
    assert {None, "L2"} == {event.neighbour for event in events}
    assert {"L1"} == {event.line for event in events}
    assert [(1, "198.51.100.1"), (2, None)] == [(hop.distance, hop.address) for hop in events[0].hops]
    county.see(80, L1="x", L2="o")
    assert sorted(["192.0.2.1", "192.0.2.2"]) == sorted(county.traces.asked)


def test_a_node_is_asked_once_a_minute() -> None:
    county = County(Traces())
    county.see(0, L1="o", L2="o")
    county.see(60, L1="x", L2="o")
    county.see(61, L2="x")
    county.traced(2)
    assert 2 == len(county.traces.asked)


def test_a_line_without_a_node_is_traced_alone() -> None:
    county = County(Traces())
    county.see(0, L1="o", L3="o")
    county.see(60, L3="x")
    [event] = found(county, 61, 1)
    assert ("L3", None) == (event.line, event.neighbour)


def test_where_no_raw_socket_is_permitted_the_evidence_says_so() -> None:
    county = County(Traces(PathUnavailable("tracing needs a raw socket")))
    county.see(0, L3="o")
    county.see(60, L3="x")
    [event] = found(county, 61, 1)
    assert ((), "tracing needs a raw socket") == (event.hops, event.failure)


def test_what_routers_say_is_kept_once_a_streak_and_only_of_a_line_in_trouble() -> None:
    county = County(Traces())
    said = [
        county.see(0, icmp=UNREACHABLE, L1="o", L2="o"),
        county.see(60, icmp=UNREACHABLE, L1="x"),
        county.see(70, icmp=UNREACHABLE, L1="x"),
        county.see(80, L1="o"),
        county.see(140, icmp=UNREACHABLE, L1="x"),
    ]
    heard = [[event for event in events if isinstance(event, IcmpHeard)] for events in said]
    assert [0, 1, 0, 0, 1] == [len(events) for events in heard]
    [event] = heard[1]
    assert ("L1", "unreachable", 1, "198.51.100.1") == (event.line, event.said, event.code, event.sender)
    assert instant(START + 60) == event.at


def test_a_probe_error_asks_for_nothing() -> None:
    county = County(Traces())
    county.see(0, L3="o")
    assert [] == county.see(60, L3="e")
    assert [] == county.traces.asked


def test_a_trap_becomes_an_event_of_its_line_at_the_next_instant_judged() -> None:
    """Of a healthy line too, and of a blind monitor's: it is evidence, whatever the rounds say."""
    county = County(Traces())
    trap = Trap(kind=TrapKind.LINK_DOWN, oid="1.3.6.1.6.3.1.1.5.3", interface="GE0/0/1", index=3, word=None)
    county.see(0, L1="o")
    county.gathering.hear_trap("L1", trap, instant(START + 1))
    county.gathering.hear_trap("L9", trap, instant(START + 1))
    assert [
        TrapHeard(
            at=instant(START + 2),
            line="L1",
            heard_at=instant(START + 1),
            said=TrapKind.LINK_DOWN,
            interface="GE0/0/1",
            index=3,
            oid="1.3.6.1.6.3.1.1.5.3",
            word=None,
        )
    ] == county.see(2, L2="o")
    assert [] == county.see(3, L2="o")


def test_what_a_device_says_it_is_becomes_an_event_when_it_is_news() -> None:
    """Art. 21: first heard, and whenever it is otherwise; of lines of the inventory only."""
    county = County(Traces())
    one, other = Identity("1.3.6.1.4.1.2011.1", "S1"), Identity("1.3.6.1.4.1.2011.1", "S2")
    read_at = instant(START)
    for second, said in enumerate(({"L1": one, "gone": one}, {"L1": one}, {}, {"L1": other, "L2": one})):
        county.gathering.hear_devices({line: (identity, read_at) for line, identity in said.items()})
        county.see(second, L1="o")
    identified = [event for event in county.events if isinstance(event, DeviceIdentified)]
    assert [("L1", "S1", 0), ("L1", "S2", 3), ("L2", "S1", 3)] == [
        (event.line, event.serial, int(event.at.timestamp()) - START) for event in identified
    ]
    assert {read_at} == {event.read_at for event in identified}


def test_what_is_on_record_of_a_device_is_no_news_after_a_restart() -> None:
    identity = Identity("1.3.6.1.4.1.2011.1", "S1")
    gathering = Gathering(Paths(Traces()), Identities({"L1": identity}))
    gathering.adopt(INVENTORY)
    county = County(Traces())
    gathering.hear_devices({"L1": (identity, instant(START))})
    seen = [Observation("L1", instant(START), Outcome.GOOD, 3)]
    county.supervision.step(instant(START), lines=seen)
    assert [] == gathering.gather(Instant(START, [], seen), county.supervision)
