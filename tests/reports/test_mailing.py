"""A report mailed: by a real mail server, its PDF and Word file attached, and what came of it on record."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.cli.exits import Found
from monitor.config.folder import load
from monitor.config.problem import ConfigurationRefused
from monitor.reports.periods import month
from tests.actions.conftest import INVENTORY
from tests.receivers.mail import MailServer
from tests.reports.months import LAST, Desk, desk_at

MONTH = ("--month", LAST.key)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as listening:
        yield listening


def desk(folder: Path, server: MailServer) -> Desk:
    """Furnish a place that mails its reports to a leader and an office, and everything else elsewhere."""
    url = f"sqlite:///{folder}/var/monitor.db"
    made = desk_at(folder, url)
    settings = (
        f"database: {url}\nlocale: zh_CN\n"
        f"report: {{folder: {folder}/reports, recipients: [leader@county.example, office@county.example]}}\n"
        f"channels: {{mail: {{kind: smtp, host: 127.0.0.1, port: {server.port}, tls: none, "
        "sender: centre@county.example, recipients: [duty@county.example]}}\n"
    )
    (folder / "monitor.yaml").write_text(settings, encoding="utf-8")
    return made


def attached(message: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_content() for part in message.iter_attachments()}


async def test_it_arrives_with_the_kept_files_and_is_on_record(tmp_path: Path, server: MailServer) -> None:
    """The very bytes that are kept, of a draft as one; a second sending is another entry."""
    here = desk(tmp_path, server)
    await asyncio.to_thread(here.done, "report", "draw", *MONTH)
    await asyncio.to_thread(here.done, "report", "send", *MONTH)
    [mail] = server.mails
    assert ("leader@county.example", "office@county.example") == mail.recipients
    kept = here.kept()
    assert {f"{LAST.key}-月报.{name}": kept[name] for name in ("pdf", "docx")} == attached(mail.message)
    assert f"云岭县电子政务外网运行情况报告（{LAST.key}，草稿，尚未定稿）" == mail.message["Subject"]
    [sent] = here.edition().sent
    assert ("mail", 2, "delivered", 1) == (sent.channel, sent.recipients, sent.fate, sent.number)


async def test_a_server_that_does_not_take_it_is_on_record_too(tmp_path: Path, server: MailServer) -> None:
    """What the server said stands with the edition, and the command ends with 1."""
    here = desk(tmp_path, server)
    await asyncio.to_thread(here.done, "report", "draw", *MONTH)
    server.end = "451 4.3.0 not now"
    code, said = await asyncio.to_thread(here.found, "report", "send", *MONTH)
    assert (Found.exit_code, True) == (code, "451" in said)
    assert [("again", "451")] == [(each.fate, each.status) for each in here.edition().sent]


async def test_on_its_day_it_is_drawn_up_frozen_and_mailed_by_itself(tmp_path: Path, server: MailServer) -> None:
    """What the daemon starts: one run does all of it; the next finds only that nobody was told of the letters."""
    here = desk(tmp_path, server)
    clock = datetime.now(UTC)
    zone = ZoneInfo(f"Etc/GMT{clock.hour - 13:+d}")  # in which it is one o'clock: the early morning is over
    settings = here.folder / "monitor.yaml"
    settings.write_text(f"timezone: {zone.key}\n" + settings.read_text(), encoding="utf-8")
    (here.folder / "policy.yaml").write_text("report: {draw_up_day: 1, freeze_day: 1}\n", encoding="utf-8")
    period = month(clock.astimezone(zone).date(), zone).before()
    assert ["draw", "freeze", "mail", "letters"] == [each["deed"] for each in await due(here)]
    edition = here.edition(period)
    assert (2, True, True) == (len(edition.made), edition.frozen is not None, edition.delivered)
    assert ["monitor"] * 3 == [*(each.who for each in edition.made), *(each.who for each in edition.sent)]
    [mail] = server.mails
    assert here.kept(period)["pdf"] in attached(mail.message).values()
    assert f"云岭县电子政务外网运行情况报告（{period.key}）" == mail.message["Subject"]
    assert ["letters"] == [each["deed"] for each in await due(here)], "the daemon tells, and then it is done"


async def due(here: Desk) -> list[dict[str, Any]]:
    """Run what the daemon runs; return what it prints."""
    command = [sys.executable, "-m", "monitor", "report", "due", "--config", str(here.folder)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert 0 == process.returncode
    return [json.loads(line) for line in output.splitlines()]


REPORT = "report: {{recipients: [a@b.example]{more}}}\nchannels: {{{channels}}}\n"
MAIL = "{kind: smtp, host: mail.example, sender: c@b.example, recipients: [d@b.example]}"


@pytest.mark.parametrize(
    ("rule", "channels", "more", "expected"),
    [
        ("no way", "", "", "report.recipients: mail goes by a channel of kind smtp, and there is none"),
        ("two ways", f"one: {MAIL}, two: {MAIL}", "",
         "report.recipients: mail goes by a channel of kind smtp, and there are 2, one, two: name one as "
         "report.channel"),
        ("no such way", f"mail: {MAIL}", ", channel: mial",
         "report.channel: there is no channel of this name; did you mean 'mail'?"),
        ("no mail", f"mail: {MAIL}, shown: {{kind: console}}", ", channel: shown",
         "report.channel: this channel is of kind console: the report goes by mail, by one of kind smtp"),
    ],
)  # fmt: skip
def test_what_cannot_be_mailed_is_refused_by_the_configuration(
    tmp_path: Path, rule: str, channels: str, more: str, expected: str
) -> None:
    (tmp_path / "policy.yaml").write_text("")
    (tmp_path / "inventory.yaml").write_text(INVENTORY, encoding="utf-8")
    (tmp_path / "monitor.yaml").write_text(REPORT.format(channels=channels, more=more), encoding="utf-8")
    with pytest.raises(ConfigurationRefused) as refused:
        load(tmp_path)
    assert [expected] == [f"{each.path}: {each.message}" for each in refused.value.problems], rule
