"""``monitor inventory``: import, export, check and template, as a shell sees them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from monitor.archive.sheets import SHEETS
from monitor.cli import main
from monitor.config.folder import load
from monitor.inventory.model import Inventory, UnitKind
from monitor.lab.county import SEED, generate
from monitor.lab.sample import hand_in
from tests.archive.workbooks import SMALL, put, workbook
from tests.config.written import write
from tests.inventories import SHANGHAI

MONITOR = "snmp: {profiles: {default: {version: 2c, community: {env: COMMUNITY}}, secure: {version: 2c, community: {env: COMMUNITY}}}}\n"  # noqa: E501
ENVIRONMENT = {"COMMUNITY": "nothing-secret", "COLUMNS": "200"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "config", monitor=f"{MONITOR}database: sqlite:///{tmp_path}/var/monitor.db\n")


def run(folder: Path, *arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["inventory", *map(str, arguments), "--config", str(folder)], env=ENVIRONMENT)
    assert code == done.exit_code, done.output
    return done


def loaded(folder: Path) -> Inventory:
    return load(folder, environ=ENVIRONMENT).inventory


@pytest.mark.parametrize("seed", [SEED, 7])
def test_the_sample_county_is_refused_for_the_slips_of_its_list_and_mended_it_is_taken_whole(
    folder: Path, tmp_path: Path, seed: int
) -> None:
    """102 units on 122 lines: exactly the errors on the list, and nothing is written; mended, every entity is there."""
    county = generate(seed).inventory
    sample, places = hand_in(county, seed=seed), {line: row for row, line in enumerate(county.lines, start=2)}
    assert (102, 122, 2) == (len(county.units), len(county.lines), len(sample.slips))
    before = (folder / "inventory.yaml").read_bytes()
    path = tmp_path / "云岭县.xlsx"
    path.write_bytes(sample.workbook(locale="zh_CN", zone=SHANGHAI))
    refused = run(folder, "import", path, "--yes", code=2)
    cure = "每条线路、每个参照地址各用一个地址；已停用的，填写停用日期"
    assert refused.stdout.splitlines() == [
        f"线路!F{places[slip.line]}（地址）：地址与线路!A{places[slip.other]}的线路{slip.other}重复；{cure}"
        for slip in sample.slips
    ]
    assert "monitor: 云岭县.xlsx: 2 problems: nothing is taken\n" == refused.stderr
    assert before == (folder / "inventory.yaml").read_bytes()

    book = openpyxl.load_workbook(path)
    for slip in sample.slips:
        book["线路"][f"F{places[slip.line]}"] = county.lines[slip.line].address
    book.save(path)
    tried = run(folder, "import", path)
    assert "新增241，变更3，离开6。" in tried.stdout
    assert "这是试运行，什么也没有写入；确认无误后加--yes导入。" in tried.stdout
    assert before == (folder / "inventory.yaml").read_bytes()
    taken = run(folder, "import", path, "--yes")
    assert "SIGHUP" in taken.stdout
    assert county == loaded(folder)
    assert list(county.lines) == list(loaded(folder).lines)
    [backup] = folder.glob("inventory.yaml.*")
    assert before == backup.read_bytes()
    assert "与现有档案一致，无须导入。" in run(folder, "import", path, "--yes").stdout


def test_an_export_imports_as_the_same_and_its_sheets_are_those_people_know(folder: Path, tmp_path: Path) -> None:
    taken = run(folder, "import", workbook(tmp_path / "small.xlsx"), "--yes")
    assert "已写入" in taken.stdout
    out = tmp_path / "out.xlsx"
    said = run(folder, "export", "--out", out)
    counts = "网络运营商2家、汇聚节点3个、接入单位2家、线路3条、参照地址1个"
    assert f"已导出到{out}：{counts}" == said.stdout.splitlines()[0]
    assert [*(sheet.name for sheet in SHEETS), "说明"] == openpyxl.load_workbook(out).sheetnames
    assert "与现有档案一致" in run(folder, "import", out).stdout
    assert "there already" in run(folder, "export", "--out", out, code=2).stderr
    run(folder, "export", "--out", out, "--force")


def test_csv_and_english_are_at_choice(folder: Path, tmp_path: Path) -> None:
    run(folder, "import", workbook(tmp_path / "small.xlsx"), "--yes")
    run(folder, "export", "--csv", "--out", tmp_path / "csv", "--locale", "en")
    names = {path.name for path in (tmp_path / "csv").iterdir()}
    assert {f"{sheet.key}.csv" for sheet in SHEETS} == names
    assert "This is the inventory already" in run(folder, "import", tmp_path / "csv", "--locale", "en").stdout
    assert "there already" in run(folder, "export", "--csv", "--out", tmp_path / "csv", "--locale", "en", code=2).stderr


def test_a_dry_run_shows_what_is_new_changed_and_gone(folder: Path, tmp_path: Path) -> None:
    run(folder, "import", workbook(tmp_path / "small.xlsx"), "--yes")

    def change(book: openpyxl.Workbook) -> None:
        put("线路", F2="192.0.2.9", H2=200, A3="finance-9")(book)

    said = [line.split() for line in run(folder, "import", workbook(tmp_path / "new.xlsx", change)).stdout.splitlines()]
    assert ["变更", "线路", "finance-1", "财政局", "地址：192.0.2.1", "→", "192.0.2.9"] in said
    assert ["带宽Mbps：100", "→", "200"] in said
    new = next(line for line in said if line[:1] == ["新增"])
    assert ["新增", "线路", "finance-9", "财政局"] == new[:4]
    assert "单位编号：finance、运营商编号：mobile、节点编号：north、地址：192.0.2.2、端口：GE0/0/7" == new[4]
    assert ["离开", "线路", "finance-2", "财政局"] in said
    told = json.loads(run(folder, "import", tmp_path / "new.xlsx", "--json").stdout)
    assert (told["taken"], told["problems"]) == (False, [])
    assert {"key": "address", "old": "192.0.2.1", "new": "192.0.2.9"} in told["differences"][0]["values"]
    assert [("changed", "finance-1"), ("new", "finance-9"), ("gone", "finance-2")] == [
        (each["change"], each["id"]) for each in told["differences"]
    ]


def test_of_a_new_line_a_terminal_of_a_hundred_columns_shows_where_it_runs(folder: Path, tmp_path: Path) -> None:
    """Unit, carrier, node, address, type and port, none of them broken in two."""
    done = CliRunner().invoke(
        main,
        ["inventory", "import", str(workbook(tmp_path / "small.xlsx")), "--config", str(folder)],
        env={**ENVIRONMENT, "COLUMNS": "100"},
    )
    lines = done.stdout.splitlines()
    assert max(map(cell_len, lines)) <= 100
    row = next(number for number, line in enumerate(lines) if line.split()[:3] == ["新增", "线路", "finance-1"])
    shown = " ".join(lines[row : row + 6])
    for each in (
        "单位编号：finance",
        "运营商编号：unicom",
        "节点编号：east",
        "地址：192.0.2.1",
        "类型：PTN",
        "端口：GE0/0/7",
    ):
        assert each in shown


def test_errors_for_programs_have_sheet_row_column_and_cure(folder: Path, tmp_path: Path) -> None:
    path = workbook(tmp_path / "small.xlsx", put("线路", F3="192.0.2.300"))
    [problem] = json.loads(run(folder, "check", path, "--json", "--locale", "en", code=2).stdout)["problems"]
    assert problem == {
        "file": "small.xlsx",
        "sheet": "线路",
        "row": 3,
        "column": 6,
        "heading": "地址",
        "place": "线路!F3",
        "problem": "'192.0.2.300' is no IPv4 or IPv6 address",
        "cure": "write the address of one machine, such as 192.0.2.10",
    }


def test_check_looks_at_the_file_alone(tmp_path: Path) -> None:
    """Where there is no configuration, any SNMP profile will do."""
    nowhere = tmp_path / "none"
    said = run(nowhere, "check", workbook(tmp_path / "small.xlsx"))
    assert "small.xlsx可以导入：网络运营商2家、汇聚节点3个、接入单位2家、线路3条、参照地址1个\n" == said.stdout
    assert "1 problem: nothing" in run(nowhere, "check", tmp_path / "no.xlsx", code=2).stderr


def test_a_template_is_empty_and_lets_people_choose(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    run(folder, "template", "--out", path)
    book = openpyxl.load_workbook(path)
    for sheet in SHEETS:
        assert [column.name for column in sheet.columns] == [cell.value for cell in book[sheet.name][1]]
        assert 1 == book[sheet.name].max_row
    lists = {
        str(each.sqref).split(":")[0]: each.formula1
        for each in book["线路"].data_validations.dataValidation
        if each.type == "list"
    }
    assert lists["E2"] == '"主用,备用"'
    assert lists["C2"] == "'网络运营商'!$A$2:$A$20001"
    assert lists["K2"] == '"default,secure"'
    formats = {cell: book["线路"].column_dimensions[cell].number_format for cell in "AHN"}
    assert {"A": "@", "H": "General", "N": "yyyy-mm-dd"} == formats


def test_a_first_inventory_is_taken_where_there_was_none(folder: Path, tmp_path: Path) -> None:
    (folder / "inventory.yaml").unlink()
    run(folder, "import", workbook(tmp_path / "small.xlsx"), "--yes")
    assert SMALL == loaded(folder)
    assert "# Taken from small.xlsx at " in (folder / "inventory.yaml").read_text(encoding="utf-8")


def test_what_monitor_check_would_refuse_is_refused(folder: Path, tmp_path: Path) -> None:
    """A route names a carrier that the archive no longer has."""
    channel = "channels: {hook: {kind: webhook, url: 'http://127.0.0.1:9/'}}\n"
    routes = "routes: [{kinds: all, channels: [hook]}, {carrier: telecom, kinds: all, channels: [hook]}]\n"
    (folder / "monitor.yaml").write_text(MONITOR + channel + routes, encoding="utf-8")
    before = (folder / "inventory.yaml").read_bytes()
    refused = run(folder, "import", workbook(tmp_path / "small.xlsx"), "--yes", code=2)
    assert "routes[1].carrier: " in refused.stdout
    assert f"1 problem of {folder} with this archive: nothing is taken" in refused.stderr
    assert before == (folder / "inventory.yaml").read_bytes()


def test_an_inventory_that_is_refused_already_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "inventory.yaml").write_text("lines: [", encoding="utf-8")
    refused = run(folder, "import", workbook(tmp_path / "small.xlsx"), code=2)
    assert "inventory.yaml:2:1: a value is missing here" in refused.stderr


def test_an_export_names_what_an_import_would_refuse(folder: Path, tmp_path: Path) -> None:
    """YAML takes any text; an archive wants no blanks around it, and a port for one line."""
    text = (folder / "inventory.yaml").read_text(encoding="utf-8")
    (folder / "inventory.yaml").write_text(text.replace("name: 财政局", "name: '财政局 '"), encoding="utf-8")
    said = run(folder, "export", "--out", tmp_path / "out.xlsx")
    assert "接入单位!B2（名称）：首尾有多余的空格；改为“财政局”" in said.stderr
    assert said.stderr.startswith("按此导入会被拒绝")


def test_an_export_wants_an_inventory_and_a_folder_to_go_to(folder: Path, tmp_path: Path) -> None:
    said = run(folder, "export", "--out", tmp_path / "none" / "out.xlsx", code=2).stderr
    assert f"monitor: there is no folder {tmp_path / 'none'}: make it, or name another with --out\n" == said
    assert said == run(folder, "export", "--csv", "--out", tmp_path / "none" / "out", code=2).stderr
    said = run(folder, "export", "--out", tmp_path / "out.xslx", code=2).stderr
    assert f"monitor: {tmp_path / 'out.xslx'} is no name of a workbook: end it in .xlsx" in said
    said = run(folder, "export", "--csv", "--out", tmp_path / "out.xlsx", code=2).stderr
    assert f"monitor: {tmp_path / 'out.xlsx'} is the name of a workbook, and --csv writes a folder" in said
    (folder / "inventory.yaml").unlink()
    said = run(folder, "export", "--out", tmp_path / "out.xlsx", code=2).stderr
    assert said.startswith(f"monitor: {folder} holds no inventory: name its folder with --config")
    assert not (tmp_path / "out.xlsx").exists()


def test_thousands_of_differences_are_a_line_each(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.cli.tables.MOST_DRAWN", 3)
    said = run(folder, "import", workbook(tmp_path / "small.xlsx")).stdout.splitlines()
    new = "单位编号：finance、运营商编号：unicom、节点编号：east、地址：192.0.2.1、类型：PTN、端口：GE0/0/7"
    assert f"新增  线路  finance-1  财政局  {new}" in said


@pytest.mark.parametrize("name", ["dir.csv", "folder", "template.xls"])
def test_a_template_is_a_workbook_and_goes_by_no_other_name(folder: Path, tmp_path: Path, name: str) -> None:
    """A workbook under a name of something else could be opened by nobody."""
    out = tmp_path / name
    said = run(folder, "template", "--out", out, code=2).stderr
    assert f"monitor: {out} is no name of a workbook, and a template is one: end it in .xlsx\n" == said
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name a workbook, a folder of CSV files, or --netbox URL"),
        (["x.xlsx", "--netbox", "https://netbox.example"], "both x.xlsx and --netbox are given"),
    ],
)
def test_an_import_wants_one_source_and_says_whether_there_is_none_or_two(
    folder: Path, arguments: list[str], said: str
) -> None:
    assert said in run(folder, "import", *arguments, code=2).stderr


def test_kinds_of_units_are_read_by_the_words_of_earlier_versions_too(folder: Path, tmp_path: Path) -> None:
    """Workbooks of earlier versions say 部门 and 村社区; what is written now is what the report says."""
    run(folder, "import", workbook(tmp_path / "small.xlsx", put("接入单位", D2="部门", D3="村社区")), "--yes")
    assert [UnitKind.DEPARTMENT, UnitKind.VILLAGE] == [unit.kind for unit in loaded(folder).units.values()]
    run(folder, "export", "--out", tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["接入单位"]
    assert ["县直部门", "村和社区"] == [sheet["D2"].value, sheet["D3"].value]


@pytest.mark.parametrize(
    "arguments",
    [
        ["import"],
        ["import", "x.xlsx", "--netbox", "https://netbox.example"],
        ["import", "x.xlsx", "--token-env", "NAME"],
        ["export", "--out", "none/at/all.xlsx"],
    ],
)
def test_wrong_calls_end_in_one_line(folder: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["inventory", *arguments, "--config", str(folder)], env=ENVIRONMENT)
    assert done.exit_code in (2, 3)
    assert 1 == done.stderr.count("\n")


def test_dates_are_of_the_configured_zone(folder: Path, tmp_path: Path) -> None:
    (folder / "monitor.yaml").write_text(MONITOR + "timezone: Asia/Urumqi\n", encoding="utf-8")
    run(folder, "import", workbook(tmp_path / "small.xlsx"), "--yes")
    begun = loaded(folder).lines["finance-1"].in_service_from
    assert begun is not None
    assert "2019-01-01 02:00" == f"{begun.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
