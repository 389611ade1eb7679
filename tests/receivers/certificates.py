"""Certificates: of an authority that is trusted and of one that is not, for the right host and for another."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import trustme

from tests.receivers.web import LOOPBACK


@cache
def authority(name: str = "county") -> trustme.CA:
    return trustme.CA(organization_name=name)


def authority_file(folder: Path, name: str = "county") -> Path:
    """Write the certificate of an authority into a folder, as ``ca:`` names it."""
    path = folder / f"{name}.pem"
    authority(name).cert_pem.write_to_path(str(path))
    return path


@cache
def server(*names: str, signed_by: str = "county", until: datetime | None = None) -> ssl.SSLContext:
    """Return what a server shows: a certificate for these names, else for loopback."""
    certificate = authority(signed_by).issue_cert(*(names or (LOOPBACK, "localhost")), not_after=until)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def expired() -> ssl.SSLContext:
    return server(until=datetime(2020, 1, 1, tzinfo=UTC))
