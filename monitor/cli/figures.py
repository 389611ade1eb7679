"""Tables of availability and repairs on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from monitor.inventory.model import Inventory
from monitor.sla.availability import Figures, LineFigures, SetFigures
from monitor.sla.review import Account, Level, Review
from monitor.wording import say_length, say_share

NAMES = {Level.LINE: ("line", "unit", "carrier"), Level.UNIT: ("unit",), Level.NODE: ("node", "carrier")}
SHARES = ("raw", "assessed", "raw_low", "raw_high", "coverage")
LENGTHS = ("window", "unknown", "left_out_time", "down")
VERDICTS = ("on_time", "late", "overdue", "disputable", "running", "exempt")
FEWER = ("faults_count", "on_time", "late", "overdue", "disputable", "on_time_rate", "mean_repair")
REPAIRS = (
    *("faults_count", *VERDICTS, "on_time_rate", "mean_repair", "median_repair"),
    *("incidents", "incident_lines", "line_time"),
)
NAMED = ("line", "unit", "node", "carrier")
BETWEEN = 3  # columns of the terminal between two of the table

Words = Mapping[str, str]
Cells = Mapping[str, str]


def figures_table(found: Review, level: Level, inventory: Inventory, *, words: Words, width: int) -> Table:
    """Return the availability of a level, in the order of the inventory, with what a terminal is wide enough for."""
    names = NAMES.get(level, ("carrier",))
    rows = [
        {**_names(name, level, inventory, words), **_cells(figures, words)} for name, figures in _figures(found, level)
    ]
    layouts = ((*names, "lines", *SHARES, *LENGTHS), (*names, "lines", *SHARES), (names[0], "lines", *SHARES))
    return _table(rows, layouts, words, width)


def account_table(found: Review, level: Level, inventory: Inventory, *, words: Words, width: int) -> Table:
    """Return faults, verdicts, repair times and incidents: of each carrier and the county, or of the county alone."""
    carriers = found.carriers.items() if level is Level.CARRIER else ()
    rows = [{"carrier": _carrier(name, inventory)} | _account(account, words) for name, account in carriers]
    rows.append({"carrier": words["county"]} | _account(found.county, words))
    return _table(rows, (("carrier", *REPAIRS), ("carrier", *FEWER)), words, width)


def _table(rows: Sequence[Cells], layouts: Sequence[Sequence[str]], words: Words, width: int) -> Table:
    """Return a table in the first layout that fits; columns that no row has are left out."""
    present = {name for row in rows for name in row}
    wanted = [[name for name in layout if name in present] for layout in layouts]
    wide = {name: max(cell_len(text) for text in (words[name], *(row[name] for row in rows))) for name in present}
    fitting = (names for names in wanted if sum(wide[name] + BETWEEN for name in names) <= width)
    columns = next(fitting, wanted[-1])
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        named = name in NAMED
        table.add_column(words[name], justify="left" if named else "right", no_wrap=not named, overflow="fold")
    for row in rows:
        table.add_row(*(Text(row[name]) for name in columns))  # a name is no markup
    return table


def _figures(found: Review, level: Level) -> Iterator[tuple[str | None, Figures]]:
    """Go through what a table shows, each with its id; None for the county."""
    match level:
        case Level.LINE:
            yield from found.lines.items()
        case Level.UNIT:
            yield from found.units.items()
        case Level.NODE:
            yield from found.nodes.items()
        case Level.CARRIER:
            yield from ((carrier, account.availability) for carrier, account in found.carriers.items())
            yield None, found.county.availability
        case Level.COUNTY:
            yield None, found.county.availability


def _names(name: str | None, level: Level, inventory: Inventory, words: Words) -> Cells:
    """Return what something is called, and whose it is."""
    if name is None:
        return {"carrier": words["county"]}
    match level:
        case Level.LINE:
            line = inventory.lines[name]
            return {"line": name, "unit": _unit(line.unit, inventory), "carrier": _carrier(line.carrier, inventory)}
        case Level.UNIT:
            return {"unit": _unit(name, inventory)}
        case Level.NODE:
            node = inventory.nodes[name]
            return {"node": node.name, "carrier": _carrier(node.carrier, inventory)}
        case _:
            return {"carrier": _carrier(name, inventory)}


def _cells(figures: Figures, words: Words) -> Cells:
    cells = {
        "raw": say_share(figures.raw),
        "raw_low": say_share(figures.raw_low),
        "raw_high": say_share(figures.raw_high),
        "coverage": say_share(figures.coverage),
        "window": say_length(figures.window, words),
        "unknown": say_length(figures.unknown, words),
        "down": say_length(figures.down, words),
    }
    if isinstance(figures, LineFigures):  # a unit has none of these
        cells |= {"assessed": say_share(figures.assessed), "left_out_time": say_length(figures.excluded, words)}
    if isinstance(figures, SetFigures):
        cells["lines"] = str(figures.lines)
    return cells


def _account(account: Account, words: Words) -> dict[str, str]:
    verdicts = {**account.punctuality.verdicts, "exempt": account.exempt}
    return {
        "faults_count": str(account.faults),
        **{name: str(verdicts[name]) for name in VERDICTS},
        "on_time_rate": say_share(account.punctuality.on_time_rate),
        "mean_repair": _length(account.repairs.mean, words),
        "median_repair": _length(account.repairs.median, words),
        "incidents": str(account.incidents.number),
        "incident_lines": str(account.incidents.lines),
        "line_time": say_length(account.incidents.line_time, words),
    }


def _length(length: timedelta | None, words: Words) -> str:
    return "—" if length is None else say_length(length, words)


def _unit(name: str, inventory: Inventory) -> str:
    unit = inventory.units.get(name)
    return unit.short_name if unit else name


def _carrier(name: str, inventory: Inventory) -> str:
    carrier = inventory.carriers.get(name)
    return carrier.short_name if carrier else name
