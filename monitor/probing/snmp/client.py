"""What an SNMP client can do, whichever library stands behind it.

Two stand behind it: ``gufo_client`` (gufo-snmp, fast) and ``pysnmp_client`` (pure Python). Both give the same values:

- ``int`` for INTEGER, Counter32, Gauge32, TimeTicks and Counter64,
- ``bytes`` for OCTET STRING and Opaque, undecoded,
- ``str`` for OBJECT IDENTIFIER (dotted, without a leading dot) and IpAddress,
- ``None`` for NULL, noSuchObject, noSuchInstance, and what the agent answers with an error of that object alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Protocol

from monitor.config.settings import ClientChoice
from monitor.probing.snmp.agent import Agent

Value = int | bytes | str | float | None
Row = tuple[str, Value]

SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
# A request of this many objects, and its answer with a few strings among them, fit one Ethernet frame.
OBJECTS_A_REQUEST = 32
# Rows asked for with one GETBULK: more are cut by agents, and by frames.
ROWS_A_REQUEST = 32


class SnmpClient(Protocol):
    """Asks agents; may be used by many tasks of one event loop at once."""

    @property
    def name(self) -> str:
        """The name by which ``snmp.client`` chooses it."""

    async def get(self, agent: Agent, oids: Sequence[str]) -> Mapping[str, Value]:
        """Return the value of each OID asked for, in that order, in as many requests as needed.

        Raises:
            SnmpError: no answer, or none that could be used.
        """

    async def walk(self, agent: Agent, root: str, *, limit: int) -> list[Row]:
        """Return what lies below an OID, in the agent's order, NULLs left out.

        Raises:
            SnmpError: as for `get`; ``TOO_LONG`` above ``limit`` rows, ``NOT_INCREASING`` from one going in circles.
        """

    async def close(self) -> None:
        """Give sockets back. What is being asked ends with an `SnmpError`, within its timeout."""


class ClientMissingError(Exception):
    """The client asked for is not installed."""


def make_client(choice: str = ClientChoice.AUTO) -> SnmpClient:
    """Return the client chosen; ``auto`` takes gufo-snmp where it is installed.

    Raises:
        ClientMissingError: gufo-snmp was asked for and is not installed.
        ValueError: there is no client of that name.
    """
    wanted = ClientChoice(choice)
    installed = find_spec("gufo") is not None and find_spec("gufo.snmp") is not None
    if wanted is ClientChoice.GUFO and not installed:
        raise ClientMissingError(
            "snmp.client is gufo, but gufo-snmp is not installed: pip install extranet-monitor[fast]"
        )
    if wanted is ClientChoice.PYSNMP or not installed:
        from monitor.probing.snmp.pysnmp_client import PysnmpClient  # noqa: PLC0415 - costs 0.3 s where not needed

        return PysnmpClient()
    from monitor.probing.snmp.gufo_client import GufoClient  # noqa: PLC0415 - gufo-snmp may be absent

    return GufoClient()


def in_requests(oids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut OIDs into what goes into one request each."""
    for start in range(0, len(oids), OBJECTS_A_REQUEST):
        yield oids[start : start + OBJECTS_A_REQUEST]
