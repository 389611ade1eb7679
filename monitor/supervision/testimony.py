"""What devices say before and after an outage, weighed once it is over (section 8 of the fault rules)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.faults.events import EvidenceFound
from monitor.faults.evidence import DeviceSaid, Testimony, weigh
from monitor.faults.fault import Fault, Status
from monitor.faults.outage import Watch
from monitor.supervision.casebook import Casebook


class Testimonies:
    """Of each line, what its device said last before an outage, and first since the line answers again."""

    def __init__(self, testimonies: Mapping[str, Testimony] | None = None) -> None:
        """Go on from what was heard before."""
        self._heard = dict(testimonies or {})

    def all(self) -> Mapping[str, Testimony]:
        """Return what was heard, by line."""
        return self._heard

    def hear(self, at: datetime, said: DeviceSaid, watch: Watch | None, cases: Casebook) -> None:
        """Take at ``at`` what a device said then or shortly before: before an outage the latest, after it the first.

        While the line is suspect or down it is kept apart: only a recovery makes it count.
        """
        heard, fault = self._heard.get(said.line, Testimony()), cases.latest_fault(said.line)
        if watch is not None and (watch.bad_since is not None or watch.down_since is not None):
            if watch.restoring:
                self._heard[said.line] = heard._replace(after=_since(heard.after, watch.good_since) or said)
        elif fault is not None and fault.status is Status.OPEN:
            self._heard[said.line] = heard._replace(after=said)  # only reported: a person will say when it was over
        elif fault is not None and _awaited(fault, heard):
            self._heard[said.line] = heard._replace(after=said)
            self.weigh(at, said.line, cases)
        else:
            self._heard[said.line] = Testimony(before=said)

    def recovered(self, at: datetime, line: str, restored_at: datetime, cases: Casebook) -> None:
        """Take the measured end of an outage: what was said in a streak that broke is not of the recovery."""
        heard = self._heard.get(line)
        if heard is not None:
            self._heard[line] = heard._replace(after=_since(heard.after, restored_at))
            self.weigh(at, line, cases)

    def weigh(self, at: datetime, line: str, cases: Casebook) -> None:
        """Weigh what was said around the latest episode, if it is over and the device has spoken since."""
        heard, fault = self._heard.get(line, Testimony()), cases.latest_fault(line)
        if heard.after is None or (fault is not None and fault.status is Status.OPEN):
            return
        if fault is None or not _awaited(fault, heard):
            self._heard[line] = Testimony(before=heard.after)  # an outage that a window held: no fault's
            return
        episode, restored_at = fault.episode, fault.episode.restored_at
        if restored_at is None or heard.after.at < restored_at:
            self._heard[line] = heard._replace(after=None)
            return
        reasons = weigh(heard, first_failed_at=episode.first_failed_at, restored_at=restored_at)
        self._heard[line] = Testimony(before=heard.after)
        if reasons:
            number = len(fault.episodes)
            cases.record(
                EvidenceFound(
                    at=at, no=fault.no, episode=number, reasons=reasons, before=heard.before, after=heard.after
                )
            )


def _since(said: DeviceSaid | None, instant: datetime | None) -> DeviceSaid | None:
    """Return what was said if it was in the streak that began at an instant, not in one that broke."""
    return said if said is not None and instant is not None and said.at >= instant else None


def _awaited(fault: Fault, heard: Testimony) -> bool:
    """Tell whether the latest episode is over and nothing was heard since."""
    restored_at = fault.episode.restored_at
    return restored_at is not None and (heard.before is None or heard.before.at < restored_at)
