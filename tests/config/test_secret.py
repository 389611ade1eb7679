"""Secrets are fetched, and never shown."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.installation import read_installation
from monitor.config.problem import Problem
from monitor.config.secret import Secret, resolve
from monitor.config.settings import Channel, ChannelKind
from monitor.config.source import parse

WORD = "hunter2-9f3c"
# Every place a newcomer might write the secret itself instead of where it is.
PLACES = [
    "secret: {}",
    "secret: [{}]",
    "secret: {{value: {}}}",
    "secret: {{{}}}",
    "secret: {{env: {}}}",
    "secret: {{file: {}}}",
    "secret: {{file: /nowhere/{}}}",
    "secret: {{env: A, file: {}}}",
    "secret: !{} x",
    "secret: *{}",
    "secret: {{{0}: 1, {0}: 2}}",
    "database: postgresql+psycopg://monitor:{}@db/monitor",
    "database: mysql://monitor:{}@db/monitor",
    "database: postgresql+psycopg://db/monitor?password={}",
    "public_url: https://monitor:{}@monitor.example",
    "snmp: {{profiles: {{a: {{version: 2c, community: {}}}}}}}",
    "snmp: {{profiles: {{a: {}}}}}",
    "snmp: {{profiles: {{a: {{version: {}}}}}}}",
    "snmp: {{profiles: {{a: {{version: 3, user: m, auth: {{protocol: MD5, key: {}}}}}}}}}",
    "snmp: {{profiles: {{a: {{version: 3, user: m, auth: {{protocol: {}}}}}}}}}",
    "snmp: {{profiles: {{a: {{version: 3, user: m, auth: {}}}}}}}",
    "channels: {{c: {{kind: dingtalk, url: https://robot.example/{}}}}}",
    "channels: {{c: {{kind: webhook, url: http://hook.example/?token={}}}}}",
    "channels: {{c: {{kind: smtp, host: h, sender: s, password: {}}}}}",
    "channels: {{c: {{kind: {}}}}}",
    "channels: {{c: {}}}",
]


def problems_of(text: str, *, environ: dict[str, str] | None = None) -> list[Problem]:
    problems: list[Problem] = []
    read_installation(
        parse(text, file="monitor.yaml"), environ=environ or {}, folder=Path("/nowhere"), problems=problems
    )
    return problems


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_written_in_the_file_is_refused_and_not_repeated(place: str) -> None:
    problems = problems_of(place.format(WORD))
    assert problems
    assert WORD not in "".join(map(str, problems))


@given(st.sampled_from(PLACES), st.from_regex(r"[a-z0-9]{8,20}-[a-z0-9]{4}", fullmatch=True))
def test_no_secret_reaches_a_problem(place: str, secret: str) -> None:
    assert secret not in "".join(map(str, problems_of(place.format(secret))))


def test_a_literal_is_told_the_cure() -> None:
    (problem,) = problems_of("secret: open-sesame")
    message = "a secret is not written here: write {env: NAME} or {file: PATH}, and keep the secret there"
    assert Problem("monitor.yaml", 1, 9, "secret", message) == problem


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(WORD)
    channel = Channel(name="c", kind=ChannelKind.DINGTALK, url=secret)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>40}",
        repr(channel),
        str(asdict(channel)),
        repr([secret]),
    ]
    assert WORD not in "".join(shown)
    assert WORD not in json.dumps({"secret": secret}, default=str)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)
    assert copy.deepcopy(secret).reveal() == WORD


def test_secrets_are_equal_where_what_they_keep_is() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_a_secret_is_fetched_from_the_environment(tmp_path: Path) -> None:
    assert resolve({"env": "WORD"}, environ={"WORD": "x"}, folder=tmp_path).reveal() == "x"


@pytest.mark.parametrize("content", ["x", "x\n", "x\r\n"])
def test_a_secret_is_fetched_from_a_file_without_the_end_of_its_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "word").write_bytes(content.encode())
    assert resolve({"file": "word"}, environ={}, folder=tmp_path).reveal() == "x"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ({"env": "GONE"}, "the environment variable GONE is not set: export it before the monitor starts"),
        ({"env": "EMPTY"}, "the environment variable EMPTY is not set"),
        ({"env": "a b"}, "this is no name of an environment variable"),
        ({"file": "gone"}, "cannot be read: No such file or directory"),
        ({"file": "."}, "cannot be read: Is a directory"),
        ({"file": "empty"}, "is empty"),
        ({"file": "bytes"}, "cannot be read as UTF-8 text"),
        ({"file": "a\0b"}, "cannot be read as UTF-8 text"),
        ({"file": "large"}, "is too large to be one"),
        ({"evn": "X"}, r"write \{env: NAME\} or \{file: PATH\}"),
        (7, r"write \{env: NAME\} or \{file: PATH\}"),
    ],
)
def test_a_secret_that_is_not_there_is_named_with_the_cure(tmp_path: Path, reference: object, message: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "large").write_text("x" * 70_000)
    with pytest.raises(ValueError, match=message):
        resolve(reference, environ={"EMPTY": ""}, folder=tmp_path)


@pytest.mark.parametrize(
    ("rule", "path", "credential"),
    [
        ("A relative file is what LoadCredential=secrets:DIR makes of it.", "secrets/mail", "secrets_mail"),
        ("A credential may be named outright.", "$CREDENTIALS_DIRECTORY/mail", "mail"),
        ("With braces too.", "${CREDENTIALS_DIRECTORY}/mail", "mail"),
    ],
)
def test_a_secret_is_fetched_from_a_credential_of_systemd(
    tmp_path: Path, rule: str, path: str, credential: str
) -> None:
    """The service needs no right to the file, which others read where it lies."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / credential).write_text("of the service\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "mail").write_text("of the command line\n")
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)}
    assert "of the service" == resolve({"file": path}, environ=environ, folder=tmp_path).reveal(), rule
    assert "of the command line" == resolve({"file": "secrets/mail"}, environ={}, folder=tmp_path).reveal()


def test_a_credential_that_is_not_there_is_told_with_the_cure(tmp_path: Path) -> None:
    """Outside the service there is none; a file that was not loaded as one is read where it lies."""
    with pytest.raises(ValueError, match="CREDENTIALS_DIRECTORY is not set"):
        resolve({"file": "$CREDENTIALS_DIRECTORY/mail"}, environ={}, folder=tmp_path)
    (tmp_path / "mail").write_text("here")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "none")}
    assert "here" == resolve({"file": "mail"}, environ=environ, folder=tmp_path).reveal()
    for path in ("$CREDENTIALS_DIRECTORY/../mail", "$OTHER/mail"):
        with pytest.raises(ValueError, match="cannot be read"):
            resolve({"file": path}, environ=environ, folder=tmp_path)
