"""What every client does, shown on a live snmpd."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from monitor.probing.snmp.agent import Agent, AuthKey, AuthProtocol, Community, PrivKey, PrivProtocol, User, Version
from monitor.probing.snmp.client import ClientMissingError, SnmpClient, make_client
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.discovery import read_facts
from monitor.probing.snmp.facts import DeviceFacts
from monitor.probing.snmp.failure import SnmpError, SnmpFailure
from tests.snmp.live import AUTH_KEY, COMMUNITY, HIDING, PLAIN, PRIV_KEY, SIGNING, Live, free_port, live_agent

SYS_NAME = "1.3.6.1.2.1.1.5.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
NOT_THERE = "1.3.6.1.2.1.1.99.0"
IF_DESCR = "1.3.6.1.2.1.2.2.1.2"
LOOPBACK_ADDRESS = "1.3.6.1.2.1.4.20.1.1.127.0.0.1"
NET_SNMP_ON_LINUX = "1.3.6.1.4.1.8072.3.2.10"
V1 = Community(community=COMMUNITY, version=Version.V1)
V2C = Community(community=COMMUNITY)
SIGNS = SIGNING[list(AuthProtocol).index(AuthProtocol.SHA)]
WRONG_KEY = AuthKey(protocol=AuthProtocol.SHA, key="other-words")
HIDES = next(user for user in HIDING if user.priv is not None and user.priv.protocol is PrivProtocol.AES128)


async def failure(client: SnmpClient, agent: Agent) -> SnmpError:
    """Return the error that asking an agent ends with."""
    with pytest.raises(SnmpError) as caught:
        await client.get(agent, [SYS_NAME])
    assert AUTH_KEY not in str(caught.value)
    assert PRIV_KEY not in str(caught.value)
    return caught.value


def can_encrypt(client: SnmpClient) -> bool:
    """Tell whether a client can encrypt: pysnmp needs another package for it."""
    return client.name != "pysnmp" or find_spec("cryptography") is not None


@pytest.mark.parametrize("credentials", [V1, V2C, PLAIN, SIGNS], ids=["v1", "v2c", "noAuth", "auth"])
async def test_get_gives_plain_values_and_none_for_what_is_not_there(
    client: SnmpClient, live: Live, credentials: Community | User
) -> None:
    values = await client.get(live.agent(credentials), [SYS_NAME, NOT_THERE, SYS_OBJECT_ID, LOOPBACK_ADDRESS])
    assert values == {
        SYS_NAME: b"live-agent",
        NOT_THERE: None,
        SYS_OBJECT_ID: NET_SNMP_ON_LINUX,
        LOOPBACK_ADDRESS: "127.0.0.1",
    }


@pytest.mark.parametrize("user", SIGNING, ids=lambda user: user.name)
async def test_every_signature_is_understood(client: SnmpClient, live: Live, user: User) -> None:
    assert await client.get(live.agent(user), [SYS_NAME]) == {SYS_NAME: b"live-agent"}


@pytest.mark.parametrize("user", HIDING, ids=lambda user: user.name)
async def test_every_encryption_is_understood_or_refused_with_the_cure(
    client: SnmpClient, live: Live, user: User
) -> None:
    if can_encrypt(client):
        assert await client.get(live.agent(user), [SYS_NAME]) == {SYS_NAME: b"live-agent"}
        return
    error = await failure(client, live.agent(user))
    assert error.reason is SnmpFailure.UNSUPPORTED
    assert "pip install cryptography" in str(error)


async def test_more_objects_than_one_request_carries_are_asked_for_in_several(client: SnmpClient, live: Live) -> None:
    oids = [f"1.3.6.1.2.1.1.{number}.0" for number in range(1, 100)]
    values = await client.get(live.agent(), oids)
    assert oids == list(values)
    assert (values[SYS_NAME], values[NOT_THERE]) == (b"live-agent", None)


@pytest.mark.parametrize("credentials", [V1, V2C, SIGNS], ids=["v1", "v2c", "v3"])
async def test_walk_gives_a_column_and_nothing_of_the_next(
    client: SnmpClient, live: Live, credentials: Community | User
) -> None:
    rows = await client.walk(live.agent(credentials), IF_DESCR, limit=100)
    assert (f"{IF_DESCR}.1", b"lo") == rows[0]
    assert all(oid.startswith(f"{IF_DESCR}.") for oid, _ in rows)


@pytest.mark.parametrize("credentials", [V1, V2C], ids=["v1", "v2c"])
async def test_walk_of_what_is_not_there_is_empty(
    client: SnmpClient, live: Live, credentials: Community | User
) -> None:
    assert await client.walk(live.agent(credentials), "1.3.6.1.2.1.2.2.1.99", limit=100) == []


async def test_walk_above_its_bound_ends_with_an_error(client: SnmpClient, live: Live) -> None:
    with pytest.raises(SnmpError) as caught:
        await client.walk(live.agent(), "1.3.6.1.2.1", limit=50)
    assert caught.value.reason is SnmpFailure.TOO_LONG


async def test_both_clients_walk_alike(both: tuple[SnmpClient, SnmpClient], live: Live) -> None:
    system, tables = "1.3.6.1.2.1.1.9", "1.3.6.1.6.3.16"
    for root in (system, tables):
        one, other = [await client.walk(live.agent(), root, limit=1000) for client in both]
        assert one == other
        assert one


async def test_a_wrong_community_is_silence(client: SnmpClient, live: Live) -> None:
    error = await failure(client, live.agent(Community(community="wrong-word"), timeout=0.2))
    assert error.reason is SnmpFailure.TIMEOUT
    assert "wrong-word" not in str(error)


async def test_a_port_that_nothing_listens_on_is_silence(client: SnmpClient) -> None:
    agent = Agent(address="127.0.0.1", port=free_port(), credentials=V2C, timeout=0.2)
    assert (await failure(client, agent)).reason is SnmpFailure.TIMEOUT


@pytest.mark.parametrize("address", ["255.255.255.255", "nowhere"])
async def test_what_this_machine_refuses_to_send_is_told_apart(client: SnmpClient, address: str) -> None:
    agent = Agent(address=address, credentials=V2C, timeout=0.2)
    assert (await failure(client, agent)).reason is SnmpFailure.UNSENT


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (replace(SIGNS, name="stranger"), SnmpFailure.UNKNOWN_USER),
        (User(name="stranger"), SnmpFailure.UNKNOWN_USER),
        (replace(SIGNS, auth=WRONG_KEY), SnmpFailure.WRONG_KEY),
        (replace(SIGNS, auth=SIGNING[0].auth), SnmpFailure.WRONG_KEY),
        (replace(SIGNS, name=PLAIN.name), SnmpFailure.UNSUPPORTED_LEVEL),
        (replace(HIDES, priv=None), SnmpFailure.REFUSED),
    ],
    ids=["user", "user without keys", "key", "protocol", "level", "access"],
)
async def test_what_is_wrong_with_a_user_is_named(
    client: SnmpClient, live: Live, user: User, reason: SnmpFailure
) -> None:
    assert (await failure(client, live.agent(user))).reason is reason


async def test_a_wrong_privacy_key_is_named_though_the_agent_stays_silent(client: SnmpClient, live: Live) -> None:
    wrong = replace(HIDES, priv=PrivKey(protocol=PrivProtocol.AES128, key="other-words"))
    expected = SnmpFailure.WRONG_KEY if can_encrypt(client) else SnmpFailure.UNSUPPORTED
    assert (await failure(client, live.agent(wrong, timeout=0.5))).reason is expected


async def test_two_users_of_one_name_keep_their_own_keys(client: SnmpClient, live: Live) -> None:
    wrong = live.agent(replace(SIGNS, auth=WRONG_KEY))
    assert (await failure(client, wrong)).reason is SnmpFailure.WRONG_KEY
    assert await client.get(live.agent(SIGNS), [SYS_NAME]) == {SYS_NAME: b"live-agent"}
    assert (await failure(client, wrong)).reason is SnmpFailure.WRONG_KEY


async def test_an_agent_restarted_with_another_engine_is_heard_again(client: SnmpClient, tmp_path: Path) -> None:
    """A kept SNMPv3 session holds the engine's id and time; a restart must not cut the device off."""
    port = free_port()
    for folder in (tmp_path / "before", tmp_path / "after"):
        with live_agent(folder, port=port) as running:
            agent = running.agent(SIGNS, timeout=0.5)
            assert await client.get(agent, [SYS_NAME]) == {SYS_NAME: b"live-agent"}


async def test_many_agents_are_asked_at_once(client: SnmpClient, live: Live) -> None:
    agents = [live.agent(address=f"127.0.7.{number}") for number in range(1, 33)]
    answers = await asyncio.gather(*(client.get(agent, [SYS_NAME]) for agent in agents))
    assert answers == [{SYS_NAME: b"live-agent"}] * 32


async def test_one_agent_is_asked_by_many_at_once(client: SnmpClient, live: Live) -> None:
    oids = [f"1.3.6.1.2.1.1.9.1.2.{number}" for number in range(1, 9)]
    expected = await client.get(live.agent(), oids)
    answers = await asyncio.gather(*(client.get(live.agent(), [oid]) for oid in oids * 4))
    assert [{oid: expected[oid]} for oid in oids * 4] == answers


async def test_closing_while_asking_does_not_hang(client: SnmpClient, live: Live) -> None:
    silent = live.agent(Community(community="wrong-word"), timeout=0.5)
    asking = asyncio.ensure_future(client.get(silent, [SYS_NAME]))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        await client.close()
        with pytest.raises(SnmpError):
            await asking


async def test_a_task_cancelled_while_asking_leaves_the_client_usable(client: SnmpClient, live: Live) -> None:
    asking = asyncio.ensure_future(client.get(live.agent(Community(community="wrong-word")), [SYS_NAME]))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await client.get(live.agent(), [SYS_NAME]) == {SYS_NAME: b"live-agent"}


@pytest.mark.parametrize("credentials", [V1, V2C, SIGNS], ids=["v1", "v2c", "v3"])
async def test_both_clients_read_the_same_facts(
    both: tuple[SnmpClient, SnmpClient], live: Live, devices: Devices, credentials: Community | User
) -> None:
    one, other = [await read_facts(client, live.agent(credentials), devices) for client in both]
    assert standing_still(one) == standing_still(other)
    assert (one.sys_name, one.sys_object_id, one.engine_boots) == ("live-agent", NET_SNMP_ON_LINUX, 1)
    assert "lo" in [interface.name for interface in one.interfaces]
    assert one.memory_ratio is not None
    assert other.memory_ratio == pytest.approx(one.memory_ratio, abs=0.1)


def standing_still(found: DeviceFacts) -> DeviceFacts:
    """Leave out what moves between two readings."""
    interfaces = tuple(
        replace(one, in_octets=None, out_octets=None, in_discards=None, out_discards=None, in_errors=None)
        for one in found.interfaces
    )
    return replace(found, uptime_s=None, engine_time_s=None, cpu_ratio=None, memory_ratio=None, interfaces=interfaces)


def test_secrets_do_not_show() -> None:
    agent = Agent(address="192.0.2.1", credentials=HIDES)
    assert AUTH_KEY not in repr(agent)
    assert PRIV_KEY not in repr(agent)
    assert COMMUNITY not in repr(replace(agent, credentials=V2C))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Community(community="c", version=Version.V3), "takes a user"),
        (lambda: AuthKey(protocol=AuthProtocol.SHA, key="short"), "eight characters"),
        (lambda: PrivKey(protocol=PrivProtocol.DES, key="short"), "eight characters"),
        (lambda: User(name="u", priv=HIDES.priv), "authentication key beside it"),
        (lambda: User(name=""), "one to 32 characters"),
        (lambda: Agent(address="192.0.2.1", credentials=V2C, port=0), "port of 1 to 65535"),
        (lambda: Agent(address="192.0.2.1", credentials=V2C, timeout=0), "timeout above 0 s"),
        (lambda: Agent(address="192.0.2.1", credentials=V2C, retries=-1), "0 retries"),
    ],
    ids=[
        "community of v3",
        "short auth key",
        "short priv key",
        "priv without auth",
        "no name",
        "port",
        "timeout",
        "retries",
    ],
)
def test_what_no_agent_takes_is_refused(make: Callable[[], object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make()


def test_auto_takes_the_fast_client() -> None:
    assert make_client("auto").name == "gufo"


def test_the_fast_client_missing_is_told_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.probing.snmp.client.find_spec", lambda _: None)
    assert make_client("auto").name == "pysnmp"
    with pytest.raises(ClientMissingError, match=r"pip install extranet-monitor\[fast\]"):
        make_client("gufo")
