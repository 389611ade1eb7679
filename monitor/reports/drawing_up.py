"""Drawing up the figures of a report (section 11 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from monitor.faults.events import Event
from monitor.registers.figures import Answers, Coverage
from monitor.registers.gaps import Gap
from monitor.reports.figures import Amendment, Figures, Ground, MonthPoint, PeriodKind, Position, Texts
from monitor.sla.review import Material

NO_TEXTS = Texts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands at the head of a report, and what the centre writes into it itself."""

    county: str
    kind: PeriodKind
    zone: tzinfo
    position: Position | None = None
    texts: Texts = NO_TEXTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What the registers say on the period's last day."""

    gaps: Sequence[Gap] = ()
    hints: Sequence[Gap] = ()
    coverage: Sequence[Coverage] = ()
    answers: Answers | None = None


def draw_up(
    material: Material,
    head: Head,
    *,
    before: Ground | None = None,
    inspected: Inspected | None = None,
    events: Iterable[Event] = (),
    months: Sequence[MonthPoint] = (),
    amendments: Sequence[Amendment] = (),
) -> Figures:
    """Return the figures of a period as known at ``material.now``.

    ``before`` is the `ground_of` of the material of the period before; where nothing was known in it, it is none.
    ``events`` are those of the period's faults and maintenance windows, in the order of the ledger: the timelines of
    what was late, the words with which a window was approved. ``months`` are the points of the months before; a
    month's own is added.
    """
    raise NotImplementedError


def ground_of(material: Material) -> Ground:
    """Return the rows that the figures of a period come from."""
    raise NotImplementedError


def month_point(first: date, ground: Ground) -> MonthPoint:
    """Return the point of a month, by its first day."""
    raise NotImplementedError
