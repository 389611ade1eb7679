"""Listening sockets: inherited by name or order, else opened, with an error that names the cure."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from monitor.config.settings import Endpoint, Listen
from monitor.web.serving import CannotListenError, listening

ANY = Endpoint("127.0.0.1", 0)
PAGES = Listen(web=ANY, metrics=ANY)
INHERITING = """\
import os, socket
from monitor.config.settings import Endpoint, Listen
from monitor.web.serving import listening
os.environ["LISTEN_PID"] = str(os.getpid())
any = Endpoint("127.0.0.1", 0)
found = listening(Listen(web=any, metrics=any), os.environ)
print({name: (each.fileno(), each.type == socket.SOCK_DGRAM) for name, each in sorted(found.items())})
"""


def closed(sockets: dict[str, socket.socket]) -> dict[str, socket.SocketKind]:
    kinds = {name: opened.type for name, opened in sockets.items()}
    for opened in sockets.values():
        opened.close()
    return kinds


def test_traps_are_listened_for_only_where_that_is_configured() -> None:
    """Their port needs a right that most have no use for."""
    stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
    assert {"web": stream, "metrics": stream} == closed(listening(PAGES, {}))
    assert {"web": stream, "metrics": stream, "traps": datagram} == closed(listening(replace(PAGES, traps=ANY), {}))


def test_a_port_for_traps_that_is_in_use_is_told_with_its_key() -> None:
    """As of any other address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = Endpoint(*other.getsockname())
        with pytest.raises(CannotListenError, match=r"change listen\.traps in monitor\.yaml"):
            listening(replace(PAGES, traps=taken), {})


@pytest.mark.parametrize("names", ["web:metrics:traps", ""])
def test_a_socket_for_traps_is_inherited_by_name_or_as_the_third(names: str) -> None:
    """systemd opens port 162 and hands it over; the daemon needs no right for it."""
    opened = [
        socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM)
    ]
    for each in opened:
        each.bind(("127.0.0.1", 0))
    for place, each in enumerate(opened):
        os.dup2(each.fileno(), 200 + place)
    moved = [f"exec {3 + place}<&{200 + place}" for place in range(3)]
    done = subprocess.run(
        ["bash", "-c", f'{"; ".join(moved)}; exec "$0" -c "$1"', sys.executable, INHERITING],
        env={**os.environ, "LISTEN_FDS": "3", "LISTEN_FDNAMES": names},
        pass_fds=(200, 201, 202),
        capture_output=True,
        text=True,
        check=False,
    )
    for place in range(3):
        os.close(200 + place)
    for each in opened:
        each.close()
    assert ("{'metrics': (4, False), 'traps': (5, True), 'web': (3, False)}\n", "") == (done.stdout, done.stderr)
