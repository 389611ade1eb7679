"""Standard output: for the lab, and for whoever wants to see what would be sent."""

from __future__ import annotations

import sys

from monitor.alerts.http import Now
from monitor.alerts.letter import Fate, Letter, Outcome, Pace
from monitor.config.settings import Channel


class Console:
    """Prints the title and the text."""

    paces: tuple[Pace, ...] = ()
    groups = True
    keeps_active = False

    def __init__(self, channel: Channel, now: Now) -> None:  # noqa: ARG002 - as every kind is made
        """Need nothing but the name."""
        self.robot = channel.name

    async def send(self, letter: Letter) -> Outcome:
        """Print a letter, its lines indented below its title."""
        lines = [f"[{self.robot}] {letter.title}", *(f"    {line}" for line in letter.text.splitlines())]
        try:
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
        except (OSError, ValueError):  # the reader has gone, or the output is closed
            return Outcome(fate=Fate.AGAIN, status="closed", answer="standard output is closed", unreachable=True)
        return Outcome(fate=Fate.DELIVERED, status="printed")

    async def close(self) -> None:
        """Leave standard output open: it is everybody's."""
