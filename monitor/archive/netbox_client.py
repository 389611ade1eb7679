"""NetBox's REST API, read page by page: each request bounded in time, each answer in size, TLS verified.

Only the parameters of a ``next`` link are followed, never its host: the token goes to the address that was given.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx

from monitor import __version__
from monitor.alerts.connecting import trust, unreached
from monitor.config.addresses import is_open_address
from monitor.config.secret import Secret

PAGE = 200  # objects asked for at once
MOST_PAGES = 1_000
LARGEST = 32_000_000  # bytes of a page
PATIENCE_S = 60.0  # for a page, from the name's look-up to the last byte
SECOND_KIND = "nbt_"  # what a token of NetBox 4.5 and later begins with

Thing = Mapping[str, Any]  # an object as NetBox serialises it


class NetboxRefused(Exception):
    """NetBox, or what answers in its place, does not give what was asked; the text names the cure."""


class NetboxUnreached(Exception):
    """Nothing answers."""


class Netbox:
    """A NetBox at an address, to which ``token`` belongs; without one only what everybody may see is seen."""

    def __init__(self, address: str, *, token: Secret | None = None, ca: Path | None = None) -> None:
        """Ask nothing yet.

        Raises:
            NetboxRefused: this is no address; or ``ca`` holds no certificate.
        """
        if not is_open_address(address):
            raise NetboxRefused("an address is wanted, without user, password or query: https://netbox.example")
        self._root = address.rstrip("/").removesuffix("/api")
        headers = {"Accept": "application/json", "User-Agent": f"extranet-monitor/{__version__}"}
        if token is not None:
            scheme = "Bearer" if token.reveal().startswith(SECOND_KIND) else "Token"
            headers["Authorization"] = f"{scheme} {token.reveal()}"
        try:
            verify = trust(ca)
        except OSError as error:
            raise NetboxRefused(f"{ca}: this file holds no certificate in PEM") from error
        try:
            self._client = httpx.AsyncClient(verify=verify, follow_redirects=False, timeout=PATIENCE_S, headers=headers)
        except UnicodeEncodeError as error:
            raise NetboxRefused("the token is no token of NetBox: it has other characters than ASCII") from error

    async def all(self, endpoint: str, **filters: str) -> list[Thing]:
        """Return every object of an endpoint (``circuits/providers``), by its number.

        Raises:
            NetboxRefused: the token is not accepted, or this is no NetBox.
            NetboxUnreached: there is no answer.
        """
        found: dict[object, Thing] = {}
        parameters = {"limit": str(PAGE), "ordering": "id", **filters}
        for _ in range(MOST_PAGES):
            page = await self._page(endpoint, parameters)
            results, following = page["results"], page.get("next")
            found |= {thing["id"]: thing for thing in results}
            if not following or not results:
                return list(found.values())
            parameters = dict(parse_qsl(urlsplit(str(following)).query))
        raise NetboxRefused(f"{endpoint} has no last page")

    async def count(self, endpoint: str) -> int:
        """Return how many objects an endpoint has, 0 where this NetBox does not know it."""
        try:
            return int((await self._page(endpoint, {"limit": "1"})).get("count", 0))
        except NetboxRefused:
            return 0

    async def _page(self, endpoint: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        url = f"{self._root}/api/{endpoint}/"
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, body = await self._get(url, parameters)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise NetboxUnreached(f"{self._root}: no answer in time") from error
        except (httpx.TransportError, OSError) as error:
            why = unreached(error).answer.replace("ca: FILE", "--ca FILE")
            raise NetboxUnreached(f"{self._root}: {why}") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise NetboxRefused(f"{self._root}: this is no address of HTTP") from error
        return _page_of(body) if status == httpx.codes.OK else self._refuse(status, endpoint)

    async def _get(self, url: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        async with self._client.stream("GET", url, params=dict(parameters)) as answer:
            read = bytearray()
            async for piece in answer.aiter_bytes():
                read += piece
                if len(read) > LARGEST:
                    raise NetboxRefused(f"{url}: a page is larger than {LARGEST:,} bytes")
            return answer.status_code, bytes(read)

    def _refuse(self, status: int, endpoint: str) -> dict[str, Any]:
        match status:
            case 401 | 403:
                why = "the token is missing, not accepted, or may not see this: --token-env NAME or --token-file PATH"
            case 404:
                why = "there is no API of NetBox here: give the address that its pages begin with"
            case _ if 300 <= status < 400:
                why = "it redirects, which is not followed: give the address that it leads to"
            case _:
                why = "NetBox does not answer as it should: look into its log"
        raise NetboxRefused(f"{self._root}/api/{endpoint}/: {status}, {why}")

    async def close(self) -> None:
        """Give up the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        """Ask for the time of a block."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give up the connections with the block."""
        await self.close()


def _page_of(body: bytes) -> dict[str, Any]:
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        page = None
    results = page.get("results") if isinstance(page, dict) else None
    if not isinstance(page, dict) or not isinstance(results, list):
        raise NetboxRefused("what answers is no API of NetBox: give the address that its pages begin with")
    if not all(isinstance(thing, dict) and "id" in thing for thing in results):
        raise NetboxRefused("what answers is no API of NetBox: its objects have no id")
    return page
