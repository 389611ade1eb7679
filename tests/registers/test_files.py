"""The registers as workbooks and CSV files: what is exported imports as nothing new; every error has its cell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.workbook.workbook import Workbook

from monitor.archive.register_sheets import SHEETS, sheet_of
from monitor.archive.words.registers import REGISTER_WORDS
from monitor.cli import main
from monitor.faults.events import RegisterEntered, RegisterTaken
from monitor.faults.terms import Medium
from monitor.registers.definitions import DEFINED
from monitor.registers.gaps import gaps as judged
from monitor.registers.register import Owed, Register, SubjectKind, Title, day, text
from tests.actions.conftest import Office
from tests.archive.hostile import FILES
from tests.registers.conftest import AGO, OTHER, PHONE, TODAY
from tests.registers.papers import ground, on, paper, told

Change = Callable[[Workbook], None]


def exported(office: Office, *options: str) -> Path:
    target = office.folder / "out.xlsx"
    office.done("registers", "export", "--out", str(target), "--force", *options)
    return target


def changed(office: Office, change: Change, *options: str) -> Path:
    path = exported(office, *options)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def imported(office: Office, path: Path, *options: str) -> str:
    return office.done("registers", "import", str(path), *options)


def versions(office: Office) -> int:
    return len(office.events(RegisterEntered))


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("full", [(), ("--full",)], ids=["masked", "full"])
@pytest.mark.parametrize("form", ["workbook", "folder"])
def test_what_is_exported_imports_as_what_is_on_record(
    kept: Office, tmp_path: Path, locale: str, full: tuple[str, ...], form: str
) -> None:
    """In either language and form, masked or not: not one version more."""
    settings = kept.folder / "monitor.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("zh_CN", locale), encoding="utf-8")
    target, before = tmp_path / ("all.xlsx" if form == "workbook" else "all"), versions(kept)
    kept.done("registers", "export", "--out", str(target), *full)
    said = imported(kept, target, "--yes")
    assert REGISTER_WORDS[locale].screen["same"] in said
    assert before == versions(kept) == len(SHEETS)


@pytest.mark.parametrize("full", [(), ("--full",)], ids=["masked", "full"])
def test_what_left_and_who_was_erased_are_exported_and_import_as_what_is_on_record(
    kept: Office, full: tuple[str, ...]
) -> None:
    """As long as their rows stay as they are: neither can be entered so."""
    kept.done("registers", "erase", "carrier_guarantee", "unicom", "--why", "asked by letter")
    kept.done(
        "registers", "add", "access_review", "u2", "application=x", "line=L2", "decision=同意", f"approved_on={AGO}"
    )
    inventory = kept.folder / "inventory.yaml"
    gone = re.sub(r"\{id: u1,[^}]*\}, |  - \{id: L[12],.*\n", "", inventory.read_text(encoding="utf-8"))
    inventory.write_text(gone, encoding="utf-8")
    path, before = exported(kept, *full), versions(kept)
    assert REGISTER_WORDS["zh_CN"].screen["same"] in imported(kept, path, "--yes")
    book = openpyxl.load_workbook(path)
    book[FILING]["C2"], book[GUARANTEE]["D2"] = "赵敏", date(2097, 1, 1)
    book.save(path)
    said = CliRunner().invoke(main, ["registers", "import", str(path), "--yes", "--config", str(kept.folder)])
    assert ["管理员备案!A2（单位编号）：没有编号为“u1”的单位",
            "网络运行安全保障承诺书!E2（7×24小时联系人）：必填，却是空的",
            "网络运行安全保障承诺书!F2（7×24小时电话）：必填，却是空的",
    ] == [line.split("；")[0] for line in said.stdout.splitlines()]  # fmt: skip
    assert before == versions(kept)


def test_what_excel_saves_of_exported_csv_imports_as_what_is_on_record(kept: Office, tmp_path: Path) -> None:
    """It writes days and times without zeros, a seconds' part only where there is one, and GBK."""
    kept.done("registers", "export", "--csv", "--out", str(tmp_path / "all"))
    for path in (tmp_path / "all").iterdir():
        text = re.sub(r"(\d{4})-0?(\d+)-0?(\d+)", r"\1/\2/\3", path.read_text(encoding="utf-8-sig"))
        path.write_bytes(re.sub(r" 0?(\d+:\d\d):00", r" \1", text).encode("gbk"))
    assert REGISTER_WORDS["zh_CN"].screen["same"] in imported(kept, tmp_path / "all")


def test_an_export_is_masked_unless_asked_for_whole_and_says_who_took_it(kept: Office) -> None:
    book = openpyxl.load_workbook(exported(kept))
    assert ["138****5678", "000*-****1234"] == [book["管理员备案"][cell].value for cell in ("D2", "F2")]
    whole = openpyxl.load_workbook(exported(kept, "admin_filing", "--full", "--who", "李娜", "--why", "月报"))
    assert [PHONE, OTHER] == [whole["管理员备案"][cell].value for cell in ("D2", "F2")]
    assert ["管理员备案", "接入单位", "说明"] == whole.sheetnames
    first, second = kept.events(RegisterTaken)
    assert (tuple(SHEETS), 8, Medium.FILE, False) == (first.registers, first.entries, first.to, first.full)
    assert (("admin_filing",), 1, True, "李娜", "月报") == (
        second.registers,
        second.entries,
        second.full,
        second.who,
        second.why,
    )


def test_what_would_be_written_over_is_not_and_nothing_is_on_record(kept: Office, tmp_path: Path) -> None:
    target = exported(kept)
    assert "is there already" in kept.refused("registers", "export", "--out", str(target))
    assert "is the name of a workbook" in kept.refused("registers", "export", "--csv", "--out", str(target))
    plain = target.rename(target.with_suffix(""))
    assert "is a file: name a folder" in kept.refused("registers", "export", "--csv", "--out", str(plain))
    plain.rename(target)
    assert 1 == len(kept.events(RegisterTaken))
    assert "is there already" in kept.refused("registers", "template", "--out", str(target))


def test_a_row_changed_is_a_version_and_a_row_added_an_entry_once_it_is_taken(kept: Office) -> None:
    def change(book: Workbook) -> None:
        filing, requests = book["管理员备案"], book["资源申请"]
        filing["C2"] = "赵敏"
        filing.append([None, "教育局", "张三", "13900000000", "李四", "120", AGO, None])
        requests["G2"] = datetime(2026, 1, 6, 17, 30)  # noqa: DTZ001 - as a cell has it
        requests.append(["u1", None, None, "提升带宽", datetime(2026, 2, 1, 8, 0)])  # noqa: DTZ001

    path = changed(kept, change)
    trial = imported(kept, path)
    assert ("新增2，变更2，未变6。" in trial, "什么也没有写入" in trial, versions(kept)) == (True, True, 8)
    assert "138****5678" not in trial, "a number that stays is not told"
    assert PHONE not in trial
    said = imported(kept, path, "--yes", "--who", "值班员", "--why", "季度复核")
    assert "已登记" in said
    new = kept.events(RegisterEntered)[8:]
    assert [("admin_filing", "u1", 2), ("admin_filing", "u2", 1), ("resource_request", "u1-1", 2),
            ("resource_request", "u1-2", 1)] == [(each.register, each.entry, each.version) for each in new]  # fmt: skip
    assert {("值班员", "季度复核")} == {(each.who, each.why) for each in new}
    assert "2026-01-06T09:30:00Z" == new[2].facts["closed_at"]
    assert {"requested_at": "2026-02-01T00:00:00Z"} == new[3].facts
    [shown] = json.loads(kept.done("registers", "list", "admin_filing", "--unit", "u1", "--full", "--json"))
    assert ("赵敏", PHONE) == (shown["values"]["leader"], shown["values"]["leader_phone"]), "masked: unchanged"
    assert REGISTER_WORDS["zh_CN"].screen["same"] in imported(kept, path, "--yes")
    with kept.records() as records:
        assert () == records.verify().findings


def test_a_column_that_is_not_there_changes_nothing_and_an_empty_cell_empties(kept: Office) -> None:
    def change(book: Workbook) -> None:
        book["安全保密承诺书"].delete_cols(6)  # valid until
        book["管理员备案"]["H2"] = None

    imported(kept, changed(kept, change), "--yes")
    [filing] = kept.events(RegisterEntered)[8:]
    assert {"filed_on": AGO.isoformat()} == filing.facts
    [commitment] = json.loads(kept.done("registers", "list", "confidentiality_commitment", "--json"))
    assert "2098-01-01" == commitment["values"]["expires_on"]


def cell(sheet: str, **cells: Any) -> Change:
    def change(book: Workbook) -> None:
        for name, value in cells.items():
            book[sheet][name] = value

    return change


def row(sheet: str, *cells: Any) -> Change:
    def change(book: Workbook) -> None:
        book[sheet].append(list(cells))

    return change


def merged(book: Workbook) -> None:
    book["管理员备案"].merge_cells("C2:D2")


FILING, REVIEW, GUARANTEE, REQUEST = "管理员备案", "接入审核", "网络运行安全保障承诺书", "资源申请"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (cell(FILING, D2="12"), ["管理员备案!D2（分管领导电话）：“12”不是电话号码"]),
        (cell(FILING, D2=13800000000), ["管理员备案!D2（分管领导电话）：此处应为文本，却是数字"]),
        (cell(FILING, D2="139****0000"), ["管理员备案!D2（分管领导电话）：遮盖的电话号码与已登记的不符；填写完整号码"]),
        (cell(FILING, C2=" 王伟"), ["管理员备案!C2（分管领导）：首尾有多余的空格；改为“王伟”"]),
        (cell(FILING, C2=None), ["管理员备案!C2（分管领导）：必填，却是空的"]),
        (cell(FILING, C2="字" * 201), ["管理员备案!C2（分管领导）：超过200字"]),
        (cell(FILING, G2="2026年9月1日"), ["管理员备案!G2（备案日期）：日期“2026年9月1日”存成了文本"]),
        (cell(FILING, G2=date(2999, 1, 1)), ["管理员备案!G2（备案日期）：2999-01-01的年份不对；改正年份",
                                             "管理员备案!H2（复核日期）："]),
        (cell(FILING, G2=TODAY + timedelta(days=1), H2=None), ["管理员备案!G2（备案日期）："]),
        (cell(FILING, G2=datetime(2026, 9, 1, 8, 30)), ["管理员备案!G2（备案日期）：此处只填日期"]),  # noqa: DTZ001
        (cell(FILING, H2=AGO - timedelta(days=1)), ["管理员备案!H2（复核日期）："]),
        (cell(FILING, A2="u9"), ["管理员备案!A2（单位编号）：没有编号为“u9”的单位"]),
        (cell(FILING, A2="财政局"), ["管理员备案!A2（单位编号）：没有编号为“财政局”的单位，是不是“u1”"]),
        (cell(FILING, B2="教育局"), ["管理员备案!B2（单位名称）：编号是财政局的，名称却是“教育局”"]),
        (cell(FILING, A2=None, B2="教育"), ["管理员备案!B2（单位名称）：档案中没有名为“教育”的单位，是不是“教育局”"]),
        (cell(FILING, A2=None, B2=None), ["管理员备案!A2（单位编号）：没有填写单位；填写编号或名称"]),
        (cell(FILING, C2="=1/0"), ["管理员备案!C2（分管领导）：公式没有保存过结果"]),
        (merged, ["管理员备案!C2（分管领导）：合并单元格C2:D2", "管理员备案!D2（分管领导电话）：“王伟”不是电话号码"]),
        (cell(FILING, C1="领导"), ["管理员备案!1：缺少“分管领导”这一列", "管理员备案!C1（领导）：没有“领导”这一列"]),
        (row(FILING, "u1", "财政局", "甲", "120", "乙", "120", AGO),
         ["管理员备案!A3（单位编号）：登记u1在表中出现了两次"]),
        (cell(REVIEW, C2="u1-9"), ["接入审核!C2（登记编号）：没有编号为“u1-9”的登记"]),
        (cell(REVIEW, A2="u2", B2=None),
         ["接入审核!C2（登记编号）：登记u1-1是u1的", "接入审核!E2（线路）：线路“L1”属于u1"]),
        (cell(REVIEW, E2="L9"), ["接入审核!E2（线路）：没有编号为“L9”的线路"]),
        (cell(REVIEW, F2="也许"), ["接入审核!F2（审核结论）：没有“也许”这个选项"]),
        (cell(GUARANTEE, A2=None, B2=None), ["网络运行安全保障承诺书!A2（运营商编号）：没有填写运营商"]),
        (cell(GUARANTEE, A2=None, B2="广电"),
         ["网络运行安全保障承诺书!B2（运营商名称）：档案中没有名为“广电”的运营商"]),
        (cell(REQUEST, E2="2026-01-05 09:05"), ["资源申请!E2（申请时间）：日期“2026-01-05 09:05”存成了文本；"
                                                "设为日期格式后重新输入2026-01-05 09:05:00"]),
        (cell(REQUEST, F2="上午"), ["资源申请!F2（首次答复时间）：“上午”不是日期和时间；填写日期和时间，如2026-09-01"]),
        (lambda book: [row(REQUEST, "u2", None, None, "域名", AGO)(book) for _ in range(2)],
         ["资源申请!A4（单位编号）：这项新登记在表中出现了两次；只留一行"]),
        (lambda book: book.create_sheet("鸽子").append(["灰"]), ["鸽子：没有这样的工作表"]),
    ],
)  # fmt: skip
def test_every_error_is_named_with_sheet_row_column_and_cure_and_nothing_is_entered(
    kept: Office, change: Change, expected: list[str]
) -> None:
    """Beside it a right row is new: it is not entered either."""

    def both(book: Workbook) -> None:
        book["应急预案"].append(["u2", None, "V1", AGO])
        change(book)

    path, before = changed(kept, both), versions(kept)
    result = CliRunner().invoke(main, ["registers", "import", str(path), "--yes", "--config", str(kept.folder)])
    lines = [line for line in result.stdout.splitlines() if "个单元格是公式" not in line]
    assert 2 == result.exit_code, result.output
    assert len(expected) == len(lines), lines
    for wanted, line in zip(expected, lines, strict=True):
        assert line.startswith(wanted)
        assert "；" in line, "the cure is said"
    assert result.stderr.endswith("nothing is entered\n")
    assert before == versions(kept)


def test_for_programs_problems_and_changes_are_objects(kept: Office) -> None:
    path = changed(kept, cell(FILING, D2="12"))
    result = CliRunner().invoke(main, ["registers", "import", str(path), "--json", "--config", str(kept.folder)])
    [problem] = json.loads(result.stdout)["problems"]
    assert (FILING, 2, 4, "管理员备案!D2") == (problem["sheet"], problem["row"], problem["column"], problem["place"])
    answer = json.loads(imported(kept, changed(kept, cell(FILING, C2="赵敏", D2=OTHER)), "--json"))
    assert ([], 7, False) == (answer["problems"], answer["unchanged"], answer["entered"])
    [change] = answer["changes"]
    assert {
        "leader": {"before": "王伟", "after": "赵敏"},
        "leader_phone": {"before": "138****5678", "after": "000*-****1234"},
    } == change["fields"]


def test_a_number_that_looks_the_same_when_masked_is_a_change_all_the_same(kept: Office) -> None:
    answer = json.loads(imported(kept, changed(kept, cell(FILING, D2="13899995678")), "--json"))
    [change] = answer["changes"]
    assert ["leader_phone"] == list(change["fields"])


def test_a_workbook_of_the_archive_is_told_from_one_of_registers(kept: Office, tmp_path: Path) -> None:
    """Each is refused by the other's import in one line that names the command it belongs to."""
    archive = tmp_path / "archive.xlsx"
    kept.done("inventory", "export", "--out", str(archive))
    for path, command, other in ((archive, "registers", "inventory"), (exported(kept), "inventory", "registers")):
        result = CliRunner().invoke(main, [command, "import", str(path), "--config", str(kept.folder)])
        assert (2, 1) == (result.exit_code, len(result.stdout.splitlines())), result.output
        assert f"用monitor {other} import导入" in result.stdout


def test_a_file_without_any_register_is_refused(kept: Office, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "说明"
    book.save(tmp_path / "empty.xlsx")
    result = CliRunner().invoke(
        main, ["registers", "import", str(tmp_path / "empty.xlsx"), "--config", str(kept.folder)]
    )
    assert (2, True) == (result.exit_code, "没有任何一张台账的工作表" in result.stdout)
    result = CliRunner().invoke(main, ["registers", "import", str(tmp_path / "no.xlsx"), "--config", str(kept.folder)])
    assert (2, True) == (result.exit_code, "没有这个文件" in result.stdout)


@pytest.mark.parametrize("name", ["bomb that lies", "macros", "entities of a sheet", "password", "cut short", "pipe"])
def test_a_hostile_or_broken_file_is_refused_in_one_line(office: Office, tmp_path: Path, name: str) -> None:
    """By the same reader as the archive's workbooks: for programs an object, and a line for people."""
    make, told = FILES[name]
    path = make(tmp_path)
    command = ["registers", "import", str(path), "--yes", "--config", str(office.folder)]
    done = CliRunner().invoke(main, command)
    assert (2, "monitor: small.xlsx: 1 problem: nothing is entered\n") == (done.exit_code, done.stderr)
    [problem] = json.loads(CliRunner().invoke(main, [*command, "--json"]).stdout)["problems"]
    assert (told.startswith("线路："), "small.xlsx") == (problem["sheet"] == "线路", problem["file"])
    assert problem["problem"]
    assert problem["cure"]


def test_a_template_is_written_under_the_name_of_a_workbook_only(kept: Office, tmp_path: Path) -> None:
    """Nothing is written where it is another."""
    target = tmp_path / "dir.csv"
    said = kept.refused("registers", "template", "--out", str(target))
    assert f"{target} is no name of a workbook, and a template is one: end it in .xlsx" in said
    assert not target.exists()


def test_a_template_has_every_register_its_lists_and_what_goes_in(kept: Office, tmp_path: Path) -> None:
    target = tmp_path / "template.xlsx"
    kept.done("registers", "template", "--out", str(target))
    book = openpyxl.load_workbook(target)
    assert [*(register.title.zh_CN for register in DEFINED), "接入单位", "网络运营商", "说明"] == book.sheetnames
    assert ["u1", "u2", "u3"] == [book["接入单位"][f"A{number}"].value for number in (2, 3, 4)]
    rules = {str(rule.sqref)[0]: rule.formula1 for rule in book[REVIEW].data_validations.dataValidation}
    assert ("'接入单位'!$A$2:$A$20001", '"同意,不同意"') == (rules["A"].lstrip("="), rules["F"])
    assert [] == kept.events(RegisterTaken), "nothing was taken out"
    assert REGISTER_WORDS["zh_CN"].screen["same"] in imported(kept, target, "--yes")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_column_is_explained_in_every_language(locale: str) -> None:
    words = REGISTER_WORDS[locale]
    for sheet in SHEETS.values():
        for column in sheet.columns:
            assert words.columns[f"{sheet.key}.{column.key}"]
            assert len(words.columns[f"{sheet.key}.{column.key}"]) <= 255
    assert REGISTER_WORDS["zh_CN"].findings.keys() == REGISTER_WORDS["en"].findings.keys()


def test_another_register_is_another_row_of_the_table() -> None:
    """A ninth needs its definition and nothing else: entries, gaps and its sheet follow from it."""
    ninth = Register(
        id="security_grading",
        title=Title("等级保护备案", "security gradings"),
        article=Title("第十一条", "Art. 11"),
        cure=Title("请办理等级保护备案", "please have the grading filed"),
        subject=SubjectKind.UNIT,
        fields=(text("level", "等级", "level"), day("graded_on", "备案日期", "graded on")),
        owed=Owed.SUBJECT,
        begins="graded_on",
        renewed=("graded_on",),
    )
    assert ["单位编号", "单位名称", "等级", "备案日期"] == [column.name for column in sheet_of(ninth).columns]
    owed = judged(ground(), on("2026-09-01"), [ninth])
    assert [("missing", "u1", None)] == [told(gap) for gap in owed if gap.register == ninth.id]
    papers = [paper(ninth.id, at=datetime(2026, 1, 1, tzinfo=UTC), graded_on="2026-01-01")]
    assert [] == [gap for gap in judged(ground(papers), on("2026-09-01"), [ninth]) if gap.register == ninth.id]
