"""``kill -9`` of whoever acts, at any moment: asked for again, each action is done once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from monitor.faults.events import FaultNoted
from tests.actions.conftest import Office

KILLS = 3
ASKER = Path(__file__).with_name("persistent.py")


def test_a_killed_asker_asks_again_and_nothing_is_lost_or_doubled(either_office: Office) -> None:
    either_office.done("fault", "report", "L1")
    chance, done = random.Random(5), 0
    for _ in range(KILLS):
        command = [sys.executable, str(ASKER), str(either_office.folder), str(done + 1)]
        asker = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert asker.stdout is not None
        said = [asker.stdout.readline()]  # it is at work from here on
        time.sleep(chance.uniform(0, 0.3))
        asker.send_signal(signal.SIGKILL)
        said += asker.stdout.read().splitlines(keepends=True)
        asker.wait()
        asker.stdout.close()
        done = max([done, *(int(line) for line in said if line.endswith(b"\n"))])
        noted = [int(each.text) for each in either_office.events(FaultNoted)]
        assert list(range(1, len(noted) + 1)) == noted
        assert done <= len(noted) <= done + 1  # one may be done though its answer was never heard
    assert done >= KILLS
    assert "the ledger verifies" in either_office.done("ledger", "verify")
