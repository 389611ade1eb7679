"""``fault show`` tells the evidence of a fault: whose it seems to be, and what that follows from (section 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.config.adopted import inventory_text
from monitor.faults.events import Event, HopSeen, IcmpHeard, InventoryAdopted, PathTraced, TrapHeard
from monitor.faults.evidence import DeviceSaid
from monitor.faults.observation import Observation, Outcome
from monitor.faults.terms import TrapKind
from monitor.sla.spelling import spell_time
from monitor.store.batch import Batch
from monitor.store.chain import digest_of
from monitor.store.measurements import Measurements
from monitor.store.store import Store
from monitor.supervision import Supervision
from tests.actions.conftest import MINUTE, ZONE, Office

INVENTORY = """\
carriers: [{id: unicom, name: 联通}]
nodes: [{id: east, carrier: unicom, name: 东区汇聚}]
units: [{id: u1, name: 财政局}]
lines:
  - {id: L1, unit: u1, carrier: unicom, node: east, address: 192.0.2.2}
  - {id: up, unit: u1, carrier: unicom, node: east, address: 192.0.2.6}
  - {id: down, unit: u1, carrier: unicom, node: east, address: 192.0.2.10}
  - {id: gone, unit: u1, carrier: unicom, node: east, address: 192.0.2.14}
  - {id: later, unit: u1, carrier: unicom, node: east, address: 192.0.2.18, in_service_from: 2090-01-01}
  - {id: apart, unit: u1, carrier: unicom, address: 192.0.2.22}
"""
BEGIN = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
# a round a minute: o good, x bad, . none; L1 has a fault of two episodes, and a day later another one
ROUNDS = {
    "L1": "ooooo" "xxxxx" "ooooo" "xxxx" "ooooo",
    "up": "ooooo" "ooooo" "ooooo" "oooo" "ooooo",
    "down": "ooooo" "oxxxx" "xxxxx" "xxxx" "xxxxx",
    "gone": "o....",
    "apart": "xxxxx" "xxxxx" "xxxxx" "xxxx" "xxxxx",
}  # fmt: skip
WORDS = {3: (5000.0, 7), 12: (240.0, 8), 16: (480.0, 8), 21: (780.0, 8)}
FIRST, SECOND, LAST = 5, 15, 24  # minutes: the first bad round of each episode, the last round
CORE, ACCESS = "198.51.100.1", "203.0.113.2"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def minute(number: int) -> datetime:
    return BEGIN + number * MINUTE


def hop(distance: int, address: str | None, *, reached: bool = False, refused: bool = False) -> HopSeen:
    rtt = None if address is None else 1.25
    return HopSeen(distance=distance, address=address, rtt_ms=rtt, reached=reached, refused=refused)


def path(at: datetime, *hops: HopSeen, line: str = "L1", neighbour: str | None = None) -> PathTraced:
    return PathTraced(at=at, line=line, neighbour=neighbour, hops=hops, failure=None)


def trap(number: int, said: TrapKind, *, line: str = "L1", interface: str | None = None) -> TrapHeard:
    at, word = minute(number), "hwEntityDyingGasp" if said is TrapKind.DYING_GASP else None
    return TrapHeard(at=at, heard_at=at, line=line, said=said, interface=interface, index=3, oid="1.3.6", word=word)


class Watched:
    """The county of this file, watched into the office's database."""

    def __init__(self, office: Office, *, adopted: bool = True) -> None:
        (office.folder / "inventory.yaml").write_text(INVENTORY, encoding="utf-8")
        self.office, inventory = office, office.configuration.inventory
        self.supervision = Supervision(inventory, office.configuration.policies, ZONE)
        self.measurements = Measurements()
        self.texts = (inventory_text(inventory),) if adopted else ()
        digests = [digest_of(text) for text in self.texts]
        self.events: list[Event] = [InventoryAdopted(at=BEGIN, digest=digest, lines=6) for digest in digests]

    def see(self, begin: int, end: int) -> None:
        """Let the minutes from one to another pass."""
        outcomes = {"o": Outcome.GOOD, "x": Outcome.BAD}
        for number in range(begin, end):
            letters = {line: pattern[number : number + 1] for line, pattern in ROUNDS.items()}
            at = minute(number)
            seen = [
                Observation(line, at, outcomes[letter], 3, 3 if letter == "o" else 0)
                for line, letter in letters.items()
                if letter in outcomes
            ]
            uptime, boots = WORDS.get(number, (None, None))
            said = [] if boots is None else [DeviceSaid("L1", at, uptime, boots, "up", 12.5)]
            for each in seen:
                self.measurements.add_line(each)
            self.events += self.supervision.step(at, lines=seen, devices=said)

    def happen(self, *events: Event) -> None:
        self.events += events

    def written(self) -> str:
        """Write all of it; return the number of L1's fault."""
        judged_at = self.supervision.judged_at
        assert judged_at is not None
        heard = self.supervision.testimonies.all()
        batch = Batch(
            judged_at=judged_at,
            sight=self.supervision.sight,
            numbered=self.supervision.numbered,
            events=tuple(self.events),
            measured=self.measurements.take(judged_at, self.supervision.watches, heard, whole=True),
            configurations=self.texts,
        )
        with Store.open(self.office.url) as store:
            store.commit(batch)
        self.events, self.texts = [], ()
        fault = self.supervision.latest_fault("L1")
        assert fault is not None
        return fault.no


def told(office: Office) -> str:
    """Watch all of it, with what was gathered of this fault and of others; return the fault's number."""
    county = Watched(office)
    county.happen(trap(0, TrapKind.COLD_START))
    county.see(0, FIRST + 1)
    county.happen(
        trap(FIRST, TrapKind.LINK_DOWN, interface="GE0/0/1"),
        path(minute(FIRST), hop(1, CORE), hop(2, ACCESS), hop(3, None), hop(4, None), hop(5, None)),
        path(minute(FIRST), hop(1, CORE), hop(2, ACCESS), hop(3, "192.0.2.6", reached=True), neighbour="up"),
        path(minute(FIRST), hop(1, CORE, refused=True), line="down"),
    )
    county.see(FIRST + 1, SECOND + 1)
    county.happen(
        IcmpHeard(at=minute(SECOND), line="L1", said="unreachable", code=1, sender=ACCESS),
        IcmpHeard(at=minute(SECOND), line="apart", said="time_exceeded", code=0, sender=CORE),
        trap(SECOND, TrapKind.DYING_GASP),
        trap(SECOND, TrapKind.LINK_DOWN, line="apart", interface="GE0/0/9"),
    )
    county.see(SECOND + 1, LAST + 1)
    county.written()
    day = timedelta(days=1)
    county.events += county.supervision.step(minute(LAST) + day)  # the fault is closed
    county.happen(path(minute(LAST) + day, hop(1, None)))
    return county.written()


def test_each_reason_is_listed_with_the_party_it_speaks_for_and_its_episodes(office: Office) -> None:
    story = office.shown(told(office))
    assert "unit" == story["proposed_party"]
    assert [
        {"reason": "agent_restarted", "party": "unit", "episodes": [1]},
        {"reason": "port_changed", "party": "carrier", "episodes": [1]},
        {"reason": "uptime_continuous", "party": "carrier", "episodes": [2]},
    ] == story["gathered"]["reasons"]


def test_the_words_of_the_device_stand_before_and_after_each_episode(office: Office) -> None:
    first, second = office.shown(told(office))["gathered"]["device"]
    assert (1, 2) == (first["episode"], second["episode"])
    assert {
        "at": spell_time(minute(3)),
        "sys_uptime_s": 5000.0,
        "engine_boots": 7,
        "wan_oper": "up",
        "wan_last_change_s": 12.5,
        "wan_changed_at": spell_time(minute(3) - timedelta(seconds=4987.5)),
    } == first["before"]
    words = [(first, "after", 12, 8), (second, "before", 12, 8), (second, "after", 21, 8)]
    for spoken, when, number, boots in words:
        assert (spell_time(minute(number)), boots) == (spoken[when]["at"], spoken[when]["engine_boots"])


def test_traps_of_the_line_around_the_fault_are_told_and_no_others(office: Office) -> None:
    """Not those of another line, nor one of long before."""
    traps = office.shown(told(office))["gathered"]["traps"]
    assert [("link_down", "GE0/0/1", 3, None), ("dying_gasp", None, 3, "hwEntityDyingGasp")] == [
        (each["said"], each["interface"], each["index"], each["word"]) for each in traps
    ]


def test_paths_and_icmp_errors_of_the_fault_are_told_and_no_others(either_office: Office) -> None:
    gathered = either_office.shown(told(either_office))["gathered"]
    own, neighbour = gathered["paths"]
    assert (None, {"address": ACCESS, "distance": 2}) == (own["neighbour"], own["answered_last"])
    assert ("up", {"address": "192.0.2.6", "distance": 3}) == (neighbour["neighbour"], neighbour["answered_last"])
    assert [(1, CORE), (2, ACCESS), (3, None), (4, None), (5, None)] == [
        (each["distance"], each["address"]) for each in own["hops"]
    ]
    [heard] = gathered["icmp"]
    assert ("unreachable", 1, ACCESS) == (heard["said"], heard["code"], heard["sender"])


def test_the_lines_on_the_node_are_told_as_they_were_when_it_began(office: Office) -> None:
    """Down as well, answering, or not known; neither one out of service then nor one elsewhere."""
    siblings = office.shown(told(office))["gathered"]["siblings"]
    assert [("up", "up", None), ("down", "down", spell_time(minute(6))), ("gone", "unknown", None)] == [
        (each["line"], each["state"], each["since"]) for each in siblings
    ]


def test_what_is_gathered_is_in_the_timeline_in_the_order_of_the_ledger(office: Office) -> None:
    story = office.shown(told(office))
    kinds = [event["kind"] for event in story["events"]]
    assert kinds.index("path_traced") < kinds.index("fault_opened") < kinds.index("icmp_heard")
    assert [event["seq"] for event in story["events"]] == sorted(event["seq"] for event in story["events"])
    assert {"path_traced", "icmp_heard", "trap_heard", "evidence_found"} == {
        event["kind"] for event in story["evidence_events"]
    }


def test_while_the_fault_is_open_the_word_before_it_is_told(office: Office) -> None:
    county = Watched(office)
    county.see(0, FIRST + 3)
    story = office.shown(county.written())
    [spoken] = story["gathered"]["device"]
    assert (1, spell_time(minute(3)), None) == (spoken["episode"], spoken["before"]["at"], spoken["after"])
    assert [] == story["gathered"]["reasons"]
    suspect = [each for each in story["gathered"]["siblings"] if each["line"] == "down"]
    assert [("suspect", spell_time(minute(6)))] == [(each["state"], each["since"]) for each in suspect]


def test_where_no_inventory_is_on_record_the_lines_on_the_node_are_not_told(office: Office) -> None:
    county = Watched(office, adopted=False)
    county.see(0, FIRST + 3)
    no = county.written()
    assert None is office.shown(no)["gathered"]["siblings"]
    assert "nothing on record" in office.done("fault", "show", no)


PAGES: dict[str, tuple[str, ...]] = {
    "en": (
        "Evidence, proposed party: Unit",
        "device restarted", "device ran on", "episode 1", "lasted 5m",
        "before  2026-09-01 12:03:00  up for 1h23m  boots 7  WAN port up",
        "after  2026-09-01 12:12:00  up for 4m  boots 8",
        "up 1/3  up", "down 1/3  down 2026-09-01 12:06:00", "unknown 1/3  gone",
        f"to the line  {ACCESS} at hop 2 answered last; not reached",
        "to its neighbour up  reached 192.0.2.6 at hop 3",
        f"1 {CORE} 1.2 ms  2 {ACCESS} 1.2 ms  3 *  4 *  5 *",
        f"{ACCESS}: unreachable (code 1)",
        "2026-09-01 12:05:00  link down  GE0/0/1",
        "2026-09-01 12:15:00  dying gasp  #3  hwEntityDyingGasp",
    ),
    "zh_CN": (
        "证据，初判责任方：接入单位",
        "设备重启", "设备未重启", "第 1 次中断", "历时 5分",
        "中断前  2026-09-01 12:03:00  已运行 1小时23分  启动 7 次  广域网口 up",
        "恢复后  2026-09-01 12:12:00  已运行 4分  启动 8 次",
        "正常 1/3  up", "中断 1/3  down 2026-09-01 12:06:00", "未知 1/3  gone",
        f"至本线路  最后应答 {ACCESS}（第 2 跳），未到达",
        "至相邻线路 up  第 3 跳到达 192.0.2.6",
        f"{ACCESS}：不可达（代码 1）",
        "2026-09-01 12:05:00  端口中断  GE0/0/1",
        "2026-09-01 12:15:00  掉电告警  #3  hwEntityDyingGasp",
    ),
}  # fmt: skip


@pytest.mark.parametrize("locale", PAGES)
def test_the_evidence_is_printed_in_both_languages(office: Office, locale: str) -> None:
    no = told(office)
    settings = office.folder / "monitor.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("locale: en", f"locale: {locale}"), encoding="utf-8"
    )
    page = office.done("fault", "show", no)
    for wanted in ("东区汇聚", *PAGES[locale]):
        assert wanted in page, page


@pytest.mark.parametrize(
    ("traced", "expected"),
    [
        ((hop(1, None), hop(2, None), hop(3, None)), "nobody answered"),
        ((hop(1, CORE), hop(2, ACCESS, refused=True)), f"{ACCESS} at hop 2 says unreachable"),
        ((hop(1, "192.0.2.2", reached=True),), "reached 192.0.2.2 at hop 1"),
        ((hop(1, "192.0.2.2", reached=True, refused=True),), "192.0.2.2 at hop 1 says unreachable"),
        ("no raw socket", "not traced: no raw socket"),
    ],
)
def test_how_a_path_ended_is_said(office: Office, traced: Any, expected: str) -> None:
    county = Watched(office)
    county.see(0, FIRST + 3)
    failure = traced if isinstance(traced, str) else None
    hops = () if failure else traced
    county.happen(PathTraced(at=minute(FIRST + 2), line="L1", neighbour=None, hops=hops, failure=failure))
    assert expected in office.done("fault", "show", county.written())
