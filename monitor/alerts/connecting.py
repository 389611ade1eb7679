"""The way to a receiver: whom TLS trusts, and what is said where the way is closed."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

from monitor.alerts.letter import Fate, Outcome

# X509_V_ERR_…, as OpenSSL numbers what is wrong with a certificate
EXPIRED, NOT_YET = 10, 9
UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
WRONG_NAME = frozenset({62, 64})


def trust(ca: Path | None) -> ssl.SSLContext:
    """Return what verifies a server: by the authorities in a file of PEM, else by the machine's.

    Raises:
        OSError: the file cannot be read, or (`ssl.SSLError`) holds no certificate.
    """
    if ca is None:
        return ssl.create_default_context()
    context = ssl.create_default_context(cafile=str(ca))
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # Python 3.13 asks of home-made authorities what few of them have
    return context


def unreached(error: BaseException) -> Outcome:
    """Say why a receiver was not reached: its name, its certificate, TLS, no time left, the connection."""
    status, answer = _said(list(_causes(error)))
    return Outcome(fate=Fate.AGAIN, status=status, answer=answer, unreachable=True)


def _said(causes: list[BaseException]) -> tuple[str, str]:
    """Return the first that is found among the causes; their own words may quote an address and are not repeated."""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate", certificate_words(cause.verify_code)
    for cause in causes:
        match cause:
            case TimeoutError():
                return "timeout", "no answer in time"
            case socket.gaierror():
                return "name", "its name has no address: is it spelled right, does the DNS answer?"
            case ssl.SSLError():
                return "tls", "no TLS is spoken there, or no version of it that is still safe"
            case ConnectionRefusedError():
                return "refused", "nothing listens on its port"
    return "connection", "the connection failed or broke off"


def certificate_words(code: int) -> str:
    """Say what is wrong with a certificate, and the cure."""
    if code in WRONG_NAME:
        return "its certificate is another host's: the name in the address is wrong, or somebody stands in between"
    if code in UNKNOWN_AUTHORITY:
        return "its certificate is signed by an authority not trusted here: name the right one with ca: FILE"
    if code == EXPIRED:
        return "its certificate has expired"
    if code == NOT_YET:
        return "its certificate is not valid yet: is this machine's clock right?"
    return f"its certificate is not good (OpenSSL's verify code {code})"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go through an error and everything that led to it, the members of groups too."""
    pending, seen = [error], set()
    while pending:
        found = pending.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        pending += [cause for cause in (found.__cause__, found.__context__) if cause is not None]
        if isinstance(found, BaseExceptionGroup):
            pending += found.exceptions
