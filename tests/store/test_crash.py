"""``kill -9`` at any moment: nothing lost that a commit had returned for, nothing doubled, the chain whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from monitor.faults.events import ClockStepped
from monitor.store.records import Records
from monitor.store.store import Store

KILLS = 15
WRITER = Path(__file__).with_name("relentless.py")


def test_a_killed_writer_loses_and_doubles_nothing(url: str) -> None:
    Store.open(url).close()
    chance, promised = random.Random(4), 0
    for _ in range(KILLS):
        writer = subprocess.Popen([sys.executable, str(WRITER), url], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        said = [writer.stdout.readline()]  # it is at work from here on
        time.sleep(chance.uniform(0, 0.1))
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read().splitlines(keepends=True)
        writer.wait()
        writer.stdout.close()
        promised = max([promised, *(int(line) for line in said if line.endswith(b"\n"))])
        with Records.of(url) as records:
            steps = [recorded.event for recorded in records.events(kinds=(ClockStepped,))]
            numbers = [int(step.seconds) for step in steps if isinstance(step, ClockStepped)]
            assert list(range(1, len(numbers) + 1)) == numbers
            assert promised <= len(numbers) <= promised + 7  # a batch may be in though its answer was never heard
            assert records.verify().findings == ()
    assert promised > KILLS * 7
