"""What the console shows, taken from the judging as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.config.folder import Configuration
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
    settings = configuration.settings
    return View(
        county=settings.county,
        survey=survey(
            configuration.inventory,
            supervision.policies,
            watches=supervision.watches,
            blind_since=supervision.sight.blind_since,
            faults=supervision.faults.values(),
            now=now,
            windows=supervision.cases.windows.all(),
            incidents=supervision.open_incidents(),
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
