"""The letter to each unit of what it owes: whole, in its language, and without anybody's telephone number."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.cli.desk import now
from monitor.config.settings import Settings
from monitor.correspondence import write
from monitor.inspection import Inspection
from monitor.registers.figures import Answers
from monitor.registers.gaps import Gap, GapKind, gaps
from monitor.registers.letters import Owner, Sender, by_owner, letter, said_gap
from monitor.registers.register import SubjectKind
from monitor.wording import WORDING
from tests.actions.conftest import ZONE, Office
from tests.registers.papers import county, ground, line, on, paper

DAY = on("2026-09-01")
PHONE = "13812345678"
U1, C1 = Owner("u1", SubjectKind.UNIT), Owner("c1", SubjectKind.CARRIER)


def sender(locale: str) -> Sender:
    return Sender(county="云岭县", phone="0000-66000000", locale=locale, words=WORDING[locale])


def test_the_chinese_letter_says_what_is_owed_by_which_article_and_what_to_do() -> None:
    papers = [paper("admin_filing", filed_on="2025-08-30"), paper("emergency_plan", issued_on="2024-01-01")]
    inventory = county(line("l1", begins="2020-03-01"))
    found = by_owner(gaps(ground(papers, inventory), DAY))[U1]
    assert letter(U1, found, DAY, inventory, sender("zh_CN")) == (
        "Unit u1：\n\n"
        "根据电子政务外网建设管理办法，截至2026年9月1日，贵单位有以下事项需要补办或更新：\n\n"
        "1. 管理员备案（第十三条第（一）项）：超过12个月未复核（自2026-08-31起）。"
        "请明确分管领导和专职网络管理员，报信息中心备案。\n"
        "2. 安全保密承诺书（第十七条）：没有记录。请签订（已接入的补签）安全保密承诺书，报信息中心存档。\n"
        "3. 接入审核（第十六条），线路l1：没有审核同意的记录。请向信息中心提交接入申请和接入方案，办理审核。\n\n"
        "另请核实以下事项：\n\n"
        "1. 应急预案（第十三条第（二）项）：12个月内没有演练（自2025-01-02起）。"
        "请制定应急预案并定期演练，报信息中心存档。\n\n"
        "请尽快办理，并将材料报送县政府信息中心。联系电话：0000-66000000。如已办理，请告知以便更正。\n\n"
        "云岭县政府信息中心\n2026年9月1日\n"
    )


def test_the_english_letter_does_too() -> None:
    inventory = county(line("l1"))
    found = by_owner(gaps(ground((), inventory), DAY))
    assert {C1, U1} == found.keys()
    said = letter(C1, found[C1], DAY, inventory, sender("en"))
    assert said.startswith(
        "To Carrier c1\n\nBy the regulation on the e-government extranet, the following is owed as of"
    )
    assert "1. carriers' guarantees (Art. 27): nothing on record; please sign the network operation guarantee" in said


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", list(GapKind))
@pytest.mark.parametrize("since", [None, DAY])
def test_every_gap_is_said_in_every_language(locale: str, kind: GapKind, since: object) -> None:
    if since is None and kind in (GapKind.EXPIRED, GapKind.TOO_OLD, GapKind.ERASED, GapKind.NOT_FILED):
        return  # these are known by their day
    gap = Gap(register="connection", kind=kind, subject="gone", since=since)  # type: ignore[arg-type]
    for each in (gap, replace(gap, register="emergency_plan"), replace(gap, register="disaster_backup")):
        assert "{" not in said_gap(each, WORDING[locale])
    said = letter(Owner.of(gap), [gap], DAY, county(), sender(locale))
    assert "gone" in said
    assert "{" not in said


def test_a_unit_and_a_carrier_of_one_id_get_a_letter_each(tmp_path: Path) -> None:
    inventory = county(line("l1", unit="c1", carrier="c1"), units=("c1",))
    found = gaps(ground((), inventory), DAY)
    answers = Answers(requests=0, answered=0, median=None, longest=None, waiting=0, since=None)
    inspection = Inspection(on=DAY, inventory=inventory, gaps=tuple(found), hints=(), coverage=(), answers=answers)
    assert 2 == write(found, inspection, Settings(), tmp_path)
    unit, carrier = ((tmp_path / f"{name}-2026-09-01.txt").read_text(encoding="utf-8") for name in ("c1", "c1-2"))
    assert ("Unit c1：", True, False) == (unit.splitlines()[0], "管理员备案" in unit, "第二十七条" in unit)
    assert ("Carrier c1：", False, True) == (
        carrier.splitlines()[0],
        "管理员备案" in carrier,
        "第二十七条" in carrier,
    )


def test_letters_are_written_for_each_that_owes_anything(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    today = now().astimezone(ZONE).date()
    filing = (f"leader_phone={PHONE}", "leader=王伟", "administrator=李娜", "administrator_phone=0000-66001234")
    filed_on = f"filed_on={(today - timedelta(days=10)).isoformat()}"
    office.done("registers", "add", "admin_filing", "u1", *filing, filed_on)
    said = office.done("registers", "gaps", "--letters", str(folder), "--as-of", today.isoformat())
    assert said.endswith(": 4 letters written\n")
    names = {path.name for path in folder.iterdir()}
    assert {f"{name}-{today.isoformat()}.txt" for name in ("u1", "u2", "u3", "unicom")} == names
    letter = (folder / f"u1-{today.isoformat()}.txt").read_text(encoding="utf-8")
    assert ("confidentiality commitments (Art. 17)" in letter, "administrators filed" in letter) == (True, False)
    assert PHONE not in letter
    json.loads(office.done("registers", "gaps", "--json"))
