"""Answer the daemon's echoes by the play instead of the wire, where no namespace may be made.

`SimulatedEcho` stands where `monitor.probing.echo.EchoEngine` stands else; the daemon around it is the same.
``python -m monitor.lab.simulated FOLDER SEED FILE`` runs it; FILE is the number of the open socket that tells of
damage.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from monitor.config.folder import load
from monitor.lab.county import County, generate
from monitor.lab.damage import NONE, Damage, from_json
from monitor.probing.echo import Echoes, EchoStats
from monitor.start import watch

LONGEST = 65536
NEAR, FAR = 0.8e-3, 9e-3  # seconds; the least RTT of a line lies between
JITTER = 0.4e-3


class SimulatedEcho:
    """Measures nothing and answers as the county would, damaged as the lab says over a socket."""

    def __init__(self, county: County, control: socket.socket) -> None:
        """Answer for a county; ``control`` brings each `Damage` as one message of JSON."""
        self._lines = {line.address: line for line in county.inventory.lines.values()}
        self._parents = {node.id: node.parent for node in county.inventory.nodes.values()}
        self._chance = Random(county.seed)  # noqa: S311 - an invented network, nothing secret
        self._control = control
        self._damage: Damage = NONE
        self._stats = EchoStats()

    async def open(self) -> None:
        """Listen for damage."""
        self._control.setblocking(False)
        asyncio.get_running_loop().add_reader(self._control, self._told)

    async def close(self) -> None:
        """Listen no longer."""
        asyncio.get_running_loop().remove_reader(self._control)

    async def __aenter__(self) -> Self:
        """Listen for damage."""
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Listen no longer."""
        await self.close()

    @property
    def stats(self) -> EchoStats:
        """Return what was pretended to be sent and received."""
        return self._stats

    @property
    def sockets(self) -> tuple[str, ...]:
        """Return that there are none."""
        return ("simulated",)

    async def measure(
        self, addresses: Sequence[str], *, packets: int = 3, gap: float = 0.2, spread: float = 0.0
    ) -> list[Echoes]:
        """Return what the county would answer to ``packets`` echoes to each address, in the order of the addresses.

        Takes as long as the sending would: ``spread`` seconds, and ``gap`` between the echoes of one address.
        """
        began = time.time()
        await asyncio.sleep(spread + gap * (packets - 1))
        answers = [
            self._echoes(address, began + spread * place / len(addresses), packets)
            for place, address in enumerate(addresses)
        ]
        self._stats += EchoStats(sent=packets * len(answers), received=sum(each.received for each in answers))
        return answers

    def _echoes(self, address: str, at: float, packets: int) -> Echoes:
        lost = self._lost(address)
        least = Random(address).uniform(NEAR, FAR)  # noqa: S311 - the same for an address every time
        rtts = tuple(least + self._chance.random() * JITTER for _ in range(packets) if self._chance.random() >= lost)
        return Echoes(address=address, at=at, sent=packets, received=len(rtts), rtts=rtts)

    def _lost(self, address: str) -> float:
        """Return the share of echoes lost on the way to an address: 1 where nothing passes, 0 on a sound way."""
        if self._damage.blind:
            return 1.0
        line = self._lines.get(address)
        if line is None:
            return 0.0
        if line.id in self._damage.cut | self._damage.dark or self._severed(line.node):
            return 1.0
        return self._damage.loss.get(line.id, 0.0)

    def _severed(self, node: str | None) -> bool:
        while node is not None:
            if node in self._damage.nodes:
                return True
            node = self._parents.get(node)
        return False

    def _told(self) -> None:
        told = self._control.recv(LONGEST)
        if told:
            self._damage = from_json(told.decode())
        else:
            asyncio.get_running_loop().remove_reader(self._control)


def main() -> None:
    """Run the daemon with the simulated engine."""
    folder, seed, file = sys.argv[1:]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every turn left out
    for chatty in ("alembic", "httpx", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    echo = SimulatedEcho(generate(int(seed)), socket.socket(fileno=int(file)))
    asyncio.run(watch(load(Path(folder)), echo=echo))


if __name__ == "__main__":
    main()
