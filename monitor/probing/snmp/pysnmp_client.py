"""The client in pure Python: pysnmp, v1 and v2c through its v1arch, v3 through its v3arch.

What pysnmp 7.1 does not do by itself, and is done here or in `pysnmp_socket`: replies from another source are dropped
(v1arch matches the request id alone), every try has a deadline of the event loop (its own go by the wall clock, in half
seconds, and only clear up here), and closing with requests pending ends them.

There is one engine of SNMPv3 (0.4 s to make), and another where two users of one name have different keys: an engine
knows a user by name alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, NamedTuple

from pyasn1.error import PyAsn1Error
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v1arch.asyncio import CommunityData
from pysnmp.hlapi.v1arch.asyncio import bulk_cmd as bulk_v1
from pysnmp.hlapi.v1arch.asyncio import get_cmd as get_v1
from pysnmp.hlapi.v1arch.asyncio import next_cmd as next_v1
from pysnmp.hlapi.v3arch.asyncio import ContextData, SnmpEngine, UsmUserData, auth
from pysnmp.hlapi.v3arch.asyncio import bulk_cmd as bulk_v3
from pysnmp.hlapi.v3arch.asyncio import get_cmd as get_v3
from pysnmp.proto import errind, rfc1902
from pysnmp.proto.error import StatusInformation

from monitor.probing.snmp.agent import Agent, AuthProtocol, PrivProtocol, User, Version
from monitor.probing.snmp.client import ROWS_A_REQUEST, Row, Value, in_requests
from monitor.probing.snmp.engine import engine_answers
from monitor.probing.snmp.failure import PRIVACY, SnmpError, SnmpFailure
from monitor.probing.snmp.pysnmp_socket import Dispatcher, Heard, target
from monitor.probing.snmp.pysnmp_value import is_end, plain
from monitor.probing.snmp.rows import Rows

ENGINES = 16
# For how long an engine given up is left to hear its last answers.
RETIRE_S = 60.0

AUTH = {
    AuthProtocol.MD5: auth.USM_AUTH_HMAC96_MD5,
    AuthProtocol.SHA: auth.USM_AUTH_HMAC96_SHA,
    AuthProtocol.SHA224: auth.USM_AUTH_HMAC128_SHA224,
    AuthProtocol.SHA256: auth.USM_AUTH_HMAC192_SHA256,
    AuthProtocol.SHA384: auth.USM_AUTH_HMAC256_SHA384,
    AuthProtocol.SHA512: auth.USM_AUTH_HMAC384_SHA512,
}
PRIV = {
    PrivProtocol.DES: auth.USM_PRIV_CBC56_DES,
    PrivProtocol.AES128: auth.USM_PRIV_CFB128_AES,
    PrivProtocol.AES192: auth.USM_PRIV_CFB192_AES_BLUMENTHAL,
    PrivProtocol.AES192C: auth.USM_PRIV_CFB192_AES,
    PrivProtocol.AES256: auth.USM_PRIV_CFB256_AES_BLUMENTHAL,
    PrivProtocol.AES256C: auth.USM_PRIV_CFB256_AES,
}
REASONS = {
    errind.RequestTimedOut: SnmpFailure.TIMEOUT,
    errind.UnknownUserName: SnmpFailure.UNKNOWN_USER,
    errind.UnknownSecurityName: SnmpFailure.UNKNOWN_USER,
    errind.WrongDigest: SnmpFailure.WRONG_KEY,
    errind.AuthenticationFailure: SnmpFailure.WRONG_KEY,
    errind.DecryptionError: SnmpFailure.WRONG_KEY,
    errind.UnsupportedSecurityLevel: SnmpFailure.UNSUPPORTED_LEVEL,
}
# RFC 3416, section 3: the error status of an answer.
NO_ERROR, TOO_BIG, NO_SUCH_NAME, AUTHORIZATION_ERROR = 0, 1, 2, 16


class _Answer(NamedTuple):
    """What came back: ``status`` as in RFC 3416, ``rows`` still in pysnmp's types."""

    status: int
    rows: Sequence[tuple[Any, Any]]


class _StaleError(SnmpError):
    """What pysnmp holds of the agent's engine (id, boots, time) is no longer so."""


@dataclass(frozen=True, slots=True, eq=False)
class _Engine:
    """An engine, the users it knows by name, and the agents that answered it."""

    engine: SnmpEngine = field(default_factory=SnmpEngine)
    users: dict[str, User] = field(default_factory=dict)
    answered: set[Agent] = field(default_factory=set)

    def close(self) -> None:
        self.engine.close_dispatcher()


class PysnmpClient:
    """One dispatcher for all communities, one engine for all users whose names do not clash."""

    name = "pysnmp"

    def __init__(self) -> None:
        """Begin without sockets: they are opened in the event loop that asks first."""
        self._heard = Heard()
        self._dispatcher: Dispatcher | None = None
        self._engines: list[_Engine] = []
        self._pending: set[asyncio.Task[Any]] = set()

    async def get(self, agent: Agent, oids: Sequence[str]) -> Mapping[str, Value]:
        """Return the value of each OID; see `SnmpClient.get`."""
        values: dict[str, Value] = {}
        for part in in_requests(oids):
            values |= await self._part(agent, part)
        return values

    async def walk(self, agent: Agent, root: str, *, limit: int) -> list[Row]:
        """Return what lies below an OID; see `SnmpClient.walk`."""
        rows, size = Rows(agent, root, limit), ROWS_A_REQUEST
        while True:
            answer = await self._ask(agent, [rows.last], rows=size)
            if answer.status == TOO_BIG and size > 1:
                size //= 2
            elif answer.status != NO_ERROR or not answer.rows or not _took(rows, answer):
                return rows.taken

    async def close(self) -> None:
        """Give sockets back; what is being asked ends at once."""
        for task in tuple(self._pending):
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)
        if self._dispatcher is not None:
            self._dispatcher.close()
            self._dispatcher = None
        for held in self._engines:
            held.close()
        self._engines.clear()

    async def _part(self, agent: Agent, oids: Sequence[str]) -> dict[str, Value]:
        answer = await self._ask(agent, oids)
        if answer.status != NO_ERROR and len(oids) > 1:
            # An error on account of one: noSuchName of SNMPv1, tooBig, genErr.
            middle = len(oids) // 2
            return {**await self._part(agent, oids[:middle]), **await self._part(agent, oids[middle:])}
        answered = {} if answer.status != NO_ERROR else {str(oid): plain(value) for oid, value in answer.rows}
        return {oid: answered.get(oid) for oid in oids}

    async def _ask(self, agent: Agent, oids: Sequence[str], *, rows: int = 0) -> _Answer:
        """Ask for objects or, with ``rows``, for what comes after them; try again as the agent's ``retries`` say."""
        failure = await self._tried(agent, oids, rows)
        if isinstance(failure, _Answer):
            return failure
        silent = failure.reason is SnmpFailure.TIMEOUT
        if isinstance(agent.credentials, User):
            here = silent and await engine_answers(agent)
            if (here or isinstance(failure, _StaleError)) and self._retired(agent):
                # It answered before: restarted, with other engine boots or another engine id. A new engine asks anew.
                return await self._ask(agent, oids, rows=rows)
            if here and agent.credentials.priv is not None:
                raise SnmpError(SnmpFailure.WRONG_KEY, agent, PRIVACY)
        raise failure

    async def _tried(self, agent: Agent, oids: Sequence[str], rows: int) -> _Answer | SnmpError:
        failure = SnmpError(SnmpFailure.TIMEOUT, agent)
        for _ in range(agent.retries + 1):
            try:
                return await self._try(agent, oids, rows)
            except SnmpError as error:
                failure = error
                if error.reason not in (SnmpFailure.TIMEOUT, SnmpFailure.MALFORMED, SnmpFailure.UNSENT):
                    break
        return failure

    async def _try(self, agent: Agent, oids: Sequence[str], rows: int) -> _Answer:
        with self._heard.asking(agent):
            task = asyncio.ensure_future(self._command(agent, oids, rows))
            self._pending.add(task)
            try:
                await asyncio.wait({task}, timeout=agent.timeout)
                return self._outcome(agent, task)
            except StatusInformation as error:
                raise _refusal(agent, error.get("errorIndication")) from None
            except (PySnmpError, PyAsn1Error) as error:
                raise SnmpError(SnmpFailure.MALFORMED, agent, type(error).__name__) from None
            finally:
                task.cancel()
                self._pending.discard(task)

    def _outcome(self, agent: Agent, task: asyncio.Task[Any]) -> _Answer:
        if not task.done():
            raise self._heard.silence(agent)
        if task.cancelled():
            raise SnmpError(SnmpFailure.CLOSED, agent)
        answer = _answer(agent, *task.result())
        if isinstance(agent.credentials, User):
            self._engine(agent.credentials).answered.add(agent)
        return answer

    def _command(self, agent: Agent, oids: Sequence[str], rows: int) -> Any:
        asked = [(rfc1902.ObjectName(oid), rfc1902.Null("")) for oid in oids]
        goal = target(self._heard, agent)
        credentials = agent.credentials
        if isinstance(credentials, User):
            as_user = (self._engine(credentials).engine, _user(agent, credentials), goal, ContextData())
            if rows:
                return bulk_v3(*as_user, 0, rows, *asked, lookupMib=False)
            return get_v3(*as_user, *asked, lookupMib=False)
        if self._dispatcher is None:
            self._dispatcher = Dispatcher()
        first = credentials.version is Version.V1
        whole = (self._dispatcher, CommunityData(credentials.community, mpModel=0 if first else 1), goal)
        if rows and first:
            return next_v1(*whole, *asked, lookupMib=False)
        if rows:
            return bulk_v1(*whole, 0, rows, *asked, lookupMib=False)
        return get_v1(*whole, *asked, lookupMib=False)

    def _engine(self, user: User) -> _Engine:
        for held in self._engines:
            if held.users.setdefault(user.name, user) == user:
                return held
        self._engines.append(_Engine(users={user.name: user}))
        if len(self._engines) > ENGINES:
            self._retire(self._engines[0])
        return self._engines[-1]

    def _retire(self, held: _Engine) -> None:
        """Give an engine no more requests, and close it once its last are answered."""
        self._engines.remove(held)
        asyncio.get_running_loop().call_later(RETIRE_S, held.close)

    def _retired(self, agent: Agent) -> bool:
        """Retire the engine that an agent answered before; False when it never did."""
        assert isinstance(agent.credentials, User)
        held = self._engine(agent.credentials)
        if agent not in held.answered:
            return False
        self._retire(held)
        return True


def _user(agent: Agent, user: User) -> UsmUserData:
    if user.priv is not None and find_spec("cryptography") is None:
        raise SnmpError(
            SnmpFailure.UNSUPPORTED,
            agent,
            "pysnmp encrypts with the package cryptography, which is not installed: pip install cryptography, "
            "or pip install extranet-monitor[fast] and the client gufo",
        )
    keys: dict[str, Any] = {}
    if user.auth is not None:
        keys |= {"authKey": user.auth.key, "authProtocol": AUTH[user.auth.protocol]}
    if user.priv is not None:
        keys |= {"privKey": user.priv.key, "privProtocol": PRIV[user.priv.protocol]}
    return UsmUserData(user.name, **keys)  # noqa: S509 - the level is the installation's choice


def _answer(agent: Agent, indication: Any, status: Any, _index: Any, rows: Any) -> _Answer:
    if indication:
        raise _refusal(agent, indication)
    if int(status) == AUTHORIZATION_ERROR:
        raise SnmpError(SnmpFailure.REFUSED, agent)
    return _Answer(int(status), rows)


def _refusal(agent: Agent, indication: Any) -> SnmpError:
    if isinstance(indication, errind.NotInTimeWindow | errind.UnknownEngineID | errind.EngineIDMismatch):
        return _StaleError(SnmpFailure.AUTHENTICATION, agent, type(indication).__name__)
    reason = next((reason for kind, reason in REASONS.items() if isinstance(indication, kind)), None)
    return SnmpError(reason or SnmpFailure.AUTHENTICATION, agent, "" if reason else type(indication).__name__)


def _took(rows: Rows, answer: _Answer) -> bool:
    """Take the rows of an answer; False when the walk is over."""
    return all(not is_end(value) and rows.take(str(oid), plain(value)) for oid, value in answer.rows)
