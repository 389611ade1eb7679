"""The stage of last resort: the daemon with invented answers to its probes, where no namespace may be made."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Mapping

from monitor.lab.damage import Damage, to_json
from monitor.lab.folder import Folder
from monitor.lab.network import NoNetworkError
from monitor.lab.stage import launch


class Simulation:
    """Tells the daemon's simulated echo engine what is broken."""

    can_lose = True

    def __init__(self, seed: int) -> None:
        """Prepare the way by which the damage is told."""
        self._seed = seed
        self._control, self._far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def damage(self, damage: Damage) -> None:
        """Break and repair until exactly this damage is left.

        Raises:
            NoNetworkError: the daemon has ended.
        """
        try:
            self._control.send(to_json(damage).encode())
        except OSError as error:
            raise NoNetworkError(f"the simulating daemon has ended: {error}") from error

    def start(self, folder: Folder, sockets: Mapping[str, socket.socket]) -> subprocess.Popen[bytes]:
        """Start the daemon with the simulated engine."""
        file = self._far_end.fileno()
        command = ("-m", "monitor.lab.simulated", str(folder.path), str(self._seed), str(file))
        process = launch(command, sockets, folder.log, messages=folder.messages, files=[file])
        self._far_end.close()
        return process

    def close(self) -> None:
        """Close the way; the daemon is ended by whoever started it."""
        self._control.close()
        self._far_end.close()
