"""Bytes that are no trap: cut short, changed, nested without end. Each is counted as such and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.probing.snmp.devices import load_devices
from monitor.probing.snmp.trap_messages import UndecodableError, read_message, version_of
from monitor.probing.snmp.trap_users import TrapUser
from monitor.probing.snmp.traps import TrapOutcome, read_trap
from tests.snmp.live import HIDING, PLAIN, SIGNING
from tests.traps.hearing import COMMUNITY, DEVICE, hearing
from tests.traps.senders import LINK_DOWN, captured, generic, notification, port_of, v1, v2c, v3
from tests.traps.test_limits import flood

SENDER = (DEVICE, 5000)
DEVICES = load_devices()
NESTED = [b"\x30\x80" * 700, b"\x30\x82\x05\xb4" * 360, b"\xa7\x84\xff\xff\xff\xff" * 200, b"\x24\x80" * 700]


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Real traps: of v1, v2c, and of v3 at each level."""
    state: Path = tmp_path_factory.mktemp("state")
    what = notification(LINK_DOWN, *port_of(7, name="GE0/0/7"))

    async def catch() -> dict[str, bytes]:
        return {
            "v1": await captured(v1(COMMUNITY), generic(2, *port_of(7))),
            "v2c": await captured(v2c(COMMUNITY), what),
            **{user.name: await captured(v3(user), what, state=state) for user in (PLAIN, SIGNING[3], HIDING[7])},
        }

    return asyncio.run(catch())


@pytest.fixture(scope="module")
def users() -> dict[str, TrapUser]:
    now = datetime.now(UTC)
    return {user.name: TrapUser(user, name=user.name, now=now) for user in (PLAIN, SIGNING[3], HIDING[7])}


def take(datagram: bytes) -> str:
    """Read bytes as the receiver does; say what came of them."""
    try:
        told = read_message(datagram).told
    except UndecodableError:
        return "undecodable"
    return "no trap" if told is None else "trap" if read_trap(told, DEVICES) else "unlisted"


def take_of(user: TrapUser, datagram: bytes) -> TrapOutcome | None:
    """Read bytes as a user's; None where they are a trap of that user's."""
    try:
        return user.hear(datagram, SENDER).outcome
    except UndecodableError:
        return TrapOutcome.UNDECODABLE


@given(st.binary(max_size=200))
def test_random_bytes_are_read_without_an_error(datagram: bytes) -> None:
    """Nothing but `UndecodableError` comes out of reading what anybody may send."""
    assert take(datagram) in ("undecodable", "no trap", "unlisted", "trap")


@pytest.mark.parametrize("name", ["v1", "v2c"])
def test_every_cut_of_a_trap_is_undecodable(caught: dict[str, bytes], name: str) -> None:
    """A message that ends too early is none, wherever it ends."""
    whole = caught[name]
    assert "trap" == take(whole)
    assert {"undecodable"} == {take(whole[:length]) for length in range(len(whole))}


@pytest.mark.parametrize("name", [PLAIN.name, SIGNING[3].name, HIDING[7].name])
def test_every_cut_of_a_trap_of_v3_is_no_trap(caught: dict[str, bytes], users: dict[str, TrapUser], name: str) -> None:
    """The user's engine says so too, and goes on hearing."""
    whole = caught[name]
    outcomes = {take_of(users[name], whole[:length]) for length in range(len(whole))}
    assert None not in outcomes
    assert None is take_of(users[name], whole)


@given(st.data())
def test_a_changed_trap_is_read_without_an_error(caught: dict[str, bytes], data: st.DataObject) -> None:
    """Bytes set at random in a real trap."""
    changed = bytearray(caught[data.draw(st.sampled_from(["v1", "v2c"]))])
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    assert take(bytes(changed)) in ("undecodable", "no trap", "unlisted", "trap")


@given(st.data())
def test_a_changed_trap_of_a_signing_user_is_never_believed(
    caught: dict[str, bytes], users: dict[str, TrapUser], data: st.DataObject
) -> None:
    """Whatever byte of it was changed, the signature does not fit, or there is none."""
    name = data.draw(st.sampled_from([SIGNING[3].name, HIDING[7].name]))
    changed = bytearray(caught[name])
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] = data.draw(st.integers(0, 255).filter(lambda value: value != changed[place]))
    assert None is not take_of(users[name], bytes(changed))


@pytest.mark.parametrize("datagram", NESTED)
def test_nesting_without_end_ends(datagram: bytes, users: dict[str, TrapUser]) -> None:
    """Neither the stack nor the memory runs out."""
    assert "undecodable" == take(datagram)
    assert take_of(users[PLAIN.name], datagram) in (TrapOutcome.UNDECODABLE, TrapOutcome.NO_TRAP)


def test_the_version_is_told_of_any_message(caught: dict[str, bytes]) -> None:
    """By it the receiver chooses who reads it."""
    assert [0, 1, 3] == [version_of(caught[name]) for name in ("v1", "v2c", PLAIN.name)]
    with pytest.raises(UndecodableError):
        version_of(b"")


def test_what_was_refused_leaves_nothing_behind(caught: dict[str, bytes], users: dict[str, TrapUser]) -> None:
    """A flood of messages of v3 that are dropped does not grow the engine."""
    whole = caught[SIGNING[3].name]
    bad = [whole[:-1] + bytes((whole[-1] ^ 1,)), whole[:40], whole.replace(SIGNING[3].name.encode(), b"signs-sha999")]
    user = users[SIGNING[3].name]

    def objects_after(times: int) -> int:
        for _ in range(times):
            for datagram in bad:
                take_of(user, datagram)
        gc.collect()
        return len(gc.get_objects())

    objects_after(30)
    before = objects_after(1)
    assert objects_after(200) - before < 200


async def test_the_receiver_counts_what_it_cannot_read_and_goes_on(caught: dict[str, bytes]) -> None:
    """After everything hostile a real trap is heard."""
    async with hearing() as found:
        where = ("127.0.0.1", found.port)
        for datagram in (b"", b"\x30", *NESTED, caught["v2c"][:20]):
            flood(DEVICE, where, 1, datagram)
        flood(DEVICE, where, 1, caught["v2c"])
        counts = await found.ended(len(NESTED) + 4)
    assert {"undecodable": len(NESTED) + 3, "accepted": 1} == counts
