"""Channels of ``monitor.yaml``: which ways a message can take."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, ValidationInfo
from typing_extensions import TypedDict

from monitor.config.addresses import as_mailbox, is_address, is_open_address, wrong_mail
from monitor.config.fields import (
    Flag,
    Port,
    SecretReference,
    Surroundings,
    Text,
    as_choice,
    as_duration,
    as_path,
    as_secret,
)
from monitor.config.gateway import GATEWAY, SuccessKeys, as_body, as_method, success, wrong_gateway
from monitor.config.problem import Path, Problem
from monitor.config.schema import Schema, known_keys_only, misnamed, without_nulls
from monitor.config.secret import LITERAL, Secret
from monitor.config.settings import Channel, ChannelKind, Encryption, Locale
from monitor.config.source import Document

# What each kind needs, and what else it may have. A robot's address holds its key: it is a secret.
NEEDED: Mapping[ChannelKind, tuple[str, ...]] = {
    ChannelKind.DINGTALK: ("url",),
    ChannelKind.WECOM: ("url",),
    ChannelKind.FEISHU: ("url",),
    ChannelKind.SMS: ("url",),
    ChannelKind.SMTP: ("host", "sender"),
    ChannelKind.WEBHOOK: ("url",),
    ChannelKind.ALERTMANAGER: ("url",),
    ChannelKind.APPRISE: ("url",),
    ChannelKind.CONSOLE: (),
}
WAY = ("timeout", "ca")
ALLOWED: Mapping[ChannelKind, tuple[str, ...]] = {
    ChannelKind.DINGTALK: ("secret", *WAY),
    ChannelKind.WECOM: WAY,
    ChannelKind.FEISHU: ("secret", *WAY),
    ChannelKind.SMS: ("secret", "recipients", "roster", *GATEWAY, *WAY),
    ChannelKind.SMTP: ("port", "tls", "user", "password", "recipients", "roster", *WAY),
    ChannelKind.WEBHOOK: ("secret", *WAY),
    ChannelKind.ALERTMANAGER: WAY,
    ChannelKind.APPRISE: ("timeout",),
    ChannelKind.CONSOLE: (),
}
OPEN_ADDRESS = frozenset({ChannelKind.WEBHOOK, ChannelKind.ALERTMANAGER, ChannelKind.SMS})
NO_ADDRESS = (
    "an address of HTTP begins with https:// or http:// and has no blanks; "
    "one that holds a key is not written here: write {env: NAME} or {file: PATH}"
)
BROKEN_ADDRESS = "no address of HTTP is kept there: it begins with https:// (or http://), and has no blanks"
MILLISECOND = timedelta(milliseconds=1)
SHORTEST, LONGEST = timedelta(milliseconds=100), timedelta(minutes=2)


def as_channel_url(value: object, info: ValidationInfo) -> Secret:
    """Take a reference to a secret, or a plain address that has room for none.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, str) and not is_address(value):
        raise ValueError(NO_ADDRESS)
    return Secret(value) if isinstance(value, str) and is_open_address(value) else as_secret(value, info)


def as_authority(value: object, info: ValidationInfo) -> FilePath:
    """Take a file of certificates in PEM.

    Raises:
        ValueError: there is no such file, or no certificate in it.
    """
    path = as_path(value, info)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:  # of which SSLError is one
        raise ValueError("this file holds no certificate in PEM (-----BEGIN CERTIFICATE-----)") from None
    return path


def as_timeout(value: object) -> timedelta:
    """Take how long one try may last.

    Raises:
        ValueError: it is no duration, or too short or too long a one.
    """
    given = as_duration(MILLISECOND, step=MILLISECOND)(value)
    if not SHORTEST <= given <= LONGEST:
        raise ValueError("a duration from 100ms to 2m is wanted here")
    return given


@known_keys_only
class ChannelKeys(TypedDict, total=False):
    """A channel."""

    kind: Annotated[ChannelKind, PlainValidator(as_choice(ChannelKind))]
    url: Annotated[Secret, PlainValidator(as_channel_url)]
    secret: SecretReference
    ca: Annotated[FilePath, PlainValidator(as_authority)]
    timeout: Annotated[timedelta, PlainValidator(as_timeout)]
    locale: Annotated[Locale, PlainValidator(as_choice(Locale))]
    host: Text
    port: Port
    tls: Annotated[Encryption, PlainValidator(as_choice(Encryption))]
    user: Text
    password: SecretReference
    sender: Annotated[str, PlainValidator(as_mailbox)]
    recipients: tuple[Text, ...]
    roster: Text
    method: Annotated[str, PlainValidator(as_method)]
    headers: dict[str, Text]
    body: Annotated[str, PlainValidator(as_body)]
    each: Flag
    success: Annotated[SuccessKeys, BeforeValidator(without_nulls(SuccessKeys))]


CHANNEL = Schema(ChannelKeys, needed=("kind",))


def read_channels(
    document: Document, path: Path, value: object, *, within: Surroundings, problems: list[Problem]
) -> dict[str, Channel]:
    """Read the mapping of channels by name; a wrong one is left out."""
    if not isinstance(value, dict):
        problems.append(document.problem(path, "a mapping of channels by their names is wanted here"))
        return {}
    channels = {}
    for name, given in value.items():
        wrong: list[Problem] = list(misnamed(document, (*path, name), name))
        keys = CHANNEL.read(document, (*path, name), given, within=within, problems=wrong)
        if isinstance(given, dict) and "kind" in keys:
            wrong += _unfit(document, (*path, name), given, keys["kind"])
        channel = made(name, keys)
        if channel is not None and not wrong:
            found = wrong_in(channel)
            wrong += [document.problem((*path, name, *below), message) for below, message in found]
        problems += wrong
        if channel is not None and not wrong:
            channels[name] = channel
    return channels


def made(name: str, keys: ChannelKeys) -> Channel | None:
    """Return the channel that these keys make; None where not even its kind is known."""
    if "kind" not in keys:
        return None
    plain: Any = {key: value for key, value in keys.items() if key != "success"}
    return Channel(name=name, success=success(keys.get("success", {})), **plain)


def wrong_in(channel: Channel) -> Iterator[tuple[Path, str]]:
    """Go through what of a channel does not go together: the place below it, and the message."""
    match channel.kind:
        case ChannelKind.SMS:
            yield from wrong_gateway(channel)
        case ChannelKind.SMTP:
            yield from wrong_mail(channel)
        case ChannelKind.APPRISE | ChannelKind.CONSOLE:
            pass
        case _:
            if channel.url is not None and not is_address(channel.url.reveal()):
                yield ("url",), BROKEN_ADDRESS
    if channel.kind in (ChannelKind.SMS, ChannelKind.SMTP) and not channel.recipients and channel.roster is None:
        yield (), "recipients is missing: name at least one, or a roster of those on call"


def _unfit(document: Document, path: Path, given: Mapping[str, object], kind: ChannelKind) -> list[Problem]:
    """Return what a channel lacks, and what its kind has no use for."""
    fitting = {"kind", "locale", *NEEDED[kind], *ALLOWED[kind]}
    present = {name for name, value in given.items() if value is not None}
    lacking = [name for name in NEEDED[kind] if name not in present]
    idle = sorted(name for name in present & set(ChannelKeys.__annotations__) if name not in fitting)
    problems = [document.problem(path, f"{name} is missing: a channel of kind {kind} needs it") for name in lacking]
    for name in idle:
        problems.append(document.problem((*path, name), f"a channel of kind {kind} has no {name}", key=True))
    if kind not in OPEN_ADDRESS and isinstance(given.get("url"), str) and is_open_address(str(given["url"])):
        problems.append(document.problem((*path, "url"), LITERAL))
    return problems
