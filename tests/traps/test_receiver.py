"""Real traps and informs over UDP: who is heard, who is not, and that every datagram is counted once."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.secret import Secret
from monitor.config.settings import TrapSettings
from monitor.faults.terms import TrapKind
from monitor.probing.snmp.agent import User
from monitor.probing.snmp.traps import Trap
from tests.snmp.live import HIDING, PLAIN, SIGNING
from tests.traps.hearing import (
    COMMUNITY,
    DEVICE,
    OLD_DEVICE,
    SECURE,
    STRANGER,
    UNPOLLED,
    V1,
    V2C,
    hearing,
    line,
    profile_of,
)
from tests.traps.senders import (
    AUTHENTICATION_FAILURE,
    COLD_START,
    DEVICE_ENGINE,
    HUAWEI_GASP,
    IF_DESCR,
    LINK_DOWN,
    LINK_UP,
    WARM_START,
    captured,
    generic,
    notification,
    port_of,
    send,
    specific,
    v1,
    v2c,
    v3,
)

GASP = Trap(
    kind=TrapKind.PEER_DYING_GASP,
    oid=HUAWEI_GASP,
    interface="GE0/0/7",
    index=7,
    word="hwDot3ahEfmRemoteDyingGaspEvent",
)
DOWN = Trap(kind=TrapKind.LINK_DOWN, oid=LINK_DOWN, interface="GE0/0/1", index=3)


async def test_a_trap_of_snmp_v1_is_heard_as_its_line_s() -> None:
    """A device polled by version 1 says linkDown with its generic number."""
    async with hearing() as found:
        assert await send(found.port, v1("old-word"), generic(2, *port_of(3, name="GE0/0/1")), source=OLD_DEVICE)
        assert {"accepted": 1} == await found.ended(1)
    assert [("L2", DOWN, True)] == found.heard


async def test_a_vendors_trap_of_snmp_v1_is_known_by_its_enterprise_and_number() -> None:
    """RFC 3584 puts a zero between the two, which Huawei's notification does not have."""
    what = specific("1.3.6.1.4.1.2011.5.25.136.1.6", 8, f"{IF_DESCR}.7", "s", "GE0/0/7")
    async with hearing() as found:
        assert await send(found.port, v1(COMMUNITY), what, source=DEVICE)
        await found.ended(1)
    assert [("L1", GASP, True)] == found.heard


@pytest.mark.parametrize("inform", [False, True], ids=["trap", "inform"])
@pytest.mark.parametrize(
    ("oid", "kind"),
    [
        (COLD_START, TrapKind.COLD_START),
        (WARM_START, TrapKind.WARM_START),
        (LINK_DOWN, TrapKind.LINK_DOWN),
        (LINK_UP, TrapKind.LINK_UP),
        (AUTHENTICATION_FAILURE, TrapKind.AUTHENTICATION_FAILURE),
        (HUAWEI_GASP, TrapKind.PEER_DYING_GASP),
    ],
)
async def test_every_kind_is_heard_by_v2c_and_informs_are_answered(oid: str, kind: TrapKind, *, inform: bool) -> None:
    """snmpinform waits for its answer and fails without."""
    async with hearing() as found:
        assert await send(found.port, v2c(COMMUNITY), notification(oid), source=DEVICE, inform=inform)
        assert {"accepted": 1} == await found.ended(1)
    assert [("L1", kind)] == [(heard, trap.kind) for heard, trap, _ in found.heard]


@pytest.mark.parametrize("user", [PLAIN, *SIGNING, *HIDING], ids=lambda user: user.name)
async def test_a_trap_of_snmp_v3_is_heard_by_its_profile_s_user(user: User, tmp_path: Path) -> None:
    """The sender's engine id stands in the trap; nothing is set up for it beforehand."""
    async with hearing(profile_of(user)) as found:
        what = notification(LINK_DOWN, *port_of(3, name="GE0/0/1"))
        for _ in range(2):
            assert await send(found.port, v3(user), what, source=SECURE, state=tmp_path)
        assert {"accepted": 1, "repeated": 1} == await found.ended(2)
    assert [("L3", DOWN, True), ("L3", DOWN, False)] == found.heard


@pytest.mark.parametrize("user", [PLAIN, SIGNING[3], HIDING[7]], ids=lambda user: user.name)
async def test_an_inform_of_snmp_v3_is_answered(user: User, tmp_path: Path) -> None:
    """The sender asks for this engine's id first; its answer is signed and hidden as the profile says."""
    async with hearing(profile_of(user)) as found:
        for _ in range(2):
            assert await send(
                found.port, v3(user, engine=None), notification(COLD_START), source=SECURE, inform=True, state=tmp_path
            )
        counts = await found.ended(4)
    assert {"accepted": 1, "repeated": 1} == {name: n for name, n in counts.items() if name != "discovery"}
    assert ["L3", "L3"] == [heard for heard, _, _ in found.heard]


async def test_an_engine_id_stays_the_same_over_a_restart_and_its_boots_rise(tmp_path: Path) -> None:
    """A device that was told the id by hand, or has learned it, is answered after the monitor was started anew."""
    user = SIGNING[1]
    for _ in range(2):
        async with hearing(profile_of(user)) as found:
            said = send(
                found.port, v3(user, engine=None), notification(COLD_START), source=SECURE, inform=True, state=tmp_path
            )
            assert await said


@pytest.mark.parametrize(
    ("level", "outcome"), [("noAuthNoPriv", "wrong_user"), ("authNoPriv", "wrong_user"), ("authPriv", "accepted")]
)
@pytest.mark.parametrize("known", [False, True], ids=["a new engine", "an engine heard before"])
async def test_a_trap_below_the_profile_s_security_level_is_dropped(
    level: str, outcome: str, tmp_path: Path, *, known: bool
) -> None:
    """Whoever knows only the name of a user cannot speak as that user."""
    user = HIDING[1]
    async with hearing(profile_of(user)) as found:
        if known:
            assert await send(found.port, v3(user), notification(LINK_UP), source=SECURE, state=tmp_path)
            await found.ended(1)
            found.counts.clear()
        assert await send(found.port, v3(user, level=level), notification(LINK_DOWN), source=SECURE, state=tmp_path)
        assert {outcome: 1} == await found.ended(1)


@pytest.mark.parametrize("changed", ["name", "auth", "priv"])
async def test_a_trap_with_another_name_or_key_is_dropped(changed: str, tmp_path: Path) -> None:
    """All three are the profile's, or the trap is not the line's."""
    user = HIDING[1]
    assert user.auth is not None
    assert user.priv is not None
    other = {
        "name": replace(user, name="other"),
        "auth": replace(user, auth=replace(user.auth, key="other-words")),
        "priv": replace(user, priv=replace(user.priv, key="other-words")),
    }[changed]
    async with hearing(profile_of(user)) as found:
        assert await send(found.port, v3(other), notification(LINK_DOWN), source=SECURE, state=tmp_path)
        [outcome] = await found.ended(1)
    # With a wrong key to hide it, a trap comes out as noise: either no message at all, or none that is decodable.
    assert outcome in (("wrong_user", "undecodable") if changed == "priv" else ("wrong_user",))
    assert [] == found.heard


async def test_an_old_trap_sent_again_is_no_evidence(tmp_path: Path) -> None:
    """Somebody who caught a trap of v3 cannot make a line seem to die again later (RFC 3414, section 3.2)."""
    user = SIGNING[1]
    old = await captured(v3(user, clock="4,900"), notification(LINK_DOWN), state=tmp_path)
    new = [
        await captured(v3(user, clock=clock), notification(LINK_UP), state=tmp_path)
        for clock in ("5,20", "5,1000", "5,900")
    ]
    stale = await captured(v3(user, clock="5,800"), notification(LINK_DOWN), state=tmp_path)
    async with hearing(profile_of(user)) as found:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
            device.bind((SECURE, 0))
            for number, each in enumerate([*new, old, stale], start=1):
                device.sendto(each, ("127.0.0.1", found.port))
                await found.ended(number)
    assert {"accepted": 1, "repeated": 2, "stale": 2} == {outcome.value: n for outcome, n in found.counts.items()}


async def test_profiles_of_one_user_name_with_other_keys_are_told_apart(tmp_path: Path) -> None:
    """An engine knows a user by name alone: each profile has its own."""
    one, other = SIGNING[1], replace(SIGNING[2], name=SIGNING[1].name)
    lines = (line("L1", DEVICE, "one"), line("L2", OLD_DEVICE, "other"))
    async with hearing(profile_of(one, "one"), profile_of(other, "other"), lines=lines) as found:
        for user, source in ((one, DEVICE), (other, OLD_DEVICE)):
            for inform in (False, True):
                as_whom = v3(user, engine=None if inform else DEVICE_ENGINE)
                what = notification(LINK_UP if inform else LINK_DOWN)
                assert await send(found.port, as_whom, what, source=source, inform=inform, state=tmp_path)
        await found.until(lambda: len(found.heard) == 4)
    assert ["L1", "L1", "L2", "L2"] == [heard for heard, _, _ in found.heard]


@pytest.mark.parametrize(
    ("as_whom", "source", "outcome"),
    [
        (v2c(COMMUNITY), STRANGER, "unknown_source"),
        (v2c(COMMUNITY), UNPOLLED, "no_profile"),
        (v2c("said-by-device"), DEVICE, "wrong_community"),
        (v2c(""), DEVICE, "wrong_community"),
        (v1(COMMUNITY), OLD_DEVICE, "wrong_community"),
        (v3(PLAIN), DEVICE, "wrong_version"),
        (v2c(COMMUNITY), SECURE, "wrong_version"),
    ],
    ids=[
        "unknown source",
        "line without profile",
        "other word",
        "no word",
        "another line's word",
        "v3 for 2c",
        "2c for v3",
    ],
)
async def test_what_is_not_believed_is_dropped_and_counted(
    as_whom: tuple[str, ...], source: str, outcome: str, tmp_path: Path
) -> None:
    """A trap is its line's only if it comes from the line's address with what the line's profile asks with."""
    async with hearing(V2C, V1, profile_of(PLAIN)) as found:
        what = generic(2) if as_whom[0] == "-v1" else notification(LINK_DOWN)
        assert await send(found.port, as_whom, what, source=source, state=tmp_path)
        assert {outcome: 1} == await found.ended(1)
    assert [] == found.heard


async def test_an_inform_that_is_not_believed_is_not_answered() -> None:
    """Whoever guesses communities learns nothing by it."""
    async with hearing() as found:
        what = notification(COLD_START)
        assert not await send(found.port, v2c("guess"), what, source=DEVICE, inform=True, wait=1)
        assert not await send(found.port, v2c(COMMUNITY), what, source=STRANGER, inform=True, wait=1)


async def test_an_inform_that_no_file_of_devices_lists_is_answered_and_not_heard() -> None:
    """Its sender would ask again and again; nobody here knows what it means."""
    async with hearing() as found:
        what = notification("1.3.6.1.4.1.99999.0.1")
        assert await send(found.port, v2c(COMMUNITY), what, source=DEVICE, inform=True)
        assert {"unlisted": 1} == await found.ended(1)
    assert [] == found.heard


async def test_a_request_is_no_trap() -> None:
    """A GET sent to the port of traps is not answered."""
    async with hearing() as found:
        get = await captured(v2c(COMMUNITY), notification(COLD_START))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
            device.bind((DEVICE, 0))
            device.sendto(get.replace(b"\xa7", b"\xa0", 1), ("127.0.0.1", found.port))
            assert {"no_trap": 1} == await found.ended(1)


async def test_the_same_trap_of_a_line_is_kept_once_and_counted_again() -> None:
    """A storm does not fill the ledger, but every one of them is a hint to probe."""
    async with hearing() as found:
        for index in (1, 1, 2, 1):
            assert await send(found.port, v2c(COMMUNITY), notification(LINK_DOWN, *port_of(index)), source=DEVICE)
        assert {"accepted": 2, "repeated": 2} == await found.ended(4)
    assert [(1, True), (1, False), (2, True), (1, False)] == [(trap.index, kept) for _, trap, kept in found.heard]


async def test_a_line_that_says_ever_new_things_is_kept_twenty_times() -> None:
    """Nor does a device that counts through its ports, whatever it says."""
    async with hearing(settings=TrapSettings(rate=1000, rate_each=100)) as found:
        one = await captured(v2c(COMMUNITY), notification(LINK_DOWN, *port_of(7)))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
            device.bind((DEVICE, 0))
            for index in range(30):
                device.sendto(one[:-1] + bytes((index + 1,)), ("127.0.0.1", found.port))
        assert {"accepted": 20, "repeated": 10} == await found.ended(30)


async def test_a_reload_is_followed() -> None:
    """Lines that left are strangers, lines that came are heard, a new community counts at once."""
    async with hearing() as found:
        word = replace(V2C, community=Secret("new-word"))
        found.receiver.adopt((line("L9", STRANGER, "default"),), {"default": word}, TrapSettings())
        for community, source in ((COMMUNITY, DEVICE), (COMMUNITY, STRANGER), ("new-word", STRANGER)):
            assert await send(found.port, v2c(community), notification(LINK_DOWN), source=source)
        assert {"unknown_source": 1, "wrong_community": 1, "accepted": 1} == await found.ended(3)
    assert ["L9"] == [heard for heard, _, _ in found.heard]


async def test_an_address_is_that_of_the_line_in_service() -> None:
    """A line may follow another at its address; out of service nobody is heard."""
    now = datetime.now(UTC)
    lines = (
        replace(line("L1", DEVICE, "old"), in_service_to=now - timedelta(days=1)),
        replace(line("L2", DEVICE, "default"), in_service_from=now - timedelta(days=1)),
        replace(line("L3", OLD_DEVICE, "default"), in_service_from=now + timedelta(days=1)),
    )
    async with hearing(lines=lines) as found:
        for source in (DEVICE, OLD_DEVICE):
            assert await send(found.port, v2c(COMMUNITY), notification(LINK_DOWN), source=source)
        assert {"accepted": 1, "unknown_source": 1} == await found.ended(2)
    assert ["L2"] == [heard for heard, _, _ in found.heard]


async def test_a_profile_of_v3_that_comes_with_a_reload_is_heard(tmp_path: Path) -> None:
    """Its engine is made aside; what comes meanwhile waits for it."""
    user = SIGNING[1]
    async with hearing() as found:
        found.receiver.adopt((line("L3", SECURE, "secure"),), {"secure": profile_of(user)}, TrapSettings())
        assert await send(found.port, v3(user), notification(LINK_DOWN), source=SECURE, state=tmp_path)
        assert {"accepted": 1} == await found.ended(1)


@pytest.mark.parametrize(("host", "address"), [("::", "127.0.0.1"), ("::1", "::1")], ids=["both families", "IPv6"])
async def test_a_socket_of_ipv6_knows_the_inventory_s_addresses(host: str, address: str) -> None:
    """An IPv4 address comes in as ::ffff:127.0.0.1."""
    async with hearing(lines=(line("L1", address, "default"),), host=host) as found:
        told = await captured(v2c(COMMUNITY), notification(LINK_DOWN))
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as device:
            device.bind((address, 0))
            device.sendto(told, (address, found.port))
        assert {"accepted": 1} == await found.ended(1)


async def test_what_is_wrong_about_a_device_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A device configured otherwise than its line is named, and a stranger's address, not once a trap."""
    async with hearing() as found:
        for source in (DEVICE, DEVICE, STRANGER, STRANGER):
            assert await send(found.port, v2c("wrong"), notification(LINK_DOWN), source=source)
        await found.ended(4)
    assert [
        f"line L1: traps of {DEVICE} are dropped: wrong_community",
        f"traps come from {STRANGER}, which is no line's address; they are dropped",
    ] == [record.getMessage() for record in caplog.records]
