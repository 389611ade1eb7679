"""Whether the monitor can see at all (section 2 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.faults.observation import Observation, Outcome


@dataclass(frozen=True, slots=True)
class Sight:
    """The latest result of each reference measured so far, and since when the monitor is blind (None: it sees)."""

    latest: Mapping[str, bool] = field(default_factory=dict)
    blind_since: datetime | None = None

    @property
    def blind(self) -> bool:
        """Tell whether the monitor is blind."""
        return self.blind_since is not None


def look(sight: Sight, at: datetime, rounds: Iterable[Observation], references: Iterable[str]) -> Sight:
    """Take the references' rounds of one instant together and tell whether the monitor sees from then on.

    A probe error counts as bad: a monitor that cannot send is blind. ``references`` are those of the inventory;
    what was measured of others is forgotten. Without any the monitor is never blind. One that is new and not yet
    measured keeps the monitor from going blind, but does not make a blind one see.
    """
    latest = dict(sight.latest)
    for observation in rounds:
        latest[observation.subject] = observation.outcome is Outcome.GOOD
    known = {reference: latest[reference] for reference in references if reference in latest}
    measured = all(reference in known for reference in references)
    blind = bool(known) and not any(known.values()) and (measured or sight.blind)
    since = (sight.blind_since or at) if blind else None
    return Sight(latest=known, blind_since=since)
