"""A storm costs its share and no more: what is let through, what is read at all, and that nothing goes uncounted."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.settings import TrapSettings
from monitor.inventory.model import Line
from monitor.probing.snmp.trap_bucket import Bucket
from monitor.probing.snmp.trap_socket import A_WINDOW, BATCH, LONGEST, WINDOW_S, Letter, Sender, TrapSocket
from monitor.probing.snmp.traps import TrapOutcome
from tests.traps.hearing import COMMUNITY, DEVICE, STRANGER, V2C, hearing, line
from tests.traps.senders import LINK_DOWN, captured, notification, v2c


@given(st.floats(0.01, 100), st.floats(1, 100), st.lists(st.floats(0, 10), max_size=60), st.floats(-1000, 1000))
def test_a_bucket_never_gives_more_than_its_burst_and_its_rate(
    rate: float, burst: float, pauses: list[float], start: float
) -> None:
    """Over any stretch of time no more is taken than was there plus what came in since."""
    bucket, now, taken = Bucket(rate=rate, burst=burst), start, list[float]()
    for pause in pauses:
        now += pause
        if bucket.take(now):
            taken.append(now)
    for first, begin in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + rate * (taken[last] - begin) + 1e-6


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    """What was not taken is saved up to the burst, and a clock that stands still gains nothing."""
    bucket = Bucket(rate=2, burst=3)
    assert [True, True, True, False] == [bucket.take(10.0) for _ in range(4)]
    assert [True, False] == [bucket.take(10.5), bucket.take(10.5)]
    assert [True, True, True, False] == [bucket.take(100.0) for _ in range(4)]


HOUR_S = 3600.0  # the rates here are so slow that nothing comes in while a busy machine reads


class Reading:
    """A socket of traps, who may send by it, and what came of everything; ``most`` at once, and that much an hour."""

    def __init__(self, senders: dict[str, Sender], *, most: float = 1000) -> None:
        self.letters: list[Letter] = []
        self.counts: Counter[TrapOutcome] = Counter()
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind(("127.0.0.1", 0))
        self.where = opened.getsockname()
        self.full = False
        self.socket = TrapSocket(opened, take=self._take, counted=self._count)
        self.socket.admit(senders, all_of_them=Bucket(rate=most / HOUR_S, burst=most))

    def _count(self, outcome: TrapOutcome, count: int) -> None:
        self.counts[outcome] += count

    def _take(self, letter: Letter) -> bool:
        self.letters.append(letter)
        return not self.full

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not happened():  # noqa: ASYNC110 - a condition of plain values
                await asyncio.sleep(0.01)


def sender(most: float) -> Sender:
    lines = ((line("L1", DEVICE, "default"), V2C),)
    return Sender(lines, Bucket(rate=most / HOUR_S, burst=most), Bucket(rate=1, burst=1))


def flood(source: str, where: tuple[str, int], count: int, content: bytes = b"x") -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind((source, 0))
        for _ in range(count):
            device.sendto(content, where)


async def test_a_sender_s_storm_takes_no_other_s_place() -> None:
    """One that sends too much is held to its own rate before it can use up that of all."""
    other = "127.0.0.99"
    reading = Reading({DEVICE: sender(5), other: sender(5)}, most=12)
    flood(DEVICE, reading.where, 100)
    flood(other, reading.where, 5)
    reading.socket.start()
    await reading.until(lambda: reading.counts.total() + len(reading.letters) == 105)
    reading.socket.close()
    assert Counter({DEVICE: 5, other: 5}) == Counter(letter.place[0] for letter in reading.letters)
    assert Counter({TrapOutcome.RATE_LIMITED: 95}) == reading.counts


async def test_all_senders_together_are_held_to_a_rate() -> None:
    """Though each keeps to its own."""
    addresses = [f"127.0.1.{number}" for number in range(20)]
    reading = Reading({address: sender(5) for address in addresses}, most=12)
    for address in addresses:
        flood(address, reading.where, 2)
    reading.socket.start()
    await reading.until(lambda: reading.counts.total() + len(reading.letters) == 40)
    reading.socket.close()
    assert (12, Counter({TrapOutcome.RATE_LIMITED: 28})) == (len(reading.letters), reading.counts)


async def test_strangers_and_what_is_too_long_never_come_near_a_decoder() -> None:
    """The address decides first, then the rate, then the length: 1,472 octets are the most that is taken."""
    reading = Reading({DEVICE: sender(50)})
    flood(STRANGER, reading.where, 10)
    flood(DEVICE, reading.where, 1, bytes(LONGEST + 1))
    flood(DEVICE, reading.where, 1, bytes(LONGEST))
    reading.socket.start()
    await reading.until(lambda: reading.counts.total() + len(reading.letters) == 12)
    reading.socket.close()
    assert Counter({TrapOutcome.UNKNOWN_SOURCE: 10, TrapOutcome.TOO_LONG: 1}) == reading.counts
    assert [LONGEST] == [len(letter.content) for letter in reading.letters]
    assert STRANGER == reading.socket.stranger


async def test_a_wake_up_reads_a_few_datagrams_and_leaves_the_others_their_turn() -> None:
    """Between two batches everything else that is ready in the event loop runs."""
    reading = Reading({})
    flood(STRANGER, reading.where, 5 * BATCH)
    seen, turns = list[int](), list[int]()
    reading.socket.start()
    while reading.counts.total() < 5 * BATCH:
        await asyncio.sleep(0)
        if reading.counts.total() not in seen:
            seen.append(reading.counts.total())
        turns.append(1)
        assert len(turns) < 1_000_000
    reading.socket.close()
    assert max(later - earlier for earlier, later in zip([0, *seen], seen, strict=False)) <= BATCH


async def test_no_more_is_read_in_a_window_than_its_share_and_the_kernel_s_drops_are_counted() -> None:
    """A flood beyond it waits in the socket's buffer and overflows there; every datagram ends up in a count."""
    reading = Reading({})
    flood(STRANGER, reading.where, 6000)
    loop = asyncio.get_running_loop()
    reading.socket.start()
    began = loop.time()
    await reading.until(lambda: reading.counts.total() == 6000)
    windows = (loop.time() - began) / WINDOW_S + 1
    reading.socket.close()
    assert {TrapOutcome.UNKNOWN_SOURCE, TrapOutcome.OVERFLOW} >= set(reading.counts)
    assert reading.counts[TrapOutcome.UNKNOWN_SOURCE] <= windows * A_WINDOW
    assert reading.counts[TrapOutcome.OVERFLOW] > 0


async def test_what_finds_no_room_is_counted_as_limited() -> None:
    """The queue before the decoder is short; nothing waits there for long."""
    reading = Reading({DEVICE: sender(50)})
    reading.full = True
    flood(DEVICE, reading.where, 3)
    reading.socket.start()
    await reading.until(lambda: reading.counts.total() == 3)
    reading.socket.close()
    assert Counter({TrapOutcome.RATE_LIMITED: 3}) == reading.counts


@pytest.mark.parametrize("rate_each", [1, 2])
async def test_the_rates_are_those_of_the_configuration(rate_each: int) -> None:
    """A device may say ten seconds' worth at once."""
    lines: tuple[Line, ...] = (line("L1", DEVICE, "default"),)
    told = await captured(v2c(COMMUNITY), notification(LINK_DOWN))
    async with hearing(lines=lines, settings=TrapSettings(rate=1000, rate_each=rate_each)) as found:
        flood(DEVICE, ("127.0.0.1", found.port), 50, told)
        counts = await found.ended(50)
    assert 10 * rate_each <= counts["accepted"] + counts["repeated"] <= 10 * rate_each + 1
    assert 50 == counts["accepted"] + counts["repeated"] + counts["rate_limited"]
