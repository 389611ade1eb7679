"""What is secret stays so: in no log, database, page, story or error, though every receiver repeats what it hears."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.alerts.redaction import spellings
from tests.daemon.audience import HEARTBEAT, PUBLIC, SECRETS, TO_THE_CARRIER, Attended, Audience, attended
from tests.daemon.county import COMMUNITY, METRICS, County, county
from tests.daemon.test_telling import LINK, cut, link_in, until_told
from tests.receivers import certificates
from tests.receivers.gateway import Gateway
from tests.receivers.hook import Hook
from tests.receivers.mail import MailServer
from tests.receivers.robots import DingTalkRobot, FeishuRobot, Robot, WeComRobot
from tests.receivers.web import Request, Response

ARobot = TypeVar("ARobot", bound=Robot)
ALL = {**SECRETS, "community": COMMUNITY}


def everything(request: Request, *known: str | None) -> str:
    """Return all that was asked, as a careless receiver repeats it: links and what it knows first, long things last."""
    body = request.body.decode()
    return f"{LINK.findall(body)} {known} {request.target} {json.dumps(dict(request.headers))} {body}"


class RepeatingHook(Hook):
    """Out of order at first; repeats everything it is asked, also when it takes a message."""

    def __call__(self, request: Request) -> Response:
        taken = super().__call__(request)
        first = sum(self.copies.values()) == 1
        said = everything(request, self.secret)
        return Response(status=500 if first else taken.status, body={"said": said, "acknowledged_by": said})


class RepeatingGateway(Gateway):
    def __call__(self, request: Request) -> Response:
        taken = super().__call__(request)
        assert isinstance(taken.body, dict)
        return Response(status=taken.status, body={**taken.body, "message": everything(request, self.key)})


def repeating(robot: ARobot) -> ARobot:
    """Let a robot repeat everything in its answer."""
    judged = robot.judged
    robot.judged = lambda request: (judged(request)[0], everything(request, robot.token, robot.secret))  # type: ignore[method-assign]
    return robot


class Repeating(Audience):
    """Receivers that repeat everything they are asked."""

    def __init__(self) -> None:
        password = SECRETS["mail-password"]
        mail = MailServer(tls=certificates.server(), login=("monitor", password), end=f"250 taken from {password}")
        super().__init__(
            hook=RepeatingHook(secret=SECRETS["hook-secret"]),
            dingtalk=repeating(DingTalkRobot(token=SECRETS["dingtalk-token"], secret=SECRETS["dingtalk-secret"])),
            wecom=repeating(WeComRobot(token=SECRETS["wecom-key"])),
            feishu=repeating(FeishuRobot(token=SECRETS["feishu-token"], secret=SECRETS["feishu-secret"])),
            gateway=RepeatingGateway(key=SECRETS["sms-key"]),
            mail=mail,
            beat=lambda request: Response(status=500, body={"said": everything(request)}),
        )


@pytest.fixture
def here(tmp_path: Path) -> Iterator[County]:
    with county(tmp_path) as made:
        yield made


def said(here: County, *arguments: str) -> str:
    """Run a command of the monitor in its namespace, and return all that it says."""
    command = [sys.executable, "-m", "monitor", *arguments, "--config", str(here.folder)]
    environment = os.environ | {"MONITOR_SNMP_COMMUNITY": COMMUNITY}
    with here.monitor.entered():
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    return done.stdout + done.stderr


def kept(here: County) -> str:
    """Return the bytes of the database, its journal too."""
    return "".join(path.read_bytes().decode(errors="replace") for path in here.folder.glob("monitor.db*"))


def revealed(places: dict[str, str], secrets: dict[str, str]) -> list[tuple[str, str]]:
    """Return which secrets stand in which places, in any spelling."""
    return [
        (place, name)
        for place, text in places.items()
        for name, secret in secrets.items()
        if any(spelling.lower() in text.lower() for spelling in spellings(secret))
    ]


def commands(at: Attended, no: str) -> dict[str, str]:
    """Return what the command line says of everything, good and bad."""
    here = at.county
    found = {f"test {channel}": said(here, "notify", "test", channel) for channel in (*TO_THE_CARRIER, "centre")}
    found["show"] = said(here, "fault", "show", no)
    found["show --json"] = said(here, "fault", "show", no, "--json")
    found["status"] = said(here, "status")
    found["preview"] = said(here, "notify", "preview", "--all")
    found["check"] = said(here, "check")
    return found


def broken(at: Attended) -> dict[str, str]:
    """Return what is said of configurations that are wrong around their secrets."""
    found = {}
    for name, before, after in (
        ("no such file", "secrets/hook-secret", "secrets/no-such"),
        ("an address that is none", "secrets/hook.url", "secrets/hook-secret"),
        ("a kind that takes no secret", "unicom-hook: {kind: webhook,", "unicom-hook: {kind: wecom,"),
        ("a literal secret", "{file: secrets/hook-secret}", SECRETS["hook-secret"]),
        ("a literal address", "{file: secrets/wecom.url}", f"https://x.example/?key={SECRETS['wecom-key']}"),
        ("a literal password", "{file: secrets/mail-password}", SECRETS["mail-password"]),
    ):  # fmt: skip
        assert before in at.settings
        at.write(settings=at.settings.replace(before, after))
        found[name] = said(at.county, "check")
        assert "refused" in found[name]
        found[f"run with {name}"] = said(at.county, "run")
    at.write()
    return found


def test_no_secret_is_told_anywhere(here: County) -> None:
    """Keys, signing secrets, passwords, communities, addresses; nor does any link stay behind that lets one answer."""
    with attended(here, audience=Repeating()) as at:
        at.write(more=HEARTBEAT)
        here.start("--verbose")
        here.until_page(line_up=1, L2_line_up=1)
        cut(here, "L1")
        until_told(at, "opened")
        here.until(lambda: "heartbeat's address answers" in here.log(), "a heartbeat that is refused")
        here.until(lambda: 7 == len([1 for _, fate in here.deliveries() if fate == "delivered"]), "all delivered")
        link = link_in(next(iter(at.audience.hook.payloads.values()))["text"])
        assert 200 == here.browse(link)[0]
        [fault] = here.faults()
        places = {
            "metrics": here.browse("/metrics", port=METRICS)[1],
            "console": here.browse("/")[1],
            "api": here.browse("/api/status")[1],
            "answering": here.browse(link)[1],
        }
        places |= commands(at, fault.no)
        here.stop()
        with here.records() as records:
            answers = {each.channel: each.answer for each in records.attempts_of(fault.no)}
        places |= broken(at)
    places |= {"log": here.log(), "database": kept(here)}
    assert all(
        "***" in answers[channel] for channel in ("unicom-hook", "unicom-dingtalk", "unicom-wecom", "unicom-mail")
    )
    assert [] == revealed(places, ALL)
    token = link.rpartition("/")[2]
    assert PUBLIC not in places["log"] + places["database"]
    assert [] == [place for place in ("log", "database", "metrics", "show", "show --json") if token in places[place]]
    assert None is LINK.search(places["show"])


def test_what_is_looked_for_would_be_found() -> None:
    """The search finds a secret in any spelling."""
    assert [("log", "hook-secret")] == revealed({"log": f"x{SECRETS['hook-secret'].upper()}y"}, SECRETS)
