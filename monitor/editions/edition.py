"""An edition of the report with everything that happened to it, folded from the ledger: nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.faults.events import EditionFrozen, EditionMade, EditionSent, EditionWorded, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The report of one period: its drawings, the centre's texts and what came of sending it, the oldest first."""

    key: str
    made: tuple[EditionMade, ...] = ()
    worded: tuple[EditionWorded, ...] = ()
    sent: tuple[EditionSent, ...] = ()

    @property
    def latest(self) -> EditionMade | None:
        """The drawing that stands; None where there are only texts so far."""
        return self.made[-1] if self.made else None

    @property
    def frozen(self) -> EditionFrozen | None:
        """The drawing that stands for good, None while it is a draft."""
        return self.latest if isinstance(self.latest, EditionFrozen) else None

    @property
    def last_orders(self) -> str | None:
        """How last month's orders were carried out, in the centre's words."""
        return self.worded[-1].last_orders if self.worded else None

    @property
    def next_orders(self) -> str | None:
        """What the centre asks for next."""
        return self.worded[-1].next_orders if self.worded else None

    @property
    def delivered(self) -> bool:
        """Tell whether the drawing that stands was mailed."""
        return any(each.fate == "delivered" for each in self.tries)

    @property
    def tries(self) -> tuple[EditionSent, ...]:
        """What came of mailing the drawing that stands."""
        latest = self.latest
        return tuple(each for each in self.sent if latest is not None and each.number == latest.number)

    @property
    def digests(self) -> frozenset[str]:
        """The digests of what is kept of the drawing that stands."""
        latest = self.latest
        return frozenset() if latest is None else frozenset((latest.figures, *latest.files.values()))

    def begins_at(self) -> datetime:
        """Return where its period begins; one that was never drawn up sorts last."""
        return self.made[0].begins_at if self.made else datetime.max.replace(tzinfo=self.worded[0].at.tzinfo)


class Editions:
    """All editions, by key."""

    def __init__(self, known: Iterable[Edition] = ()) -> None:
        """Go on from those known."""
        self._known = {edition.key: edition for edition in known}

    def take(self, event: Event) -> None:
        """Fold an event in; those of other things change nothing."""
        match event:
            case EditionMade():
                edition = self._of(event.edition)
                self._known[event.edition] = replace(edition, made=(*edition.made, event))
            case EditionWorded():
                edition = self._of(event.edition)
                self._known[event.edition] = replace(edition, worded=(*edition.worded, event))
            case EditionSent():
                edition = self._of(event.edition)
                self._known[event.edition] = replace(edition, sent=(*edition.sent, event))
            case _:
                pass

    def named(self, key: str) -> Edition | None:
        """Return an edition by its key."""
        return self._known.get(key)

    def all(self) -> tuple[Edition, ...]:
        """Return every edition, by the beginning of its period."""
        return tuple(sorted(self._known.values(), key=lambda edition: (edition.begins_at(), edition.key)))

    def frozen(self) -> tuple[Edition, ...]:
        """Return those that stand for good, by the beginning of their period."""
        return tuple(edition for edition in self.all() if edition.frozen is not None)

    def _of(self, key: str) -> Edition:
        return self._known.get(key) or Edition(key=key)


def editions_of(events: Iterable[Event]) -> Editions:
    """Return the editions that events tell of, in the order of the ledger."""
    found = Editions()
    for event in events:
        found.take(event)
    return found
