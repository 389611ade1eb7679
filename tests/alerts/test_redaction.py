"""What is said of an answer holds no secret, in whatever spelling it came back."""

from __future__ import annotations

import base64
import html
import json
import logging
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.links import Links
from monitor.alerts.redaction import HIDDEN, LONGEST, Redaction, unlogged
from monitor.config.secret import Secret
from monitor.config.settings import Channel, ChannelKind

URL = "https://user:pa55word@robot.example:8443/open-apis/bot/v2/hook/0f1e2d3c-4b5a?access_token=abc%2Fdef&v=2"
CHANNEL = Channel(
    name="c",
    kind=ChannelKind.SMTP,
    url=Secret(URL),
    secret=Secret('SEC "quoted" 密'),
    user="monitor",
    password=Secret("p&ss/word"),
)
REDACTION = Redaction.of(CHANNEL)


@pytest.mark.parametrize(
    "secret",
    [
        URL,
        "/open-apis/bot/v2/hook/0f1e2d3c-4b5a",
        "0f1e2d3c-4b5a",
        "abc/def",
        "abc%2Fdef",
        "abc%2fdef",
        "pa55word",
        'SEC "quoted" 密',
        "p&ss/word",
    ],
)
def test_every_part_that_may_be_a_key_is_hidden(secret: str) -> None:
    """Address, path, token, login and secret."""
    assert secret not in REDACTION.say(f"no {secret} here")


@pytest.mark.parametrize("spell", [quote, quote_plus, html.escape, lambda text: json.dumps(text)[1:-1], str.upper])
@pytest.mark.parametrize("secret", ['SEC "quoted" 密', "p&ss/word"])
def test_a_secret_is_known_in_other_spellings(secret: str, spell: object) -> None:
    """As an address, HTML or JSON would write it."""
    spelled = spell(secret)  # type: ignore[operator]
    assert spelled not in REDACTION.say(f"invalid: {spelled}")


def test_a_login_is_hidden_as_mail_sends_it() -> None:
    """AUTH PLAIN is the password in Base64 (RFC 4616)."""
    plain = base64.b64encode(b"\0monitor\0p&ss/word").decode()
    assert plain not in REDACTION.say(f"535 {plain}")


def test_what_is_no_secret_stays() -> None:
    """Host, code and words are what the answer is read for."""
    words = "errcode 310000 at robot.example: version 2 of the robot's hook, open-ended"
    assert words == REDACTION.say(words)


@given(st.text(max_size=600))
def test_what_is_said_is_one_short_printable_line(text: str) -> None:
    """Nothing a receiver answers can break a line or a terminal."""
    said = REDACTION.say(text)
    assert len(said) <= LONGEST
    assert said.isprintable()


def test_a_secret_is_hidden_before_the_text_is_cut() -> None:
    """Half a secret at the end is no secret kept."""
    said = REDACTION.say("x" * (LONGEST - 8) + " 0f1e2d3c-4b5a")
    assert "0f1e" not in said


def test_without_secrets_everything_is_said() -> None:
    """A channel that has none hides nothing."""
    assert "a b" == Redaction([]).say("a\nb")
    assert "a b" == Redaction([""]).say("a b")


def test_a_logger_kept_quiet_says_nothing_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    """Not even where somebody turns everything on."""
    caplog.set_level(1)
    logging.getLogger("tests.chatty").setLevel(1)
    heard: list[str] = []
    unlogged("tests.chatty", hear=lambda record: heard.append(record.getMessage()))
    for level in (1, logging.DEBUG, logging.INFO, logging.WARNING):
        logging.getLogger("tests.chatty").log(level, "key %s", "0f1e2d3c")
    assert [] == caplog.records
    assert ["key 0f1e2d3c"] == heard


def test_a_link_that_a_receiver_repeats_is_hidden_though_it_is_no_secret_of_the_channel() -> None:
    """Whoever reads the log or the database must not answer in the carrier's name."""
    link = Links("https://monitor.example", ["x"]).url("F20260901-0007", "unicom", datetime(2026, 9, 1, tzinfo=UTC))
    assert link is not None
    said = Redaction([]).say(json.dumps({"text": f"[接单]({link})"}))
    assert link.rpartition("/")[2] not in said
    assert f"https://monitor.example/a/{HIDDEN}" in said
