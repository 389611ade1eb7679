"""The rows of one walk, which must come to an end whatever the agent does."""

from __future__ import annotations

from monitor.probing.snmp.agent import Agent
from monitor.probing.snmp.client import Row, Value
from monitor.probing.snmp.failure import SnmpError, SnmpFailure


class Rows:
    """Collects rows below a root, and refuses those that would never end."""

    def __init__(self, agent: Agent, root: str, limit: int) -> None:
        """Begin before the first row. At most ``limit`` rows are taken."""
        self.taken: list[Row] = []
        self.last = root
        self._agent = agent
        self._prefix = root + "."
        self._limit = limit
        self._seen = 0
        self._place = numbers(root)

    def take(self, oid: str, value: Value) -> bool:
        """Take the next row; return False, taking nothing, when it lies outside the root: the walk is over.

        Raises:
            SnmpError: ``NOT_INCREASING`` or ``TOO_LONG``.
        """
        if not oid.startswith(self._prefix):
            return False
        place = numbers(oid)
        if place <= self._place:
            raise SnmpError(SnmpFailure.NOT_INCREASING, self._agent, f"{oid} after {self.last}")
        if self._seen == self._limit:
            raise SnmpError(
                SnmpFailure.TOO_LONG, self._agent, f"more than {self._limit} rows below {self._prefix[:-1]}"
            )
        self._seen += 1
        self._place, self.last = place, oid
        if value is not None:
            self.taken.append((oid, value))
        return True


def numbers(oid: str) -> tuple[int, ...]:
    """Return an OID as numbers, which compare as agents order them."""
    return tuple(int(part) for part in oid.split("."))
