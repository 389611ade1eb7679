"""The Prometheus page says what is known, and nothing of what is not."""

from __future__ import annotations

import subprocess
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.faults.fault import Episode, Fault, Status
from monitor.faults.outage import Watch
from monitor.faults.terms import Party, Source
from monitor.inventory.model import Carrier, Inventory, Line, Role, Unit, UnitKind
from monitor.metrics.month import LineMonth, Month, MonthFaults
from monitor.metrics.own import OwnMetrics
from monitor.metrics.page import Latest, Page, Snapshot
from monitor.metrics.registers import RegisterCounts
from monitor.policy import Policies, Policy
from monitor.probing.snmp.facts import DeviceFacts
from monitor.probing.snmp.interface import Interface, State
from monitor.probing.snmp.traps import TrapOutcome
from monitor.sla.tally import Tally
from tests.needs import need

NOW = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
LABELS = {"unit": "u1", "carrier": "unicom", "role": "primary"}


def line(name: str, **more: Any) -> Line:
    return Line(id=name, unit="u1", carrier="unicom", address="192.0.2.1", **more)


def inventory(*lines: Line) -> Inventory:
    return Inventory(
        carriers={"unicom": Carrier(id="unicom", name="联通公司", short_name='联"通\\')},
        units={"u1": Unit(id="u1", name="财政局", short_name="财政\n局", kind=UnitKind.DEPARTMENT)},
        lines={each.id: each for each in lines},
    )


def fault(name: str, **more: Any) -> Fault:
    began = NOW - timedelta(hours=13)
    values: dict[str, Any] = {
        "no": f"F20260831-{name}",
        "line": name,
        "unit": "u1",
        "carrier": "unicom",
        "role": "primary",
        "node": None,
        "source": Source.MONITOR,
        "policy_version": Policy().version,
        "status": Status.OPEN,
        "episodes": (Episode(first_failed_at=began, detected_at=began, discovered_at=began),),
    }
    return Fault(**(values | more))


def interface(index: int, name: str | None, **more: Any) -> Interface:
    absent: dict[str, Any] = {item.name: None for item in fields(Interface)}
    return Interface(**(absent | {"index": index, "name": name} | more))


def facts(*interfaces: Interface, **more: Any) -> DeviceFacts:
    absent: dict[str, Any] = {item.name: None for item in fields(DeviceFacts)}
    return DeviceFacts(**(absent | {"interfaces": interfaces, "unmatched": ()} | more))


def snapshot(watched: Inventory, **more: Any) -> Snapshot:
    values: dict[str, Any] = {
        "now": NOW,
        "inventory": watched,
        "policies": Policies([Policy()]),
        "watches": {},
        "blind": False,
        "latest": {},
        "faults": (),
        "tally": Tally(),
        "month": Month(),
        "windows": (),
        "incidents": (),
        "degraded": frozenset(),
        "devices": {},
        "registers": RegisterCounts(),
    }
    return Snapshot(**(values | more))


def rendered(of: Snapshot) -> str:
    return Page(of.inventory, OwnMetrics("1.2.3").registry).render(of).decode()


def samples(of: Snapshot) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(rendered(of))
        for sample in family.samples
    }


def value(of: Snapshot, name: str, **labels: str) -> float | None:
    wanted = frozenset((LABELS | labels).items()) if "line" in labels else frozenset(labels.items())
    return samples(of).get((name, wanted))


RECENT, STALE = NOW - timedelta(seconds=180), NOW - timedelta(seconds=181)
DOWN = Watch(RECENT, False, down_since=RECENT, last_bad_at=RECENT)
STATES = [
    ("observed exactly stale_after ago is known, and up", Watch(RECENT, True), False, 1, 1),
    ("a suspect line is still up: nothing is confirmed", Watch(RECENT, False, RECENT, 1), False, 1, 1),
    ("a confirmed outage is down", DOWN, False, 1, 0),
    ("a restoring line is down until it is restored", DOWN._replace(last_good=True, good_rounds=1), False, 1, 0),
    ("older than stale_after is unknown, neither up nor down", Watch(STALE, True), False, 0, None),
    ("never observed is unknown", None, False, 0, None),
    ("a blind monitor knows nothing", Watch(RECENT, True), True, 0, None),
]


@pytest.mark.parametrize(("rule", "watch", "blind", "known", "up"), STATES, ids=[case[0] for case in STATES])
def test_unknown_is_said_by_known_0_and_by_no_other_value(
    rule: str, watch: Watch | None, blind: bool, known: int, up: int | None
) -> None:
    watches = {} if watch is None else {"L1": watch}
    page = snapshot(inventory(line("L1")), watches=watches, blind=blind, latest={"L1": Latest(0.5, 0.012)})
    assert known == value(page, "extranet_line_known", line="L1")
    assert up == value(page, "extranet_line_up", line="L1")
    assert (0.5 if known else None) == value(page, "extranet_line_loss_ratio", line="L1")
    assert (0.012 if known else None) == value(page, "extranet_line_rtt_seconds", line="L1")


def test_no_rtt_is_invented_where_every_echo_was_lost() -> None:
    page = snapshot(inventory(line("L1")), watches={"L1": DOWN}, latest={"L1": Latest(1.0, None)})
    assert 1.0 == value(page, "extranet_line_loss_ratio", line="L1")
    assert value(page, "extranet_line_rtt_seconds", line="L1") is None


def test_an_open_fault_shows_its_clock_and_every_line_says_whether_it_has_one() -> None:
    page = snapshot(inventory(line("L1"), line("L2")), faults=(fault("L1", acknowledged_at=NOW, flapping=True),))
    began = (NOW - timedelta(hours=13)).timestamp()
    names = "open discovered_timestamp_seconds deadline_timestamp_seconds elapsed_seconds overdue acknowledged flapping"
    found = {name: value(page, f"extranet_fault_{name}", line="L1") for name in names.split()}
    assert {
        "open": 1,
        "discovered_timestamp_seconds": began,
        "deadline_timestamp_seconds": began + 12 * 3600,
        "elapsed_seconds": 13 * 3600,
        "overdue": 1,
        "acknowledged": 1,
        "flapping": 1,
    } == found
    assert 0 == value(page, "extranet_fault_open", line="L2")
    assert value(page, "extranet_fault_elapsed_seconds", line="L2") is None


def test_a_line_out_of_service_or_out_of_the_inventory_is_not_on_the_page() -> None:
    left = line("L1", in_service_to=NOW)
    page = snapshot(inventory(left, line("L2")), watches={"L1": DOWN, "L3": DOWN}, faults=(fault("L1"), fault("L3")))
    shown = {labels for _, labels in samples(page) if any(key == "line" for key, _ in labels)}
    assert {"L2"} == {dict(labels)["line"] for labels in shown}


def test_names_are_joined_by_info_and_odd_characters_do_not_break_the_page() -> None:
    page = snapshot(inventory(line("L1", role=Role.PRIMARY, type="PTN", node="n1")))
    joined = {"unit_name": "财政\n局", "carrier_name": '联"通\\', "kind": "department", "type": "PTN", "node": "n1"}
    assert 1 == value(page, "extranet_line_info", line="L1", **joined)


def test_counters_and_the_month_are_shown() -> None:
    tally = Tally()
    tally.opened["unicom", "unit"] = 3
    for seconds in (900, 901, 200_000):
        tally.close("unicom", "late", seconds)
    month = Month(
        lines={"L1": LineMonth(0.999, None)},
        coverage={"unicom": 0.5, "mobile": None},
        faults=(MonthFaults("unicom", "undetermined", "late", 2),),
    )
    page = snapshot(inventory(line("L1")), tally=tally, month=month)
    assert 3 == value(page, "extranet_faults_total", carrier="unicom", source="unit")
    assert 3 == value(page, "extranet_faults_closed_total", carrier="unicom", verdict="late")
    buckets = [value(page, "extranet_repair_seconds_bucket", carrier="unicom", le=le) for le in ("900", "1800", "+Inf")]
    assert [1, 2, 3] == buckets
    assert 201_801 == value(page, "extranet_repair_seconds_sum", carrier="unicom")
    assert 0.999 == value(page, "extranet_line_availability_ratio", line="L1", basis="raw")
    assert value(page, "extranet_line_availability_ratio", line="L1", basis="assessed") is None
    assert 0.5 == value(page, "extranet_coverage_ratio", carrier="unicom")
    assert value(page, "extranet_coverage_ratio", carrier="mobile") is None
    assert 2 == value(page, "extranet_month_faults", carrier="unicom", party="undetermined", verdict="late")


def test_counters_begin_at_zero_for_every_carrier() -> None:
    """The first fault of a carrier is a growth too: what Prometheus never saw before, it does not count as one."""
    page = snapshot(inventory(line("L1")))
    for source in Source:
        assert 0 == value(page, "extranet_faults_total", carrier="unicom", source=source.value)
    for verdict in ("on_time", "late", "disputable", "exempt"):
        assert 0 == value(page, "extranet_faults_closed_total", carrier="unicom", verdict=verdict)
    assert 0 == value(page, "extranet_repair_seconds_bucket", carrier="unicom", le="+Inf")
    assert 0 == value(page, "extranet_repair_seconds_count", carrier="unicom")


def test_devices_show_what_they_have_and_nothing_else() -> None:
    twin = {"speed_bps": 8_000_000, "in_octets": 5, "oper": State.UP}
    read = facts(
        interface(1, "GE0/0/0", **twin), interface(2, "GE0/0/1", oper=State.DOWN), interface(3, "GE0/0/1"), uptime_s=7.5
    )
    page = snapshot(inventory(line("L1"), line("L2"), line("L3")), devices={"L1": read, "L2": None})
    assert (1, 0, None) == tuple(value(page, "extranet_snmp_up", line=name) for name in ("L1", "L2", "L3"))
    assert 7.5 == value(page, "extranet_device_uptime_seconds", line="L1")
    assert value(page, "extranet_device_cpu_ratio", line="L1") is None
    assert 1 == value(page, "extranet_interface_up", line="L1", interface="GE0/0/0")
    assert 0 == value(page, "extranet_interface_up", line="L1", interface="GE0/0/1#2")
    assert value(page, "extranet_interface_up", line="L1", interface="GE0/0/1#3") is None
    assert 5 == value(page, "extranet_interface_receive_bytes_total", line="L1", interface="GE0/0/0")
    assert 1_000_000 == value(page, "extranet_interface_speed_bytes_per_second", line="L1", interface="GE0/0/0")


def test_every_end_of_a_trap_is_on_the_first_page_and_counted() -> None:
    """A rate of what was dropped can be drawn from the start."""
    own = OwnMetrics("1.2.3")
    own.count_traps(TrapOutcome.UNKNOWN_SOURCE, 5000)
    found = {
        sample.labels["outcome"]: sample.value
        for family in own.registry.collect()
        for sample in family.samples
        if sample.name == "monitor_traps_total"
    }
    assert {outcome.value: 5000 * (outcome is TrapOutcome.UNKNOWN_SOURCE) for outcome in TrapOutcome} == found


def test_promtool_has_nothing_to_say() -> None:
    promtool = need("promtool", package="prometheus")
    tally = Tally()
    tally.opened["unicom", "monitor"] = 1
    tally.close("unicom", "on_time", 60)
    read = facts(interface(1, "GE0/0/0", oper=State.UP, in_octets=1), uptime_s=1.0, cpu_ratio=0.5, memory_ratio=0.5)
    page = snapshot(
        inventory(line("L1"), line("L2")),
        watches={"L1": DOWN, "L2": Watch(RECENT, True)},
        latest={"L2": Latest(0.0, 0.001)},
        faults=(fault("L1"),),
        tally=tally,
        month=Month(lines={"L1": LineMonth(0.9, 0.9)}, coverage={"unicom": 1.0}),
        devices={"L1": None, "L2": read},
    )
    done = subprocess.run(
        [promtool, "check", "metrics"], input=rendered(page), capture_output=True, text=True, check=False
    )
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_the_gaps_of_the_registers_are_counted_by_register() -> None:
    page = snapshot(inventory(line("L1")), registers=RegisterCounts(gaps={"admin_filing": 10, "connection": 0}))
    found = {labels: count for (name, labels), count in samples(page).items() if name == "extranet_register_gaps"}
    assert {
        frozenset({("register", "admin_filing")}): 10,
        frozenset({("register", "connection")}): 0,
    } == found


def test_what_runs_out_is_counted_by_register_and_term() -> None:
    soon = {("carrier_guarantee", 60): 2, ("carrier_guarantee", 7): 0}
    page = snapshot(inventory(line("L1")), registers=RegisterCounts(expiring=soon))
    found = {labels: count for (name, labels), count in samples(page).items() if name == "extranet_register_expiring"}
    assert {
        frozenset({("register", "carrier_guarantee"), ("days", "60")}): 2,
        frozenset({("register", "carrier_guarantee"), ("days", "7")}): 0,
    } == found


@pytest.mark.parametrize(("party", "exempt"), [(Party.UNIT, 1), (Party.CARRIER, 0), (Party.UNDETERMINED, 0)])
def test_an_open_fault_says_whether_it_is_another_partys(party: Party, exempt: int) -> None:
    """Alerts on the carrier's clock leave it out; the line is down all the same."""
    page = snapshot(inventory(line("L1")), faults=(fault("L1", party=party),))
    assert exempt == value(page, "extranet_fault_exempt", line="L1")
