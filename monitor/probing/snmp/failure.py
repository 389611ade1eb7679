"""Why an agent's answer could not be had: one exception, with the reason as an enum."""

from __future__ import annotations

from enum import StrEnum

from monitor.probing.snmp.agent import Agent


class SnmpFailure(StrEnum):
    """The reasons; the value is what ``monitor probe`` prints and what probe errors are counted under."""

    TIMEOUT = "timeout"
    MALFORMED = "malformed"
    UNKNOWN_USER = "unknown_user"
    WRONG_KEY = "wrong_key"
    UNSUPPORTED_LEVEL = "unsupported_level"
    AUTHENTICATION = "authentication"
    REFUSED = "refused"
    NOT_INCREASING = "not_increasing"
    TOO_LONG = "too_long"
    UNSENT = "unsent"
    UNSUPPORTED = "unsupported"
    CLOSED = "closed"


MEANING = {
    SnmpFailure.TIMEOUT: "no answer",
    SnmpFailure.MALFORMED: "answers with bytes that are no SNMP",
    SnmpFailure.UNKNOWN_USER: "knows no such SNMPv3 user",
    SnmpFailure.WRONG_KEY: "takes a different key or protocol for this SNMPv3 user",
    SnmpFailure.UNSUPPORTED_LEVEL: "has no keys of this security level for this SNMPv3 user",
    SnmpFailure.AUTHENTICATION: "rejects this SNMPv3 user: name, keys, protocols or level are not what it expects",
    SnmpFailure.REFUSED: "forbids this community or user what was asked",
    SnmpFailure.NOT_INCREASING: "walks in circles: an OID does not come after the one before",
    SnmpFailure.TOO_LONG: "does not come to an end within the bound",
    SnmpFailure.UNSENT: "could not be sent to",
    SnmpFailure.UNSUPPORTED: "cannot be asked by this SNMP client",
    SnmpFailure.CLOSED: "was being asked when the client was closed",
}

# The detail of WRONG_KEY where the agent stays silent: it drops what it cannot decrypt.
PRIVACY = "it answers discovery, but nothing encrypted: look at the privacy key and protocol"


class SnmpError(Exception):
    """An agent's answer could not be had. ``reason`` says why; the text never holds a secret."""

    def __init__(self, reason: SnmpFailure, agent: Agent, detail: str = "") -> None:
        """Name the agent, the meaning of the reason, and what else is known."""
        super().__init__(f"SNMP agent {agent} {MEANING[reason]}" + (f" ({detail})" if detail else ""))
        self.reason = reason
        self.agent = agent
