"""The keys of an SMS gateway: what it is asked, and by what its answer is known to mean success."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import PlainValidator
from typing_extensions import TypedDict

from monitor.config.addresses import is_address, wrong_numbers
from monitor.config.fields import Text, as_text
from monitor.config.gateway_template import TemplateError, check
from monitor.config.problem import Path, did_you_mean
from monitor.config.schema import known_keys_only
from monitor.config.settings import Channel, Success

GATEWAY = ("method", "headers", "body", "each", "success")
METHODS = ("GET", "POST", "PUT")
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # a token of RFC 9110, section 5.6.2
SECRET = re.compile(r"authorization|cookie|token|secret|passw|pwd", re.IGNORECASE)
GIVEN = re.compile(rf"(?:{SECRET.pattern}|password)[\"']?\s*[:=>]\s*[\"']?[^\s\"'{{&,}}<]", re.IGNORECASE)
MARKUP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
WRITTEN = "a secret is not written here: keep it under secret: {env: NAME} or {file: PATH}, and write {{ secret }}"
ADDRESS = "no address of HTTP comes of it once it is filled in: it begins with https:// (or http://), and has no blanks"


def as_method(value: object) -> str:
    """Take a method of HTTP.

    Raises:
        ValueError: it is none that sends.
    """
    text = as_text(value)
    if text.upper() not in METHODS:
        raise ValueError(f"one of {', '.join(METHODS)} is wanted here{did_you_mean(text, METHODS)}")
    return text.upper()


def as_body(value: object) -> str:
    """Take a template of one or several lines.

    Raises:
        ValueError: it is no text.
    """
    if isinstance(value, str):
        as_text(re.sub(r"[\n\t]", " ", value))
        return value
    return as_text(value)


def as_words(value: object) -> tuple[str, ...]:
    """Take a text, a number, true or false, or a list of these.

    Raises:
        ValueError: it is none, or an empty list.
    """
    given = value if isinstance(value, list) else [value]
    if not given:
        raise ValueError("name at least one value here")
    return tuple(str(word).lower() if isinstance(word, bool) else as_text(word) for word in given)


def as_statuses(value: object) -> tuple[int, ...]:
    """Take a status of HTTP, or a list of them.

    Raises:
        ValueError: one is none.
    """
    given = value if isinstance(value, list) else [value]
    if not given or not all(isinstance(item, int) and 200 <= item < 600 for item in given):
        raise ValueError("a status of HTTP is wanted here, or a list of them: [200, 202]")
    return tuple(given)


@known_keys_only
class SuccessKeys(TypedDict, total=False):
    """``success``."""

    status: Annotated[tuple[int, ...], PlainValidator(as_statuses)]
    json: Text
    equals: Annotated[tuple[str, ...], PlainValidator(as_words)]
    contains: Text


def success(keys: SuccessKeys) -> Success:
    """Return the test that these keys describe."""
    return Success(**keys)


def wrong_gateway(channel: Channel) -> Iterator[tuple[Path, str]]:
    """Go through what of a gateway cannot work: the place below it, and the message."""
    yield from wrong_numbers(channel)
    yield from _wrong_success(channel.success)
    for name in channel.headers:
        if not HEADER.fullmatch(name):
            yield ("headers", name), "the name of a header is letters, digits and - only"
    kinds = [value for name, value in channel.headers.items() if name.lower() == "content-type"]
    for name, text in channel.headers.items():
        if SECRET.search(name) and not MARKUP.search(text):
            yield ("headers", name), WRITTEN
    if channel.body is not None and GIVEN.search(MARKUP.sub("{", channel.body)):
        yield ("body",), WRITTEN
    templates: list[tuple[Path, str]] = [(("headers", name), text) for name, text in channel.headers.items()]
    templates += [(("body",), channel.body)] if channel.body is not None else []
    for path, template in templates:
        try:
            check(template, as_json=path == ("body",) and (not kinds or "json" in kinds[0]))
        except TemplateError as wrong:
            yield path, str(wrong)
    yield from _wrong_address(channel)


def _wrong_address(channel: Channel) -> Iterator[tuple[Path, str]]:
    """Say what is wrong with the address, which may hold a key: nothing of it is repeated."""
    try:
        filled: Any = check(channel.url.reveal()) if channel.url is not None else None
    except TemplateError as wrong:
        yield ("url",), str(wrong)
        return
    if filled is not None and not is_address(filled):
        yield ("url",), ADDRESS


def _wrong_success(test: Success) -> Iterator[tuple[Path, str]]:
    if test.json is not None and not test.equals:
        yield ("success",), "equals is missing: which values of it mean success"
    if test.equals and test.json is None:
        yield ("success",), "json is missing: where the value stands that is compared, such as result.code"
