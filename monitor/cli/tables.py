"""Tables of faults on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from rich.table import Table
from rich.text import Text

from monitor.config.folder import Configuration
from monitor.faults.fault import Fault, Status
from monitor.policy import Policies
from monitor.sla.verdict import Reading, Verdict, read
from monitor.wording import say_length

COLOURS = {
    Verdict.RUNNING: "cyan",
    Verdict.OVERDUE: "bold red",
    Verdict.ON_TIME: "green",
    Verdict.LATE: "red",
    Verdict.DISPUTABLE: "yellow",
    Verdict.EXEMPT: "dim",
}
COLUMNS = ("no", "unit", "carrier", "line", "status", "discovered", "restored_at", "elapsed", "left", "verdict")


def fault_table(
    faults: Iterable[Fault], loaded: Configuration, *, policies: Policies, now: datetime, words: Mapping[str, str]
) -> Table:
    """Return faults with what their clocks show at ``now``, in the order given."""
    table = Table(*(words[name] for name in COLUMNS))
    for fault in faults:
        reading = read(fault, policies.named(fault.policy_version).clock, now)
        table.add_row(*_row(fault, reading, loaded, now, words))
    return table


def _row(
    fault: Fault, reading: Reading, loaded: Configuration, now: datetime, words: Mapping[str, str]
) -> tuple[str | Text, ...]:
    inventory = loaded.inventory
    unit, carrier = inventory.units.get(fault.unit), inventory.carriers.get(fault.carrier)
    flapping = f" {words['flapping']}" if fault.flapping else ""
    return (
        fault.no,
        unit.short_name if unit else fault.unit,
        carrier.short_name if carrier else fault.carrier,
        fault.line,
        words[fault.status.value] + flapping,
        _local(fault.discovered_at, loaded),
        _local(fault.episode.restored_at, loaded),
        say_length(reading.elapsed, words),
        _left(fault, reading, now, words),
        Text(words[reading.verdict.value], style=COLOURS[reading.verdict]),
    )


def _left(fault: Fault, reading: Reading, now: datetime, words: Mapping[str, str]) -> Text:
    if fault.status is not Status.OPEN:
        return Text("—", style="dim")
    if reading.deadline_at is None:
        return Text(words["no_deadline"], style="dim")
    left = reading.deadline_at - now
    if left < timedelta():
        return Text(words["over"] + say_length(-left, words), style="bold red")
    share = left / (left + reading.elapsed) if left + reading.elapsed else 0
    return Text(say_length(left, words), style="red" if share <= 0.25 else "yellow" if share <= 0.5 else "green")


def _local(at: datetime | None, loaded: Configuration) -> str:
    return "—" if at is None else f"{at.astimezone(loaded.settings.timezone):%m-%d %H:%M:%S}"
