"""The words of the field: a thing has one name wherever people read of it, and is counted by its own word."""

from __future__ import annotations

import re
from pathlib import Path

import monitor.alerts
from monitor.lab.words import words
from monitor.reports.composing.chinese import CHINESE as REPORT
from monitor.wording.chinese import CHINESE


def test_a_screen_a_report_and_the_lab_call_a_thing_alike() -> None:
    """Who reads of a fault in two places reads of one verdict, one party and one state."""
    assert CHINESE["disputable"] == REPORT["verdict_disputable"]
    assert CHINESE["undetermined"] == CHINESE["party_undetermined"] == REPORT["party_undetermined"]
    assert CHINESE["suspect"] in words("zh_CN").counts


def test_faults_units_and_lines_are_counted_by_their_own_words() -> None:
    """起 for faults, 家 for units and carriers, 条 for lines: never 个."""
    templates = Path(monitor.alerts.__file__).parent / "templates" / "zh_CN"
    texts = [*CHINESE.values(), *(path.read_text(encoding="utf-8") for path in sorted(templates.glob("*.yaml")))]
    assert len(texts) > len(CHINESE)
    wrong = re.compile(r"个(?:故障|单位|线路|网络运营商|运营商)|单位：[^\n]*个")
    assert [] == [found[0] for text in texts for found in wrong.finditer(text)]


def test_the_way_of_a_message_has_one_name_in_chinese() -> None:
    """A channel is 渠道 on screens, in messages, reports, alerts and pages, and never 通道."""
    root = Path(__file__).parents[1]
    rooms = (root / "monitor", root / "docs", root / "deploy", root / "grafana")
    texts = [path for room in rooms for path in room.rglob("*") if path.suffix in (".py", ".yaml", ".yml", ".md")]
    assert any("渠道" in path.read_text(encoding="utf-8") for path in texts)
    assert [] == [str(path) for path in texts if "通道" in path.read_text(encoding="utf-8")]


def test_the_dashboards_call_verdicts_and_traps_as_everything_else_does() -> None:
    """A fault is 待核定 and never 有争议, a trap a trap and never a snare (陷阱)."""
    boards = sorted((Path(__file__).parents[1] / "grafana").glob("*.py"))
    texts = "".join(path.read_text(encoding="utf-8") for path in boards)
    assert CHINESE["disputable"] in texts
    assert [] == [word for word in ("有争议", "陷阱", "超时未排除") if word in texts]
