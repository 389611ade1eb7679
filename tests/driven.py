"""Time that a test drives: a loop whose clock jumps to the next timer as soon as nothing else is left to do.

Everything is real but the waiting: minutes of timeouts, pauses and paces take as long as what happens in them. What
other threads are about is waited for in real time, and so, for a while, is the network where something of the test is
``under_way`` on it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")
SHORTEST_S = 1e-6  # seconds of the driven clock: a loop takes timers that are due within a nanosecond as due
STUCK_S = 30.0  # real seconds in which something must happen where no timer is set
NETWORK_S = 0.25  # real seconds for bytes on their way over loopback; whoever lets one wait for longer means to


class Jumping(selectors.DefaultSelector):
    """Waits for files as any selector, but for timers not at all: they are jumped to."""

    def __init__(self, jump: Callable[[float], None]) -> None:
        super().__init__()
        self.jump = jump
        self.aside = self.travelling = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if self.aside:
            return super().select(STUCK_S)
        if self.travelling and (events := super().select(NETWORK_S)):
            return events
        if timeout is None:
            events = super().select(STUCK_S)
            assert events, "nothing is left to do, and nothing will ever be"
            return events
        self.jump(timeout)
        return []


class DrivenLoop(asyncio.SelectorEventLoop):
    """An event loop that begins at second 0 of a clock of its own."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._jumping = Jumping(self.pass_time)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._seconds

    def pass_time(self, seconds: float) -> None:
        """Let time go on."""
        self._seconds += seconds

    def call_at(  # type: ignore[override]  # as below
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Set a timer, of a microsecond at least: the loop would run a shorter one before its time, and not go on."""
        if when > self._seconds:
            when = max(when, self._seconds + SHORTEST_S)
        return super().call_at(when, callback, *args, context=context)

    def run_in_executor(  # type: ignore[override]  # typeshed spells its arguments with a TypeVarTuple
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run a call in a thread; time stands until it is done."""
        self._jumping.aside += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._came_back)
        return future

    def _came_back(self, _: object) -> None:
        self._jumping.aside -= 1

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Have the network waited for, before time goes on."""
        self._jumping.travelling += 1
        try:
            yield
        finally:
            self._jumping.travelling -= 1


def driven(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a loop whose time is driven."""
    with asyncio.Runner(loop_factory=DrivenLoop) as runner:
        return runner.run(main)


def loop() -> DrivenLoop:
    """Return the driven loop that runs."""
    running = asyncio.get_running_loop()
    assert isinstance(running, DrivenLoop)
    return running


def on_a_driven_clock(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an asynchronous test in a loop whose time is driven."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        driven(test(*args, **kwargs))

    return run
