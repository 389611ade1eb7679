"""Whoever takes the archive out gets telephone numbers masked, or whole where that is asked for, and is on record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.workbook.workbook import Workbook

from monitor.archive.words import WORDS
from monitor.cli import main
from monitor.cli.acting import login
from monitor.config.adopted import inventory_of
from monitor.config.folder import load
from monitor.config.inventory_text import inventory_yaml
from monitor.faults.events import InventoryAdopted, RegisterTaken
from monitor.faults.terms import Medium
from monitor.inventory.model import Contact
from monitor.store.records import Records
from monitor.store.store import Store
from tests.archive.workbooks import SMALL, put, workbook
from tests.config.written import write
from tests.inventories import SHANGHAI

MONITOR = "snmp: {profiles: {default: {version: 2c, community: {env: HOME}}}}\n"
WANG, LI = "13812340001", "13899990001"
STAFF = (
    Contact(role="leader", name="王伟", phone=WANG, email="wang@yunling.example"),
    Contact(role="network_admin", name="李娜", phone=LI),
    Contact(role="duty", phone="110"),
)
COUNTY = replace(SMALL, units={**SMALL.units, "finance": replace(SMALL.units["finance"], contacts=STAFF)})
ROWS = 15  # of all sheets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose database is not there yet."""
    monitor = f"{MONITOR}database: sqlite:///{tmp_path}/var/monitor.db\n"
    return write(tmp_path / "config", monitor=monitor, inventory=inventory_yaml(COUNTY, zone=SHANGHAI))


@pytest.fixture
def kept(folder: Path) -> Path:
    """The folder with its database."""
    Store.open(load(folder).settings.database.reveal()).close()
    return folder


def run(folder: Path, *arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["inventory", *map(str, arguments), "--config", str(folder)])
    assert code == done.exit_code, done.output
    return done


def taken(folder: Path) -> list[RegisterTaken]:
    with Records.of(load(folder).settings.database.reveal()) as records:
        found = [recorded.event for recorded in records.events(kinds=(RegisterTaken,))]
        assert () == records.verify().findings
    return [event for event in found if isinstance(event, RegisterTaken)]


def adopted(folder: Path) -> list[str]:
    """Return the inventories on record, as texts."""
    with Records.of(load(folder).settings.database.reveal()) as records:
        events = [recorded.event for recorded in records.events(kinds=(InventoryAdopted,))]
        return [records.configuration(event.digest) or "" for event in events if isinstance(event, InventoryAdopted)]


def phones(path: Path) -> list[object]:
    return [cell.value for cell in openpyxl.load_workbook(path)["联系人"]["E"][1:]]


def test_numbers_are_masked_unless_asked_for_whole_and_who_took_them_is_on_record(kept: Path, tmp_path: Path) -> None:
    """A number of few digits is nobody's own and stays."""
    masked, whole = tmp_path / "masked.xlsx", tmp_path / "whole.xlsx"
    said = run(kept, "export", "--out", masked)
    assert (WORDS["zh_CN"].screen["numbers_masked"] in said.stdout, said.stderr) == (True, "")
    assert ["000*-****0201", "138****0001", "138****0001", "110"] == phones(masked)
    run(kept, "export", "--out", whole, "--full", "--who", "赵敏", "--why", "年度核对")
    assert ["0000-66000201", WANG, LI, "110"] == phones(whole)
    first, second = taken(kept)
    assert (("access_archive",), ROWS, Medium.FILE, False) == (first.registers, first.entries, first.to, first.full)
    assert (login(), None) == (first.who, first.why)
    assert (ROWS, True, "赵敏", "年度核对") == (second.entries, second.full, second.who, second.why)


def test_csv_files_are_masked_too_and_a_folder_there_already_is_nothing_taken(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "csv"
    run(kept, "export", "--csv", "--out", target, "--locale", "en")
    assert "138****0001" in (target / "contacts.csv").read_text("utf-8-sig")
    assert WANG not in (target / "contacts.csv").read_text("utf-8-sig")
    assert "there already" in run(kept, "export", "--csv", "--out", target, "--locale", "en", code=2).stderr
    assert 1 == len(taken(kept))


@pytest.mark.parametrize("locale", WORDS)
@pytest.mark.parametrize("full", [(), ("--full",)], ids=["masked", "full"])
@pytest.mark.parametrize("form", ["book.xlsx", "csv"])
def test_what_is_taken_out_imports_as_the_same(
    kept: Path, tmp_path: Path, locale: str, full: tuple[str, ...], form: str
) -> None:
    target, before = tmp_path / form, (kept / "inventory.yaml").read_bytes()
    run(kept, "export", "--out", target, "--locale", locale, *full)
    said = run(kept, "import", target, "--yes", "--locale", locale)
    assert WORDS[locale].screen["same"] in said.stdout
    assert before == (kept / "inventory.yaml").read_bytes()


def masked(folder: Path, path: Path) -> Workbook:
    run(folder, "export", "--out", path)
    return openpyxl.load_workbook(path)


def test_a_masked_number_stays_while_all_else_of_the_contact_changes(kept: Path, tmp_path: Path) -> None:
    """And a number that is written whole is another one."""
    path = tmp_path / "book.xlsx"
    book = masked(kept, path)
    put("联系人", D3="王玮", F3="wei@yunling.example", E4="13800000009", E5="119")(book)
    put("联系人", D2="钱工")(book)
    book.save(path)
    tried = run(kept, "import", path).stdout
    assert "138****0009" in tried
    assert not {WANG, LI, "13800000009", "0000-66000201"} & set(tried.replace("；", " ").split())
    run(kept, "import", path, "--yes")
    inventory = load(kept).inventory
    assert ["0000-66000201"] == [each.phone for each in inventory.carriers["unicom"].contacts]
    assert [("王玮", None), ("李娜", "13800000009"), (None, "119")] == [
        (each.name, None if each.phone == WANG else each.phone) for each in inventory.units["finance"].contacts
    ]


def test_a_masked_number_that_there_is_none_to_keep_of_is_one_error_with_its_cell_and_cure(
    kept: Path, tmp_path: Path
) -> None:
    """Of another unit's contact, or one that two people show: nothing is taken, and `check` says the same."""
    path, before = tmp_path / "book.xlsx", (kept / "inventory.yaml").read_bytes()
    book = masked(kept, path)
    book["联系人"].append(["接入单位", "qingxi", "分管领导", "钱镇长", "138****0001"])
    book["联系人"].append(["接入单位", "finance", "客户经理", "孙工", "138****0001"])
    book.save(path)
    refused = run(kept, "import", path, "--yes", code=2)
    what, cure = WORDS["zh_CN"].findings["masked"]
    told = f"{what.format(found='138****0001')}；{cure}"
    assert [f"联系人!E{row}（电话）：{told}" for row in (6, 7)] == refused.stdout.splitlines()
    assert "monitor: book.xlsx: 2 problems: nothing is taken\n" == refused.stderr
    assert refused.stdout == run(kept, "check", path, code=2).stdout
    told = json.loads(run(kept, "import", path, "--json", code=2).stdout)["problems"]
    assert [("联系人", 6, 5, "电话"), ("联系人", 7, 5, "电话")] == [
        (each["sheet"], each["row"], each["column"], each["heading"]) for each in told
    ]
    assert before == (kept / "inventory.yaml").read_bytes()


def test_before_there_is_a_database_only_what_is_masked_is_given(folder: Path, tmp_path: Path) -> None:
    """It is said that this is on no record; a rule of `policy.yaml` that is wrong does not matter yet."""
    (folder / "policy.yaml").write_text("detection: {packets: none}\n", encoding="utf-8")
    target = tmp_path / "book.xlsx"
    refused = run(folder, "export", "--out", target, "--full", code=3)
    assert "`monitor run` or `monitor db upgrade` makes it; whole telephone numbers are put on record" in refused.stderr
    assert not target.exists()
    assert f"{WORDS['zh_CN'].screen['unrecorded']}\n" == run(folder, "export", "--out", target).stderr
    assert "138****0001" in phones(target)
    assert not (tmp_path / "var").exists(), "nothing is made on the way"


def test_nor_while_postgresql_has_no_tables_yet(folder: Path, tmp_path: Path, postgresql_url: str) -> None:
    monitor = f"{MONITOR}database: {postgresql_url}\n"
    (folder / "monitor.yaml").write_text(monitor, encoding="utf-8")
    target = tmp_path / "book.xlsx"
    assert "no tables yet" in run(folder, "export", "--out", target, "--full", code=3).stderr
    assert f"{WORDS['zh_CN'].screen['unrecorded']}\n" == run(folder, "export", "--out", target).stderr
    Store.open(postgresql_url).close()
    assert "" == run(folder, "export", "--out", target, "--full", "--force").stderr
    assert [True] == [each.full for each in taken(folder)]


@pytest.mark.parametrize(
    ("rule", "monitor", "code", "said"),
    [
        ("A database that cannot be told.", "database: oracle://x\n", 2, "database: "),
        ("Nor where the file cannot be read.", "database: [\n", 2, "monitor.yaml:"),
        ("One that does not answer.", "database: postgresql+psycopg://nobody@127.0.0.1:1/none\n", 3, "127.0.0.1"),
    ],
)
def test_nothing_is_given_where_it_cannot_be_told_whether_there_is_a_record(
    folder: Path, tmp_path: Path, rule: str, monitor: str, code: int, said: str
) -> None:
    (folder / "monitor.yaml").write_text(MONITOR + monitor, encoding="utf-8")
    refused = run(folder, "export", "--out", tmp_path / "book.xlsx", code=code)
    assert (said in refused.stderr, refused.stderr.count("\n")) == (True, 1), rule
    assert not (tmp_path / "book.xlsx").exists(), rule


def test_a_configuration_that_is_refused_gives_nothing_where_there_is_a_record(kept: Path, tmp_path: Path) -> None:
    (kept / "policy.yaml").write_text("detection: {packets: none}\n", encoding="utf-8")
    assert "policy.yaml:1:" in run(kept, "export", "--out", tmp_path / "book.xlsx", code=2).stderr
    assert not (tmp_path / "book.xlsx").exists()


def test_a_check_without_an_inventory_says_that_masked_numbers_were_not_looked_up(folder: Path, tmp_path: Path) -> None:
    path = workbook(tmp_path / "small.xlsx", put("联系人", E2="000*-****0201"))
    note = WORDS["zh_CN"].notes["masked_unseen"].format(count=1)
    said = run(tmp_path / "none", "check", path).stdout.splitlines()
    assert (f"联系人：{note}", True) == (said[0], "可以导入" in said[1])
    assert "遮盖" not in run(folder, "check", path).stdout, "the folder's inventory has it"
    (folder / "inventory.yaml").write_text("lines: [", encoding="utf-8")
    assert note in run(folder, "check", path).stdout


def test_the_database_names_nobody_of_the_archive_and_who_leaves_it_leaves_the_record_as_it_is(
    kept: Path, tmp_path: Path
) -> None:
    """The ledger holds for ever which inventory was in force; so there are no people in it to erase."""
    path = tmp_path / "book.xlsx"
    book = masked(kept, path)
    book["联系人"].delete_rows(3)
    book.save(path)
    run(kept, "import", path, "--yes")
    assert [LI, "110"] == [each.phone for each in load(kept).inventory.units["finance"].contacts]
    run(kept, "export", "--out", path, "--force")
    [text] = adopted(kept)
    carriers = {name: replace(each, contacts=()) for name, each in COUNTY.carriers.items()}
    units = {name: replace(each, contacts=()) for name, each in COUNTY.units.items()}
    assert replace(COUNTY, carriers=carriers, units=units) == inventory_of(text, zone=SHANGHAI)
    stored = b"".join(file.read_bytes() for file in (tmp_path / "var").iterdir())
    assert [] == [word for word in (WANG, LI, "0000-66000201", "王伟", "wang@") if word.encode() in stored]
