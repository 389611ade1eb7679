"""Polls devices round after round: known OIDs only, discovered first and whenever a device has changed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from monitor.probing.snmp.agent import Agent
from monitor.probing.snmp.client import SnmpClient
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.discovery import DEADLINE_S, ChangedError, Discovery, discover, poll
from monitor.probing.snmp.facts import DeviceFacts

# A changed description of a port is seen after this at the latest.
BELIEVED_S = 6 * 3600.0
DEVICES_KEPT = 20_000


@dataclass(slots=True)
class _Known:
    discovery: Discovery
    until: float
    uptime_s: float | None


class Poller:
    """Holds what was discovered of each device, the least recently polled given up above ``kept``."""

    def __init__(
        self,
        client: SnmpClient,
        devices: Devices,
        *,
        believed_s: float = BELIEVED_S,
        deadline_s: float = DEADLINE_S,
        kept: int = DEVICES_KEPT,
    ) -> None:
        """Begin knowing no device."""
        self._client = client
        self._devices = devices
        self._believed_s = believed_s
        self._deadline_s = deadline_s
        self._kept = kept
        self._known: OrderedDict[tuple[Agent, tuple[str, ...]], _Known] = OrderedDict()

    async def poll(self, agent: Agent, *, interfaces: tuple[str, ...] = ()) -> DeviceFacts:
        """Read a device's facts, with the interfaces named (see `interface.chosen`).

        A device that is new, has restarted (or whose sysUpTime has wrapped), answers differently or was discovered
        too long ago is discovered anew on the way.

        Raises:
            SnmpError: no answer, none of use, or no end of it.
        """
        key = (agent, interfaces)
        known = self._known.get(key)
        now = asyncio.get_running_loop().time()
        if known is not None and now < known.until:
            self._known.move_to_end(key)
            try:
                found = await poll(self._client, agent, known.discovery)
            except ChangedError:
                pass
            else:
                if not _went_back(known.uptime_s, found.uptime_s):
                    known.uptime_s = found.uptime_s
                    return found
        self._known.pop(key, None)
        discovery, found = await discover(
            self._client, agent, self._devices, interfaces=interfaces, deadline_s=self._deadline_s
        )
        self._known[key] = _Known(discovery, now + self._believed_s, found.uptime_s)
        if len(self._known) > self._kept:
            self._known.popitem(last=False)
        return found


def _went_back(before: float | None, now: float | None) -> bool:
    return before is not None and now is not None and now < before
