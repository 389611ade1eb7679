"""The Prometheus page: a snapshot of the county, and its rendering in the text format 0.0.4.

`Page.render` runs in a thread of its own over an immutable `Snapshot`, so that a scrape never delays a round. Samples
by line are written directly, with labels prepared once an inventory; the monitor's metrics on itself are
prometheus_client's. Unknown is said by ``extranet_line_known 0``, never by a stale or invented value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.faults.fault import Fault, Status
from monitor.faults.incident import Incident
from monitor.faults.maintenance import Window
from monitor.faults.outage import Watch
from monitor.faults.terms import Source
from monitor.inventory.model import Inventory, Line
from monitor.metrics.month import Month
from monitor.metrics.registers import RegisterCounts
from monitor.policy import Policies
from monitor.probing.snmp.facts import DeviceFacts
from monitor.probing.snmp.interface import Interface
from monitor.sla.survey import LineState, line_state
from monitor.sla.tally import Repairs, Tally
from monitor.sla.verdict import Reading, Verdict, read

AT_CLOSING = (Verdict.ON_TIME, Verdict.LATE, Verdict.DISPUTABLE, Verdict.EXEMPT)
CONTENT_TYPE = "text/plain; version=0.0.4"  # Starlette adds the charset


class Latest(NamedTuple):
    """The latest accepted round of a line: share of echoes lost, mean round-trip time in seconds."""

    loss: float
    rtt: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The county at one instant: everything the page needs, nothing that moves on.

    ``faults`` are the open ones; ``devices`` what SNMP last read of a line's device, None where it did not answer;
    ``registers`` what they lack.
    """

    now: datetime
    inventory: Inventory
    policies: Policies
    watches: Mapping[str, Watch]
    blind: bool
    latest: Mapping[str, Latest]
    faults: tuple[Fault, ...]
    tally: Tally
    month: Month
    windows: tuple[Window, ...]
    incidents: tuple[Incident, ...]
    degraded: frozenset[str]
    devices: Mapping[str, DeviceFacts | None]
    registers: RegisterCounts


class Page:
    """The page of one inventory; labels are prepared when it is made."""

    def __init__(self, inventory: Inventory, registry: CollectorRegistry) -> None:
        """Prepare the labels of every line."""
        self._registry = registry
        self._lines = tuple(inventory.lines.values())
        self._labels = {line.id: _line_labels(line) for line in self._lines}
        self._info = {line.id: _info_labels(line, self._labels[line.id], inventory) for line in self._lines}

    def render(self, snapshot: Snapshot) -> bytes:
        """Write the whole page."""
        serving = [line for line in self._lines if line.in_service(snapshot.now)]
        parts = [
            "".join(self._line_states(snapshot, serving)),
            "".join(self._maintenance(snapshot, serving)),
            "".join(self._clocks(snapshot, serving)),
            "".join(_totals(snapshot)),
            "".join(self._months(snapshot, serving)),
            "".join(self._devices(snapshot, serving)),
            "".join(_registers(snapshot)),
        ]
        return "".join(parts).encode() + generate_latest(self._registry)

    def _line_states(self, snapshot: Snapshot, lines: Iterable[Line]) -> Iterator[str]:
        rules, labels = snapshot.policies.in_force(snapshot.now).detection, self._labels
        states = {
            line.id: line_state(snapshot.watches.get(line.id), snapshot.now, rules, blind=snapshot.blind)
            for line in lines
        }
        seen = {line: state for line, state in states.items() if state is not LineState.UNKNOWN}
        yield _head("extranet_line_info", "gauge", "Names to join.")
        for line in lines:
            yield f"extranet_line_info{self._info[line.id]} 1\n"
        yield _head("extranet_line_known", "gauge", "1 when observed lately by a monitor that can see.")
        for line in lines:
            yield f"extranet_line_known{labels[line.id]} {int(line.id in seen)}\n"
        yield _head("extranet_line_up", "gauge", "1 up, 0 in a confirmed outage; absent while unknown.")
        for name, state in seen.items():
            yield f"extranet_line_up{labels[name]} {int(state is not LineState.DOWN)}\n"
        yield _head("extranet_line_loss_ratio", "gauge", "Share of echoes lost in the latest round.")
        rounds = {line: snapshot.latest[line] for line in seen if line in snapshot.latest}
        for name, latest in rounds.items():
            yield f"extranet_line_loss_ratio{labels[name]} {latest.loss}\n"
        yield _head("extranet_line_rtt_seconds", "gauge", "Mean round-trip time of the latest round.")
        for name, latest in rounds.items():
            if latest.rtt is not None:
                yield f"extranet_line_rtt_seconds{labels[name]} {latest.rtt:.6f}\n"

    def _maintenance(self, snapshot: Snapshot, lines: Iterable[Line]) -> Iterator[str]:
        holding = [window for window in snapshot.windows if window.holds(snapshot.now)]
        yield from _family(
            "extranet_line_maintenance",
            "1 inside an approved maintenance window.",
            (
                (self._labels[line.id], int(any(window.covers(line, snapshot.inventory) for window in holding)))
                for line in lines
            ),
        )
        yield from _family(
            "extranet_line_degraded",
            "1 while a degradation is open.",
            ((self._labels[line.id], int(line.id in snapshot.degraded)) for line in lines),
        )
        counts = Counter(each.carrier for each in snapshot.incidents)
        yield from _family(
            "extranet_incident_open",
            "Open incidents.",
            ((_labels(carrier=carrier), counts[carrier]) for carrier in snapshot.inventory.carriers),
        )

    def _clocks(self, snapshot: Snapshot, lines: Sequence[Line]) -> Iterator[str]:
        labels = self._labels
        serving = {line.id for line in lines}
        opened = {fault.line: fault for fault in snapshot.faults if fault.status is Status.OPEN}
        shown = {line: fault for line, fault in opened.items() if line in serving}
        readings = {line: _read(fault, snapshot) for line, fault in shown.items()}
        yield _head("extranet_fault_open", "gauge", "1 while the line's fault is open.")
        for serving_line in lines:
            yield f"extranet_fault_open{labels[serving_line.id]} {int(serving_line.id in shown)}\n"
        yield from _family(
            "extranet_fault_discovered_timestamp_seconds",
            "When the open fault was discovered.",
            ((labels[line], fault.discovered_at.timestamp()) for line, fault in shown.items()),
        )
        yield from _family(
            "extranet_fault_deadline_timestamp_seconds",
            "When the open fault's limit is reached.",
            (
                (labels[line], reading.deadline_at.timestamp())
                for line, reading in readings.items()
                if reading.deadline_at is not None
            ),
        )
        yield from _family(
            "extranet_fault_elapsed_seconds",
            "What the open fault's 12-hour clock shows.",
            ((labels[line], reading.elapsed.total_seconds()) for line, reading in readings.items()),
        )
        yield from _family(
            "extranet_fault_overdue",
            "1 when the open fault is over its limit.",
            ((labels[line], int(reading.verdict == "overdue")) for line, reading in readings.items()),
        )
        yield from _family(
            "extranet_fault_exempt",
            "1 when the open fault is another party's than the carrier's.",
            ((labels[line], int(reading.verdict == "exempt")) for line, reading in readings.items()),
        )
        yield from _family(
            "extranet_fault_acknowledged",
            "1 when the open fault was acknowledged.",
            ((labels[line], int(fault.acknowledged_at is not None)) for line, fault in shown.items()),
        )
        yield from _family(
            "extranet_fault_flapping",
            "1 when the open fault is flapping.",
            ((labels[line], int(fault.flapping)) for line, fault in shown.items()),
        )

    def _months(self, snapshot: Snapshot, lines: Iterable[Line]) -> Iterator[str]:
        month, name = snapshot.month, "extranet_line_availability_ratio"
        yield _head(name, "gauge", "Availability of this month so far.")
        for line in lines:
            figures = month.lines.get(line.id)
            if figures is None:
                continue
            stem = self._labels[line.id][:-1]
            if figures.raw is not None:
                yield f'{name}{stem},basis="raw"}} {figures.raw}\n'
            if figures.assessed is not None:
                yield f'{name}{stem},basis="assessed"}} {figures.assessed}\n'
        yield from _family(
            "extranet_coverage_ratio",
            "Share of this month's service time so far in which the carrier's lines were observed.",
            ((_labels(carrier=carrier), ratio) for carrier, ratio in month.coverage.items() if ratio is not None),
        )
        yield from _family(
            "extranet_month_faults",
            "Faults discovered this month by present rulings.",
            (
                (_labels(carrier=these.carrier, party=these.party, verdict=these.verdict), these.count)
                for these in month.faults
            ),
        )

    def _devices(self, snapshot: Snapshot, lines: Iterable[Line]) -> Iterator[str]:
        polled = [line for line in lines if line.id in snapshot.devices]
        yield from _family(
            "extranet_snmp_up",
            "1 when the device answered SNMP.",
            ((self._labels[line.id], int(snapshot.devices[line.id] is not None)) for line in polled),
        )
        answered = {line.id: facts for line in polled if (facts := snapshot.devices[line.id]) is not None}
        for name, attribute, text in DEVICE_FAMILIES:
            values = ((self._labels[line], getattr(facts, attribute)) for line, facts in answered.items())
            yield from _family(name, text, ((labels, value) for labels, value in values if value is not None))
        named = [
            (f'{self._labels[line][:-1]},interface="{_escape(name)}"}}', interface)
            for line, facts in answered.items()
            for name, interface in _distinct(facts.interfaces)
        ]
        for family, kind, text, of in INTERFACE_FAMILIES:
            yield _head(family, kind, text)
            for labels, interface in named:
                value = of(interface)
                if value is not None:
                    yield f"{family}{labels} {value}\n"


def _up(interface: Interface) -> int | None:
    return None if interface.oper is None else int(interface.oper == "up")


def _bytes(interface: Interface) -> float | None:
    return None if interface.speed_bps is None else interface.speed_bps / 8


DEVICE_FAMILIES = (
    ("extranet_device_uptime_seconds", "uptime_s", "Time since the device's agent started, as it says."),
    ("extranet_device_cpu_ratio", "cpu_ratio", "Load of the busiest processor."),
    ("extranet_device_memory_ratio", "memory_ratio", "Use of the fullest memory pool."),
    ("extranet_device_temperature_celsius", "temperature_celsius", "The hottest sensor."),
)
INTERFACE_FAMILIES = (
    ("extranet_interface_up", "gauge", "1 when the interface is up.", _up),
    ("extranet_interface_receive_bytes_total", "counter", "Bytes received.", lambda one: one.in_octets),
    ("extranet_interface_transmit_bytes_total", "counter", "Bytes sent.", lambda one: one.out_octets),
    ("extranet_interface_receive_errors_total", "counter", "Packets received broken.", lambda one: one.in_errors),
    ("extranet_interface_transmit_errors_total", "counter", "Packets not sent for errors.", lambda one: one.out_errors),
    ("extranet_interface_receive_discards_total", "counter", "Good packets dropped.", lambda one: one.in_discards),
    (
        "extranet_interface_transmit_discards_total",
        "counter",
        "Packets not sent for want.",
        lambda one: one.out_discards,
    ),
    ("extranet_interface_speed_bytes_per_second", "gauge", "Nominal speed.", _bytes),
)


def _totals(snapshot: Snapshot) -> Iterator[str]:
    """Write the counters: 0 too for what has not happened yet, since a growth is counted from what was there before."""
    tally, carriers = snapshot.tally, snapshot.inventory.carriers
    opened = {(carrier, source.value): 0 for carrier in carriers for source in Source} | tally.opened
    closed = {(carrier, verdict.value): 0 for carrier in carriers for verdict in AT_CLOSING} | tally.closed
    took = {carrier: Repairs() for carrier in carriers} | tally.repairs
    yield _head("extranet_faults_total", "counter", "Faults opened.")
    for (carrier, source), count in sorted(opened.items()):
        yield f"extranet_faults_total{_labels(carrier=carrier, source=source)} {count}\n"
    yield _head("extranet_faults_closed_total", "counter", "Faults closed, by the verdict at closing.")
    for (carrier, verdict), count in sorted(closed.items()):
        yield f"extranet_faults_closed_total{_labels(carrier=carrier, verdict=verdict)} {count}\n"
    yield _head("extranet_repair_seconds", "histogram", "What the clock showed at closing.")
    for carrier, repairs in sorted(took.items()):
        for bound, count in repairs.cumulative():
            yield f"extranet_repair_seconds_bucket{_labels(carrier=carrier, le=bound)} {count}\n"
        yield f"extranet_repair_seconds_sum{_labels(carrier=carrier)} {repairs.total}\n"
        yield f"extranet_repair_seconds_count{_labels(carrier=carrier)} {repairs.count}\n"


def _registers(snapshot: Snapshot) -> Iterator[str]:
    yield from _family(
        "extranet_register_gaps",
        "Missing or expired entries of a register; of connection, units that should be connected and are not.",
        ((_labels(register=register), count) for register, count in snapshot.registers.gaps.items()),
    )
    yield from _family(
        "extranet_register_expiring",
        "Entries that run out within so many days, those of the nearer terms among them; of who has a line in service.",
        (
            (_labels(register=register, days=str(days)), count)
            for (register, days), count in snapshot.registers.expiring.items()
        ),
    )


def _read(fault: Fault, snapshot: Snapshot) -> Reading:
    return read(fault, snapshot.policies.named(fault.policy_version).clock, snapshot.now)


def _distinct(interfaces: Iterable[Interface]) -> list[tuple[str, Interface]]:
    """Name each interface, with ``#index`` appended where the name is not unique."""
    these = list(interfaces)
    names = [interface.name or interface.descr or "" for interface in these]
    return [
        (name if names.count(name) == 1 and name else f"{name}#{interface.index}", interface)
        for name, interface in zip(names, these, strict=True)
    ]


# -- the text format ---------------------------------------------------------------------------------------------


def _head(name: str, kind: str, text: str) -> str:
    return f"# HELP {name} {text}\n# TYPE {name} {kind}\n"


def _family(name: str, text: str, samples: Iterable[tuple[str, float]], kind: str = "gauge") -> Iterator[str]:
    yield _head(name, kind, text)
    for labels, value in samples:
        yield f"{name}{labels} {value}\n"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items()) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _line_labels(line: Line) -> str:
    return _labels(line=line.id, unit=line.unit, carrier=line.carrier, role=line.role.value)


def _info_labels(line: Line, labels: str, inventory: Inventory) -> str:
    unit, carrier = inventory.units[line.unit], inventory.carriers[line.carrier]
    names = _labels(
        unit_name=unit.short_name,
        carrier_name=carrier.short_name,
        kind=unit.kind.value,
        type=line.type or "",
        node=line.node or "",
    )
    return f"{labels[:-1]},{names[1:]}"


def page(render: Callable[[], Awaitable[bytes]]) -> Route:
    """Return the page at ``/metrics``; ``render`` is asked at each scrape."""

    async def metrics(_: Request) -> Response:
        return Response(await render(), media_type=CONTENT_TYPE)

    return Route("/metrics", metrics)


def application(shown: Route) -> Starlette:
    """Return the application that serves the page and nothing else."""

    async def index(_: Request) -> Response:
        return RedirectResponse("/metrics")

    return Starlette(routes=[shown, Route("/", index)])
