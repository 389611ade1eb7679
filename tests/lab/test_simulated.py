"""Where no network can be made, the simulated engine answers as the damaged county would."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from monitor.lab.county import CORE, GATEWAY, SEED, generate
from monitor.lab.damage import NONE, Damage, to_json
from monitor.lab.listening import PortTakenError, address, listen
from monitor.lab.simulated import SimulatedEcho

COUNTY = generate(SEED)
LINE = COUNTY.inventory.lines["finance-1"]
NEIGHBOUR = next(line for line in COUNTY.inventory.lines.values() if line.node == LINE.node and line.id != LINE.id)
ADDRESSES = (LINE.address, NEIGHBOUR.address, GATEWAY, CORE)


class Played:
    """The engine, and the other end of the socket by which it is told of damage."""

    def __init__(self, engine: SimulatedEcho, control: socket.socket) -> None:
        self.engine = engine
        self._control = control

    async def received(self, damage: Damage, *, packets: int = 3) -> tuple[int, ...]:
        """Return how many echoes each address answers under a damage."""
        self._control.send(to_json(damage).encode())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return tuple(each.received for each in await self.engine.measure(ADDRESSES, packets=packets, gap=0.001))


@pytest.fixture
async def played() -> AsyncIterator[Played]:
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with here, there:
        async with SimulatedEcho(COUNTY, there) as engine:
            yield Played(engine, here)


@pytest.mark.parametrize(
    ("damage", "received"),
    [
        (NONE, (3, 3, 3, 3)),
        (Damage(cut=frozenset({LINE.id})), (0, 3, 3, 3)),
        (Damage(dark=frozenset({LINE.id})), (0, 3, 3, 3)),
        (Damage(nodes=frozenset({LINE.node or ""})), (0, 0, 3, 3)),
        (Damage(nodes=frozenset({f"{LINE.carrier}-core"})), (0, 0, 3, 3)),
        (Damage(blind=True), (0, 0, 0, 0)),
    ],
)
async def test_what_is_broken_does_not_answer(played: Played, damage: Damage, received: tuple[int, ...]) -> None:
    assert await played.received(damage) == received
    assert await played.received(NONE) == (3, 3, 3, 3)


async def test_a_lossy_line_loses_some(played: Played) -> None:
    lossy, *others = await played.received(Damage(loss={LINE.id: 0.5}), packets=400)
    assert 100 < lossy < 300
    assert others == [400, 400, 400]


async def test_every_echo_has_its_round_trip_time_and_instant(played: Played) -> None:
    (echoes,) = await played.engine.measure([LINE.address], packets=3, gap=0)
    assert echoes.at is not None
    assert len(echoes.rtts) == echoes.received == echoes.sent == 3
    assert all(0 < rtt < 0.02 for rtt in echoes.rtts)
    assert played.engine.stats.sent == 3


def test_a_port_in_use_is_said_with_the_option_that_chooses_another() -> None:
    with listen(0, option="--web-port") as taken:
        port = int(address(taken).rpartition(":")[2])
        with pytest.raises(PortTakenError, match=f"port {port} .* in use.*--web-port"):
            listen(port, option="--web-port")
