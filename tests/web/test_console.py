"""The console page: what it shows, in both languages, and what it never hides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from monitor.faults.events import DegradationBegan
from monitor.faults.fault import Episode, Fault, Status
from monitor.faults.outage import Watch
from monitor.faults.terms import Cause, Party, Source
from monitor.inventory.model import Carrier, Inventory, Line, Unit
from monitor.policy import Clock, Policies, Policy
from monitor.sla.survey import survey
from monitor.store.backup_mark import BackupMark
from monitor.store.deliveries import Backlog
from monitor.web.console import View, console

NOW = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INVENTORY = Inventory(
    carriers={"unicom": Carrier(id="unicom", name="联通", short_name="联通")},
    units={"u1": Unit(id="u1", name="<b>财政局</b>", short_name="<b>财政局</b>")},
    lines={name: Line(id=name, unit="u1", carrier="unicom", address="192.0.2.1") for name in ("L1", "L2")},
)
DOWN = Watch(NOW, False, down_since=NOW - timedelta(hours=13), last_bad_at=NOW)


def fault(line: str, hours: float) -> Fault:
    began = NOW - timedelta(hours=hours)
    return Fault(
        no=f"F20260901-{line}",
        line=line,
        unit="u1",
        carrier="unicom",
        role="primary",
        node=None,
        source=Source.MONITOR,
        policy_version=Policy().version,
        status=Status.OPEN,
        episodes=(Episode(first_failed_at=began, detected_at=began, discovered_at=began),),
    )


def view(
    *,
    watches: Mapping[str, Watch] | None = None,
    faults: tuple[Fault, ...] = (),
    degradations: tuple[DegradationBegan, ...] = (),
    blind_since: datetime | None = None,
    policy: Policy | None = None,
    backlogs: tuple[Backlog, ...] = (),
    backup: BackupMark | None = None,
) -> View:
    policies = Policies([policy or Policy()])
    return View(
        county="云岭县",
        survey=survey(
            INVENTORY,
            policies,
            watches=watches or {},
            blind_since=blind_since,
            faults=faults,
            now=NOW,
            degradations=degradations,
        ),
        inventory=INVENTORY,
        policies=policies,
        latest={"L2": (0.0, 0.0042)},
        zone=ZoneInfo("Asia/Shanghai"),
        locale="zh_CN",
        simulated=False,
        backlogs=backlogs,
        backup=backup,
    )


async def get(shown: View, path: str = "/") -> httpx.Response:
    transport = httpx.ASGITransport(app=console(lambda: shown))
    async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
        return await client.get(path)


async def test_open_faults_stand_with_the_time_left_oldest_first_and_lines_with_their_state() -> None:
    shown = view(watches={"L1": DOWN, "L2": Watch(NOW, True)}, faults=(fault("L2", 1), fault("L1", 13)))
    text = (await get(shown)).text
    assert text.index("F20260901-L1") < text.index("F20260901-L2")
    assert "已超 1小时" in text
    assert "11小时" in text
    assert "4.2 ms" in text
    assert text.index('class="line down"') < text.index('class="line up"')


DEGRADED = [
    ("/", Cause.LOSS, 0, "劣化：丢包", "&lt;b&gt;财政局&lt;/b&gt; L2（联通），丢包，自 09-01 11:35:00 起。"),
    ("/", Cause.RTT, 9, "劣化：时延", "&lt;b&gt;财政局&lt;/b&gt; L2（联通），时延，自 09-01 11:35:00 起，目前未知。"),
    ("/?lang=en", Cause.RTT, 0, "degraded: latency", "L2 (联通), latency, since 09-01 11:35:00."),
    ("/?lang=en", Cause.LOSS, 9, "degraded: loss", "L2 (联通), loss, since 09-01 11:35:00, now unknown."),
]


@pytest.mark.parametrize(("path", "cause", "ago", "mark", "title"), DEGRADED)
async def test_a_degraded_line_is_marked_before_those_that_are_well(
    path: str, cause: Cause, ago: int, mark: str, title: str
) -> None:
    """By what, and in its title since when; counted beside the states, and told too where nothing is known now."""
    began = DegradationBegan(at=NOW - 10 * MINUTE, line="L2", cause=cause, began_at=NOW - 25 * MINUTE)
    watches = dict.fromkeys(("L1", "L2"), Watch(NOW - ago * MINUTE, True))
    marked = (await get(view(watches=watches, degradations=(began,)), path)).text
    assert f'<span class="mark">{mark}</span>' in marked
    assert f'{title}">' in marked
    assert marked.index("L2") < marked.index('title="L1"')
    assert re.search(r'<div class="count suspect">(劣化|degraded)<b>1</b>', marked)
    assert 'class="mark"' not in (await get(view(watches=watches), path)).text


@pytest.mark.parametrize(
    ("party", "grade", "left"), [(Party.CARRIER, "overdue", "已超 1小时"), (Party.UNIT, "cool", "不计")]
)
async def test_no_limit_runs_out_on_a_fault_that_is_not_the_carriers(party: Party, grade: str, left: str) -> None:
    """An exempt fault is in nobody's red, however long it lasts (section 8)."""
    text = (await get(view(watches={"L1": DOWN}, faults=(replace(fault("L1", 13), party=party),)))).text
    assert f'<tr class="{grade}"><td>F20260901-L1' in text
    assert f'<span class="left">{left}</span>' in text


async def test_a_fault_at_its_very_limit_is_not_over_it() -> None:
    """12:00:00 is on time (section 5)."""
    text = (await get(view(watches={"L1": DOWN}, faults=(fault("L1", 12),)))).text
    assert '<tr class="hot"><td>F20260901-L1' in text
    assert '<span class="left">0秒</span>' in text


@pytest.mark.parametrize(
    ("hours", "shown"), [(2, "<td>09-01 14:00:00</td>"), (-2, '<td class="passed">09-01 10:00:00（已过）')]
)
async def test_an_eta_stands_beside_the_deadline_and_says_when_it_has_passed(hours: int, shown: str) -> None:
    promised = replace(fault("L1", 5), eta=NOW + timedelta(hours=hours))
    text = (await get(view(watches={"L1": DOWN}, faults=(promised,)))).text
    assert shown in text
    assert "预计恢复" in text


async def test_names_from_the_inventory_are_text_and_never_markup() -> None:
    text = (await get(view())).text
    assert "&lt;b&gt;财政局&lt;/b&gt;" in text
    assert "<b>财政局" not in text


async def test_a_blind_monitor_says_so_and_shows_no_state() -> None:
    text = (await get(view(watches={"L1": DOWN}, blind_since=NOW - timedelta(minutes=5)))).text
    assert "监测失明：自 09-01 11:55:00 起" in text
    assert 'class="line down"' not in text


async def test_a_demonstration_and_a_simulation_are_named_on_the_page() -> None:
    demo = Policy(version="demo-3m", clock=Clock(limit=timedelta(minutes=3)))
    text = (await get(replace(view(policy=demo), simulated=True))).text
    assert "演示策略 demo-3m：时限 3分" in text
    assert "不是真实测量" in text


@pytest.mark.parametrize(("path", "words"), [("/", "目前没有未排除的故障"), ("/?lang=en", "No open faults now.")])
async def test_both_languages_are_at_choice(path: str, words: str) -> None:
    assert words in (await get(view(), path)).text


async def test_status_is_the_object_of_the_command_line() -> None:
    shown = view(watches={"L1": DOWN, "L2": Watch(NOW, False, NOW, 1)}, faults=(fault("L1", 13),))
    assert {
        "lines": {"total": 2, "up": 0, "suspect": 1, "down": 1, "unknown": 0, "maintenance": 0},
        "faults": {"open": 1, "overdue": 1},
        "blind": False,
        "last_round_at": "2026-09-01T04:00:00Z",
    } == (await get(shown, "/api/status")).json()


@pytest.mark.parametrize(("path", "listed", "said"), [("/", 600, "另有 401 条线路未列出"), ("/?all=1", 1001, None)])
async def test_of_very_many_lines_the_worst_are_listed_and_the_rest_counted(
    path: str, listed: int, said: str | None
) -> None:
    lines = {f"L{n}": Line(id=f"L{n}", unit="u1", carrier="unicom", address="192.0.2.1") for n in range(1001)}
    many = replace(INVENTORY, lines=lines)
    watches = dict.fromkeys(lines, Watch(NOW, True)) | {"L1000": DOWN}
    policies = Policies([Policy()])
    surveyed = survey(many, policies, watches=watches, blind_since=None, faults=(), now=NOW)
    text = (await get(replace(view(), inventory=many, survey=surveyed), path)).text
    assert listed == text.count('<div class="line ')
    assert text.index('title="L1000"') < text.index('title="L0"')
    assert (said in text) if said else ("未列出" not in text)


async def test_a_language_there_is_none_of_is_answered_in_the_configured_one() -> None:
    text = (await get(view(), "/?lang=fr")).text
    assert '<html lang="zh-CN">' in text


async def test_messages_that_wait_or_were_given_up_are_said_by_channel() -> None:
    """With their number and since when; what waits for less than a minute is on its way."""
    since = NOW - timedelta(minutes=7)
    backlogs = (
        Backlog("hook", 0, None, 2, since),
        Backlog("<robot>", 3, since, 0, None),
        Backlog("sms", 1, NOW, 0, None),
    )
    chinese = (await get(view(backlogs=backlogs))).text
    english = (await get(view(backlogs=backlogs), "/?lang=en")).text
    assert "消息未送达：hook 2 条已放弃，最早应于 09-01 11:53:00 发出，请改用电话通知。" in chinese
    assert "消息积压：&lt;robot&gt; 3 条待发，最早应于 09-01 11:53:00 发出。" in chinese
    assert "Messages given up: 2 by hook" in english
    assert "sms" not in chinese + english


LONG_AGO, LATELY = NOW - timedelta(hours=26, seconds=1), NOW - timedelta(hours=26)
MARKS = [
    ("nothing is known", None, []),
    ("made in time", BackupMark(awaited_since=LONG_AGO, made_at=LATELY), []),
    ("a night was missed", BackupMark(awaited_since=LONG_AGO, made_at=LONG_AGO), ["备份过旧"]),
    ("none in the first day", BackupMark(awaited_since=LATELY), []),
    ("none at all", BackupMark(awaited_since=LONG_AGO), ["从未备份"]),
    ("files are missing", BackupMark(awaited_since=LONG_AGO, made_at=LATELY, lacking=2), ["备份缺少附件"]),
]


@pytest.mark.parametrize(("rule", "mark", "said"), MARKS, ids=[case[0] for case in MARKS])
async def test_what_is_amiss_with_the_backups_is_said(rule: str, mark: BackupMark | None, said: list[str]) -> None:
    """Where no Prometheus tells of it, whoever looks at the console sees it."""
    text = (await get(view(backup=mark))).text
    assert said == [words for words in ("备份过旧", "从未备份", "备份缺少附件") if words in text], rule
