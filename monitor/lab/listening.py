"""Open the pages' sockets on the host, before the daemon is put where the host cannot reach it."""

from __future__ import annotations

import errno
import socket

HOST = "127.0.0.1"
NO_RIGHT = {errno.EACCES, errno.EPERM}


class PortTakenError(Exception):
    """A port cannot be had; the message names the option that chooses another."""


def listen(port: int, *, option: str) -> socket.socket:
    """Listen on a port of the host's loopback; 0 takes any that is free.

    Raises:
        PortTakenError: the port is in use, or not for this user.
    """
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        why = "needs the right of root" if error.errno in NO_RIGHT else "is in use"
        if error.errno not in {errno.EADDRINUSE, *NO_RIGHT}:
            why = f"cannot be had ({error.strerror})"
        raise PortTakenError(f"port {port} on {HOST} {why}: choose another with {option} PORT") from error


def address(listening: socket.socket) -> str:
    """Return where a socket listens, as ``HOST:PORT``."""
    host, port = listening.getsockname()[:2]
    return f"{host}:{port}"
