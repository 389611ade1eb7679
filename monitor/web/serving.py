"""Listening sockets, inherited or opened, and the servers on them.

Sockets inherited by systemd's protocol (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES) are taken by name: ``web``,
``metrics`` and ``traps`` (of UDP); without names they come in this order. What is not inherited is opened.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from monitor.config.settings import Listen

NAMES = ("web", "metrics", "traps")
FIRST_INHERITED = 3  # after standard input, output and error (sd_listen_fds(3))
GRACE = 1  # seconds an open request may last at shutdown


class CannotListenError(Exception):
    """An address cannot be listened on; the text names the setting and the cure."""


def listening(where: Listen, environ: Mapping[str, str]) -> dict[str, socket.socket]:
    """Return the sockets ``web``, ``metrics`` and, where traps are listened for, ``traps``.

    Those that this process was started with are taken, the others opened.

    Raises:
        CannotListenError: an address cannot be listened on.
    """
    sockets = inherited(environ)
    for name, endpoint in (("web", where.web), ("metrics", where.metrics), ("traps", where.traps)):
        if name not in sockets and endpoint is not None:
            sockets[name] = listen(name, endpoint.host, endpoint.port)
    return sockets


def inherited(environ: Mapping[str, str]) -> dict[str, socket.socket]:
    """Return the sockets that this process was started with, by name."""
    if environ.get("LISTEN_PID") not in (None, str(os.getpid())) or not environ.get("LISTEN_FDS", "").isdigit():
        return {}
    count = int(environ["LISTEN_FDS"])
    given = environ.get("LISTEN_FDNAMES", "").split(":")
    named = given if len(given) == count and set(given) <= set(NAMES) else list(NAMES[:count])
    return {name: socket.socket(fileno=FIRST_INHERITED + place) for place, name in enumerate(named)}


def listen(name: str, host: str, port: int) -> socket.socket:
    """Open a listening socket for ``listen.<name>``: of UDP for ``traps``, of TCP for the others.

    Raises:
        CannotListenError: the address is in use, not this machine's, or not permitted.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    stream = name != "traps"
    opened = socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
    try:
        if stream:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        if stream:
            opened.listen(128)
    except OSError as error:
        opened.close()
        reason = error.strerror or str(error)
        raise CannotListenError(
            f"cannot listen on {host}:{port} ({reason}): change listen.{name} in monitor.yaml, or stop what uses it"
        ) from error
    return opened


def url_of(listening: socket.socket, path: str = "/") -> str:
    """Return the URL under which a listening socket is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}{path}" if ":" in host else f"http://{host}:{port}{path}"


class Server(uvicorn.Server):
    """A server that leaves signals to the daemon."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def server(app: ASGIApp) -> Server:
    """Return a quiet server of an application; run it with ``serve(sockets=[…])`` and set ``should_exit`` to end it."""
    return Server(
        uvicorn.Config(
            app,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
    )
