"""Channels of monitor.yaml: what each kind may have, and every error with its place and its cure."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.installation import read_installation
from monitor.config.problem import Problem
from monitor.config.secret import Secret
from monitor.config.settings import Channel, ChannelKind, Encryption, Locale, Success
from monitor.config.source import parse
from tests.receivers.certificates import authority_file

ENVIRONMENT = {
    "URL": "https://robot.example/key",
    "WORD": "word",
    "NO_URL": "robot.example/token-5c0ffee",
    "GATEWAY": "https://sms.example/send?key=token-5c0ffee&to={{ phone }}",
    "BROKEN": "https://sms.example/send?key=token-5c0ffee&to={{ phone ",
    "TAIL": "tgram://bot/chat",
}
SMS = "kind: sms, recipients: [119], url: http://127.0.0.1:9001"
SMTP = "kind: smtp, host: mail.example, sender: m@mail.example, recipients: [a@b.example]"


def read(channel: str, folder: Path = Path("/nowhere")) -> tuple[Channel | None, list[Problem]]:
    problems: list[Problem] = []
    rosters = "rosters: {night: [{phone: 0000-66000011, email: night@mail.example}]}"
    document = parse(f"channels: {{c: {{{channel}}}}}\n{rosters}", file="monitor.yaml")
    found = read_installation(document, environ=ENVIRONMENT, folder=folder, problems=problems)
    return found.settings.channels.get("c"), problems


def good(channel: str, folder: Path = Path("/nowhere")) -> Channel:
    made, problems = read(channel, folder)
    assert [] == [str(problem) for problem in problems]
    assert made is not None
    return made


def test_a_channel_takes_its_defaults() -> None:
    """What is not given is ten seconds, STARTTLS, one request a recipient, and any 2xx."""
    made = good(SMS)
    assert (timedelta(seconds=10), None, None) == (made.timeout, made.ca, made.locale)
    assert ("POST", {}, None, True, Success()) == (made.method, made.headers, made.body, made.each, made.success)
    mail = good(SMTP)
    assert (Encryption.STARTTLS, None) == (mail.tls, mail.port)


def test_every_key_of_a_gateway_is_taken(tmp_path: Path) -> None:
    """Templates, test, authority, bound and language."""
    path = authority_file(tmp_path)
    made = good(
        "kind: sms, url: {env: GATEWAY}, secret: {env: WORD}, roster: night, method: get, each: false, timeout: 300ms, "
        f"ca: {path.name}, locale: en, headers: {{X-Key: '{{{{ secret }}}}'}}, body: '{{{{ text | tojson }}}}', "
        "success: {status: [200, 202], json: r.code, equals: [0, ok, true], contains: done}",
        tmp_path,
    )
    assert Secret(ENVIRONMENT["GATEWAY"]) == made.url
    assert ("night", "GET", False, timedelta(milliseconds=300)) == (made.roster, made.method, made.each, made.timeout)
    assert (path, Locale.ENGLISH, {"X-Key": "{{ secret }}"}) == (made.ca, made.locale, made.headers)
    assert Success(status=(200, 202), json="r.code", equals=("0", "ok", "true"), contains="done") == made.success


@pytest.mark.parametrize(("word", "way"), [("implicit", Encryption.IMPLICIT), ("none", Encryption.NONE)])
def test_mail_is_encrypted_as_chosen(word: str, way: Encryption) -> None:
    """Another way than STARTTLS is a word, not an accident."""
    assert way is good(f"{SMTP}, tls: {word}").tls


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_every_kind_may_speak_a_language_of_its_own(kind: ChannelKind) -> None:
    """A carrier's group may read English while the centre reads Chinese."""
    needed = {ChannelKind.SMS: SMS, ChannelKind.SMTP: SMTP, ChannelKind.CONSOLE: "kind: console"}
    assert Locale.ENGLISH is good(needed.get(kind, f"kind: {kind}, url: {{env: URL}}") + ", locale: en").locale


def test_the_long_tail_has_addresses_of_its_own() -> None:
    """Apprise's addresses are not of HTTP."""
    assert Secret(ENVIRONMENT["TAIL"]) == good("kind: apprise, url: {env: TAIL}").url


@pytest.mark.parametrize(
    "keys",
    [
        "headers: {Authorization: 'Bearer {{ secret }}', X-Token: '{{ secret | md5 }}', Content-Type: text/plain}, "
        "body: '{% set token = secret %}pwd={{ token }}&password={{ secret }}&to={{ phone }}'",
        """body: '{"password": {{ secret | tojson }}, "token": "{{ seconds }}", "to": {{ phone | tojson }}}'""",
        "headers: {Content-Type: text/xml}, body: '<token>{{ secret }}</token> <to>{{ phone }}</to>'",
    ],
)
def test_a_secret_may_stand_in_a_template_by_its_name(keys: str) -> None:
    """Only what is written out there is refused."""
    assert ChannelKind.SMS is good(f"{SMS}, {keys}, secret: {{env: WORD}}").kind


@pytest.mark.parametrize("name", ["", "a\tb"])
def test_a_name_that_could_stand_in_no_line_is_refused(name: str) -> None:
    """Of channels and rosters alike."""
    problems: list[Problem] = []
    written = json.dumps({"channels": {name: {"kind": "console"}}, "rosters": {name: [{"phone": "119"}]}})
    read_installation(parse(written, file="monitor.yaml"), environ={}, folder=Path(), problems=problems)
    assert 2 == len([each for each in problems if "control character" in each.message or "empty" in each.message])


PEM = "this file holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"
NO_FILE = "there is no such file (a relative path begins at the folder of the configuration)"
MAILBOX = "an address of mail is wanted here: duty@mail.example, or 值班室 <duty@mail.example>"
NUMBER = "a telephone number is wanted here: digits, perhaps with + - ( ) or blanks"
NO_HTTP = "no address of HTTP is kept there: it begins with https:// (or http://), and has no blanks"
FILLED = "no address of HTTP comes of it once it is filled in: it begins with https:// (or http://), and has no blanks"
NO_ADDRESS = (
    "an address of HTTP begins with https:// or http:// and has no blanks; "
    "one that holds a key is not written here: write {env: NAME} or {file: PATH}"
)
IN_SECRET = "a secret is not written here: keep it under secret: {env: NAME} or {file: PATH}, and write {{ secret }}"
NOBODY = "recipients is missing: name at least one, or a roster of those on call"


@pytest.mark.parametrize(
    ("channel", "path", "message"),
    [
        ("kind: dingtalk, url: {env: NO_URL}", "c.url", NO_HTTP),
        ("kind: webhook, url: {env: NO_URL}", "c.url", NO_HTTP),
        ("kind: wecom, url: {env: URL}, secret: {env: WORD}", "c.secret", "a channel of kind wecom has no secret"),
        ("kind: console, url: {env: URL}", "c.url", "a channel of kind console has no url"),
        ("kind: apprise, url: {env: TAIL}, secret: {env: WORD}", "c.secret", "a channel of kind apprise has no secret"),
        ("kind: wecom, url: {env: URL}, timeout: 50ms", "c.timeout", "a duration from 100ms to 2m is wanted here"),
        ("kind: wecom, url: {env: URL}, timeout: 5m", "c.timeout", "a duration from 100ms to 2m is wanted here"),
        ("kind: wecom, url: {env: URL}, timeout: 5", "c.timeout", "a duration needs its unit: 5s, 5m, 5h or 5d"),
        ("kind: wecom, url: {env: URL}, ca: gone.pem", "c.ca", NO_FILE),
        ("kind: wecom, url: {env: URL}, ca: empty.pem", "c.ca", PEM),
        ("kind: wecom, url: {env: URL}, locale: cn", "c.locale", "one of zh_CN, en is wanted here"),
        ("kind: wecom, url: {env: URL}, verify: false", "c.verify", "unknown key"),
        (SMTP.replace("m@mail.example", "mail.example"), "c.sender", MAILBOX),
        (SMTP.replace("a@b.example", "a@b.example, 123"), "c.recipients[1]", MAILBOX),
        (SMTP.replace(", recipients: [a@b.example]", ""), "c", NOBODY),
        (SMTP.replace("mail.example,", "'smtp://mail.example',"), "c.host",
         "the name of a server is wanted here, or its address, without mail:// or a port"),
        (SMTP.replace("mail.example,", "'mail.example:25',"), "c.host",
         "the name of a server is wanted here, or its address, without mail:// or a port"),
        ("kind: webhook, url: 127.0.0.1:9000/faults", "c.url", NO_ADDRESS),
        ("kind: dingtalk, url: oapi.example/send?access_token=5c0ffee", "c.url", NO_ADDRESS),
        (SMS + ", headers: {Authorization: Basic YTpi}", "c.headers.Authorization", IN_SECRET),
        (SMS + """, body: '{"user": "N1", "password": "5c0ffee", "to": {{ phone | tojson }}}'""", "c.body", IN_SECRET),
        (SMS + ", headers: {Content-Type: text/plain}, body: 'pwd=5c0ffee&to={{ phone }}'", "c.body", IN_SECRET),
        (SMTP + ", user: m", "c", "password is missing: user needs it to log in"),
        (SMTP + ", password: {env: WORD}", "c.password",
         "user is missing beside the password: nobody logs in without both"),
        (SMTP + ", tls: ssl", "c.tls", "one of starttls, implicit, none is wanted here"),
        (SMTP + ", port: 465", "c.port", "at port 465 mail is encrypted from the first byte: give tls: implicit"),
        (SMTP + ", starttls: true", "c.starttls", "unknown key"),
        (SMTP + ", body: x", "c.body", "a channel of kind smtp has no body"),
        (SMS.replace("[119]", "[119, duty]"), "c.recipients[1]", NUMBER),
        (SMS.replace(", recipients: [119]", ""), "c", NOBODY),
        (SMS + ", method: DELETE", "c.method", "one of GET, POST, PUT is wanted here"),
        (SMS + ", method: [GET]", "c.method", "text is wanted here"),
        (SMS + ", headers: {'X Key': y}", 'c.headers["X Key"]', "the name of a header is letters, digits and - only"),
        (SMS + ", headers: {X: [y]}", "c.headers.X", "text is wanted here"),
        (SMS + ", headers: {X: '{{ secrt }}'}", "c.headers.X",
         "a template knows no secrt; did you mean 'secret'?"),
        (SMS + ", body: '{{ phne }}'", "c.body", "a template knows no phne; did you mean 'phone'?"),
        (SMS + ", body: '{{ text '", "c.body", "this template is broken in its line 1: look at its {{ }} and {% %}"),
        (SMS + ", body: '{{ text | md6 }}'", "c.body",
         "this template is broken in its line 1: look at its {{ }} and {% %}"),
        (SMS + ", body: '{\"text\": \"{{ text }}\"}'", "c.body",
         "this is no JSON once it is filled in: write {{ text | tojson }}, without quotes"),
        (SMS + ", body: [x]", "c.body", "text is wanted here"),
        (SMS + ", each: maybe", "c.each", "true or false is wanted here"),
        (SMS + ", success: {json: code}", "c.success", "equals is missing: which values of it mean success"),
        (SMS + ", success: {equals: 0}", "c.success",
         "json is missing: where the value stands that is compared, such as result.code"),
        (SMS + ", success: {json: code, equals: []}", "c.success.equals", "name at least one value here"),
        (SMS + ", success: {status: ok}", "c.success.status",
         "a status of HTTP is wanted here, or a list of them: [200, 202]"),
        (SMS + ", success: {stat: 200}", "c.success.stat", "unknown key; did you mean 'status'?"),
        (SMS + ", success: 200", "c.success", "a mapping is wanted here (key: value)"),
        ("kind: sms, recipients: [119], url: {env: NO_URL}", "c.url", FILLED),
        ("kind: sms, recipients: [119], url: {env: BROKEN}", "c.url",
         "this template is broken in its line 1: look at its {{ }} and {% %}"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_one_clear_error(channel: str, path: str, message: str, tmp_path: Path) -> None:
    """Each mistake is named once, with its place and its cure, and no secret in it."""
    (tmp_path / "empty.pem").touch()
    made, problems = read(channel, tmp_path)
    assert made is None
    assert [(f"channels.{path}", message)] == [(problem.path, problem.message) for problem in problems]
    assert all("5c0ffee" not in str(problem) for problem in problems)


def test_a_body_of_several_lines_is_one_template() -> None:
    """A block of YAML is taken with its line breaks."""
    problems: list[Problem] = []
    keys = SMS.replace(", ", "\n    ")
    text = f"channels:\n  c:\n    body: |\n      {{\n      }}\n    {keys}\n"
    found = read_installation(
        parse(text, file="monitor.yaml"), environ={}, folder=Path("/nowhere"), problems=problems
    ).settings.channels["c"]
    assert ([], "{\n}\n") == (problems, found.body)
