"""Time that runs faster than life, the same in every process of the machine: a minute of pace is a few seconds."""

from __future__ import annotations

import asyncio
import selectors
import time
from datetime import datetime, timedelta


class HurriedSelector(selectors.DefaultSelector):
    """Waits for timers a part of the time."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self.speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self.speed)


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop in which a second passes ``speed`` times as fast."""

    def __init__(self, speed: float) -> None:
        self._speed, self._began = speed, time.monotonic()
        super().__init__(HurriedSelector(speed))

    def time(self) -> float:
        return (time.monotonic() - self._began) * self._speed


def hurried(speed: float, began: float, begin: datetime) -> datetime:
    """Return what time it is: ``begin`` was at ``began`` (Unix seconds), and time has run so fast since."""
    return begin + timedelta(seconds=(time.time() - began) * speed)
