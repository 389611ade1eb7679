"""The process that is the ground of the county: it holds the network and answers as every edge device.

Started by `monitor.lab.stage` with one socket to it. The first message names the seed and the community; the answer
carries the open files of the monitor's namespaces, or says why there are none. Every later message is a damage,
answered when it is done. The end of the socket, or of the host's process, is the end of this one and of the whole
network.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import struct
import sys
import time
from collections.abc import Mapping, Sequence

from monitor.lab.agent import Agent
from monitor.lab.county import County, generate
from monitor.lab.damage import NONE, Damage, from_json
from monitor.lab.namespaces import OWN_USER, die_with_parent, hold, inside
from monitor.lab.network import Network, NoNetworkError

SNMP_PORT = 161
IP_PKTINFO = 8  # linux/in.h; the socket module does not name it
PKTINFO = struct.Struct("=i4s4s")  # interface, the address to answer from, the address that was asked
LONGEST = 65536


class Agents:
    """All edge devices behind one UDP socket: each request is answered from the address it was sent to."""

    def __init__(self, county: County, community: str) -> None:
        """Open the socket in the namespace where the process is."""
        now = time.monotonic()
        self._by_line = {
            line: Agent(edge, seed=county.seed, community=community, now=now) for line, edge in county.edges.items()
        }
        self._by_address = {socket.inet_aton(edge.address): self._by_line[line] for line, edge in county.edges.items()}
        self._damage = NONE
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        self.socket.setblocking(False)
        self.socket.bind(("", SNMP_PORT))

    def damage(self, damage: Damage) -> None:
        """Let the devices notice what befalls them: light lost or back, power back."""
        now = time.monotonic()
        for line, agent in self._by_line.items():
            if line in self._damage.dark and line not in damage.dark:
                agent.restart(now)
            if line in damage.cut and line not in self._damage.cut:
                agent.line_down(now)
            elif line in self._damage.cut and line not in damage.cut:
                agent.line_up(now)
        self._damage = damage

    def answer(self) -> None:
        """Answer every request that is waiting."""
        while True:
            try:
                packet, notes, _, asker = self.socket.recvmsg(LONGEST, socket.CMSG_SPACE(PKTINFO.size))
            except BlockingIOError:
                return
            asked = _asked(notes)
            agent = self._by_address.get(asked)
            said = None if agent is None else agent.answer(packet, time.monotonic())
            if said is not None:
                self._send(said, asker, asked)

    def _send(self, said: bytes, asker: tuple[str, int], asked: bytes) -> None:
        note = (socket.IPPROTO_IP, IP_PKTINFO, PKTINFO.pack(0, asked, b"\0" * 4))
        try:
            self.socket.sendmsg([said], [note], 0, asker)
        except OSError:
            # The power went while the answer was being written: the address is gone, and silence is the right answer.
            return


def main() -> None:
    """Hold the ground until the socket given by its number on the command line ends."""
    control = socket.socket(fileno=int(sys.argv[1]))
    parent = int(sys.argv[2])
    told = json.loads(control.recv(LONGEST))
    county = generate(told["seed"])
    user_outside = OWN_USER.stat().st_ino
    try:
        network = Network(county)
        die_with_parent(parent)
        with inside(network.edges):
            agents = Agents(county, told["community"])
    except (NoNetworkError, OSError) as error:
        _say(control, {"failed": str(error)})
        return
    files = [network.monitor]
    if OWN_USER.stat().st_ino != user_outside:
        files.append(hold(OWN_USER))
    socket.send_fds(control, [json.dumps({"can_lose": network.can_lose}).encode()], files)
    _serve(control, network, agents)


def _serve(control: socket.socket, network: Network, agents: Agents) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(agents.socket, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is agents.socket:
                    agents.answer()
                elif not _obey(control, network, agents):
                    return


def _obey(control: socket.socket, network: Network, agents: Agents) -> bool:
    """Carry out one message; return False at the end of them."""
    told = control.recv(LONGEST)
    if not told:
        return False
    damage = from_json(told.decode())
    try:
        network.damage(damage)
        agents.damage(damage)
    except NoNetworkError as error:
        _say(control, {"failed": str(error)})
    else:
        _say(control, {})
    return True


def _asked(notes: Sequence[tuple[int, int, bytes]]) -> bytes:
    for level, kind, content in notes:
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
            return bytes(PKTINFO.unpack(content[: PKTINFO.size])[2])
    return b""


def _say(control: socket.socket, answer: Mapping[str, object]) -> None:
    control.send(json.dumps(answer).encode())


if __name__ == "__main__":
    os.chdir("/")
    main()
