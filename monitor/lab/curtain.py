"""The end of the play by a signal: at once where Python lets it, else at the next look, and in order either way."""

from __future__ import annotations

import signal
import threading
from types import TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Curtain:
    """Falls at the first signal, which ends the block; no later one disturbs the clearing away.

    What goes on is interrupted by KeyboardInterrupt. Python ignores one that is raised in a finalizer, wherever that
    happens to run: so whoever goes on for long looks whether it has ``fallen``.
    """

    def __init__(self) -> None:
        """Hear nothing before the block."""
        self.fallen = False
        self._before: dict[signal.Signals, Any] = {}

    def lower(self) -> None:
        """Let it fall of itself: from now on a signal interrupts nothing any more."""
        self.fallen = True

    def _hear(self, *_: object) -> None:
        # not by ignoring signals from now on, which processes begun afterwards would do as well
        if not self.fallen:
            self.fallen = True
            raise KeyboardInterrupt

    def __enter__(self) -> Self:
        """Hear signals for a block; only a program's first thread can."""
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._hear) for each in SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        """Leave signals to whom they were left before; what the curtain interrupted is over."""
        for each, handler in self._before.items():
            signal.signal(each, handler)
        return bool(self._before) and isinstance(error, KeyboardInterrupt)
