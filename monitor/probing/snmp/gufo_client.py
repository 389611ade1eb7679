"""The fast client: gufo-snmp, one kept session an agent.

What gufo-snmp 0.13 does by itself: its sockets are connected, so the kernel drops replies from another source; replies
with another request id are passed over; engine boots and time follow every authenticated answer. What it does not, and
is done here: it hides the error status of an answer (an empty answer to several objects is asked again in halves),
gives one exception for every refusal of SNMPv3 (the other client is asked why), waits anew after each stray datagram (a
deadline stands over every try), and follows an agent in circles (`Rows`).
"""

from __future__ import annotations

import asyncio
import resource
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from gufo.snmp import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    DesKey,
    KeyExpansion,
    Md5Key,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    SnmpAuthError,
    SnmpVersion,
)
from gufo.snmp import SnmpError as GufoError
from gufo.snmp import User as GufoUser
from gufo.snmp.aio import SnmpSession

from monitor.probing.snmp.agent import Agent, AuthProtocol, PrivProtocol, User, Version
from monitor.probing.snmp.client import (
    OBJECTS_A_REQUEST,
    ROWS_A_REQUEST,
    SYS_UPTIME,
    Row,
    SnmpClient,
    Value,
    in_requests,
)
from monitor.probing.snmp.engine import engine_answers
from monitor.probing.snmp.failure import PRIVACY, SnmpError, SnmpFailure
from monitor.probing.snmp.rows import Rows

T = TypeVar("T")

# RFC 3414 gives an authoritative engine's time a window of 150 s.
FRESH_S = 100.0
# For how long the reason found for a refusal is believed before the agent is asked again.
REASON_KEPT_S = 300.0

AUTH = {
    AuthProtocol.MD5: Md5Key,
    AuthProtocol.SHA: Sha1Key,
    AuthProtocol.SHA224: Sha224Key,
    AuthProtocol.SHA256: Sha256Key,
    AuthProtocol.SHA384: Sha384Key,
    AuthProtocol.SHA512: Sha512Key,
}
PRIV = {
    PrivProtocol.DES: DesKey,
    PrivProtocol.AES128: Aes128Key,
    PrivProtocol.AES192: Aes192Key,
    PrivProtocol.AES192C: Aes192Key,
    PrivProtocol.AES256: Aes256Key,
    PrivProtocol.AES256C: Aes256Key,
}


class GufoClient:
    """Keeps a session an agent, the least recently used given up above ``sessions``."""

    name = "gufo"

    def __init__(self, *, sessions: int | None = None) -> None:
        """Begin without sessions. Unless told, half the files this process may open are given to them."""
        self._sessions: OrderedDict[Agent, _Session] = OrderedDict()
        self._capacity = sessions or max(16, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
        self._other: SnmpClient | None = None

    async def get(self, agent: Agent, oids: Sequence[str]) -> Mapping[str, Value]:
        """Return the value of each OID; see `SnmpClient.get`."""
        if len(oids) <= OBJECTS_A_REQUEST:
            return await self._part(agent, oids)
        values: dict[str, Value] = {}
        for part in in_requests(oids):
            values |= await self._part(agent, part)
        return values

    async def walk(self, agent: Agent, root: str, *, limit: int) -> list[Row]:
        """Return what lies below an OID; see `SnmpClient.walk`.

        A GETBULK without one row is asked again as GETNEXT: some agents answer only that, and the error is hidden.
        A run of NULLs (two with SNMPv1, else as many as a request asks rows for) ends the walk early: gufo-snmp takes
        it for the end.
        """
        if agent.credentials.version is not Version.V1 and (rows := await self._walk(agent, root, limit, bulk=True)):
            return rows
        return await self._walk(agent, root, limit, bulk=False)

    async def close(self) -> None:
        """Give sockets back; what is being asked ends by its own timeout."""
        self._sessions.clear()
        if self._other is not None:
            await self._other.close()

    async def _part(self, agent: Agent, oids: Sequence[str]) -> dict[str, Value]:
        answer = await self._ask(agent, lambda session: session.get_many(oids))
        if not answer and len(oids) > 1:
            # Nothing of it, or an error on account of one: noSuchName of SNMPv1, tooBig, genErr.
            middle = len(oids) // 2
            return {**await self._part(agent, oids[:middle]), **await self._part(agent, oids[middle:])}
        return {oid: answer.get(oid) for oid in oids}

    async def _walk(self, agent: Agent, root: str, limit: int, *, bulk: bool) -> list[Row]:
        cursor = _Cursor(agent, root, limit, bulk=bulk)
        while await self._ask(agent, cursor.step):
            pass
        return cursor.rows.taken

    async def _ask(self, agent: Agent, call: Callable[[SnmpSession], Awaitable[T]]) -> T:
        session = self._session(agent)
        async with session.lock:
            tries, opened_anew = agent.retries + 1, False
            while tries > 0:
                try:
                    async with asyncio.timeout(agent.timeout):
                        return await session.ask(call)
                except SnmpAuthError:
                    if opened_anew:
                        raise await self._why(session) from None
                    # Restarted, with other engine boots or another engine id: discover it again.
                    session.open()
                    opened_anew = True
                    continue
                except (OSError, GufoError) as error:
                    failure = _failure(error, agent)
                except BaseException as error:  # a panic of the Rust library is no Exception
                    if type(error).__name__ != "PanicException":
                        raise
                    failure = SnmpError(SnmpFailure.MALFORMED, agent)
                session.forget()
                tries -= 1
        encrypted = isinstance(agent.credentials, User) and agent.credentials.priv is not None
        if encrypted and failure.reason is SnmpFailure.TIMEOUT and await engine_answers(agent):
            raise SnmpError(SnmpFailure.WRONG_KEY, agent, PRIVACY)
        raise failure

    def _session(self, agent: Agent) -> _Session:
        session = self._sessions.get(agent)
        if session is not None:
            self._sessions.move_to_end(agent)
            return session
        session = self._sessions[agent] = _Session(agent)
        if len(self._sessions) > self._capacity:
            idle = (other for other, held in self._sessions.items() if not held.lock.locked() and other != agent)
            self._sessions.pop(next(idle, agent))
        return session

    async def _why(self, session: _Session) -> SnmpError:
        """Have the other client name the reason of a refusal, which this library keeps to itself."""
        now = asyncio.get_running_loop().time()
        if session.reason is None or now >= session.reason_until:
            session.reason, session.reason_until = await self._asked_otherwise(session.agent), now + REASON_KEPT_S
        return SnmpError(session.reason, session.agent)

    async def _asked_otherwise(self, agent: Agent) -> SnmpFailure:
        if self._other is None:
            from monitor.probing.snmp.pysnmp_client import PysnmpClient  # noqa: PLC0415 - costs 0.3 s, seldom needed

            self._other = PysnmpClient()
        try:
            await self._other.get(agent, [SYS_UPTIME])
        except SnmpError as error:
            if error.reason not in (SnmpFailure.TIMEOUT, SnmpFailure.UNSUPPORTED):
                return error.reason
        return SnmpFailure.AUTHENTICATION


class _Session:
    """One agent's socket and, with SNMPv3, what was learnt of its engine."""

    __slots__ = ("_fresh_until", "_v3", "agent", "lock", "reason", "reason_until", "snmp")

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.lock = asyncio.Lock()
        self.reason: SnmpFailure | None = None
        self.reason_until = 0.0
        self._v3 = agent.credentials.version is Version.V3
        self.open()

    def open(self) -> None:
        """Open a new socket; with SNMPv3 the engine is discovered at the next request."""
        self._fresh_until = 0.0
        self.snmp = _opened(self.agent)

    def forget(self) -> None:
        """Trust nothing learnt of an SNMPv3 engine that fell silent: with another engine id it would stay so."""
        if self._v3:
            self.open()

    async def ask(self, call: Callable[[SnmpSession], Awaitable[T]]) -> T:
        """Have a request made, the engine's time learnt anew before where it may be too old."""
        if not self._v3:
            return await call(self.snmp)
        now = asyncio.get_running_loop().time()
        if now >= self._fresh_until:
            await self.snmp.refresh()
        answer = await call(self.snmp)
        self._fresh_until = now + FRESH_S
        return answer


class _Cursor:
    """Where a walk has come to; begun again when the session was opened anew."""

    def __init__(self, agent: Agent, root: str, limit: int, *, bulk: bool) -> None:
        self._agent, self._root, self._limit = agent, root, limit
        self._bulk = bulk
        self._session: SnmpSession | None = None
        self.rows = Rows(agent, root, limit)

    async def step(self, session: SnmpSession) -> bool:
        """Take one more row; False at the end."""
        if session is not self._session:
            self._session, self.rows = session, Rows(self._agent, self._root, self._limit)
            self._ahead = session.getbulk(self._root, ROWS_A_REQUEST) if self._bulk else session.getnext(self._root)
        row = await anext(self._ahead, None)
        if row is None and self._agent.credentials.version is Version.V1:
            # A NULL, as an error's answer carries and some columns do: what comes after it tells.
            row = await anext(self._ahead, None)
        return row is not None and self.rows.take(*row)


def _opened(agent: Agent) -> SnmpSession:
    # Without a timer of the library's own: one timer over the whole try is the client's.
    place = {"addr": agent.address, "port": agent.port, "timeout": None}
    credentials = agent.credentials
    try:
        if isinstance(credentials, User):
            return SnmpSession(**place, user=_user(credentials), version=SnmpVersion.v3)
        version = SnmpVersion.v1 if credentials.version is Version.V1 else SnmpVersion.v2c
        return SnmpSession(**place, community=credentials.community, version=version)
    except OSError as error:
        raise SnmpError(SnmpFailure.UNSENT, agent, str(error)) from None


def _user(user: User) -> GufoUser:
    reeder = user.priv is not None and user.priv.protocol in (PrivProtocol.AES192C, PrivProtocol.AES256C)
    return GufoUser(
        user.name,
        auth_key=AUTH[user.auth.protocol](user.auth.key.encode()) if user.auth else None,
        priv_key=PRIV[user.priv.protocol](user.priv.key.encode()) if user.priv else None,
        key_expansion=KeyExpansion.Cisco if reeder else KeyExpansion.Blumenthal,
    )


def _failure(error: Exception, agent: Agent) -> SnmpError:
    if isinstance(error, GufoError):
        return SnmpError(SnmpFailure.MALFORMED, agent, str(error))
    if isinstance(error, TimeoutError):
        refused = isinstance(error.__cause__, TimeoutError) and str(error.__cause__) == "connection refused"
        return SnmpError(SnmpFailure.TIMEOUT, agent, "nothing listens on that port" if refused else "")
    if "os error 111" in str(error):  # the refusal of the try before, which the kernel reports with the next sending
        return SnmpError(SnmpFailure.TIMEOUT, agent, "nothing listens on that port")
    return SnmpError(SnmpFailure.UNSENT, agent, str(error))
