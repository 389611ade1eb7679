"""Have numbered notes done for ever, saying each number that is done: a process to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.cli.desk import Desk, now
from monitor.config.folder import load
from monitor.faults.actions import Note
from monitor.faults.terms import Source


def run(folder: Path, number: int) -> None:
    """Go on from a number, which may have been done already."""
    desk = Desk(load(folder))
    while True:
        desk.ask(f"r{number}", Note(at=now(), by=Source.CENTRE, line="L1", text=str(number)))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
