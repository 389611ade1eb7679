"""The reports, read only: ``/reports`` lists the editions, ``/reports/KEY/FORMAT`` is a file as it was kept.

A file's tag is its SHA-256, the one in the ledger. What is served is what was kept, never made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import partial
from typing import TypeVar
from urllib.parse import quote

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.config.secret import Secret
from monitor.editions.edition import Edition
from monitor.store.aside import Aside
from monitor.store.errors import StoreError
from monitor.store.records import Records
from monitor.web.sheet import Present
from monitor.wording import WORDING

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
READ_HERE = ("pdf", "html", "json")  # by the browser itself; the others are saved
LANGUAGES = {"zh_CN": "zh-CN", "en": "en"}  # BCP 47
GUARD = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
T = TypeVar("T")


def reports(present: Callable[[], Present], database: Secret) -> tuple[Route, ...]:
    """Return the routes of the reports; the database is opened when it is first asked for."""
    return Reports(present, database.reveal()).routes()


class Reports:
    """The editions of one database; it asks for what is in force at each request and keeps nothing."""

    def __init__(self, present: Callable[[], Present], url: str) -> None:
        """Prepare the template."""
        self._present, self._url = present, url
        self._records: Records | None = None
        self._thread = Aside("reports")
        pages = Environment(loader=PackageLoader("monitor.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._template = pages.get_template("reports.html")

    def routes(self) -> tuple[Route, ...]:
        """Return where the pages are."""
        return (Route("/reports", self.page), Route("/reports/{key}/{name}", self.file))

    async def page(self, request: Request) -> Response:
        """List the editions, the latest first."""
        present = self._present()
        settings = present.configuration.settings
        asked = request.query_params.get("lang", settings.locale.value)
        locale = asked if asked in WORDING else settings.locale.value
        words = WORDING[locale]
        try:
            known = await self._aside(lambda records: records.editions().all())
        except StoreError:
            return PlainTextResponse(words["report_unavailable"] + "\n", 503)
        listed = [_shown(edition, words, settings.timezone) for edition in reversed(known)]
        written = self._template.render(
            county=settings.county, editions=listed, words=words, lang=LANGUAGES[locale], locale=locale
        )
        return _guarded(HTMLResponse(written))

    async def file(self, request: Request) -> Response:
        """Return a file of an edition as it was kept."""
        key, name = request.path_params["key"], request.path_params["name"]
        try:
            digest = await self._aside(partial(_digest, key=key, name=name))
            tag = f'"{digest}"'
            if digest is not None and tag in request.headers.get("if-none-match", ""):
                return Response(status_code=304, headers={"ETag": tag})
            content = None if digest is None else await self._aside(lambda records: records.edition_body(digest))
        except StoreError:
            return PlainTextResponse("the database cannot be read now\n", 503)
        if content is None:
            return PlainTextResponse("there is no such report\n", 404)
        where = "inline" if name in READ_HERE else "attachment"
        headers = {
            "ETag": tag,
            "Cache-Control": "no-cache",
            "Content-Disposition": f"{where}; filename*=UTF-8''{quote(f'{key}.{name}')}",
        }
        return _guarded(Response(content, media_type=MEDIA.get(name, "application/octet-stream"), headers=headers))

    async def _aside(self, question: Callable[[Records], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._asked, question)

    def _asked(self, question: Callable[[Records], T]) -> T:
        if self._records is None:
            self._records = Records.of(self._url)
        return question(self._records)


def _digest(records: Records, *, key: str, name: str) -> str | None:
    edition = records.editions().named(key)
    return None if edition is None or edition.latest is None else edition.latest.files.get(name)


def _shown(edition: Edition, words: Mapping[str, str], zone: tzinfo) -> dict[str, object]:
    latest, frozen = edition.latest, edition.frozen
    state = "report_is_frozen" if frozen else "report_is_draft" if latest else "report_only_texts"
    sent = next((each.at for each in edition.tries if each.fate == "delivered"), None)
    return {
        "key": edition.key,
        "path": quote(edition.key, safe=""),
        "state": words[state],
        "frozen": frozen is not None,
        "drawn_at": "—" if latest is None else _local(latest.at, zone),
        "sent_at": "—" if sent is None else _local(sent, zone),
        "files": [] if latest is None else sorted(latest.files, key=list(MEDIA).index),
        "figures": "" if latest is None else latest.figures,
        "ledger": "" if latest is None else f"{latest.ledger_seq} {latest.ledger_hash[:16]}",
        "policy": "" if latest is None else latest.policy,
    }


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _guarded(response: Response) -> Response:
    """Let nothing of a page act, and no browser guess what it is."""
    response.headers["Content-Security-Policy"] = GUARD
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
