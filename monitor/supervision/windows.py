"""The maintenance windows approved so far (section 6 of the fault rules)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.faults.events import Event, MaintenanceApproved, MaintenanceCancelled
from monitor.faults.maintenance import Window
from monitor.inventory.model import Inventory, Line


class Windows:
    """The windows by id, in the order of their approval."""

    def __init__(self, windows: Iterable[Window] = ()) -> None:
        """Go on from windows approved before."""
        self._windows = {window.id: window for window in windows}

    def all(self) -> tuple[Window, ...]:
        """Return every window."""
        return tuple(self._windows.values())

    def named(self, name: str) -> Window | None:
        """Return the window of that id, if there is one."""
        return self._windows.get(name)

    def take(self, event: Event) -> None:
        """Fold an event in."""
        match event:
            case MaintenanceApproved():
                self._windows[event.id] = Window(
                    id=event.id,
                    scope=event.scope,
                    subject=event.subject,
                    begins_at=event.begins_at,
                    ends_at=event.ends_at,
                )
            case MaintenanceCancelled():
                self._windows[event.id] = replace(self._windows[event.id], ends_at=event.ends_at)
            case _:
                pass

    def over(self, line: Line, at: datetime, inventory: Inventory) -> bool:
        """Tell whether a line is in maintenance at an instant."""
        return any(window.holds(at) and window.covers(line, inventory) for window in self._windows.values())
