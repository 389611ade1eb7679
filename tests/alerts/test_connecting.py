"""What is said where the way to a receiver is closed: the deepest cause that tells something, in words of our own."""

from __future__ import annotations

import socket
import ssl
from itertools import pairwise

import pytest

from monitor.alerts.connecting import certificate_words, unreached
from monitor.alerts.letter import Fate


def caused(*errors: BaseException) -> BaseException:
    """Return the first error, each caused by the next."""
    for error, cause in pairwise(errors):
        error.__cause__ = cause
    return errors[0]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (caused(RuntimeError("url"), socket.gaierror(-2, "Name or service not known")), "name"),
        (caused(RuntimeError("url"), OSError("all failed"), ConnectionRefusedError(111, "refused")), "refused"),
        (caused(OSError("all"), ExceptionGroup("many", [OSError("x"), ConnectionRefusedError(111, "")])), "refused"),
        (caused(RuntimeError("url"), ssl.SSLError(1, "wrong version number")), "tls"),
        (caused(RuntimeError("url"), TimeoutError()), "timeout"),
        (ConnectionResetError(104, "reset"), "connection"),
    ],
)
def test_the_cause_is_found_wherever_it_is(error: BaseException, status: str) -> None:
    """However a library wraps it; what it wrapped around may quote an address and is not repeated."""
    outcome = unreached(error)
    assert (Fate.AGAIN, True, status) == (outcome.fate, outcome.unreachable, outcome.status)
    assert "url" not in outcome.answer


def test_causes_that_go_in_a_circle_end() -> None:
    """An error that is its own cause is looked at once."""
    one, other = OSError("a"), OSError("b")
    one.__cause__, other.__cause__ = other, one
    assert "connection" == unreached(one).status


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (62, "another host's"),
        (64, "another host's"),
        (19, "name the right one with ca: FILE"),
        (20, "name the right one with ca: FILE"),
        (10, "has expired"),
        (9, "is this machine's clock right?"),
        (26, "OpenSSL's verify code 26"),
    ],
)
def test_a_certificate_is_told_with_its_cure(code: int, words: str) -> None:
    """OpenSSL's numbers in plain words."""
    assert words in certificate_words(code)
