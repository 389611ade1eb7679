"""Whom to ask over SNMP, and as whom.

Secrets never show: their fields stand outside ``repr``, and no error text is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.config.settings import AuthProtocol, PrivProtocol
from monitor.config.settings import SnmpVersion as Version

__all__ = [
    "Agent",
    "AuthKey",
    "AuthProtocol",
    "Community",
    "Credentials",
    "PrivKey",
    "PrivProtocol",
    "User",
    "Version",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """The shared word of SNMPv1 and SNMPv2c."""

    community: str = field(repr=False)
    version: Version = Version.V2C

    def __post_init__(self) -> None:
        """Refuse the version that knows no communities."""
        if self.version is Version.V3:
            raise ValueError("SNMPv3 takes a user, not a community")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthKey:
    """A pass phrase of at least eight characters (RFC 3414, section 11.2) and how it signs."""

    protocol: AuthProtocol
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a pass phrase that no agent accepts."""
        if len(self.key.encode()) < 8:
            raise ValueError("the authentication key has fewer than eight characters; RFC 3414 asks for eight")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivKey:
    """A pass phrase of at least eight characters and how it encrypts."""

    protocol: PrivProtocol
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a pass phrase that no agent accepts."""
        if len(self.key.encode()) < 8:
            raise ValueError("the privacy key has fewer than eight characters; RFC 3414 asks for eight")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of SNMPv3: without keys noAuthNoPriv, with ``auth`` authNoPriv, with both authPriv."""

    name: str
    auth: AuthKey | None = None
    priv: PrivKey | None = None

    def __post_init__(self) -> None:
        """Refuse a name no message can carry, and encryption without a signature (RFC 3411, section 3.4.3)."""
        if not 1 <= len(self.name.encode()) <= 32:
            raise ValueError("the name of an SNMPv3 user has one to 32 characters")
        if self.priv is not None and self.auth is None:
            raise ValueError(f"user {self.name}: a privacy key needs an authentication key beside it")

    @property
    def version(self) -> Version:
        """The version a user belongs to."""
        return Version.V3


Credentials = Community | User


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent to ask: ``address`` is IPv4 or IPv6, ``timeout`` seconds a try, ``retries`` tries after the first."""

    address: str
    credentials: Credentials
    port: int = 161
    timeout: float = 2.0
    retries: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be asked at all."""
        if not 0 < self.port < 65536 or self.timeout <= 0 or self.retries < 0:
            raise ValueError("an agent has a port of 1 to 65535, a timeout above 0 s, and no fewer than 0 retries")

    def __str__(self) -> str:
        """Return address and port, as errors name the agent."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"
