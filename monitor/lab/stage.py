"""The host's handle on the county: make it, damage it, start the daemon in it, end it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self

from monitor.lab.damage import Damage, to_json
from monitor.lab.folder import Folder
from monitor.lab.network import NoNetworkError

PATIENCE = 20  # seconds for the ground to answer
LAST_ROUND = 4  # seconds for the daemon to end by itself, of the five that Ctrl-C may take
LONGEST = 65536


class Stage(Protocol):
    """Where the play is given."""

    can_lose: bool

    def damage(self, damage: Damage) -> None:
        """Break and repair until exactly this damage is left."""

    def start(self, folder: Folder, sockets: Mapping[str, socket.socket]) -> subprocess.Popen[bytes]:
        """Start the daemon on a configuration folder, with its listening sockets."""

    def close(self) -> None:
        """End everything the stage has started but the daemon."""


class Ground:
    """The stage of real packets: a process of its own that holds the network in namespaces."""

    def __init__(self, seed: int, community: str) -> None:
        """Make the network, and wait until every agent answers.

        Raises:
            NoNetworkError: this machine permits none; the message says why and names the cure.
        """
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        here.settimeout(PATIENCE)
        self._control = here
        self.files: list[int] = []
        with there:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "monitor.lab.ground", str(there.fileno()), str(os.getpid())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            here.send(json.dumps({"seed": seed, "community": community}).encode())
            told, self.files, _, _ = socket.recv_fds(here, LONGEST, 2)
            self.can_lose = bool(_answer(told)["can_lose"])
        except OSError as error:
            self.close()
            raise NoNetworkError(f"the process that holds the network does not answer: {error}") from error
        except BaseException:
            self.close()
            raise

    @property
    def namespaces(self) -> tuple[str, str]:
        """The monitor's network and user namespace, as `monitor.lab.enter` takes them."""
        network, user = (*(str(file) for file in self.files), "-")[:2]
        return network, user

    def damage(self, damage: Damage) -> None:
        """Break and repair until exactly this damage is left.

        Raises:
            NoNetworkError: the ground refused, or has ended.
        """
        try:
            self._control.send(to_json(damage).encode())
            _answer(self._control.recv(LONGEST))
        except OSError as error:
            raise NoNetworkError(f"the sample county's network has ended: {error}") from error

    def start(self, folder: Folder, sockets: Mapping[str, socket.socket]) -> subprocess.Popen[bytes]:
        """Start ``monitor run``, unchanged, in the monitor's namespace."""
        command = ("-m", "monitor", "run", "--config", str(folder.path))
        outputs = {"log": folder.log, "messages": folder.messages}
        return launch(command, sockets, **outputs, namespaces=self.namespaces, files=self.files)

    def close(self) -> None:
        """End the ground, and with it the network."""
        self._control.close()
        for file in self.files:
            os.close(file)
        self.files = []
        end(self.process)

    def __enter__(self) -> Self:
        """Hold the stage for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it with the block."""
        self.close()


def launch(
    command: Sequence[str],
    sockets: Mapping[str, socket.socket],
    log: Path,
    *,
    messages: Path | None = None,
    namespaces: tuple[str, str] = ("-", "-"),
    files: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start this Python with a command by way of `monitor.lab.enter`.

    Its output goes to ``log``; what the console channels print to ``messages``, where that is given.
    """
    numbers = {name: each.fileno() for name, each in sockets.items()}
    listening = [f"{name}={number}" for name, number in numbers.items()]
    enter = [sys.executable, "-m", "monitor.lab.enter", str(os.getpid()), *namespaces, *listening, "--"]
    with log.open("ab") as out, (messages or log).open("ab") as printed:
        return subprocess.Popen(  # noqa: S603 - our own module
            [*enter, sys.executable, *command],
            pass_fds=[*numbers.values(), *files],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=out,
            start_new_session=True,  # Ctrl-C reaches the lab alone, which then ends the daemon in order
        )


def end(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> int:
    """End a process: ask it, and where it does not listen, kill it. Return its exit code."""
    process.terminate()
    try:
        return process.wait(LAST_ROUND)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _answer(told: bytes) -> Mapping[str, object]:
    if not told:
        raise NoNetworkError("the process that holds the sample county's network has ended; its last words stand above")
    answer: Mapping[str, object] = json.loads(told)
    if "failed" in answer:
        raise NoNetworkError(str(answer["failed"]))
    return answer
