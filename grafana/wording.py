"""What states, verdicts, parties and registers are called, and their colours."""

from __future__ import annotations

from collections.abc import Mapping

from grafana.colours import BAD, GOOD, HALF, LATE, SEEN, UNKNOWN
from grafana.language import Language
from grafana.panels import Words
from grafana.queries import State
from monitor.registers.definitions import CONNECTED, CONNECTION, DEFINED
from monitor.sla.verdict import Verdict
from monitor.wording import WORDING


def states(language: Language) -> Words:
    """Return what the states of a line are called."""
    say = language.say
    return {
        State.DOWN: (say("中断", "down"), BAD),
        State.UP: (say("正常", "up"), GOOD),
        State.UNKNOWN: (say("未知", "unknown"), UNKNOWN),
        State.SUSPECT: (say("待确认", "suspect"), LATE),
        State.MAINTENANCE: (say("计划检修", "maintenance"), SEEN),
        State.DEGRADED: (say("劣化", "degraded"), HALF),
    }


def no_clock(language: Language) -> str:
    """Return what stands where no clock runs: a page that is not there looks the same, and is no good news."""
    return language.say("没有在计时的故障，或没有数据", "No clock runs, or there is no data")


def yes_no(yes: tuple[str, str], no: tuple[str, str]) -> Words:
    """Return what 1 and 0 are called."""
    return {0: no, 1: yes}


def roles(language: Language) -> Mapping[str, str]:
    """Return what the roles of a line are called."""
    return {"primary": language.say("主用", "primary"), "backup": language.say("备用", "backup")}


def sources(language: Language) -> Mapping[str, str]:
    """Return who finds faults."""
    say = language.say
    return {
        "monitor": say("监测", "monitor"),
        "unit": say("单位报障", "unit"),
        "carrier": say("运营商报障", "carrier"),
        "centre": say("中心报障", "centre"),
    }


def verdicts(language: Language) -> Mapping[str, str]:
    """Return what verdicts are called."""
    words = WORDING[language.locale]
    return {verdict.value: words[verdict.value] for verdict in Verdict}


def registers(language: Language) -> Mapping[str, str]:
    """Return what the registers are called, connection (Art. 6) among them."""
    titles = {CONNECTION: CONNECTED} | {register.id: register.title for register in DEFINED}
    return {name: title.spoken(language.locale) for name, title in titles.items()}
