"""From a cut cable to the first byte at a webhook's receiver: how much of it is detection, how much the telling."""

from __future__ import annotations

import random
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.faults.events import OutageConfirmed
from tests.daemon.audience import listening
from tests.daemon.county import SETTINGS, County, county
from tests.netns import Namespace
from tests.receivers.web import Receiver, Request, Response

pytestmark = pytest.mark.bench

CUTS = 12
TIMEOUT_S = 0.5  # what an echo is waited for: the round that confirms is known to be lost no sooner
MOST_S = 1.0
PACKETS = 3
CUT, OTHER = "192.0.2.2", "192.0.2.6"
ETH_P_IP = 0x0800
FEWEST_HOPS_LEFT = 32  # echoes that trace a path have fewer
POLICY = """\
version: bench-telling
detection: {interval: 2s, fast_interval: 1s, stale_after: 10s}
"""
TELLING = """\
channels: {{hook: {{kind: webhook, url: {url}/faults}}}}
routes: [{{kinds: all, channels: [hook]}}]
"""


@contextmanager
def wire(namespace: Namespace, interface: str) -> Iterator[dict[str, list[float]]]:
    """Listen on an interface; the lists hold when each echo request of a round came by, by address, in Unix seconds."""
    with namespace.entered():
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
        tap.bind((interface, ETH_P_IP))
    tap.settimeout(0.2)
    seen: dict[str, list[float]] = {CUT: [], OTHER: []}
    ended = threading.Event()

    def listen() -> None:
        while not ended.is_set():
            try:
                packet = tap.recv(2048)
            except TimeoutError:
                continue
            head, target = 4 * (packet[0] & 15), socket.inet_ntoa(packet[16:20])
            echo = packet[9] == socket.IPPROTO_ICMP and packet[head] == 8 and packet[8] > FEWEST_HOPS_LEFT
            if echo and target in seen:
                seen[target].append(time.time())

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join(5)
        tap.close()


def watched(here: County, url: str) -> None:
    (here.folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    settings = SETTINGS.format(folder=here.folder) + TELLING.format(url=url)
    (here.folder / "monitor.yaml").write_text(settings, encoding="utf-8")
    here.start()
    here.until_page(line_up=1, L2_line_up=1)


def ended(second: float, echoes: dict[str, list[float]]) -> tuple[float, float]:
    """Return when the cut line's last echo of a round was sent, and when that round's time was over for all lines."""
    volleys = [echoes[CUT][place : place + PACKETS] for place in range(0, len(echoes[CUT]), PACKETS)]
    last = next(volley[-1] for volley in volleys if second <= volley[0] < second + 1)
    others = [echo for echo in echoes[OTHER] if second <= echo < second + 2]
    return last, max([last, *others]) + TIMEOUT_S


def said(name: str, seconds: list[float]) -> str:
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    return f"| {name} | {low:.3f} s | {middle:.3f} s | {high:.3f} s |"


def test_the_telling_takes_under_a_second_beyond_the_detection(tmp_path: Path) -> None:
    """Detection ends with the confirming round: no line's echo is waited for any more."""
    came: list[tuple[float, str]] = []

    def answer(request: Request) -> Response:
        came.append((time.time(), request.json["kind"]))  # all of it was read by then
        return Response()

    receiver = Receiver(answer)
    chance, cut_at, told_at = random.Random(26), list[float](), list[float]()
    with county(tmp_path) as here, listening(here.monitor, receiver), wire(here.router, "monitor") as echoes:
        watched(here, receiver.url)
        for _ in range(CUTS):
            time.sleep(chance.uniform(2.0, 4.0))
            before = len(came)
            cut_at.append(time.time())
            here.router.link("edge1", up=False)
            here.until(lambda before=before: len(came) > before, "told")  # type: ignore[misc]
            told_at.append(came[before][0])
            here.router.link("edge1", up=True)
            here.until(lambda before=before: len(came) > before + 1, "restored")  # type: ignore[misc]
        rounds = [event.at.timestamp() for event in here.events(OutageConfirmed)]
        took = here.stop()
    assert CUTS == len(rounds)
    assert took < 5, "an end in order is promised within five seconds"
    ends = [ended(confirmed, echoes) for confirmed in rounds]
    beyond = [told - end for told, (_, end) in zip(told_at, ends, strict=True)]
    print(f"\n| {CUTS} cuts, a round each second, an echo waited for {TIMEOUT_S} s | least | median | most |")
    print("|---|---|---|---|")
    print(said("from the cut", [told - cut for told, cut in zip(told_at, cut_at, strict=True)]))
    print(
        said("from the last echo that was lost", [told - last for told, (last, _) in zip(told_at, ends, strict=True)])
    )
    print(said("from the end of the round that confirmed", beyond))
    assert max(beyond) < MOST_S
