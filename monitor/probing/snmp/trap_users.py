"""Traps and informs of SNMPv3, through pysnmp's engine: one for the user of one profile.

An inform is signed with keys for this engine's id, which its sender asks for first (RFC 3414, section 4) or is told by
hand; the engine does all of that. A trap is signed with keys for the sender's engine id, which stands in it: the
user's keys are made for an id when the first trap with it comes and its signature proves right.

What pysnmp 7.1 does not do, and is done here: it takes traps of a lower security level than the user's, and traps
of any age (it sets its notion of the sender's time from the message before it looks whether that is in the window).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import UTC, datetime
from time import monotonic
from typing import Any, NamedTuple

from pyasn1.codec.ber import decoder
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.carrier.base import AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.rfc3413.ntfrcv import NotificationReceiver
from pysnmp.hlapi.v3arch.asyncio import SnmpEngine
from pysnmp.proto import errind, rfc1902
from pysnmp.proto.api import v2c
from pysnmp.proto.error import StatusInformation
from pysnmp.proto.secmod.cache import Cache
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel, UsmSecurityParameters

from monitor.probing.snmp.agent import User
from monitor.probing.snmp.pysnmp_client import AUTH, PRIV
from monitor.probing.snmp.trap_messages import UndecodableError, notified
from monitor.probing.snmp.traps import Notification, TrapOutcome

Place = tuple[str, int]

WINDOW_S = 150  # RFC 3414, section 3.2, number 7
ENGINES_A_SENDER = 8  # ids believed of one address: a device has one, and another when it is replaced
BOOTS_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
PREFIX = bytes.fromhex("80004fb805")  # enterprise 20408 (pysnmp), format 5: octets (RFC 3411, SnmpEngineID)
ANY_ENGINE = SnmpUSMSecurityModel.wildcard_security_engine_id


class Heard(NamedTuple):
    """What became of a message: why nothing was told, or what; ``answers`` are to be sent back."""

    outcome: TrapOutcome | None
    told: Notification | None
    answers: tuple[bytes, ...]


class TrapUser:
    """The user of one profile, and the engine that knows it. Making one takes a tenth of a second.

    Args:
        user: name and keys that traps and informs must bear.
        name: what makes the engine's id one of its own: the machine and the profile.
        now: the time, from which engine boots are counted: it rises with every start, with nothing kept.
    """

    def __init__(self, user: User, *, name: str, now: datetime) -> None:
        """Make the engine."""
        self._user = user
        self._level = 1 + (user.auth is not None) + (user.priv is not None)
        self._keys = _master_keys(user)
        self.engine_id = PREFIX + hashlib.sha256(name.encode()).digest()[:12]
        self._engine = SnmpEngine()
        for unsigned in (1, 2):  # security models of communities, which a message of SNMPv3 could name
            del self._engine.security_models[unsigned]
        self._post = _Post()
        self._engine.register_transport_dispatcher(self._post)
        self._identify(int((now - BOOTS_SINCE).total_seconds()))
        self._engine.observer.register_observer(
            self._see, "rfc3414.processIncomingMsg", "rfc3412.prepareDataElements:sm-failure"
        )
        _Ear(self._engine, self)
        self._know(None)
        if user.auth is None:
            self._know(ANY_ENGINE)  # without keys there is nothing to make for an engine
        self._engines: dict[str, set[bytes]] = defaultdict(set)
        self._clocks: dict[tuple[str, bytes], tuple[int, int, float]] = {}
        self._sender, self._claimed = "", (b"", 0, 0)
        self._outcome: TrapOutcome | None = None
        self._told: Notification | None = None
        self._strange: Any = None

    def hear(self, datagram: bytes, sender: Place) -> Heard:
        """Read a message of SNMPv3 from a sender's address and port.

        Raises:
            UndecodableError: it is none.
        """
        try:
            self._receive(datagram, sender)
            if self._strange is not None and self._proves(self._strange, datagram):
                self._receive(datagram, sender)
        except Exception as error:  # pysnmp lets through whatever its decoder stumbles over
            raise UndecodableError(type(error).__name__) from None
        outcome = self._outcome or (None if self._told else TrapOutcome.NO_TRAP)
        return Heard(outcome, None if outcome else self._told, tuple(self._post.letters))

    def take(self, level: int, pdu: Any) -> None:
        """Take what pysnmp has let through, if it is signed and hidden as the profile says, and not an old one."""
        if level < self._level:
            self._outcome = TrapOutcome.WRONG_USER
        elif level > 1 and not self._in_window():
            self._outcome = TrapOutcome.STALE
        else:
            self._told = notified(v2c.apiPDU.get_varbinds(pdu))

    def _begin(self, sender: str) -> None:
        self._sender, self._claimed = sender, (b"", 0, 0)
        self._outcome = self._told = self._strange = None
        self._post.letters.clear()

    def _receive(self, datagram: bytes, sender: Place) -> None:
        self._begin(sender[0])
        try:
            self._post.handle_timer_tick(monotonic())
            self._engine.message_dispatcher.receive_message(self._engine, udp.DOMAIN_NAME, sender, datagram)
        finally:
            # Every message is dealt with at once; what pysnmp keeps of one that it refused, it never lets go.
            self._engine.security_models[3]._cache = Cache()

    def _see(self, _engine: Any, point: str, seen: Any, _context: Any) -> None:
        if point == "rfc3414.processIncomingMsg":
            self._claimed = (bytes(seen["securityEngineId"]), int(seen["snmpEngineBoots"]), int(seen["snmpEngineTime"]))
            return
        match seen["statusInformation"].get("errorIndication"):
            case errind.UnknownEngineID() | errind.NotInTimeWindow():
                self._outcome = TrapOutcome.DISCOVERY
            case errind.UnknownSecurityName():
                self._outcome = TrapOutcome.WRONG_USER
                self._strange = seen["securityParameters"]
            case errind.AuthenticationFailure() | errind.UnsupportedSecurityLevel() | errind.DecryptionError():
                self._outcome = TrapOutcome.WRONG_USER
            case _:
                self._outcome = TrapOutcome.UNDECODABLE

    def _proves(self, parameters: Any, datagram: bytes) -> bool:
        """Tell whether a message with an unknown engine id is signed by our user; if so, know the user there."""
        asked, _ = decoder.decode(parameters, asn1Spec=UsmSecurityParameters())
        engine_id, known = bytes(asked[0]), self._engines[self._sender]
        if (
            self._user.auth is None
            or bytes(asked[3]) != self._user.name.encode()
            or engine_id == self.engine_id
            or len(known) >= ENGINES_A_SENDER
        ):
            return False
        signing = config.AUTH_SERVICES[AUTH[self._user.auth.protocol]]
        key = signing.localize_key(self._keys["authKey"], rfc1902.OctetString(engine_id))
        try:
            signing.authenticate_incoming_message(key, asked[4], datagram)
        except StatusInformation:
            return False
        known.add(engine_id)
        self._know(rfc1902.OctetString(engine_id))
        return True

    def _in_window(self) -> bool:
        """Tell whether a trap is no older than the window, by the sender's own clock; pysnmp does so for informs."""
        engine_id, boots, time = self._claimed
        if engine_id == self.engine_id:
            return True
        whose, now = (self._sender, engine_id), monotonic()
        known_boots, known_time, at = self._clocks.get(whose, (boots, time, now))
        if boots < known_boots or (boots == known_boots and time < known_time + now - at - WINDOW_S):
            return False
        if boots > known_boots or time >= known_time:
            self._clocks[whose] = (boots, time, now)
        return True

    def _know(self, engine_id: Any) -> None:
        """Make the user's keys for an engine, None for this one."""
        config.add_v3_user(self._engine, self._user.name, securityEngineId=engine_id, **self._keys)

    def _identify(self, boots: int) -> None:
        """Give the engine its id and boots; by its constructor pysnmp would keep files of them in a public folder."""
        engine_id, engine_boots = self._engine.get_mib_builder().import_symbols(
            "__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots"
        )
        engine_id.syntax = engine_id.syntax.clone(self.engine_id)
        engine_boots.syntax = engine_boots.syntax.clone(boots)
        self._engine.snmpEngineID = engine_id.syntax


class _Post(AbstractTransportDispatcher):  # type: ignore[misc] # pysnmp has no types
    """Where pysnmp sends to: the letters wait until they are fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[bytes] = []

    def send_message(self, message: bytes, _domain: Any, _address: Any) -> None:
        self.letters.append(bytes(message))


class _Ear(NotificationReceiver):  # type: ignore[misc] # pysnmp has no types
    """Hands over what comes, with its security level, which pysnmp's own does not tell; acknowledges informs."""

    def __init__(self, engine: SnmpEngine, user: TrapUser) -> None:
        self._user = user
        super().__init__(engine, lambda *_: None)

    def process_pdu(self, engine: Any, *rest: Any) -> None:
        _model, _security, _name, level, _context_id, _context, _version, pdu, *_ = rest
        self._user.take(int(level), pdu)
        super().process_pdu(engine, *rest)


def _master_keys(user: User) -> dict[str, Any]:
    """Return the user's protocols and keys as pysnmp takes them, the pass phrases hashed once (RFC 3414, A.2)."""
    keys: dict[str, Any] = {"authKeyType": config.USM_KEY_TYPE_MASTER, "privKeyType": config.USM_KEY_TYPE_MASTER}
    if user.auth is not None:
        protocol = AUTH[user.auth.protocol]
        keys |= {"authProtocol": protocol, "authKey": config.AUTH_SERVICES[protocol].hash_passphrase(user.auth.key)}
        if user.priv is not None:
            hiding = PRIV[user.priv.protocol]
            hashed = config.PRIV_SERVICES[hiding].hash_passphrase(protocol, user.priv.key)
            keys |= {"privProtocol": hiding, "privKey": hashed}
    return keys
