"""Whom the routes reach, and whom at some hour they do not: asked when ``monitor.yaml`` and inventory are both read.

A carrier must be told at every hour that a clock of its runs, and that it ran out (Art. 26: it answers round the
clock). Whatever else nobody gets, or is never used, is only warned of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.config.coverage import NEVER, Hole, holes, say_holes
from monitor.config.problem import Problem
from monitor.config.report import report_channel
from monitor.config.routes import URGENT, Matter, Route, names_given
from monitor.config.settings import Settings
from monitor.config.source import Document
from monitor.faults.terms import MessageKind
from monitor.inventory.model import Inventory, UnitKind

PLURALS = {
    UnitKind.DEPARTMENT: "departments",
    UnitKind.TOWNSHIP: "townships",
    UnitKind.VILLAGE: "villages",
    UnitKind.OTHER: "other units",
}
Units = tuple[UnitKind, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Kinds of messages of a carrier's lines to some kinds of units that in these holes no route takes."""

    kinds: tuple[MessageKind, ...]
    units: Units
    holes: tuple[Hole, ...]


def reach_problems(
    document: Document, settings: Settings, inventory: Inventory, at: datetime | None
) -> Iterator[Problem]:
    """Name the carriers that at some hour are not told of a fault; ``at`` as in `carriers_served`."""
    for carrier, units in carriers_served(inventory, at).items() if settings.routes else ():
        for gap in _gaps(settings.routes, carrier, units, URGENT):
            what = f"{_listed(gap.kinds)} of carrier {carrier}{_only(gap.units, units)}"
            message = f"no route takes {what} ({say_holes(gap.holes)}): widen a route's hours or days, or add a route"
            yield document.problem(("routes",), message, key=True)


def reach_warnings(
    document: Document, settings: Settings, inventory: Inventory, at: datetime | None
) -> Iterator[Problem]:
    """Name the messages that nobody gets, and the routes and channels that are never used."""
    if not settings.routes:
        return
    served = carriers_served(inventory, at)
    yield from _unheard(document, settings.routes, served)
    yield from _idle_names(document, settings.routes, served)
    yield from _homeless_alarms(document, settings.routes)
    used = {name for route in settings.routes for name in route.channels}
    mailed = report_channel(settings) if settings.report.recipients else None
    used |= set() if mailed is None else {mailed.name}
    for name in settings.channels:
        if name not in used:
            yield document.problem(("channels", name), "no route uses this channel", key=True)


def carriers_served(inventory: Inventory, at: datetime | None) -> Mapping[str, Units]:
    """Return the carriers that have lines, with the kinds of the units at them.

    Lines whose service was over by ``at`` are left out; with None, none. Lines yet to come count, so that nothing
    that was right becomes wrong by the passing of time.
    """
    served: dict[str, dict[UnitKind, None]] = {carrier: {} for carrier in inventory.carriers}
    for line in inventory.lines.values():
        over = at is not None and line.in_service_to is not None and line.in_service_to <= at
        if not over and line.carrier in served and line.unit in inventory.units:
            served[line.carrier][inventory.units[line.unit].kind] = None
    return {carrier: tuple(units) for carrier, units in served.items() if units}


def _gaps(routes: Sequence[Route], carrier: str, units: Units, kinds: Iterable[MessageKind]) -> Iterator[Gap]:
    """Find the gaps of a carrier; kinds of units and of messages with the same holes stand together."""
    together: dict[tuple[Units, tuple[Hole, ...]], list[MessageKind]] = defaultdict(list)
    for kind in kinds:
        by_holes: dict[tuple[Hole, ...], list[UnitKind]] = defaultdict(list)
        for unit in units:
            taking = (route.hours for route in routes if route.takes(Matter(kind, carrier, unit)))
            by_holes[holes(tuple(taking))].append(unit)
        for found, whose in by_holes.items():
            together[tuple(whose), found].append(kind)
    for (whose_units, found), which in together.items():
        if found:
            yield Gap(tuple(which), whose_units, found)


def _unheard(document: Document, routes: Sequence[Route], served: Mapping[str, Units]) -> Iterator[Problem]:
    """Name the kinds that no route takes at any hour; the urgent ones are no matter of warnings."""
    kinds = [kind for kind in MessageKind if kind.of_a_fault and kind not in URGENT]
    missing: dict[tuple[tuple[MessageKind, ...], str], list[str]] = defaultdict(list)
    for carrier, units in served.items():
        for gap in _gaps(routes, carrier, units, kinds):
            if gap.holes == NEVER:
                missing[gap.kinds, _only(gap.units, units)].append(carrier)
    for (which, only), carriers in missing.items():
        named = f"carrier{'s' if len(carriers) > 1 else ''} {_listed(carriers)}"
        whose = "any carrier" if len(carriers) == len(served) else named
        message = f"no route takes {_listed(which)} of {whose}{only}: nobody is told"
        yield document.problem(("routes",), message, key=True)
    alarms = [kind for kind in MessageKind if not kind.of_a_fault and not _heard(kind, routes, served)]
    if alarms:
        message = f"no route takes {_listed(alarms)}: nobody is told; the word alarms in a route's kinds takes them all"
        yield document.problem(("routes",), message, key=True)


def _heard(kind: MessageKind, routes: Sequence[Route], served: Iterable[str]) -> bool:
    """Tell whether some route takes an alarm; the one that a carrier is unreached, for every carrier."""
    return all(any(route.takes(Matter(kind, subject)) for route in routes) for subject in _subjects(kind, served))


def _subjects(kind: MessageKind, carriers: Iterable[str]) -> tuple[str | None, ...]:
    """Return the carriers that an alarm can name: only the one that a carrier is unreached names any."""
    return tuple(carriers) if kind is MessageKind.UNREACHED else (None,)


def _idle_names(document: Document, routes: Sequence[Route], served: Mapping[str, Units]) -> Iterator[Problem]:
    """Name the carriers and kinds of units in routes of which there is no line."""
    given = document.value if isinstance(document.value, dict) else {}
    for path, carrier in names_given(given, "carrier"):
        if carrier not in served:
            yield document.problem(path, "this carrier has no line in service: this route takes nothing of it")
    for path, unit in names_given(given, "unit_kinds"):
        carriers = routes[int(path[1])].carriers or tuple(served)
        if not any(unit in served.get(carrier, ()) for carrier in carriers):
            whose = "these carriers" if len(carriers) > 1 else "this carrier"
            message = f"no line of {whose} leads to a unit of this kind"
            yield document.problem(path, message)


def _homeless_alarms(document: Document, routes: Sequence[Route]) -> Iterator[Problem]:
    """Name the alarms in routes that are for some carriers or units, which an alarm has not."""
    for number, route in enumerate(routes):
        never = [kind for kind in route.kinds if not kind.of_a_fault and not _can_take(route, kind)]
        if never:
            message = f"{_listed(never)}: of no carrier and no unit, so a route for some of them never takes these"
            yield document.problem(("routes", number, "kinds"), message)


def _can_take(route: Route, kind: MessageKind) -> bool:
    subjects = (None, *_subjects(kind, route.carriers))
    return any(route.takes(Matter(kind, subject)) for subject in subjects)


def _only(some: Units, units: Units) -> str:
    return "" if some == units else f", lines of {_listed([PLURALS[unit] for unit in some])}"


def _listed(words: Sequence[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else str(last)
