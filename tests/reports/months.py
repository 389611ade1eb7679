"""A duty officer's place with a month behind it: what editions of a report are tried on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from monitor.cli import main
from monitor.cli.desk import now
from monitor.editions.edition import Edition
from monitor.reports.periods import Period, month
from monitor.store.store import Store
from tests.actions.conftest import INVENTORY, ZONE, Office

LAST = month(now().astimezone(ZONE).date(), ZONE).before()
POLICY = "clock: {limit: 30m, observe_for: 10m}\n"


@dataclass
class Desk(Office):
    """The place, and what is done with reports at it."""

    @property
    def out(self) -> Path:
        """The folder of reports."""
        return self.folder / "reports"

    def edition(self, period: Period = LAST) -> Edition:
        """Return an edition as it is on record."""
        with self.records() as records:
            return records.editions().named(period.key) or Edition(key=period.key)

    def kept(self, period: Period = LAST) -> Mapping[str, bytes | None]:
        """Return the kept files of an edition."""
        latest = self.edition(period).latest
        assert latest is not None
        with self.records() as records:
            return {name: records.edition_body(digest) for name, digest in latest.files.items()}

    def spelled(self, period: Period = LAST) -> dict[str, Any]:
        """Return the kept figures of an edition, as JSON."""
        latest = self.edition(period).latest
        assert latest is not None
        with self.records() as records:
            found: dict[str, Any] = json.loads(records.edition_body(latest.figures) or b"")
        return found

    def found(self, *arguments: str) -> tuple[int, str]:
        """Call a command; return how it ends and all that it says."""
        result = CliRunner().invoke(main, [*arguments, "--config", str(self.folder)])
        return result.exit_code, result.output

    def written(self) -> dict[str, bytes]:
        """Return the files in the folder of reports."""
        return {path.name: path.read_bytes() for path in sorted(self.out.iterdir()) if path.is_file()}


def desk_at(folder: Path, url: str, *, settings: str = "") -> Desk:
    """Furnish a place: in last month L1 was down for an hour, of which the limit is half."""
    texts = {
        "monitor": f"database: {url}\nlocale: en\nreport: {{folder: {folder}/reports}}\n{settings}",
        "policy": POLICY,
        "inventory": INVENTORY,
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    Store.open(url).close()
    desk = Desk(folder, url)
    desk.outage("L1", outage_begins(), bad=60, good=30)
    return desk


def outage_begins() -> datetime:
    """Return when the outage of last month begins."""
    return LAST.span[0] + timedelta(days=4, hours=2)
