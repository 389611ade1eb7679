"""Everything wrong with a workbook is named at once, with sheet, row, column and cure."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from monitor.archive.content import unread_by
from monitor.archive.grid import said as said_of
from monitor.archive.words import WORDS
from monitor.inventory.model import Inventory
from tests.archive.hostile import DAMAGED, NO_WORKBOOK
from tests.archive.workbooks import SMALL, Formula, drawn_of, noted, put, read, rows_of, said, typed, workbook
from tests.inventories import SHANGHAI

L = "线路"
ADDRESS = "填写一台设备的地址，如192.0.2.10"
DATE = "填写日期，如2019-01-01"
WAYS = ["GE0/0/0、GE0/0/1", "GE0/0/0,GE0/0/1", "GE0/0/0; GE0/0/1", "GE0/0/0；GE0/0/1", "GE0/0/0\nGE0/0/1",
        "GE0/0/0，GE0/0/1；"]  # fmt: skip


def percent(share: float) -> Callable[[Workbook], None]:
    """Return what a spreadsheet makes of ``100%``."""

    def change(book: Workbook) -> None:
        book[L]["H2"].value, book[L]["H2"].number_format = share, "0.0%"

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # duplicates
        (put(L, F3="192.0.2.1"), "线路!F3（地址）：地址与线路!A2的线路finance-1重复；"
         "每条线路、每个参照地址各用一个地址；已停用的，填写停用日期"),
        (put("参照地址", B2="192.0.2.1"), "参照地址!B2（地址）：地址与线路!A2的线路finance-1重复；"
         "每条线路、每个参照地址各用一个地址；已停用的，填写停用日期"),
        (put(L, I4="GE0/0/7"), "线路!I4（端口）：同一节点上，端口与线路!A2的线路finance-1重复；"
         "改正端口或节点；已停用的线路，填写停用日期"),
        (put(L, A3="finance-1"), "线路!A3（编号）：编号与线路!A2的线路重复；每个编号只用一次；同一线路只留一行"),
        # what is named and is not there
        (put(L, C2="unicon"), "线路!C2（运营商编号）：没有编号为“unicon”的运营商，是不是“unicom”；"
         "改正编号，或先在相应工作表中添加该运营商"),
        (put(L, C4="联通"), "线路!C4（运营商编号）：没有编号为“联通”的运营商，是不是“unicom”；"
         "改正编号，或先在相应工作表中添加该运营商"),
        (put(L, B2="public-security"), "线路!B2（单位编号）：没有编号为“public-security”的单位；"
         "改正编号，或先在相应工作表中添加该单位"),
        (put(L, B2=None), "线路!B2（单位编号）：必填，却是空的；填写单位编号"),
        (put(L, K2="defalt"), "线路!K2（SNMP配置）：monitor.yaml中没有名为“defalt”的SNMP配置，是不是“default”"
         "（1条线路）；改正名称；只ping的线路留空"),
        (put("联系人", B2="unicon"), "联系人!B2（所属编号）：没有编号为“unicon”的运营商，是不是“unicom”；"
         "改正编号，或先在相应工作表中添加该运营商"),
        (put("联系人", B3="财政局"), "联系人!B3（所属编号）：没有编号为“财政局”的单位，是不是“finance”；"
         "改正编号，或先在相应工作表中添加该单位"),
        (put("联系人", C3=None), "联系人!C3（角色）：必填，却是空的；填写角色"),
        # what does not go together
        (put(L, D4="north", I4=None), "线路!D4（节点编号）：该节点属于运营商mobile，本行属于运营商unicom；"
         "改正节点编号或运营商编号"),
        (put("汇聚节点", D2="east"), "汇聚节点!D2（上级节点）：上级节点首尾相接：core -> east -> core；"
         "改正其中一个节点的上级"),
        (put(L, O2=datetime(2019, 1, 1)), "线路!O2（停用日期）：停用日期不晚于启用日期；改正其中一个日期"),  # noqa: DTZ001
        # addresses
        (put(L, F2="192.0.2.300"), "线路!F2（地址）：“192.0.2.300”不是IPv4或IPv6地址；" + ADDRESS),
        (put(L, F2="192.0.2.1/24"), "线路!F2（地址）：地址后带有“/24”；改为“192.0.2.1”"),
        (put(L, F2="224.0.0.1"), "线路!F2（地址）：“224.0.0.1”是组播、广播或未指定的地址；" + ADDRESS),
        # texts
        (put(L, F2="１９２.0.2.1"), "线路!F2（地址）：含有全角字符“１９２”；改为半角“192.0.2.1”"),
        (put("联系人", E2="0000－66000201"), "联系人!E2（电话）：含有全角字符“－”；改为半角“0000-66000201”"),
        (put(L, I2="ＧＥ0/0/7"), "线路!I2（端口）：含有全角字符“ＧＥ”；改为半角“GE0/0/7”"),
        (put(L, B2="finance "), "线路!B2（单位编号）：首尾有多余的空格；改为“finance”"),
        (put("接入单位", B2="\u3000云岭县财政局"), "接入单位!B2（名称）：首尾有多余的空格；改为“云岭县财政局”"),
        (put(L, I2="\xa0ＧＥ1"), "线路!I2（端口）：首尾有多余的空格；改为“GE1”"),
        (put(L, J2="\u3000"), "线路!J2（域名）：只有空格；清空该单元格"),
        (put("接入单位", B2="云岭县\n财政局"), "接入单位!B2（名称）：含有换行或控制字符；改为“云岭县财政局”"),
        (put(L, M2="GE0/0/0、GE0/0/1 "), "线路!M2（接口）：首尾有多余的空格；改为“GE0/0/0、GE0/0/1”"),
        (put(L, M2="GE0/0/0\nGE0/0/1 "), "线路!M2（接口）：首尾有多余的空格；改为“GE0/0/1”"),
        (put("联系人", E2=66000201), "联系人!E2（电话）：此处应为文本，却是数字，前面的0可能已经丢失；"
         "设为“文本”格式后重新输入“66000201”"),
        (put("联系人", E2="1.38E+10"), "联系人!E2（电话）：“1.38E+10”是表格软件缩写的数字，有几位数字已经丢失；"
         "设为“文本”格式后重新输入完整号码"),
        (put("联系人", E2="000*-****0201"), "联系人!E2（电话）：电话号码“000*-****0201”是遮盖的，"
         "现有档案中该单位或运营商没有可以保留的对应号码；"
         "填写完整号码；或用monitor inventory export --full导出完整的档案再修改"),
        (put("联系人", E2="000*-**＊＊0201 "), "联系人!E2（电话）：首尾有多余的空格；改为“000*-****0201”"),
        (put("联系人", B2="unicon", E2="000*-****0201"), "联系人!B2（所属编号）：没有编号为“unicon”的运营商，"
         "是不是“unicom”；改正编号，或先在相应工作表中添加该运营商"),
        (put(L, B2="fin\u200bance"), "线路!B2（单位编号）：含有看不见的字符（U+200B）；重新输入“finance”"),
        (put(L, I2=True), "线路!I2（端口）：此处应为文本，却是“TRUE”；设为“文本”格式后重新输入"),
        # words of a list
        (put(L, E2="主线"), "线路!E2（主备）：没有“主线”这个选项；从下拉列表中选择：主用、备用"),
        (put("接入单位", D2="部门1"), "接入单位!D2（类别）：没有“部门1”这个选项，是不是“县直部门”；"
         "从下拉列表中选择：县直部门、乡镇、村和社区、其他"),
        # numbers
        (put(L, H2="100M"), "线路!H2（带宽Mbps）：“100M”不是大于0的数；只填数字，不带单位，如100"),
        (put(L, H2="100"), "线路!H2（带宽Mbps）：数字存成了文本；设为“常规”格式后重新输入100"),
        (put(L, H2=0), "线路!H2（带宽Mbps）：“0”不是大于0的数；只填数字，不带单位，如100"),
        (percent(1), "线路!H2（带宽Mbps）：“100%”不是大于0的数；只填数字，不带单位，如100"),
        (put(L, H2=True), "线路!H2（带宽Mbps）：“TRUE”不是大于0的数；只填数字，不带单位，如100"),
        # dates
        (put(L, N2="2019/1/1"), "线路!N2（启用日期）：日期“2019/1/1”存成了文本；设为日期格式后重新输入2019-01-01"),
        (put(L, N2="2019年1月1日"),
         "线路!N2（启用日期）：日期“2019年1月1日”存成了文本；设为日期格式后重新输入2019-01-01"),
        (put(L, N2="2019-01-01"), "线路!N2（启用日期）：日期“2019-01-01”存成了文本；设为日期格式后重新输入2019-01-01"),
        (put(L, N2="２０１９.1.1"), "线路!N2（启用日期）：含有全角字符“２０１９”；改为半角“2019.1.1”\n"
         "线路!N2（启用日期）：日期“2019.1.1”存成了文本；设为日期格式后重新输入2019-01-01"),
        (put(L, N2=43466),
         "线路!N2（启用日期）：此处应为日期，却是数字43466；将单元格设为日期格式（即2019-01-01），核对后保存"),
        (put(L, N2="2019-02-30"), "线路!N2（启用日期）：“2019-02-30”不是日期；填写日期，如2019-01-01"),
        (put(L, N2="2019/1/1 8:30"),
         "线路!N2（启用日期）：日期“2019/1/1 8:30”存成了文本；设为日期格式后重新输入2019-01-01 08:30:00"),
        (put(L, N2=20190101), "线路!N2（启用日期）：“20190101”不是日期；填写日期，如2019-01-01"),
        (put(L, N2="去年"), "线路!N2（启用日期）：“去年”不是日期；填写日期，如2019-01-01"),
        (put(L, N2=timedelta(days=2)), "线路!N2（启用日期）：“1900-01-02”不是日期；填写日期，如2019-01-01"),
        # headings
        (put(L, N1="启用曰期"), "线路!N1（启用曰期）：没有“启用曰期”这一列，是不是“启用日期”；改正列标题，或删除该列"),
        (put(L, P1="备注"), "线路!P1（备注）：没有“备注”这一列；改正列标题，或删除该列"),
        (put(L, P3="多余"), "线路!P1：该列有内容，却没有列标题；补上列标题，或清空该列"),
        (put(L, G1="编号", G2=None), "线路!G1（编号）：“编号”这一列重复；只留一列"),
        (lambda book: book[L].delete_cols(5, 2),
         "线路!1：缺少“地址”这一列；补上该列；空白模板：monitor inventory template"),
        (lambda book: book[L].delete_cols(2, 5),
         "线路!1：缺少“单位编号”这一列；补上该列；空白模板：monitor inventory template\n"
         "线路!1：缺少“运营商编号”这一列；补上该列；空白模板：monitor inventory template\n"
         "线路!1：缺少“地址”这一列；补上该列；空白模板：monitor inventory template"),
        (put(L, F1=None, F2=None, F3=None, F4=None),
         "线路!1：缺少“地址”这一列；补上该列；空白模板：monitor inventory template"),
        # merged cells
        (lambda book: book[L].merge_cells("B2:B3"), "线路!B2（单位编号）：合并单元格B2:B3；取消合并，每行分别填写"),
        (lambda book: (book[L].insert_rows(1), book[L].merge_cells("A1:O1")),
         "线路!1：第1行不是列标题；列标题放在第1行（以“编号”开始），删除其上的表名等内容"),
        # formulas
        (put(L, A2='=B2&"-1"'), "线路!A2（编号）：公式没有保存过结果；用Excel或WPS打开，保存一次；或直接填写内容"),
        # sheets
        (lambda book: book.remove(book["联系人"]),
         "small.xlsx：缺少工作表“联系人”（contacts）；补上该表；没有内容的，保留列标题即可"),
        (lambda book: (book.remove(book["联系人"]), book.remove(book["汇聚节点"])),
         "small.xlsx：缺少工作表“汇聚节点”（nodes）；补上该表；没有内容的，保留列标题即可\n"
         "small.xlsx：缺少工作表“联系人”（contacts）；补上该表；没有内容的，保留列标题即可"),
        (lambda book: book.create_sheet("lines"), "lines：与工作表“线路”是同一种表；只留一个"),
        (lambda book: book[L].delete_rows(2, 3), "线路：一行内容也没有；至少填写一行：档案须有运营商、单位和线路"),
    ],
)  # fmt: skip
def test_an_error_is_named_with_its_place_and_its_cure(
    tmp_path: Path, change: Callable[[Workbook], object], expected: str
) -> None:
    assert expected.splitlines() == said(workbook(tmp_path / "small.xlsx", change))


def test_a_profile_that_there_is_not_is_named_once_with_its_lines(tmp_path: Path) -> None:
    """What is wrong with it stands in monitor.yaml, and a county may have it on every line."""
    told = said(workbook(tmp_path / "small.xlsx", put(L, K2="core", K3="core", K4="edge")))
    assert [("线路!K2", "（2条线路）"), ("线路!K4", "（1条线路）")] == [
        (text.split("（")[0], text[text.rindex("（") : text.rindex("；改正")]) for text in told
    ]


def test_a_sheet_of_a_strange_name_is_named_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    def rename(book: Workbook) -> None:
        book[L].title = "线路表"
        book.create_sheet("备忘")["A1"] = "与档案无关"

    assert {
        "备忘：没有这样的工作表；改正名称，或删除该表",
        "small.xlsx：缺少工作表“线路”（lines）；补上该表；没有内容的，保留列标题即可",
        "线路表：没有这样的工作表，是不是“线路”；改正名称，或删除该表",
    } == set(said(workbook(tmp_path / "small.xlsx", rename)))


def test_all_errors_are_named_at_once_in_the_order_of_the_sheets(tmp_path: Path) -> None:
    """Duplicates too of what has to be mended first; and nothing besides."""

    def change(book: Workbook) -> None:
        put(L, F3=" １９２.0.2.1", B4=None, N2="2019.1.1")(book)
        put("网络运营商", A2="unicom ")(book)
        put("联系人", C2="　")(book)

    assert [
        "网络运营商!A2（编号）：首尾有多余的空格；改为“unicom”",
        "线路!N2（启用日期）：日期“2019.1.1”存成了文本；设为日期格式后重新输入2019-01-01",
        "线路!F3（地址）：首尾有多余的空格；改为“192.0.2.1”",
        "线路!F3（地址）：地址与线路!A2的线路finance-1重复；每条线路、每个参照地址各用一个地址；已停用的，填写停用日期",
        "线路!B4（单位编号）：必填，却是空的；填写单位编号",
        "联系人!C2（角色）：只有空格；清空该单元格",
    ] == said(workbook(tmp_path / "small.xlsx", change))


def test_english_says_the_same(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        put("lines", F3="192.0.2.1", C2="unicon", B4=None, E2="main")(book)
        put("contacts", E3="138****0001")(book)

    path = workbook(tmp_path / "small.xlsx", change, locale="en")
    assert [
        "lines!C2 (carrier): there is no carrier 'unicon'; did you mean 'unicom'?; correct the id, or add the carrier "
        "to its sheet first",
        "lines!E2 (role): there is no choice 'main'; choose from the list: primary, backup",
        "lines!F3 (address): this is also the address of line finance-1 at lines!A2; each has its own; give a line "
        "that left its in_service_to",
        "lines!B4 (unit): unit is needed, and empty; fill in unit",
        "contacts!E3 (phone): the telephone number 138****0001 is masked, and this unit or carrier has none in the "
        "inventory that it shows; write it whole; or export the archive with monitor inventory export --full and "
        "change that",
    ] == said(path, locale="en")


def test_english_names_a_heading_as_its_sheets_do(tmp_path: Path) -> None:
    path = workbook(tmp_path / "small.xlsx", lambda book: book["references"].delete_cols(2), locale="en")
    cure = "add it; monitor inventory template writes an empty one"
    assert [f"references!1: the column 'address' is missing; {cure}"] == said(path, locale="en")


def test_chinese_words_and_codes_are_both_read_and_so_are_both_headings(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        put(L, E1="role", E3="backup", F1="Address")(book)
        put("接入单位", D2="department", D3="乡镇")(book)
        put("联系人", A2="carrier", C2="dispatch")(book)
        book["汇聚节点"].title = "nodes"

    found = read(workbook(tmp_path / "small.xlsx", change))
    assert () == found.wrong
    assert SMALL == found.inventory


@pytest.mark.parametrize("written", ["光纤", "fibre"])
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_type_of_line_is_read_by_its_word_or_its_id_and_kept_as_the_id(
    tmp_path: Path, written: str, locale: str
) -> None:
    """What is no word of the list stays what was written."""
    sheet = L if locale == "zh_CN" else "lines"
    path = workbook(tmp_path / "small.xlsx", put(sheet, G2=written, G3="MSTP", G4="微波"), locale=locale)
    assert ["fibre", "MSTP", "微波"] == [line.type for line in read(path).inventory.lines.values()]


def test_a_chinese_sheet_says_a_type_in_chinese_and_offers_all_of_them(tmp_path: Path) -> None:
    lines = {**SMALL.lines, "finance-1": replace(SMALL.lines["finance-1"], type="fibre")}
    for locale, sheet, shown in (("zh_CN", L, "光纤"), ("en", "lines", "fibre")):
        path = tmp_path / f"{locale}.xlsx"
        path.write_bytes(drawn_of(replace(SMALL, lines=lines), locale=locale))
        page = openpyxl.load_workbook(path)[sheet]
        [listed] = [each for each in page.data_validations.dataValidation if str(each.sqref).startswith("G2:")]
        assert (shown, f'"MSTP,PTN,OTN,IPRAN,PON,{shown}"') == (page["G2"].value, listed.formula1)
        assert lines == read(path).inventory.lines


def test_columns_may_stand_in_any_order_and_rows_may_be_left_empty(tmp_path: Path) -> None:
    rows = {name: [row[::-1] for row in sheet] for name, sheet in rows_of().items()}
    rows[L].insert(2, [])
    assert SMALL == read(typed(tmp_path / "small.xlsx", rows)).inventory


def test_a_column_that_is_not_needed_may_be_missing(tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "small.xlsx", lambda book: book[L].delete_cols(13)))
    assert () == found.wrong
    assert () == found.inventory.lines["finance-1"].interfaces


@pytest.mark.parametrize("written", WAYS)
def test_several_values_of_a_cell_may_be_separated_in_any_usual_way(tmp_path: Path, written: str) -> None:
    found = read(workbook(tmp_path / "small.xlsx", put(L, M2=written)))
    assert ((), SMALL) == (found.wrong, found.inventory)


def test_a_formula_is_read_by_the_value_that_was_kept_and_a_failed_one_is_named(tmp_path: Path) -> None:
    rows = rows_of()
    rows[L][1][0] = Formula('=B2&"-1"', "finance-1")
    rows[L][2][5] = Formula("=#REF!", "#REF!")
    path = typed(tmp_path / "small.xlsx", rows)
    assert ["线路!F3（地址）：公式出错，显示#REF!；改正公式，或直接填写内容"] == said(path)
    assert ["线路：有2个单元格是公式，按文件中保存的结果读取"] == noted(path)
    rows[L][2][5] = "192.0.2.2"
    assert SMALL == read(typed(path, rows)).inventory


def test_what_is_hidden_is_read_and_people_are_told(tmp_path: Path) -> None:
    def hide(book: Workbook) -> None:
        book["汇聚节点"].sheet_state = "hidden"
        book[L].row_dimensions[3].hidden = True
        book[L].column_dimensions["J"].hidden = True

    path = workbook(tmp_path / "small.xlsx", hide)
    assert SMALL == read(path).inventory
    assert [
        "汇聚节点：工作表是隐藏的，照样读取",
        "线路：有1行是隐藏的，照样读取",
        "线路：列J是隐藏的，照样读取",
    ] == noted(path)


def test_a_time_of_day_is_that_of_the_configured_zone(tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "small.xlsx", put(L, N2=datetime(2019, 1, 1, 8, 30))))  # noqa: DTZ001
    assert datetime(2019, 1, 1, 8, 30, tzinfo=SHANGHAI) == found.inventory.lines["finance-1"].in_service_from


def test_a_file_that_is_no_workbook_or_not_there_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "small.xlsx"
    assert ["small.xlsx：没有这个文件；检查文件名和路径"] == said(path)
    path.write_text("编号,名称\n", encoding="utf-8")
    assert [f"small.xlsx：{NO_WORKBOOK}"] == said(path)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FileNotFoundError(2, "No such file or directory"), "没有这个文件；检查文件名和路径"),
        (PermissionError(13, "Permission denied"), "没有读取它的权限；换一个有权读取的用户，或改正文件的权限"),
        (OSError(5, "Input/output error"), "不能读取：Input/output error；检查路径和权限"),
    ],
)
def test_why_a_file_was_not_read_is_said_in_the_language_of_the_reader(error: OSError, expected: str) -> None:
    what, cure = WORDS["zh_CN"].explain(said_of(unread_by(error), why=error.strerror))
    assert expected == f"{what}；{cure}"


def test_a_workbook_whose_parts_break_off_is_damaged(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(tmp_path / "small.xlsx", "w") as broken:
        for part in parts.namelist():
            content = parts.read(part)
            broken.writestr(part, content[: len(content) // 2] if "sheet4.xml" in part else content)
    assert [f"small.xlsx：{DAMAGED}"] == said(tmp_path / "small.xlsx")


def test_a_cell_far_away_does_not_hold_the_reading_up(tmp_path: Path) -> None:
    """Some programs leave formatted cells at the end of the sheet; what lies between is not gone through."""
    path = workbook(tmp_path / "small.xlsx", put(L, XFD1048576=None))
    assert openpyxl.load_workbook(path)[L].max_row == 1_048_576
    found = read(path)
    assert ((), SMALL) == (found.wrong, found.inventory)


def test_a_row_with_an_error_is_left_out_of_the_inventory(tmp_path: Path) -> None:
    found: Inventory = read(workbook(tmp_path / "small.xlsx", put(L, F3="x"))).inventory
    assert ["finance-1", "qingxi-1"] == list(found.lines)


def test_units_of_one_name_are_said_and_taken(tmp_path: Path) -> None:
    path = workbook(tmp_path / "small.xlsx", put("接入单位", B3="云岭县财政局"))
    assert [] == said(path)
    places = "接入单位!A2 接入单位!A3"
    assert [f"接入单位：名称“云岭县财政局”有2家，报表和消息中无法区分：{places}"] == noted(path)
