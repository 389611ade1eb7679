"""SNMP rounds: every device asked once an interval, spread over it, never twice at the same time.

What was read last of each line's device stands in `Polling.devices`; None where it did not answer.
"""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from monitor.config.settings import SnmpProfile
from monitor.config.settings import SnmpVersion as Version
from monitor.faults.evidence import DeviceSaid
from monitor.inventory.model import Line
from monitor.probing.schedule import Schedule
from monitor.probing.snmp.agent import Agent, AuthKey, Community, Credentials, PrivKey, User
from monitor.probing.snmp.client import SnmpClient
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.facts import DeviceFacts
from monitor.probing.snmp.failure import SnmpError, SnmpFailure
from monitor.probing.snmp.poller import Poller
from monitor.registers.identity import Identity

AT_ONCE = 256  # devices asked at the same time
log = logging.getLogger(__name__)


class Polling:
    """The devices of the lines that name an SNMP profile."""

    def __init__(
        self,
        client: SnmpClient,
        devices: Devices,
        *,
        now: Callable[[], datetime],
        failed: Callable[[SnmpFailure], None],
    ) -> None:
        """Ask through a client; ``now`` is the judged time, ``failed`` is told of every failure but silence."""
        self._now = now
        self._client = client
        self._poller = Poller(client, devices)
        self._failed = failed
        self._schedule = Schedule()
        self._agents: dict[str, Agent] = {}
        self._wanted: dict[str, tuple[str, ...]] = {}
        self._wans: dict[str, str | None] = {}
        self._asking: set[str] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self.devices: dict[str, DeviceFacts | None] = {}
        self._said: list[DeviceSaid] = []
        self._identities: dict[str, tuple[Identity, datetime]] = {}

    def plan(self, lines: Iterable[Line], profiles: Mapping[str, SnmpProfile], *, interval: int, now: int) -> None:
        """Take another list of lines from the second ``now`` on."""
        polled = {line.id: line for line in lines if line.snmp is not None and line.snmp in profiles}
        asked = {line.id: _agent(line, profiles[line.snmp or ""]) for line in polled.values()}
        wanted = {line.id: _wanted(line) for line in polled.values()}
        same = {line for line in asked if asked[line] == self._agents.get(line) and wanted[line] == self._wanted[line]}
        self.devices = {line: found for line, found in self.devices.items() if line in same}
        self._agents, self._wanted = asked, wanted
        self._wans = {line.id: line.wan for line in polled.values()}
        self._schedule.plan(tuple(polled), interval=interval, fast=interval, now=now)

    async def round(self, second: int, serving: Callable[[str], bool]) -> int:
        """Ask every device due whose line is in service; return how many were left out, being asked still."""
        due = [line for line in self._schedule.take(second) if serving(line)]
        free = [line for line in due if line not in self._asking]
        await asyncio.gather(*(self._ask(line) for line in free))
        return len(due) - len(free)

    def take_said(self) -> list[DeviceSaid]:
        """Return what devices said of themselves since the last call."""
        said, self._said = self._said, []
        return said

    def take_identities(self) -> dict[str, tuple[Identity, datetime]]:
        """Return what devices said since the last call that they are, and when, by line."""
        said, self._identities = self._identities, {}
        return said

    async def close(self) -> None:
        """Give the client's sockets back."""
        await self._client.close()

    async def _ask(self, line: str) -> None:
        self._asking.add(line)
        try:
            async with self._places:
                agent = self._agents.get(line)
                if agent is None:
                    return
                found = await self._read(agent, self._wanted[line])
            if self._agents.get(line) == agent:
                self.devices[line] = found
                if found is not None:
                    now = self._now().replace(microsecond=0)
                    self._said.append(said(line, self._wans.get(line), found, now))
                    self._identities[line] = (Identity(found.sys_object_id, found.serial), now)
        finally:
            self._asking.discard(line)

    async def _read(self, agent: Agent, interfaces: tuple[str, ...]) -> DeviceFacts | None:
        try:
            return await self._poller.poll(agent, interfaces=interfaces)
        except SnmpError as error:
            if error.reason is not SnmpFailure.TIMEOUT:
                self._failed(error.reason)
            return None
        except Exception:  # whatever an odd agent made of it must not end the daemon
            log.exception("the answers of SNMP agent %s could not be read", agent)
            self._failed(SnmpFailure.MALFORMED)
            return None


def said(line: str, wan: str | None, facts: DeviceFacts, at: datetime) -> DeviceSaid:
    """Return what a device's facts say in evidence (section 8): its uptime, its boots, its WAN port's last change."""
    port = next((each for each in facts.interfaces if wan is not None and wan in (each.name, each.descr)), None)
    return DeviceSaid(
        line=line,
        at=at,
        sys_uptime_s=facts.uptime_s,
        engine_boots=facts.engine_boots,
        wan_oper=None if port is None or port.oper is None else port.oper.value,
        wan_last_change_s=None if port is None else port.last_change_s,
    )


def allow_many_files() -> None:
    """Let this process open as many files as it may: SNMP keeps a socket a device."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def credentials(profile: SnmpProfile) -> Credentials:
    """Return what a profile asks with."""
    if profile.version is not Version.V3:
        community = "" if profile.community is None else profile.community.reveal()
        return Community(community=community, version=profile.version)
    auth, priv = profile.auth, profile.priv
    return User(
        name=profile.user or "",
        auth=None if auth is None else AuthKey(protocol=auth.protocol, key=auth.key.reveal()),
        priv=None if priv is None else PrivKey(protocol=priv.protocol, key=priv.key.reveal()),
    )


def _agent(line: Line, profile: SnmpProfile) -> Agent:
    return Agent(address=line.address, port=profile.port, credentials=credentials(profile))


def _wanted(line: Line) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*((line.wan,) if line.wan else ()), *line.interfaces)))
