"""Tables on a terminal, those of faults above all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
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
NARROW = ("no", "unit", "carrier", "discovered", "elapsed", "left", "verdict")  # fits 80 columns
WIDE = ("no", "unit", "carrier", "line", "status", "discovered", "restored_at", "elapsed", "left", "verdict")
WIDE_FROM = 118  # columns of the terminal
MOST_DRAWN = 1_000  # rows of a table: every cell of it is measured and wrapped before the first is shown


def headed(title: str, words: Mapping[str, str], *columns: str) -> Table:
    """Return an empty table under a title, its columns by the names of their words."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for name in columns:
        table.add_column(words[name], overflow="fold")
    return table


def print_rows(table: Table, rows: Sequence[Sequence[Text]]) -> None:
    """Print rows in a table or, where they are very many, each as a line of its own."""
    if len(rows) > MOST_DRAWN:
        click.echo("\n".join("  ".join(cell.plain.replace("\n", " | ") for cell in row).rstrip() for row in rows))
        return
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def fault_table(
    faults: Iterable[Fault],
    loaded: Configuration,
    *,
    policies: Policies,
    now: datetime,
    words: Mapping[str, str],
    width: int,
) -> Table:
    """Return faults with what their clocks show at ``now``, in the order given, for a terminal of ``width`` columns.

    Where somebody said when an open one will be repaired, that stands below what is left.
    """
    columns = WIDE if width >= WIDE_FROM else NARROW
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(words[name], no_wrap=name in ("no", "elapsed", "left", "verdict"), overflow="fold")
    for fault in faults:
        reading = read(fault, policies.named(fault.policy_version).clock, now)
        cells = _cells(fault, reading, loaded, now, words)
        table.add_row(*(cells[name] for name in columns))
    return table


def _cells(
    fault: Fault, reading: Reading, loaded: Configuration, now: datetime, words: Mapping[str, str]
) -> dict[str, str | Text]:
    inventory = loaded.inventory
    unit, carrier = inventory.units.get(fault.unit), inventory.carriers.get(fault.carrier)
    flapping = f" {words['flapping']}" if fault.flapping else ""
    return {
        "no": fault.no,
        "unit": unit.short_name if unit else fault.unit,
        "carrier": carrier.short_name if carrier else fault.carrier,
        "line": fault.line,
        "status": words[fault.status.value] + flapping,
        "discovered": _local(fault.discovered_at, loaded),
        "restored_at": _local(fault.episode.restored_at, loaded),
        "elapsed": say_length(reading.elapsed, words),
        "left": Text("\n").join([_left(fault, reading, now, words), *_eta(fault, loaded, now, words)]),
        "verdict": Text(words[reading.verdict.value], style=COLOURS[reading.verdict]),
    }


def _left(fault: Fault, reading: Reading, now: datetime, words: Mapping[str, str]) -> Text:
    if fault.status is not Status.OPEN or reading.verdict is Verdict.EXEMPT:
        return Text("—", style="dim")
    if reading.deadline_at is None:
        return Text(words["no_deadline"], style="dim")
    left = reading.deadline_at - now
    if left < timedelta():
        return Text(words["over"] + say_length(-left, words), style="bold red")
    share = left / (left + reading.elapsed) if left + reading.elapsed else 0
    return Text(say_length(left, words), style="red" if share <= 0.25 else "yellow" if share <= 0.5 else "green")


def _eta(fault: Fault, loaded: Configuration, now: datetime, words: Mapping[str, str]) -> Iterator[Text]:
    if fault.eta is not None and fault.status is Status.OPEN:
        yield Text(f"{words['eta_short']} {_local(fault.eta, loaded)}", style="red" if fault.eta < now else "")


def _local(at: datetime | None, loaded: Configuration) -> str:
    return "—" if at is None else f"{at.astimezone(loaded.settings.timezone):%m-%d %H:%M}"
