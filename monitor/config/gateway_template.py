"""The templates of what an SMS gateway is asked, in a sandbox: what they may name, and what they are checked with.

A template is Jinja2. It may name ``phone`` (of several: with commas between), ``phones``, ``text``, ``key`` (the same
at every try), ``secret``, ``seconds`` and ``milliseconds`` (Unix time) and ``stamp`` (``20260901130200``, Beijing
time), and use the filters ``md5``, ``sha1``, ``sha256``, ``hmac_sha256(key)``, ``base64`` and ``percent(encoding)``
beside Jinja2's own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.config.problem import did_you_mean

BEIJING = ZoneInfo("Asia/Shanghai")


class TemplateError(ValueError):
    """A template cannot be read or filled in; the text says why, and quotes no value."""


def _digest(name: str) -> Any:
    return lambda text: hashlib.new(name, str(text).encode(), usedforsecurity=False).hexdigest()


def _hmac(text: object, key: object) -> str:
    return hmac.new(str(key).encode(), str(text).encode(), hashlib.sha256).hexdigest()


def _base64(text: object) -> str:
    return base64.b64encode(str(text).encode()).decode()


def _percent(text: object, encoding: str = "utf-8") -> str:
    return quote(str(text), safe="", encoding=encoding, errors="replace")


ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
ENVIRONMENT.filters |= {
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "hmac_sha256": _hmac,
    "base64": _base64,
    "percent": _percent,
}
ENVIRONMENT.policies["json.dumps_kwargs"] = {"ensure_ascii": False}


def fields(*, phones: Sequence[str], text: str, key: str, secret: str, now: datetime) -> dict[str, Any]:
    """Return everything that a template may name."""
    return {
        "phone": ",".join(phones),
        "phones": list(phones),
        "text": text,
        "key": key,
        "secret": secret,
        "seconds": int(now.timestamp()),
        "milliseconds": int(now.timestamp() * 1000),
        "stamp": f"{now.astimezone(BEIJING):%Y%m%d%H%M%S}",
    }


SAMPLE = fields(
    phones=["0000-66000001"],
    text='【信】"1"\\2',
    key="F1:opened",
    secret="s",  # noqa: S106 - nobody's
    now=datetime(2026, 9, 1, 5, 2, tzinfo=UTC),
)


NO_JSON = "this is no JSON once it is filled in: write {{ text | tojson }}, without quotes"


def fill(template: str, known: Mapping[str, Any]) -> str:
    """Return a template filled in.

    Raises:
        TemplateError: it cannot be.
    """
    try:
        return _read(template).render(known)
    except JinjaError as error:
        raise TemplateError(_words(template, error)) from None
    except Exception as error:  # whatever a filter says of what it is given
        raise TemplateError(f"this template cannot be filled in ({type(error).__name__})") from None


def check(template: str, *, as_json: bool = False) -> str:
    """Return a template filled in with a sample: an SMS that holds a quotation mark.

    Raises:
        TemplateError: it cannot be, or is to be JSON and is not.
    """
    filled = fill(template, SAMPLE)
    if as_json:
        try:
            json.loads(filled)
        except ValueError:
            raise TemplateError(NO_JSON) from None
    return filled


@lru_cache(maxsize=64)
def _read(template: str) -> Template:
    return ENVIRONMENT.from_string(template)


def _words(template: str, error: JinjaError) -> str:
    """Say what is wrong; a template may be an address that holds a key, and is not quoted."""
    if isinstance(error, TemplateSyntaxError):
        return f"this template is broken in its line {error.lineno}: look at its {{{{ }}}} and {{% %}}"
    unknown = sorted(meta.find_undeclared_variables(ENVIRONMENT.parse(template)) - SAMPLE.keys())
    if unknown:
        return f"a template knows no {unknown[0]}{did_you_mean(unknown[0], list(SAMPLE))}"
    return f"this template cannot be filled in ({type(error).__name__})"
