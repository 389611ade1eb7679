"""Start the monitor, wait until it says that it judges, end it: a health check where systemd does not do it.

``ready.py SECONDS COMMAND…`` exits 0 where the command said READY=1 (sd_notify(3)) in that time and ended in order.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ENDS_WITHIN = 20.0  # seconds; the monitor needs five at most


def main(seconds: float, command: list[str]) -> int:
    """Return 0 where the command was ready in time and ended in order, else 1."""
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        address = str(Path(folder) / "notify")
        listening.bind(address)
        listening.settimeout(0.2)
        with subprocess.Popen(command, env=os.environ | {"NOTIFY_SOCKET": address}) as started:  # noqa: S603 - no shell
            ready = is_ready(started, listening, time.monotonic() + seconds)
            return 0 if ended(started) and ready else 1


def ended(started: subprocess.Popen[bytes]) -> bool:
    """End the command; return whether it ended in order. One that does not hear is killed: nobody waits for ever."""
    started.terminate()
    try:
        return started.wait(ENDS_WITHIN) == 0
    except subprocess.TimeoutExpired:
        started.kill()
        return False


def is_ready(started: subprocess.Popen[bytes], listening: socket.socket, until: float) -> bool:
    """Wait for READY=1, unless the command ends or time runs out before."""
    while started.poll() is None and time.monotonic() < until:
        try:
            if b"READY=1" in listening.recv(65_536).splitlines():
                return True
        except TimeoutError:
            continue
    return False


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
