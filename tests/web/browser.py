"""Chromium as a telephone, driven over a pipe by its own protocol; pages run without scripts in it."""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.needs import need

PATIENCE = 120.0  # seconds for anything to happen; everything here takes a few, on a machine with nothing else to do
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
    "--accept-lang=zh-CN",
)
# the browser reads commands from file 3 and answers on file 4
MOVE = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
Json = dict[str, Any]


class Phone:
    """One page of a browser, as wide as a telephone."""

    def __init__(self, process: subprocess.Popen[bytes], into: int, out: int) -> None:
        self._process, self._into, self._out = process, into, out
        self._arrived, self._number, self._session = b"", 0, ""
        self.happened: list[Json] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "DOM", "Log", "Runtime"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setScriptExecutionDisabled", value=True)

    def ask(self, method: str, **parameters: object) -> Json:
        """Send a command, and return what came of it."""
        self._number += 1
        sent: Json = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            sent["sessionId"] = self._session
        os.write(self._into, json.dumps(sent).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            message = self._next(end)
            if message.get("id") == self._number:
                assert "error" not in message, message
                found: Json = message["result"]
                return found
            self.happened.append(message)

    def size(self, width: int, height: int) -> None:
        """Take the size of a telephone's screen."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True)

    def open(self, url: str) -> None:
        """Load a page."""
        self.happened.clear()
        self.ask("Page.navigate", url=url)
        self._loaded()

    def tap(self, selector: str, *, leads: bool = False) -> None:
        """Tap in the middle of something; ``leads``: to another page, which is waited for."""
        node = self._node(selector)
        self.ask("DOM.scrollIntoViewIfNeeded", nodeId=node)
        corners = self.ask("DOM.getBoxModel", nodeId=node)["model"]["content"]
        at = {"x": (corners[0] + corners[4]) / 2, "y": (corners[1] + corners[5]) / 2}
        self.happened.clear()
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)
        if leads:
            self._loaded()

    def write(self, selector: str, text: str) -> None:
        """Tap a field and write into it, as a keyboard with an input method does."""
        self.tap(selector)
        self.ask("Input.insertText", text=text)

    def choose(self, selector: str, value: str) -> None:
        """Put a value into a field that has a picker of its own, whose look hangs on the browser's language."""
        self.ask("DOM.setAttributeValue", nodeId=self._node(selector), name="value", value=value)

    def text(self) -> str:
        """Return the page's source as it stands."""
        root = self.ask("DOM.getDocument", depth=0)["root"]["nodeId"]
        found: str = self.ask("DOM.getOuterHTML", nodeId=root)["outerHTML"]
        return found

    def width(self) -> float:
        """Return how wide the page is, in CSS pixels."""
        found: float = self.ask("Page.getLayoutMetrics")["cssContentSize"]["width"]
        return found

    def height(self, selector: str) -> float:
        """Return how high something is, in CSS pixels."""
        found: float = self.ask("DOM.getBoxModel", nodeId=self._node(selector))["model"]["height"]
        return found

    def complaints(self) -> list[str]:
        """Return what the browser has complained of since the page was opened."""
        return [each["params"]["entry"]["text"] for each in self.happened if each.get("method") == "Log.entryAdded"]

    def picture(self, file: Path) -> None:
        """Take a picture of what is seen."""
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))

    def _node(self, selector: str) -> int:
        root = self.ask("DOM.getDocument", depth=0)["root"]["nodeId"]
        node: int = self.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        assert node, f"there is no {selector}"
        return node

    def _loaded(self) -> None:
        end = time.monotonic() + PATIENCE
        while not any(each.get("method") == "Page.loadEventFired" for each in self.happened):
            self.happened.append(self._next(end))

    def _next(self, end: float) -> Json:
        while b"\0" not in self._arrived:
            ready, _, _ = select.select([self._out], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser says nothing"
            arrived = os.read(self._out, 1 << 16)
            assert arrived, "the browser has ended"
            self._arrived += arrived
        message, _, self._arrived = self._arrived.partition(b"\0")
        found: Json = json.loads(message)
        return found


@contextmanager
def phone(folder: Path) -> Iterator[Phone]:
    """Start a browser with a profile in a folder; it ends with the block."""
    program = need("chromium")
    commands_out, commands_in = os.pipe()
    answers_out, answers_in = os.pipe()
    command = [program, *OPTIONS, f"--user-data-dir={folder}/profile", "about:blank"]
    moved = [sys.executable, "-c", MOVE, str(commands_out), str(answers_in), *command]
    with (folder / "browser.log").open("wb") as log:
        process = subprocess.Popen(moved, pass_fds=(commands_out, answers_in), stdout=log, stderr=log)
    os.close(commands_out)
    os.close(answers_in)
    try:
        yield Phone(process, commands_in, answers_out)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(commands_in)
        os.close(answers_out)
