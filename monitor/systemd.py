"""What the daemon tells systemd, or whoever started it by the same protocol: ready, alive, reading anew, ending.

Datagrams of ``NAME=value`` lines to the socket that ``NOTIFY_SOCKET`` names (sd_notify(3)); nothing without it. The
watchdog is fed by judged instants alone: a daemon that lives but judges nothing is silent, and is started anew.
Whether or not anybody hears is nothing to the daemon: what cannot be told is logged once.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)
MICROSECONDS = 1_000_000
OFTEN = 4  # times within the time of the watchdog: twice is asked for (sd_watchdog_enabled(3)), and instants may lag


class Systemd:
    """The socket on which one run tells how it stands."""

    def __init__(self, environ: Mapping[str, str], *, pid: int, monotonic: Callable[[], float]) -> None:
        """Read from the environment who hears, and within how many seconds the watchdog must; ``pid`` is this process.

        ``monotonic`` must read CLOCK_MONOTONIC: systemd compares.
        """
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._every = _watchdog(environ, pid)
        self._monotonic = monotonic
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if self._address is not None else None
        if self._socket is not None:
            self._socket.setblocking(False)  # a full queue must not hold up judging
        self._fed_at: float | None = None
        self._status = ""
        self._ready = self._deaf = False

    def judged(self) -> None:
        """Tell that an instant was judged: with the first the daemon is ready, and each feeds the watchdog."""
        if not self._ready:
            self._ready = True
            self._say("READY=1")
        now = self._monotonic()
        if self._every is not None and (self._fed_at is None or now - self._fed_at >= self._every):
            self._fed_at = now
            self._say("WATCHDOG=1")

    def shows(self, state: Callable[[], str]) -> None:
        """Tell how things stand, in one line for people, if that has changed; nobody who does not hear is asked."""
        if self._socket is not None and (status := state()) != self._status:
            self._status = status
            self._say(f"STATUS={status}")

    def reading_anew(self) -> None:
        """Tell that the configuration is read again; systemd waits for `read_anew`."""
        self._say(f"RELOADING=1\nMONOTONIC_USEC={int(self._monotonic() * MICROSECONDS)}")

    def read_anew(self) -> None:
        """Tell that reading again is over, whatever came of it."""
        self._say("READY=1")

    def ending(self) -> None:
        """Tell that the daemon ends in order."""
        self._say("STOPPING=1")

    def close(self) -> None:
        """Tell nothing any more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _say(self, text: str) -> None:
        if self._socket is None or self._address is None:
            return
        try:
            self._socket.sendto(text.encode(), self._address)
            self._deaf = False
        except OSError as error:
            if not self._deaf:
                log.warning("systemd cannot be told how the monitor stands: %s", error.strerror)
            self._deaf = True


def _address(named: str) -> str | None:
    """Return the address of a socket as Python takes it: a path, or an abstract name (@ for a zero byte)."""
    if named.startswith("@") and len(named) > 1:
        return "\0" + named[1:]
    return named if named.startswith("/") else None


def _watchdog(environ: Mapping[str, str], pid: int) -> float | None:
    """Return after how many seconds the watchdog is fed again; None where there is none, or it is another process's."""
    within = environ.get("WATCHDOG_USEC", "")
    if environ.get("WATCHDOG_PID", str(pid)) != str(pid) or not within.isascii() or not within.isdigit():
        return None
    return int(within) / MICROSECONDS / OFTEN or None


UNHEARD = Systemd({}, pid=0, monotonic=float)  # nobody hears: started by hand, by the lab, by a test
