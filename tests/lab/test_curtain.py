"""The end of the lab by a signal: at once, once, in order, and also where Python would not hear of it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from monitor.lab.curtain import SIGNALS, Curtain
from monitor.lab.performance import _looks


class Dying:
    """Hears a signal while it is finalized."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)
        for _ in range(1000):  # somewhere here at the latest Python handles it
            pass


def test_a_signal_that_python_ignores_ends_the_play_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in a finalizer goes nowhere: the next look sees that the curtain has fallen."""
    ignored: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: ignored.append(what.exc_type))
    looks = 0
    with Curtain() as curtain:
        for _ in _looks(timedelta(minutes=1), curtain):
            looks += 1
            Dying()
    assert ([KeyboardInterrupt], 1, True) == (ignored, looks, curtain.fallen)


@pytest.mark.parametrize("each", SIGNALS)
def test_a_signal_interrupts_what_goes_on(each: signal.Signals) -> None:
    """However long it would take."""
    sender = threading.Timer(0.2, os.kill, (os.getpid(), each))
    waited = False
    with Curtain() as curtain:
        sender.start()
        time.sleep(60)
        waited = True
    sender.join()
    assert (True, False) == (curtain.fallen, waited)


def test_no_later_signal_disturbs_the_clearing_away() -> None:
    cleared = []
    with Curtain():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            for each in SIGNALS:
                signal.raise_signal(each)
                cleared.append(each)
    assert [*SIGNALS] == cleared


def test_nor_does_the_first_one_where_the_play_is_over() -> None:
    """Its time was up, or it failed: what clears away then is not to be cut short."""
    cleared = False
    with Curtain() as curtain:
        curtain.lower()
        signal.raise_signal(signal.SIGTERM)
        cleared = True
    assert cleared


def test_after_it_signals_go_where_they_went_before() -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    with Curtain():
        assert before != [signal.getsignal(each) for each in SIGNALS]
    assert before == [signal.getsignal(each) for each in SIGNALS]


def test_another_failure_is_not_kept_back() -> None:
    with pytest.raises(OSError, match="full"), Curtain():
        raise OSError("full")


def test_in_another_thread_signals_are_left_alone() -> None:
    """Python gives them to the first thread alone: there the block is as any other."""
    seen: list[bool] = []

    def play() -> None:
        with Curtain() as curtain:
            seen.append(curtain.fallen)

    thread = threading.Thread(target=play)
    thread.start()
    thread.join()
    assert [False] == seen
