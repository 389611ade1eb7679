"""Agents that err, lie and never end: each ends with a named error or is seen through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from pysnmp.proto import rfc1902

from monitor.probing.snmp.agent import Agent, Version
from monitor.probing.snmp.client import SnmpClient
from monitor.probing.snmp.devices import Devices
from monitor.probing.snmp.discovery import read_facts
from monitor.probing.snmp.failure import SnmpError, SnmpFailure
from tests.snmp.agents import GENERAL_ERROR, Handler, Request, Table, running, texts

SYS_NAME = "1.3.6.1.2.1.1.5.0"
SYS_DESCR = "1.3.6.1.2.1.1.1.0"
COLUMN = "1.3.6.1.2.1.2.2.1.2"
NAME = rfc1902.OctetString("edge")
SHORT_S = 0.3  # where nothing else ends the wait


def named(asked: Request) -> bytes:
    """Return the right answer to what is asked for."""
    return asked.answer([(oid, NAME) for oid in asked.oids])


async def get_failure(client: SnmpClient, handler: Handler, *, elsewhere: bool = False) -> SnmpFailure:
    """Return why asking for sysName failed."""
    async with running(handler, elsewhere=elsewhere) as found:
        with pytest.raises(SnmpError) as caught:
            await client.get(found.agent(timeout=SHORT_S), [SYS_NAME])
    return caught.value.reason


async def walk_failure(client: SnmpClient, handler: Handler, version: Version) -> SnmpFailure:
    """Return why walking a column failed."""
    async with running(handler) as found:
        with pytest.raises(SnmpError) as caught:
            await client.walk(found.agent(version=version), COLUMN, limit=500)
    return caught.value.reason


async def outcome(client: SnmpClient, agent: Agent, oid: str) -> str:
    """Return what asking for an object led to."""
    try:
        answer = await client.get(agent, [oid])
    except SnmpError as error:
        return error.reason
    return "answered" if [oid] == list(answer) else "answered otherwise"


def counting(step: Callable[[int], int]) -> Handler:
    """Return an agent whose next row is made from the last number of the OID asked after."""

    def handler(asked: Request) -> Sequence[bytes]:
        last = int(asked.oids[0].removeprefix(COLUMN).removeprefix(".") or 0)
        rows = []
        for _ in range(asked.repetitions or 1):
            last = step(last)
            rows.append((f"{COLUMN}.{last}", NAME))
        return [asked.answer(rows)]

    return handler


both_versions = pytest.mark.parametrize("version", [Version.V1, Version.V2C])


@both_versions
async def test_a_walk_without_end_ends_at_the_bound(client: SnmpClient, version: Version) -> None:
    assert SnmpFailure.TOO_LONG is await walk_failure(client, counting(lambda last: last + 1), version)


@both_versions
@pytest.mark.parametrize(
    "step", [lambda _: 7, lambda last: 1 + last % 5], ids=["the same row for ever", "five rows in a circle"]
)
async def test_a_walk_in_circles_ends_with_its_own_error(
    client: SnmpClient, version: Version, step: Callable[[int], int]
) -> None:
    assert SnmpFailure.NOT_INCREASING is await walk_failure(client, counting(step), version)


async def test_a_reply_from_another_address_is_no_reply(client: SnmpClient) -> None:
    """The port, the request id and the content are right; only the sender is another."""
    assert SnmpFailure.TIMEOUT is await get_failure(client, lambda asked: [named(asked)], elsewhere=True)


async def test_a_reply_with_another_request_id_is_no_reply(client: SnmpClient) -> None:
    def handler(asked: Request) -> Sequence[bytes]:
        return [asked.answer([(SYS_NAME, NAME)], request_id=asked.request_id + 1)]

    assert SnmpFailure.TIMEOUT is await get_failure(client, handler)


async def test_the_right_reply_is_found_behind_wrong_ones(client: SnmpClient) -> None:
    def handler(asked: Request) -> Sequence[bytes]:
        lies = [
            asked.answer([(SYS_NAME, rfc1902.OctetString("lie"))], request_id=asked.request_id ^ bit) for bit in (1, 2)
        ]
        return [*lies, named(asked)]

    async with running(handler) as found:
        assert await client.get(found.agent(), [SYS_NAME]) == {SYS_NAME: b"edge"}


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x00",
        b"GET / HTTP/1.0\r\n\r\n",
        b"\x30\x82\xff\xff\x02\x01\x01",
        b"\x30\x03\x02\x01\x09",
        bytes(range(256)),
    ],
    ids=["nothing", "zero", "text", "cut short", "no version", "all bytes"],
)
async def test_garbage_is_named_as_such(client: SnmpClient, garbage: bytes) -> None:
    reason = await get_failure(client, lambda _: [garbage])
    assert reason in (SnmpFailure.MALFORMED, SnmpFailure.TIMEOUT)
    assert reason is SnmpFailure.MALFORMED or garbage in (b"", b"\x30\x03\x02\x01\x09")


async def test_every_way_of_cutting_or_spoiling_a_reply_ends_with_an_error_or_an_answer(client: SnmpClient) -> None:
    """One octet short, or one octet wrong, at every place of a good reply."""
    ways = []
    for place in range(len(named(Request("get", 1, 2**30, (SYS_NAME,), 0)))):
        ways += [("cut", place), ("spoilt", place)]

    def handler(asked: Request) -> Sequence[bytes]:
        way, place = ways[int(asked.oids[0].split(".")[-1])]
        good = asked.answer([(asked.oids[0], NAME)])
        return [good[:place] if way == "cut" else good[:place] + bytes((good[place] ^ 0xFF,)) + good[place + 1 :]]

    async with running(handler) as found:
        agent = found.agent(timeout=0.02, retries=0)
        outcomes = {await outcome(client, agent, f"1.3.6.1.2.1.1.5.{number}") for number in range(len(ways))}
    assert SnmpFailure.MALFORMED in outcomes
    assert outcomes <= {"answered", SnmpFailure.MALFORMED, SnmpFailure.TIMEOUT}


async def test_garbage_once_is_got_over_by_trying_again(client: SnmpClient) -> None:
    spoilt = [b"\x30\x82\xff\xff"]

    def handler(asked: Request) -> Sequence[bytes]:
        return [spoilt.pop() if spoilt else named(asked)]

    async with running(handler) as found:
        assert await client.get(found.agent(timeout=SHORT_S, retries=9), [SYS_NAME]) == {SYS_NAME: b"edge"}


async def test_a_lost_request_is_sent_again(client: SnmpClient) -> None:
    async with running(lambda asked: [named(asked)] if len(found.asked) > 1 else []) as found:
        assert await client.get(found.agent(timeout=SHORT_S, retries=9), [SYS_NAME]) == {SYS_NAME: b"edge"}
        assert len(found.asked) >= 2  # a busy machine may take the answer for lost too


async def test_silence_is_a_timeout_after_the_tries_agreed(client: SnmpClient) -> None:
    async with running(lambda _: []) as found:
        with pytest.raises(SnmpError) as caught:
            await client.get(found.agent(timeout=0.1, retries=2), [SYS_NAME])
        assert (caught.value.reason, len(found.asked)) == (SnmpFailure.TIMEOUT, 3)


async def test_objects_too_big_together_are_asked_for_in_parts(client: SnmpClient) -> None:
    rows = texts({f"1.3.6.1.2.1.1.9.1.3.{number}": f"row {number}" for number in range(1, 31)})
    async with running(Table(rows, largest_request=4)) as found:
        values = await client.get(found.agent(), list(rows))
    assert {oid: bytes(value) for oid, value in rows.items()} == values


async def test_a_walk_gets_on_with_an_agent_that_finds_every_bulk_too_big(client: SnmpClient) -> None:
    rows = texts({f"{COLUMN}.{number}": f"port {number}" for number in range(1, 41)})

    def handler(asked: Request) -> Sequence[bytes]:
        return Table(rows, knows_bulk=asked.repetitions == 1)(asked)

    async with running(handler) as found:
        walked = await client.walk(found.agent(), COLUMN, limit=100)
    assert [(oid, bytes(value)) for oid, value in rows.items()] == walked


async def test_an_object_the_agent_fails_on_is_none_and_spoils_no_other(client: SnmpClient) -> None:
    def handler(asked: Request) -> Sequence[bytes]:
        return [asked.error(GENERAL_ERROR) if SYS_DESCR in asked.oids else named(asked)]

    async with running(handler) as found:
        assert await client.get(found.agent(), [SYS_NAME, SYS_DESCR]) == {SYS_NAME: b"edge", SYS_DESCR: None}


async def test_an_object_not_asked_for_is_not_taken(client: SnmpClient) -> None:
    async with running(lambda asked: [asked.answer([(SYS_DESCR, NAME)])]) as found:
        assert await client.get(found.agent(), [SYS_NAME]) == {SYS_NAME: None}


@both_versions
async def test_nulls_in_a_column_are_left_out(client: SnmpClient, version: Version) -> None:
    rows = {f"{COLUMN}.1": NAME, f"{COLUMN}.2": rfc1902.Null(""), f"{COLUMN}.3": NAME}
    async with running(Table(rows)) as found:
        walked = await client.walk(found.agent(version=version), COLUMN, limit=10)
    assert [(f"{COLUMN}.1", b"edge"), (f"{COLUMN}.3", b"edge")] == walked


async def test_the_widest_values_arrive_whole(client: SnmpClient) -> None:
    base = "1.3.6.1.2.1.99.1"
    rows = {
        f"{base}.1": rfc1902.Counter64(2**64 - 1),
        f"{base}.2": rfc1902.Counter64(18446744073709547548),
        f"{base}.3": rfc1902.Counter32(2**32 - 1),
        f"{base}.4": rfc1902.Integer32(-(2**31)),
        f"{base}.5": rfc1902.TimeTicks(2**32 - 1),
        f"{base}.6": rfc1902.IpAddress("192.0.2.255"),
        f"{base}.7": rfc1902.ObjectIdentifier(f"1.3.6.1.4.1.{2**32 - 1}.0"),
        f"{base}.8": rfc1902.OctetString(b"\x00\xff" * 100),
        f"{base}.9": rfc1902.OctetString(b""),
        f"{base}.10": rfc1902.Opaque(b"\x9f\x78\x04\x3f\x80\x00\x00"),
    }
    expected = {
        f"{base}.1": 2**64 - 1,
        f"{base}.2": 18446744073709547548,
        f"{base}.3": 2**32 - 1,
        f"{base}.4": -(2**31),
        f"{base}.5": 2**32 - 1,
        f"{base}.6": "192.0.2.255",
        f"{base}.7": f"1.3.6.1.4.1.{2**32 - 1}.0",
        f"{base}.8": b"\x00\xff" * 100,
        f"{base}.9": b"",
        f"{base}.10": b"\x9f\x78\x04\x3f\x80\x00\x00",
    }
    async with running(Table(rows)) as found:
        assert expected == await client.get(found.agent(), list(rows))


async def test_chinese_names_are_read_in_gbk_as_in_utf8(client: SnmpClient, devices: Devices) -> None:
    rows = texts(
        {
            SYS_NAME: "云岭县财政局".encode("gbk"),
            SYS_DESCR: "华为路由器\r\n版本 5.170\x00".encode(),
            f"{COLUMN}.3": "GigabitEthernet0/0/3",
            "1.3.6.1.2.1.31.1.1.1.18.3": "至联通汇聚".encode("gbk"),
        }
    )
    async with running(Table(rows)) as found:
        facts = await read_facts(client, found.agent(), devices)
    assert (facts.sys_name, facts.sys_descr) == ("云岭县财政局", "华为路由器 版本 5.170")
    assert [one.alias for one in facts.interfaces] == ["至联通汇聚"]


async def test_a_reading_that_takes_too_long_ends_at_its_deadline(client: SnmpClient, devices: Devices) -> None:
    async with running(lambda _: []) as found:
        with pytest.raises(SnmpError) as caught:
            await read_facts(client, found.agent(timeout=30), devices, deadline_s=0.2)
    assert SnmpFailure.TOO_LONG is caught.value.reason
