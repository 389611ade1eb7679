"""The page behind the link in a message: ``/a/TOKEN``, where a carrier's dispatcher answers about one fault.

GET and HEAD show and change nothing: what previews links or fetches ahead acknowledges nothing. POST hands in a slip,
from the page's forms or as JSON from a program, and its answers wait in the inbox for the judging, like everybody's.

The token in the address is all that allows it, and no cookie: a strange page that would have a browser post here must
know the address, and who knows it may post. So there is nothing to forge. For the same reason the address goes into
no referrer, no cache, no frame and no search engine. Guesses are not counted: see `monitor.alerts.links`.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import string
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader
from python_multipart.exceptions import FormParserError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive

from monitor.alerts.links import LinkExpired, LinkRefused, Links, Permit
from monitor.config.secret import Secret
from monitor.faults.actions import ActionRefused
from monitor.store.errors import StoreError
from monitor.store.inbox import Answer, State
from monitor.web.desk import Desk, Told
from monitor.web.sheet import Present, sheet, spell
from monitor.web.slip import Misfilled, Slip, mark_of, read_slip
from monitor.web.words import ANSWERING

LARGEST = 8192  # bytes of a request's body; a slip filled to the brim has under three thousand
SLOWEST_S = 10.0  # for a body to arrive
MOST_ANSWERS = 100  # of one fault: the ledger forgets nothing, and no dispatcher has so much to say
MOST_FIELDS = 10
JSON_TYPE = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
FORMS = (URLENCODED, "multipart/form-data")
MARK = re.compile(r"[0-9a-f]{32}")
LANGUAGES = {"zh_CN": "zh-CN", "en": "en"}  # BCP 47
PREFERENCE = re.compile(r"\s*([A-Za-z]{1,8})[A-Za-z0-9-]*\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?")


class Refusal(Enum):
    """Why nothing is shown or taken: the name of its words, and the status of HTTP."""

    WRONG = ("wrong", 404)
    GONE = ("gone", 410)
    UNREADABLE = ("unreadable", 400)
    TOO_LARGE = ("too_large", 413)
    TOO_MANY = ("too_many", 429)
    UNAVAILABLE = ("unavailable", 503)


class Refused(Exception):
    """A request that comes to nothing."""

    def __init__(self, refusal: Refusal) -> None:
        """Say why."""
        super().__init__(refusal.name)
        self.refusal = refusal


def answers(present: Callable[[], Present], database: Secret) -> Route:
    """Return the route of the page; it opens the database when it is first asked for."""
    return Answers(present, Desk(database.reveal())).route()


class Answers:
    """The page, over one database; it asks for what is in force at each request and keeps nothing."""

    def __init__(self, present: Callable[[], Present], desk: Desk) -> None:
        """Prepare the templates."""
        self._present, self._desk = present, desk
        self._pages = Environment(
            loader=PackageLoader("monitor.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )

    def route(self) -> Route:
        """Return where the page is."""
        return Route("/a/{token}", self.handle, methods=["GET", "POST"])

    async def handle(self, request: Request) -> Response:
        """Show the fault of a link, or take an answer about it."""
        present = self._present()
        locale = language(request, present.configuration.settings.locale.value)
        program = request.method == "POST" and media_type(request) == JSON_TYPE
        try:
            permit = _permit(request.path_params["token"], present)
            told = await self._told(permit)
            if program:
                return await self._take_json(request, told, present)
            if request.method == "POST":
                return await self._take_form(request, told, permit, present, locale)
            return await self._show(request, told, permit, present, locale)
        except Refused as refused:
            refusal = refused.refusal
        except StoreError:
            refusal = Refusal.UNAVAILABLE
        if program:
            return _guarded(JSONResponse({"error": ANSWERING["en"][refusal.value[0]]}, refusal.value[1]))
        return self._page("refused.html", present, locale, refusal.value[1], name=refusal.value[0])

    async def _told(self, permit: Permit) -> Told:
        told = await self._desk.told(permit.no)
        if told is None or told.fault.carrier != permit.carrier:
            raise Refused(Refusal.WRONG)
        return told

    async def _show(self, request: Request, told: Told, permit: Permit, present: Present, locale: str) -> Response:
        """Show the fault, and how the slips stand that this browser has just handed in."""
        marks = [mark for mark in request.query_params.getlist("slip")[:2] if MARK.fullmatch(mark)]
        handed_in = [await self._desk.answer(f"{mark_of(permit.no)}{mark}") for mark in marks]
        answers = [answer for answer in handed_in if answer is not None]
        return self._fault(told, permit, present, locale, result=_result(answers))

    async def _take_form(self, request: Request, told: Told, permit: Permit, present: Present, locale: str) -> Response:
        """Take a slip from the page's forms, and lead to the page that shows what came of it: it may be reloaded."""
        given = await _form(request)
        try:
            slip = _slip(given, present)
        except Misfilled as wrong:
            flaw = ANSWERING[locale][f"flaw_{wrong.flaw.value}"].format(field=wrong.field)
            return self._fault(told, permit, present, locale, 400, flaw=flaw, typed=given)
        answers = await self._hand_in(slip, told)
        marks = "".join(f"&slip={answer.id.removeprefix(mark_of(permit.no))}" for answer in answers)
        return _guarded(RedirectResponse(f"?lang={locale}{marks}", status_code=303))

    async def _take_json(self, request: Request, told: Told, present: Present) -> Response:
        """Take a slip from a program; it is told what came of it, or that it waits."""
        try:
            slip = _slip(await _json(request), present)
        except Misfilled as wrong:
            flaw = ANSWERING["en"][f"flaw_{wrong.flaw.value}"].format(field=wrong.field)
            return _guarded(JSONResponse({"error": flaw, "field": wrong.field}, 400))
        result = _result(await self._hand_in(slip, told))
        said: dict[str, Any] = {"state": result["state"], "id": slip.id}
        if result["state"] == State.REFUSED.value:
            said["error"] = result["rule"]
        else:
            said["fault"] = spell(await self._desk.told(told.fault.no) or told, present)
        status = {State.DONE.value: 200, State.PENDING.value: 202, State.REFUSED.value: 409}[str(result["state"])]
        return _guarded(JSONResponse(said, status))

    async def _hand_in(self, slip: Slip, told: Told) -> list[Answer]:
        if len(told.answers) >= MOST_ANSWERS:
            raise Refused(Refusal.TOO_MANY)
        try:
            return await self._desk.ask(slip.asked(told.fault.no, told.fault.line))
        except ActionRefused as refused:  # two slips of one mark: not by chance
            raise Refused(Refusal.UNREADABLE) from refused

    def _fault(
        self, told: Told, permit: Permit, present: Present, locale: str, status: int = 200, **more: object
    ) -> Response:
        shown = sheet(told, permit, present, locale, ANSWERING[locale])
        return self._page("answer.html", present, locale, status, fault=shown, id=secrets.token_urlsafe(9), **more)

    def _page(self, template: str, present: Present, locale: str, status: int, **shown: object) -> Response:
        settings, nonce = present.configuration.settings, secrets.token_urlsafe(12)
        text = self._pages.get_template(template).render(
            words=ANSWERING[locale],
            lang=LANGUAGES[locale],
            locale=locale,
            county=settings.county,
            phone=settings.duty_phone,
            nonce=nonce,
            **shown,
        )
        return _guarded(HTMLResponse(text, status), nonce)


def media_type(request: Request) -> str:
    """Return the type of a request's body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def language(request: Request, default: str) -> str:
    """Return the locale asked for: by ``?lang=``, else by the browser's first preference among ours."""
    asked = request.query_params.get("lang")
    if asked in ANSWERING:
        return str(asked)
    preferences = []
    for part in request.headers.get("accept-language", "")[:200].split(","):
        found = PREFERENCE.fullmatch(part)
        if found is not None:
            preferences.append((-float(found[2] or 1), found[1].lower()))
    wanted = (name for weight, name in sorted(preferences, key=lambda each: each[0]) if weight)
    return next(({"zh": "zh_CN", "en": "en"}[name] for name in wanted if name in ("zh", "en")), default)


def _permit(token: str, present: Present) -> Permit:
    links = Links.of(present.configuration.settings)
    if links is None:
        raise Refused(Refusal.WRONG)
    try:
        return links.read(token, present.configuration.inventory.carriers, present.now)
    except LinkExpired as expired:
        raise Refused(Refusal.GONE) from expired
    except LinkRefused as refused:
        raise Refused(Refusal.WRONG) from refused


def _slip(given: Mapping[str, object], present: Present) -> Slip:
    now = present.now.replace(microsecond=0)
    return read_slip(given, id_else=secrets.token_hex(16), now=now, zone=present.configuration.settings.timezone)


def _result(answers: list[Answer]) -> dict[str, str | None]:
    """Return how slips stand together: refused where one is, done where all are; nothing where there is none."""
    states = [answer.state for answer in answers]
    worst = next((state for state in (State.REFUSED, State.PENDING, State.DONE) if state in states), None)
    rule = next((answer.text for answer in answers if answer.state is State.REFUSED), None)
    return {"state": None if worst is None else worst.value, "rule": rule}


async def _form(request: Request) -> Mapping[str, object]:
    if media_type(request) not in FORMS:
        raise Refused(Refusal.UNREADABLE)
    try:
        async with asyncio.timeout(SLOWEST_S):
            form = await _bounded(request).form(max_files=0, max_fields=MOST_FIELDS)
    except (HTTPException, FormParserError, ClientDisconnect, TimeoutError, ValueError, KeyError) as error:
        raise Refused(Refusal.UNREADABLE) from error
    return dict(form)


async def _json(request: Request) -> Mapping[str, object]:
    try:
        async with asyncio.timeout(SLOWEST_S):
            found = json.loads(await _bounded(request).body())
    except (ClientDisconnect, TimeoutError, ValueError, RecursionError) as error:
        raise Refused(Refusal.UNREADABLE) from error
    if not isinstance(found, dict):
        raise Refused(Refusal.UNREADABLE)
    return found


def _bounded(request: Request) -> Request:
    """Return a request whose body ends in a refusal where it is too large, whatever its headers say."""
    return Request(request.scope, _counting(request.receive, spell_out=media_type(request) == URLENCODED))


def _counting(receive: Receive, *, spell_out: bool) -> Receive:
    """Count what arrives; letters beyond ASCII in a form are spelled out, as browsers do and scripts often do not."""
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > LARGEST:
            raise Refused(Refusal.TOO_LARGE)
        if spell_out and "body" in message:
            message = {**message, "body": quote(message["body"], safe=string.punctuation).encode()}
        return message

    return counted


def _guarded(response: Response, nonce: str | None = None) -> Response:
    """Keep an answer, and the address that it came from, where they are; only its own style may be applied."""
    style = f"; style-src 'nonce-{nonce}'" if nonce else ""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'{style}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
