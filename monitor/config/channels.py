"""Channels of ``monitor.yaml``: which ways a message can take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import PlainValidator, ValidationInfo
from typing_extensions import TypedDict

from monitor.config.fields import Flag, Port, SecretReference, Surroundings, Text, as_choice, as_secret
from monitor.config.problem import Path, Problem
from monitor.config.schema import Schema, known_keys_only
from monitor.config.secret import LITERAL, Secret
from monitor.config.settings import Channel, ChannelKind
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
}
ALLOWED: Mapping[ChannelKind, tuple[str, ...]] = {
    ChannelKind.DINGTALK: ("secret",),
    ChannelKind.FEISHU: ("secret",),
    ChannelKind.SMS: ("secret", "recipients", "roster"),
    ChannelKind.SMTP: ("port", "starttls", "user", "password", "recipients", "roster"),
    ChannelKind.WEBHOOK: ("secret",),
}
OPEN_ADDRESS = frozenset({ChannelKind.WEBHOOK, ChannelKind.ALERTMANAGER, ChannelKind.SMS})


def as_channel_url(value: object, info: ValidationInfo) -> Secret:
    """Take a reference to a secret, or a plain address that has room for none.

    Raises:
        ValueError: it is neither.
    """
    return Secret(value) if isinstance(value, str) and is_open_address(value) else as_secret(value, info)


def is_open_address(text: str) -> bool:
    """Tell whether this is an address of HTTP without a user, a password, or anything behind a question mark."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - it raises where the port is none
    except ValueError:
        return False
    plain = parts.scheme in ("http", "https") and bool(parts.hostname)
    return plain and not (parts.query or parts.fragment or "@" in parts.netloc)


@known_keys_only
class ChannelKeys(TypedDict, total=False):
    """A channel."""

    kind: Annotated[ChannelKind, PlainValidator(as_choice(ChannelKind))]
    url: Annotated[Secret, PlainValidator(as_channel_url)]
    secret: SecretReference
    host: Text
    port: Port
    starttls: Flag
    user: Text
    password: SecretReference
    sender: Text
    recipients: tuple[Text, ...]
    roster: Text


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
        wrong: list[Problem] = []
        keys = CHANNEL.read(document, (*path, name), given, within=within, problems=wrong)
        if isinstance(given, dict) and "kind" in keys:
            wrong += _unfit(document, (*path, name), given, keys["kind"])
        problems += wrong
        if not wrong:
            channels[name] = Channel(name=name, **keys)
    return channels


def _unfit(document: Document, path: Path, given: Mapping[str, object], kind: ChannelKind) -> list[Problem]:
    """Return what a channel lacks, and what its kind has no use for."""
    fitting = {"kind", *NEEDED[kind], *ALLOWED.get(kind, ())}
    present = {name for name, value in given.items() if value is not None}
    lacking = [name for name in NEEDED[kind] if name not in present]
    idle = sorted(name for name in present & set(ChannelKeys.__annotations__) if name not in fitting)
    problems = [document.problem(path, f"{name} is missing: a channel of kind {kind} needs it") for name in lacking]
    for name in idle:
        problems.append(document.problem((*path, name), f"a channel of kind {kind} has no {name}", key=True))
    if kind not in OPEN_ADDRESS and isinstance(given.get("url"), str) and is_open_address(str(given["url"])):
        problems.append(document.problem((*path, "url"), LITERAL))
    return problems
