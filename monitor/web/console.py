"""The console page, read only: states of the lines, open faults, their clocks.

`console` makes the ASGI application; it asks for a `View` at each request and keeps nothing. The page is written in a
thread, so that a county of thousands of lines never delays a round by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from jinja2 import Environment, PackageLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from monitor.alerts.backlog import say_backlogs
from monitor.alerts.backup import say_backup
from monitor.alerts.degradation import say_degradations
from monitor.inventory.model import Inventory
from monitor.policy import Policies
from monitor.sla.survey import LineState, OpenFault, OpenIncident, Survey
from monitor.sla.verdict import Verdict
from monitor.store.backup_mark import BackupMark
from monitor.store.deliveries import Backlog
from monitor.wording import WORDING, say_length

MOST_LISTED = 600  # lines on the page unless all are asked for: more are no overview, and slow in a browser
LANGUAGES = {"zh_CN": "zh-CN", "en": "en"}  # BCP 47
WORST_FIRST = (LineState.DOWN, LineState.SUSPECT, LineState.UNKNOWN, LineState.MAINTENANCE, LineState.UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a page shows: the county as it stands, and the latest loss and mean RTT (seconds) of each line.

    ``backlogs`` are the messages that wait or were given up, ``backup`` is the mark of the last backup.
    """

    county: str
    survey: Survey
    inventory: Inventory
    policies: Policies
    latest: Mapping[str, tuple[float, float | None]]
    zone: tzinfo
    locale: str
    simulated: bool
    backlogs: Sequence[Backlog] = ()
    backup: BackupMark | None = None


def console(look: Callable[[], View], *others: BaseRoute) -> Starlette:
    """Return the application: ``/`` the page, ``/api/status`` the object of ``monitor status --json``, ``/healthz``.

    ``others`` are the routes of other pages beside these, among them ``/metrics``.
    """
    pages = Environment(loader=PackageLoader("monitor.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = pages.get_template("console.html")

    def written(view: View, locale: str, most: int | None) -> str:
        words = WORDING[locale]
        return template.render(shown(view, words, most), words=words, lang=LANGUAGES[locale], locale=locale)

    async def page(request: Request) -> Response:
        view = look()
        asked = request.query_params.get("lang", view.locale)
        locale = asked if asked in WORDING else view.locale
        most = None if "all" in request.query_params else MOST_LISTED
        return HTMLResponse(await asyncio.to_thread(written, view, locale, most))

    async def status(_: Request) -> Response:
        return JSONResponse(look().survey.spelled())

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    own = (Route("/", page), Route("/api/status", status), Route("/healthz", health))
    return Starlette(routes=[*own, *others])


def shown(view: View, words: Mapping[str, str], most: int | None = MOST_LISTED) -> dict[str, object]:
    """Return what the template needs, already in words; of the lines the worst ``most``, all where None."""
    survey, policy = view.survey, view.policies.in_force(view.survey.now)
    demo = None
    if policy.version.startswith("demo"):
        demo = words["demo"].format(version=policy.version, limit=say_length(policy.clock.limit, words))
    blind = None
    if survey.blind_since is not None:
        blind = words["blind"].format(since=_local(survey.blind_since, view.zone))
    listed = _worst_first(survey)[:most]
    left_out = len(survey.states) - len(listed)
    degraded = say_degradations(survey, view.inventory, words, zone=view.zone)
    return {
        "county": view.county,
        "now": _local(survey.now, view.zone),
        "counts": {state.value: count for state, count in survey.counts.items()},
        "total": len(survey.states),
        "overdue": survey.overdue,
        "degraded": len(degraded),
        "incidents": [_incident(each, view, words) for each in survey.incidents],
        "faults": [_fault(entry, view, words) for entry in survey.faults],
        "lines": [_line(line, state.value, view, words, degraded.get(line, "")) for line, state in listed],
        "left_out": words["left_out"].format(count=left_out) if left_out else None,
        "demo": demo,
        "blind": blind,
        "notes": [
            *say_backlogs(view.backlogs, words, zone=view.zone, now=survey.now),
            *say_backup(view.backup, words, zone=view.zone, now=survey.now),
        ],
        "simulated": view.simulated,
    }


def _worst_first(survey: Survey) -> list[tuple[str, LineState]]:
    return sorted(survey.states.items(), key=lambda item: (WORST_FIRST.index(item[1]), item[0] not in survey.degraded))


def _incident(each: OpenIncident, view: View, words: Mapping[str, str]) -> str:
    incident, inventory = each.incident, view.inventory
    carrier = inventory.carriers.get(incident.carrier)
    where = carrier.short_name if carrier else incident.carrier
    if incident.node is not None and incident.node in inventory.nodes:
        where += f" {inventory.nodes[incident.node].name}"
    return words["incident"].format(where=where, lines=len(each.lines), down=len(each.down))


def _fault(entry: OpenFault, view: View, words: Mapping[str, str]) -> dict[str, object]:
    fault, policy = entry.fault, view.policies.named(entry.fault.policy_version)
    unit, carrier = view.inventory.units.get(fault.unit), view.inventory.carriers.get(fault.carrier)
    share = min(1.0, entry.reading.elapsed / policy.clock.limit)
    exempt = entry.reading.verdict is Verdict.EXEMPT
    overdue = entry.left is not None and entry.left < timedelta() and not exempt
    if exempt or entry.left is None:
        left = words["exempt" if exempt else "no_deadline"]
    else:
        left = words["over"] + say_length(-entry.left, words) if overdue else say_length(entry.left, words)
    return {
        "no": fault.no,
        "unit": unit.short_name if unit else fault.unit,
        "carrier": carrier.short_name if carrier else fault.carrier,
        "line": fault.line,
        "role": words.get(fault.role, fault.role),
        "discovered": _local(fault.discovered_at, view.zone),
        "elapsed": say_length(entry.reading.elapsed, words),
        "left": left,
        "deadline": "—"
        if exempt or entry.reading.deadline_at is None
        else _local(entry.reading.deadline_at, view.zone),
        "acknowledged": "✓" if fault.acknowledged_at else "—",
        "eta": None if fault.eta is None else _local(fault.eta, view.zone),
        "eta_passed": fault.eta is not None and fault.eta < view.survey.now,
        "flapping": fault.flapping,
        "percent": int(share * 100),
        "grade": "cool"
        if exempt
        else "overdue"
        if overdue
        else "hot"
        if share >= 0.75
        else "warm"
        if share >= 0.5
        else "cool",
    }


def _line(line_id: str, state: str, view: View, words: Mapping[str, str], degraded: str) -> dict[str, object]:
    line = view.inventory.lines[line_id]
    loss, rtt = view.latest.get(line_id, (None, None)) if state != "unknown" else (None, None)
    return {
        "title": degraded or line_id,
        "degraded": words["degraded_by"].format(cause=words[f"cause_{view.survey.degraded[line_id].cause}"])
        if degraded
        else None,
        "unit": view.inventory.units[line.unit].short_name,
        "carrier": view.inventory.carriers[line.carrier].short_name,
        "role": line.role.value,
        "state": state,
        "loss": "—" if loss is None else f"{loss:.0%}",
        "rtt": "—" if rtt is None else f"{rtt * 1000:.1f} ms",
    }


def _local(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M:%S")
