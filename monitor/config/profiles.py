"""SNMP profiles of ``monitor.yaml``: a community, or a user of SNMP v3 with keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, PlainValidator
from typing_extensions import TypedDict

from monitor.config.fields import Port, SecretReference, Surroundings, Text, as_choice
from monitor.config.problem import Path, Problem
from monitor.config.schema import Schema, known_keys_only, without_nulls
from monitor.config.secret import Secret
from monitor.config.settings import (
    COMMUNITY_VARIABLE,
    AuthKey,
    AuthProtocol,
    PrivKey,
    PrivProtocol,
    SnmpProfile,
    SnmpVersion,
)
from monitor.config.source import Document

SHORTEST_KEY = 8  # RFC 3414, section 11.2
LONGEST_USER = 32  # RFC 3411, SnmpAdminString (SIZE(1..32))


@known_keys_only
class AuthKeys(TypedDict, total=False):
    """``auth`` of a profile."""

    protocol: Annotated[AuthProtocol, PlainValidator(as_choice(AuthProtocol))]
    key: SecretReference


@known_keys_only
class PrivKeys(TypedDict, total=False):
    """``priv`` of a profile."""

    protocol: Annotated[PrivProtocol, PlainValidator(as_choice(PrivProtocol))]
    key: SecretReference


@known_keys_only
class ProfileKeys(TypedDict, total=False):
    """A profile."""

    version: Annotated[SnmpVersion, PlainValidator(as_choice(SnmpVersion))]
    port: Port
    community: SecretReference
    user: Text
    auth: Annotated[AuthKeys, BeforeValidator(without_nulls(AuthKeys))]
    priv: Annotated[PrivKeys, BeforeValidator(without_nulls(PrivKeys))]


PROFILE = Schema(ProfileKeys)


def default_profiles(environ: Mapping[str, str]) -> dict[str, SnmpProfile]:
    """Return the profiles of an installation that names none: one, where its community is in the environment."""
    community = environ.get(COMMUNITY_VARIABLE)
    if not community:
        return {}
    return {"default": SnmpProfile(name="default", version=SnmpVersion.V2C, community=Secret(community))}


def read_profiles(
    document: Document, path: Path, value: object, *, within: Surroundings, problems: list[Problem]
) -> dict[str, SnmpProfile]:
    """Read the mapping of profiles by name; a wrong one is left out."""
    if not isinstance(value, dict):
        problems.append(document.problem(path, "a mapping of profiles by their names is wanted here"))
        return {}
    profiles = {}
    for name, given in value.items():
        wrong: list[Problem] = []
        profile = _profile(document, (*path, name), name, given, within=within, problems=wrong)
        problems += wrong
        if profile is not None and not wrong:
            profiles[name] = profile
    return profiles


def _profile(
    document: Document, path: Path, name: str, value: object, *, within: Surroundings, problems: list[Problem]
) -> SnmpProfile | None:
    keys = PROFILE.read(document, path, value, within=within, problems=problems)
    if not isinstance(value, dict):
        return None
    version = keys.get("version", SnmpVersion.V2C if "community" in value else None)
    if version is None:
        if "version" not in value:
            problems.append(document.problem(path, "version is missing: 1, 2c or 3"))
        return None
    if version is SnmpVersion.V3:
        _check_user(document, path, value, keys, problems)
    else:
        _check_community(document, path, value, version, problems)
    auth, priv = keys.get("auth", {}), keys.get("priv", {})
    return SnmpProfile(
        name=name,
        version=version,
        port=keys.get("port", 161),
        community=keys.get("community"),
        user=keys.get("user"),
        auth=AuthKey(protocol=auth["protocol"], key=auth["key"]) if "protocol" in auth and "key" in auth else None,
        priv=PrivKey(protocol=priv["protocol"], key=priv["key"]) if "protocol" in priv and "key" in priv else None,
    )


def _check_community(
    document: Document, path: Path, value: Mapping[str, object], version: SnmpVersion, problems: list[Problem]
) -> None:
    if value.get("community") is None:
        message = f"community is missing: version {version} asks with one; write {{env: NAME}} or {{file: PATH}}"
        problems.append(document.problem(path, message))
    for name in ("user", "auth", "priv"):
        if value.get(name) is not None:
            message = f"version {version} has no {name}: give version: 3, or delete this"
            problems.append(document.problem((*path, name), message, key=True))


def _check_user(
    document: Document, path: Path, value: Mapping[str, object], keys: ProfileKeys, problems: list[Problem]
) -> None:
    if value.get("user") is None:
        problems.append(document.problem(path, "user is missing: version 3 asks as one"))
    if len(keys.get("user", "").encode()) > LONGEST_USER:
        problems.append(document.problem((*path, "user"), f"a user of SNMP v3 has at most {LONGEST_USER} bytes"))
    if value.get("community") is not None:
        message = "version 3 has no community: give version: 2c, or delete this"
        problems.append(document.problem((*path, "community"), message, key=True))
    if value.get("priv") is not None and value.get("auth") is None:
        message = "priv needs auth beside it: what is not authenticated is not encrypted"
        problems.append(document.problem((*path, "priv"), message, key=True))
    _check_key(document, (*path, "auth"), value.get("auth"), keys.get("auth"), problems)
    _check_key(document, (*path, "priv"), value.get("priv"), keys.get("priv"), problems)


def _check_key(
    document: Document, path: Path, value: object, keys: AuthKeys | PrivKeys | None, problems: list[Problem]
) -> None:
    if not isinstance(value, dict):
        return
    for name in ("protocol", "key"):
        if value.get(name) is None:
            problems.append(document.problem(path, f"{name} is missing"))
    key = (keys or {}).get("key")
    if isinstance(key, Secret) and len(key.reveal().encode()) < SHORTEST_KEY:
        message = f"a key of SNMP v3 has at least {SHORTEST_KEY} characters"
        problems.append(document.problem((*path, "key"), message))
