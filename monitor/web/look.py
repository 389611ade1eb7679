"""What the console shows, taken from the judging as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.config.folder import Configuration
from monitor.faults.fault import Fault
from monitor.faults.incident import Incident
from monitor.sla.survey import survey
from monitor.store.backup_mark import BackupMark
from monitor.store.deliveries import Backlog
from monitor.supervision import Supervision
from monitor.web.console import View


def look(
    configuration: Configuration,
    supervision: Supervision,
    *,
    now: datetime,
    latest: Mapping[str, tuple[float, float | None]],
    simulated: bool,
    backlogs: Sequence[Backlog] = (),
    backup: BackupMark | None = None,
) -> View:
    """Return the county as it stands, in nothing that moves on; ``latest`` is loss and mean RTT (s) of each line."""
    settings, incidents = configuration.settings, supervision.open_incidents()
    return View(
        county=settings.county,
        survey=survey(
            configuration.inventory,
            supervision.policies,
            watches=supervision.watches,
            blind_since=supervision.sight.blind_since,
            faults=_faults(supervision, incidents),
            now=now,
            windows=supervision.cases.windows.all(),
            incidents=incidents,
            degradations=supervision.qualities.degraded.values(),
        ),
        inventory=configuration.inventory,
        policies=supervision.policies,
        latest=dict(latest),
        zone=settings.timezone,
        locale=settings.locale.value,
        simulated=simulated,
        backlogs=backlogs,
        backup=backup,
    )


def _faults(supervision: Supervision, incidents: Sequence[Incident]) -> Iterable[Fault]:
    """Return the faults that judging knows, with those of incidents that are not the latest of their lines."""
    struck = [supervision.cases.fault_numbered(no) for each in incidents for no in each.faults]
    known = (*supervision.faults.values(), *(fault for fault in struck if fault is not None))
    return {fault.no: fault for fault in known}.values()
