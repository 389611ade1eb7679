"""The loop whose time tests drive: waiting costs nothing, and what is really done is waited for."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import suppress

import pytest

from tests.driven import driven, loop
from tests.receivers.web import Receiver, Response


async def after(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return loop().time()


def test_a_day_passes_at_once() -> None:
    """Timers fire in their order, each at its time."""

    async def main() -> list[float]:
        return [await each for each in asyncio.as_completed([after(86_400), after(2.5), after(60)])]

    began = time.monotonic()
    assert [2.5, 60, 86_400] == driven(main())
    assert time.monotonic() - began < 5


def test_a_timeout_comes_when_it_is_due() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 30)
        return loop().time()

    assert 30 == driven(main())


def test_time_goes_on_however_short_a_timer_is() -> None:
    """Whoever waits until an instant of its own reckoning gets there, though that lies within a float's last digit."""

    async def main() -> int:
        until, turns = 132.4 + 60, 0
        await asyncio.sleep(math.nextafter(until, 0))
        while loop().time() < until:
            turns += 1
            assert turns < 9
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), until - loop().time())
        return turns

    assert 1 == driven(main())


def test_time_stands_while_a_thread_is_at_work() -> None:
    """What a database is asked takes no time, however long it takes."""

    async def main() -> float:
        waiting = asyncio.create_task(after(5))
        await loop().run_in_executor(None, time.sleep, 0.05)
        assert not waiting.done()
        passed = loop().time()
        await waiting
        return passed

    assert 0 == driven(main())


def test_time_stands_while_a_letter_travels() -> None:
    async def main() -> tuple[bytes, float]:
        async with Receiver(lambda _: Response(body=b"taken")) as receiver:
            waiting = asyncio.create_task(after(0.001))
            with loop().under_way():
                reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
                writer.write(b"GET / HTTP/1.1\r\n\r\n")
                answer = await reader.readuntil(b"taken")
                writer.close()
            passed = loop().time()
            await waiting
            return answer[-5:], passed

    assert (b"taken", 0) == driven(main())
