"""The health check where systemd does not do it: ready and ended in order, and no waiting for what does not hear."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

SAYS_READY = """import os, socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
HOLDS = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])"  # until it is waited for
ENDS = "signal.sigwait([signal.SIGTERM])"
STAYS = "import time; time.sleep(60)"


@pytest.mark.parametrize(
    ("rule", "within", "ends_within", "steps", "code"),
    [
        ("ready, and ends in order when it is told to", 30.0, 30.0, (HOLDS, SAYS_READY, ENDS), 0),
        ("never ready", 1.0, 30.0, (HOLDS, ENDS), 1),
        ("ready, and ended by the signal, not in order", 30.0, 30.0, (SAYS_READY, STAYS), 1),
        ("ready, and deaf: it is killed", 30.0, 0.5, (DEAF, SAYS_READY, STAYS), 1),
        ("gone at once", 30.0, 30.0, ("raise SystemExit(2)",), 1),
    ],
)
def test_the_check_says_how_it_is(
    rule: str, within: float, ends_within: float, steps: tuple[str, ...], code: int
) -> None:
    command = [sys.executable, "-c", "\n".join(steps)]
    assert code == checking(ends_within)["main"](within, command), rule


def checking(ends_within: float) -> dict[str, Any]:
    """Return the script's functions, with the seconds after which what does not end is killed."""
    found = runpy.run_path(str(Path(__file__).parents[2] / "deploy" / "ready.py"))
    found["ended"].__globals__["ENDS_WITHIN"] = ends_within
    return found
