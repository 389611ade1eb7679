"""``monitor registers`` where no daemon runs: what it enters, shows, masks, erases and refuses."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.desk import now
from monitor.faults.events import RegisterEntered, RegisterErased, RegisterTaken
from monitor.faults.terms import Change, Medium
from monitor.registers.definitions import DEFINED
from monitor.store.attachments import Attachments
from tests.actions.conftest import ZONE, Office

PHONE, OTHER = "13812345678", "0000-66001234"
TODAY = now().astimezone(ZONE).date()
FILED = (TODAY - timedelta(days=10)).isoformat()
FILING = ("leader=王伟", f"leader_phone={PHONE}", "administrator=李娜", f"administrator_phone={OTHER}")


def add(office: Office, *given: str, register: str = "admin_filing", subject: str = "u1") -> str:
    return office.done("registers", "add", register, subject, *given)


def listed(office: Office, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(office.done("registers", "list", *options, "--json"))
    return found


def shown(office: Office, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(office.done("registers", "show", *options, "--json"))
    return found


def gaps(office: Office, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(office.done("registers", "gaps", *options, "--json"))
    return found


def kinds(office: Office, register: str, *options: str) -> list[tuple[str, str]]:
    return [(gap["subject"], gap["kind"]) for gap in gaps(office, "--register", register, *options)["gaps"]]


def test_an_entry_is_made_renewed_and_shown_with_its_versions(either_office: Office) -> None:
    """On both databases; who, when and why stand with each version, and no name or number in the ledger."""
    office = either_office
    said = add(office, *FILING, f"filed_on={FILED}", "--who", "值班员", "--why", "函〔2026〕1号")
    assert "admin_filing u1 v1: entered\n" == said
    assert "admin_filing u1 v2: entered\n" == add(office, f"confirmed_on={TODAY.isoformat()}")
    found = shown(office, "admin_filing", "u1")
    first, second = found["versions"]
    assert ("u1", False, [1, 2]) == (found["subject"], found["withdrawn"], [first["version"], second["version"]])
    assert ("值班员", "函〔2026〕1号") == (first["who"], first["why"])
    masked = {
        "leader": "王伟",
        "leader_phone": "138****5678",
        "administrator": "李娜",
        "administrator_phone": "000*-****1234",
    }
    assert masked | {"filed_on": FILED} == first["values"]
    assert masked | {"filed_on": FILED, "confirmed_on": TODAY.isoformat()} == second["values"]
    assert first["digest"] != second["digest"], "the same words are sealed anew each time"
    with office.records() as records:
        bodies = [recorded.event for recorded in records.events()]
        assert () == records.verify().findings
    assert all(secret not in str(bodies) for secret in (PHONE, OTHER, "王伟", "李娜"))


def test_fields_not_given_stay_and_an_empty_one_is_emptied(office: Office) -> None:
    add(office, *FILING, f"filed_on={FILED}", f"confirmed_on={TODAY.isoformat()}")
    add(office, "confirmed_on=")
    add(office, "分管领导=赵敏")
    values = shown(office, "admin_filing", "u1", "--full")["versions"][-1]["values"]
    assert ("赵敏", PHONE, FILED, None) == (
        values["leader"],
        values["leader_phone"],
        values["filed_on"],
        values.get("confirmed_on"),
    )


def test_what_is_on_record_already_makes_no_version(office: Office) -> None:
    add(office, *FILING, f"filed_on={FILED}")
    assert "just that is on record; nothing was changed" in add(office, *FILING, f"filed_on={FILED}")
    assert 1 == len(office.events(RegisterEntered))


def test_several_entries_of_a_unit_are_told_apart_by_their_fields_or_their_id(office: Office) -> None:
    one = ("what=增加地址", "requested_at=2026-01-05 09:00")
    assert "resource_request u1-1 v1: entered\n" == add(office, *one, register="resource_request")
    other = ("what=提升带宽", "requested_at=2026-01-05 09:00")
    assert "resource_request u1-2 v1: entered\n" == add(office, *other, register="资源申请", subject="财政局")
    said = office.done("registers", "gaps", "--as-of", "2026-02-01").replace("\n", " ")
    assert "Requests of 12 months: 2, none answered, the oldest since 2026-01-05 09:00" in said
    answered = ("first_answered_at=2026-01-05 10:30",)
    assert "resource_request u1-1 v2: entered\n" == add(office, *one, *answered, register="resource_request")
    closed = ("outcome=已办理", "closed_at=2026-01-06", "first_answered_at=2026-01-05 12:00", "--id", "u1-2")
    assert "resource_request u1-2 v2: entered\n" == add(office, *closed, register="resource_request")
    found = {each["entry"]: each["values"] for each in listed(office, "resource-request")}
    assert "2026-01-05T02:30:00Z" == found["u1-1"]["first_answered_at"]
    assert "name one by its id: u1-1, u1-2" in office.refused("registers", "show", "resource-request", "u1")
    assert ("提升带宽", "已办理") == (found["u1-2"]["what"], found["u1-2"]["outcome"])


def test_gaps_follow_what_is_entered_as_of_any_day(office: Office) -> None:
    assert [("u1", "missing"), ("u2", "missing"), ("u3", "missing")] == kinds(office, "admin_filing")
    add(office, *FILING, f"filed_on={FILED}")
    assert [("u2", "missing"), ("u3", "missing")] == kinds(office, "admin_filing")
    eve = (datetime.fromisoformat(FILED) - timedelta(days=1)).date().isoformat()
    assert ("u1", "missing") in kinds(office, "admin_filing", "--as-of", eve)
    assert [("u1", "too_old")] == kinds(office, "admin_filing", "--as-of", f"{TODAY.year + 2}-01-01", "--unit", "u1")
    counts = gaps(office)["counts"]
    assert (2, 3, 1, 0) == tuple(
        counts[name] for name in ("admin_filing", "access_review", "carrier_guarantee", "disaster_backup")
    )
    assert "2" in office.done("registers", "gaps", "--register", "admin_filing")


def test_a_correction_takes_the_version_before_out_and_a_withdrawal_all(office: Office) -> None:
    add(office, *FILING, "filed_on=2020-05-01")
    add(office, f"filed_on={FILED}", "--corrects")
    assert [("u1", "missing")] == kinds(office, "admin_filing", "--as-of", "2020-06-01", "--unit", "u1")
    assert "admin_filing u1: withdrawn\n" == office.done("registers", "withdraw", "admin_filing", "u1", "--why", "slip")
    assert [("u1", "missing")] == kinds(office, "admin_filing", "--unit", "u1")
    assert [] == listed(office, "admin_filing")
    assert [True] == [each["withdrawn"] for each in listed(office, "admin_filing", "--withdrawn")]
    assert [Change.ENTERED, Change.CORRECTED, Change.WITHDRAWN] == [
        event.change for event in office.events(RegisterEntered)
    ]
    assert "slip" == office.events(RegisterEntered)[-1].why


def test_telephone_numbers_are_whole_only_when_asked_for_and_that_is_on_record(office: Office) -> None:
    add(office, *FILING, f"filed_on={FILED}")
    for command in (("list", "admin_filing"), ("show", "admin_filing", "u1"), ("list", "--unit", "u1")):
        for form in ((), ("--json",)):
            said = office.done("registers", *command, *form)
            assert (True, False) == ("138****5678" in said, PHONE in said), command
    assert [] == office.events(RegisterTaken)
    whole = office.done("registers", "list", "admin_filing", "--full", "--who", "李娜", "--why", "call them")
    assert PHONE in whole
    assert PHONE in office.done("registers", "show", "admin_filing", "u1", "--full")
    first, second = office.events(RegisterTaken)
    assert (("admin_filing",), 1, Medium.SCREEN, True, "李娜", "call them") == (
        first.registers,
        first.entries,
        first.to,
        first.full,
        first.who,
        first.why,
    )
    assert bool(second.who)


def test_who_took_what_is_told_by_the_ledger(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every export, of the archive too, and every look at whole numbers; in the order in which it was done."""
    assert "Nobody took anything" in office.done("registers", "taken")
    add(office, *FILING, f"filed_on={FILED}")
    office.done("registers", "list", "admin_filing", "--full", "--who", "李娜", "--why", "call them")
    office.done("registers", "export", "--out", str(tmp_path / "all.xlsx"), "--who", "王伟")
    office.done("inventory", "export", "--out", str(tmp_path / "archive.xlsx"), "--who", "赵敏", "--full")
    first, second, third = json.loads(office.done("registers", "taken", "--json"))
    assert (["admin_filing"], 1, "screen", True, "李娜", "call them") == (
        first["registers"],
        first["entries"],
        first["to"],
        first["full"],
        first["who"],
        first["why"],
    )
    assert ("王伟", 1, "file", False, None) == tuple(second[key] for key in ("who", "entries", "to", "full", "why"))
    assert (["access_archive"], "赵敏", "file", True) == tuple(third[key] for key in ("registers", "who", "to", "full"))
    monkeypatch.setenv("COLUMNS", "140")
    said = [line.split()[2:] for line in office.done("registers", "taken").splitlines() if line.startswith(" 20")]
    assert [
        ["李娜", "administrators", "filed", "1", "screen", "whole", "call", "them"],
        ["王伟", "all", "registers", "1", "file", "masked"],
        ["赵敏", "access", "archive", "8", "file", "whole"],
    ] == said
    assert "[]" == office.done("registers", "taken", "--since", "2098-01-01", "--json").strip()
    assert "since 2098-01-01 00:00:00" in office.done("registers", "taken", "--since", "2098-01-01")


def test_whose_data_is_held_is_found_by_any_word_of_any_version(office: Office) -> None:
    add(office, *FILING, f"filed_on={FILED}")
    add(office, "leader=赵敏", f"filed_on={TODAY.isoformat()}")
    assert [["u1"], ["u1"], []] == [
        [each["entry"] for each in listed(office, "--find", word)] for word in ("王伟", PHONE, "孙悟空")
    ]


def test_where_a_persons_data_stands_is_told_by_version(office: Office) -> None:
    """Only the latest version is shown, and with it erased the ones before still hold what was looked for."""
    add(office, *FILING, f"filed_on={FILED}")
    add(office, f"filed_on={TODAY.isoformat()}")
    assert [[1, 2]] == [each["said_in"] for each in listed(office, "--find", "王伟")]
    assert "found in v1, v2" in office.done("registers", "list", "--find", "王伟")
    office.done("registers", "erase", "admin_filing", "u1", "--version", "2")
    assert [[1]] == [each["said_in"] for each in listed(office, "--find", "王伟")]
    assert "found in v1" in office.done("registers", "list", "--find", "王伟")
    office.done("registers", "erase", "admin_filing", "u1", "--version", "1")
    assert [] == listed(office, "--find", "王伟")
    assert "found in" not in office.done("registers", "list", "admin_filing")


def test_the_id_of_a_register_is_whole_on_a_narrow_terminal(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is copied into the next command."""
    monkeypatch.setenv("COLUMNS", "80")
    assert all(register.id in office.done("registers", "list") for register in DEFINED)


def test_a_persons_data_is_erased_and_the_ledger_stays_whole(either_office: Office, tmp_path: Path) -> None:
    """The digest stays and tells nothing; the days stay; the file goes; verify knows what was erased and by whom."""
    office, scan = either_office, tmp_path / "scan.pdf"
    scan.write_bytes(b"signed by Wang Wei")
    add(office, *FILING, f"filed_on={FILED}", "--attach", str(scan))
    digest = sha256(b"signed by Wang Wei").hexdigest()
    attachments = Attachments(office.url)
    [entered] = office.events(RegisterEntered)
    assert digest == entered.attachment
    said = office.done("registers", "erase", "admin_filing", "u1", "--why", "asked by letter", "--who", "值班员")
    assert "admin_filing u1: personal data erased\n" == said
    [event] = office.events(RegisterErased)
    assert ((1,), (entered.digest,), (digest,), "值班员", "asked by letter") == (
        event.versions,
        event.digests,
        event.attachments,
        event.who,
        event.why,
    )
    assert not attachments.path(digest).exists()
    [version] = shown(office, "admin_filing", "u1")["versions"]
    assert ({"filed_on": FILED}, True) == (version["values"], version["erased_at"] is not None)
    assert [("u1", "erased")] == kinds(office, "admin_filing", "--unit", "u1")
    with office.records() as records:
        assert ((), {}) == (records.verify().findings, records.bodies([entered.digest]))
    assert "nothing of entry u1 is left to erase" in office.refused("registers", "erase", "admin_filing", "u1")
    add(office, *FILING, f"filed_on={FILED}")
    assert [] == kinds(office, "admin_filing", "--unit", "u1")


def test_of_an_erased_number_no_byte_is_left_in_an_sqlite_database(office: Office, tmp_path: Path) -> None:
    add(office, *FILING, f"filed_on={FILED}")
    files = [path for path in (tmp_path / "var").iterdir() if path.is_file()]
    assert any(PHONE.encode() in path.read_bytes() for path in files)
    office.done("registers", "erase", "admin_filing", "u1")
    files = [path for path in (tmp_path / "var").iterdir() if path.is_file()]
    assert not any(PHONE.encode() in path.read_bytes() or "王伟".encode() in path.read_bytes() for path in files)


def test_only_the_version_named_is_erased_and_a_file_that_others_name_stays(office: Office, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"one paper for two units")
    add(office, *FILING, f"filed_on={FILED}", "--attach", str(scan))
    add(office, *FILING, f"filed_on={FILED}", "--attach", str(scan), subject="u2")
    add(office, "leader=赵敏", f"filed_on={TODAY.isoformat()}")
    digest = sha256(scan.read_bytes()).hexdigest()
    said = office.done("registers", "erase", "admin_filing", "u1", "--version", "1")
    assert f"the file {digest} is named by other records and stays" in said
    assert Attachments(office.url).path(digest).exists()
    assert [] == kinds(office, "admin_filing", "--unit", "u1"), "the latest version names its people still"
    office.done("registers", "erase", "admin_filing", "u2")
    assert not Attachments(office.url).path(digest).exists()


def test_a_file_is_kept_by_its_hash_and_looked_at_when_shown(office: Office, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"a signature")
    add(office, *FILING, f"filed_on={FILED}", "--attach", str(scan))
    kept = Attachments(office.url).path(sha256(b"a signature").hexdigest())
    assert not kept.stat().st_mode & stat.S_IWUSR

    def state() -> str:
        said: str = shown(office, "admin_filing", "u1")["versions"][0]["file"]["state"]
        return said

    assert ("whole", True) == (state(), "(whole)" in office.done("registers", "show", "admin_filing", "u1"))
    kept.chmod(0o640)
    kept.write_bytes(b"a forgery")
    assert "damaged" == state()
    kept.unlink()
    assert "missing" == state()


def test_a_call_made_again_with_its_id_enters_nothing_twice(office: Office) -> None:
    for _ in range(2):
        add(office, *FILING, f"filed_on={FILED}", "--request", "r1")
    assert 1 == len(office.events(RegisterEntered))
    add(office, *FILING, f"filed_on={FILED}", "--request", "r2", subject="u2")
    refused = office.refused("registers", "add", "admin_filing", "u3", *FILING, f"filed_on={FILED}", "--request", "r2")
    assert "the id r2 was given to another action before" in refused
    with office.records() as records:
        assert () == records.verify().findings


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ("add pigeons u1 a=b", "there is no register 'pigeons'; there are admin_filing, "),
        ("add admin-filling u1 a=b", "did you mean 'admin_filing'?"),
        ("add admin_filing u9 leader=a", "there is no unit u9 in the inventory"),
        ("add admin_filing caizhengju leader=a", "in the inventory; name it by its id, its name or its short name"),
        ("add admin_filing 财政 leader=a", "there is no unit 财政 in the inventory"),
        ("add carrier_guarantee u1 contact=a", "there is no carrier u1 in the inventory"),
        ("add admin_filing u1 leader", "write FIELD=VALUE, such as leader=…, not 'leader'"),
        ("add admin_filing u1 hat=blue", "register admin_filing has no field 'hat'"),
        ("add admin_filing u1 leader=王伟", "leader_phone, administrator, administrator_phone, filed_on: wanted in"),
        ("add admin_filing u1 filed_on=soon", "filed_on: a date is wanted, such as 2026-09-01 or 2026年9月1日"),
        (
            "add emergency_plan u1 version=1 issued_on=2999-01-01",
            "issued_on: the year of 2999-01-01 cannot be right",
        ),
        (
            "add carrier_guarantee unicom contact=a contact_phone=120 signed_on=2026-01-02 expires_on=2026-01-01",
            "expires_on: 2026-01-01 is before signed_on 2026-01-02",
        ),
        ("add emergency_plan u1 version=1 issued_on=2026-01-01 --corrects", "there is nothing yet to correct"),
        ("add disaster_backup u1 system=a method=b --id u1-7", "there is no entry u1-7 in register disaster_backup"),
        (
            "add access_review u1 application=a decision=maybe approved_on=2026-01-01",
            "decision: one of 同意 (approved)",
        ),
        (
            "add access_review u1 application=a line=L2 decision=approved approved_on=2026-01-01",
            "access_review u1-1: there is no line L2 of u1 in the inventory; nothing was entered",
        ),
        ("withdraw admin_filing u1", "there is no entry u1 in register admin_filing"),
        ("erase admin_filing u1", "there is no entry u1 in register admin_filing"),
        ("show admin_filing u1", "register admin_filing; monitor registers list admin_filing lists them"),
        ("gaps --as-of yesterday", "--as-of: a date is wanted, such as 2026-10-01"),
        ("gaps --as-of 9999-12-31", "--as-of: a day from 1990 to 2099 is wanted"),
        ("gaps --register pigeons", "there is no register 'pigeons'"),
    ],
)
def test_what_is_refused_names_its_rule_and_changes_nothing(office: Office, arguments: str, rule: str) -> None:
    assert rule in office.refused("registers", *arguments.split(" "))
    assert [] == office.events(RegisterEntered, RegisterErased)


def test_what_a_refused_entry_kept_apart_is_gone_with_it(either_office: Office) -> None:
    office = either_office
    given = ("application=接入专线", "line=L2", "decision=approved", "approved_on=2026-01-01")
    office.refused("registers", "add", "access_review", "u1", *given)
    with office.records() as records, records.reading() as connection:
        from sqlalchemy import func, select

        from monitor.store import tables

        assert 0 == connection.execute(select(func.count()).select_from(tables.register_body)).scalar()


def test_the_words_are_chinese_where_the_locale_is(office: Office) -> None:
    settings = office.folder / "monitor.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("locale: en", "locale: zh_CN"), encoding="utf-8")
    assert "admin_filing u1 v1: 已登记\n" == add(office, *FILING, f"filed_on={FILED}")
    assert "管理员备案" in office.done("registers", "list")
    assert "没有记录" in office.done("registers", "gaps")
    for name in ("u1", "财政局"):
        assert "分管领导 王伟" in office.done("registers", "show", "管理员备案", name)
    add(office, "application=接入", "decision=不同意", f"approved_on={FILED}", register="access_review")
    assert "没有审核同意的记录" in office.done("registers", "gaps", "--register", "access_review")
    assert "财政局的管理员备案没有缺口" in office.done("registers", "gaps", "--unit", "u1", "--register", "管理员备案")


def test_a_unit_that_there_is_not_is_no_all_clear(office: Office) -> None:
    """A slip of the pen ends in the name that may be meant, and a unit may be named by its name."""
    for command in ("gaps", "list"):
        assert "there is no unit or carrier u11 in the inventory; did you mean 'u1'?" in office.refused(
            "registers", command, "--unit", "u11"
        )
    by_name, by_id = (office.done("registers", "gaps", "--json", "--unit", name) for name in ("财政局", "u1"))
    assert json.loads(by_id)["gaps"]
    assert by_id == by_name


@pytest.mark.parametrize(("answer", "code", "erased"), [("n", 2, 0), ("y", 0, 1)])
def test_on_a_terminal_an_erasure_is_asked_for_first(office: Office, answer: str, code: int, erased: int) -> None:
    """It cannot be taken back; a program, which has no terminal, is not asked."""
    office.done("registers", "add", "emergency_plan", "u1", "version=1", "issued_on=2026-09-01")
    mine, its = os.openpty()
    os.write(mine, f"{answer}\n".encode())
    command = [sys.executable, "-m", "monitor", "registers", "erase", "emergency_plan", "u1", "--config"]
    done = subprocess.run([*command, str(office.folder)], stdin=its, capture_output=True, text=True, check=False)
    os.close(its)
    os.close(mine)
    assert code == done.returncode, done.stderr
    assert "erased for good" in done.stdout
    assert erased == len(office.events(RegisterErased))
