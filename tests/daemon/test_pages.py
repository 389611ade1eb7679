"""The pages of a running monitor, as a browser comes to them."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from monitor.web.serving import url_of
from tests.daemon.inside import inside


async def test_the_console_links_to_the_metrics_under_its_own_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a proxy a browser reaches no other port; the page is the same as at the port of the metrics."""
    monkeypatch.setenv("COMMUNITY", "nothing-secret")
    async with inside(tmp_path) as here:
        await here.until_page("monitor_blind", "", 0)
        console, metrics = (url_of(here.sockets[name]) for name in ("web", "metrics"))
        async with httpx.AsyncClient(trust_env=False) as client:
            shown = (await client.get(console)).text
            links = [link for link in re.findall(r'href="([^"]*)"', shown) if "metrics" in link]
            assert ["/metrics"] == links
            found = [await client.get(f"{base}metrics") for base in (console, metrics)]
        await here.ended()
    assert [200, 200] == [answer.status_code for answer in found]
    assert all(answer.headers["content-type"].startswith("text/plain; version=0.0.4") for answer in found)
    names = [{line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE")} for answer in found]
    assert names[0] == names[1] >= {"extranet_line_info", "monitor_blind"}
