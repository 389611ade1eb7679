"""Show on the terminal what happens: a live view where someone watches, plain lines where the output is a file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from monitor.lab.county import County
from monitor.lab.page import OpenFault, Reading
from monitor.lab.play import LOST, Act, Stroke
from monitor.lab.words import Words

REMEMBERED = 12  # happenings on the screen
MOST_FAULTS = 15  # rows of the table


class Teller:
    """Puts acts and changes between two readings into words."""

    def __init__(self, county: County, words: Words) -> None:
        """Tell in these words; the names are the county's."""
        self._county = county
        self._words = words

    def stroke(self, stroke: Stroke) -> str:
        """Say in one line what the play does."""
        act = stroke.act
        said = self._words.begins[act.kind] if stroke.comes else self._words.ends[act.kind]
        return said.format(
            what=self._struck(act),
            lines=len(self._county.below(act.node)) if act.node else 0,
            turn=stroke.turn,
            share=f"{LOST:.0%}",
        )

    def changes(self, before: Reading | None, after: Reading) -> Iterator[str]:
        """Say what the daemon has found since the reading before: faults opened, overdue, restored; blindness."""
        old = {} if before is None else {fault.line: fault for fault in before.faults}
        new = {fault.line: fault for fault in after.faults}
        for line, fault in new.items():
            if line not in old:
                yield self._words.fault_opened.format(what=self.name(line), left=self.left(fault))
            if fault.overdue and not (line in old and old[line].overdue):
                yield self._words.fault_overdue.format(what=self.name(line))
        for line in old:
            if line not in new:
                # No figure: the recovery is dated back to the first good round, the last reading went on until now.
                yield self._words.fault_restored.format(what=self.name(line))
        if after.blind != (before is not None and before.blind):
            yield self._words.blind if after.blind else self._words.sees

    def counts(self, reading: Reading) -> str:
        """Say how many lines are in which state."""
        return self._words.counts.format(
            lines=reading.lines, up=reading.up, suspect=reading.suspect, down=reading.down, unknown=reading.unknown
        )

    def name(self, line: str) -> str:
        """Name a line as people do: the unit and the carrier."""
        return f"{self.unit(line)}·{self.carrier(line)}"

    def unit(self, line: str) -> str:
        """Return the short name of a line's unit."""
        inventory = self._county.inventory
        return inventory.units[inventory.lines[line].unit].short_name

    def carrier(self, line: str) -> str:
        """Return the short name of a line's carrier."""
        inventory = self._county.inventory
        return inventory.carriers[inventory.lines[line].carrier].short_name

    def left(self, fault: OpenFault) -> str:
        """Say how much time a fault's clock has left."""
        if fault.left_s is None:
            return "—"
        if fault.left_s < 0:
            return self._words.overdue_by.format(time=clock(-fault.left_s))
        return clock(fault.left_s)

    def _struck(self, act: Act) -> str:
        if act.node is not None:
            return self._county.inventory.nodes[act.node].name
        return "" if act.line is None else self.name(act.line)


class View:
    """The terminal. Use as a context; between its beginning and end everything is said through it."""

    def __init__(self, console: Console, teller: Teller, words: Words, heading: list[str]) -> None:
        """Prepare the view; ``heading`` stays on top."""
        self._console = console
        self._teller = teller
        self._words = words
        self._heading = heading
        self._happened: deque[str] = deque(maxlen=REMEMBERED)
        self._reading: Reading | None = None
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def __enter__(self) -> Self:
        """Begin: the heading."""
        if self._live is None:
            self._print(*self._heading, self._words.waiting, self._words.stop)
        else:
            self._live.start()
            self._draw()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last picture on the terminal."""
        if self._live is not None:
            self._live.stop()

    def say(self, what: str, *, now: datetime) -> None:
        """Tell of a happening."""
        line = f"{now:%H:%M:%S}  {what}"
        self._happened.append(line)
        if self._live is None:
            self._print(line)
        else:
            self._draw()

    def show(self, reading: Reading | None, *, now: datetime) -> None:
        """Show a reading of the daemon's page; None where it did not answer."""
        if reading is not None:
            for change in self._teller.changes(self._reading, reading):
                self.say(change, now=now)
            counts = self._teller.counts(reading)
            if self._live is None and (self._reading is None or counts != self._teller.counts(self._reading)):
                self._print(f"{now:%H:%M:%S}  {counts}")
            self._reading = reading
        self._draw()

    def _print(self, *lines: str) -> None:
        for line in lines:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _draw(self) -> None:
        if self._live is not None:
            self._live.update(self._picture(), refresh=True)

    def _picture(self) -> RenderableType:
        parts: list[RenderableType] = [Text(self._heading[0], style="bold")]
        parts.extend(Text(line, style="dim") for line in self._heading[1:])
        if self._reading is None:
            parts.append(Text(f"\n{self._words.waiting}"))
        else:
            parts.append(Text(f"\n{self._teller.counts(self._reading)}", style=_colour(self._reading)))
            parts.append(self._faults(self._reading))
        parts.append(Text(f"\n{self._words.happenings}", style="bold"))
        parts.extend(Text(line) for line in self._happened)
        parts.append(Text(f"\n{self._words.stop}", style="dim"))
        return Group(*parts)

    def _faults(self, reading: Reading) -> RenderableType:
        if not reading.faults:
            return Text(self._words.none_open, style="dim")
        words = self._words
        table = Table(words.unit, words.carrier, words.elapsed, words.left, title=words.faults, title_justify="left")
        for fault in reading.faults[:MOST_FAULTS]:
            style = "red" if fault.overdue else "yellow"
            cells = (self._teller.unit(fault.line), self._teller.carrier(fault.line), clock(fault.elapsed_s))
            table.add_row(*cells, self._teller.left(fault), style=style)
        if len(reading.faults) > MOST_FAULTS:
            table.add_row("…", "", "", "", style="dim")
        return table


def clock(seconds: float) -> str:
    """Write a time span as a clock does: 1:02:03."""
    whole = int(seconds)
    minutes, hours = whole // 60 % 60, whole // 3600
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _colour(reading: Reading) -> str:
    if reading.blind:
        return "magenta"
    return "red" if reading.down else "yellow" if reading.suspect else "green"
