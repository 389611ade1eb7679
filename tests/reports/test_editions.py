"""The editions of the report, by the command line over each kind of database: drafts, frozen ones, amendments."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.cli.desk import attend, now
from monitor.editions.actions import DrawEdition, WordEdition
from monitor.faults.terms import Source
from monitor.store.database import url_of, writing_engine
from monitor.store.editions import Kept
from monitor.store.findings import What
from monitor.store.inbox import Inbox, State
from monitor.store.store import Store
from tests.reports.months import LAST, Desk, desk_at, outage_begins
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures

KEY = LAST.key
MONTH = ("--month", KEY)


@pytest.fixture
def desk(tmp_path: Path, url: str) -> Desk:  # noqa: F811 - the fixture
    return desk_at(tmp_path, url)


@pytest.fixture
def plain(tmp_path: Path) -> Desk:
    """A place over SQLite, where the kind of database makes no difference."""
    return desk_at(tmp_path, f"sqlite:///{tmp_path}/var/monitor.db")


def findings(desk: Desk) -> list[tuple[What, str]]:
    with desk.records() as records:
        return [(finding.what, finding.text) for finding in records.verify().findings]


def _counts(amendment: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in amendment["figures"] if "count" in (each["before"] or {}) and each["after"]]


def change(desk: Desk, statement: str) -> None:
    with writing_engine(url_of(desk.url)).connect() as connection, connection.begin():
        connection.execute(text(statement))


def test_a_draft_is_drawn_again_then_frozen_and_then_nothing_changes_it(desk: Desk) -> None:
    """Figures, files and digests stand as they were frozen, whatever is ruled or asked for afterwards."""
    desk.done("report", "draw", *MONTH)
    draft = desk.edition()
    assert (1, None) == (len(draft.made), draft.frozen)
    desk.done("report", "freeze", *MONTH)
    frozen, kept = desk.edition(), desk.kept()
    assert (2, True) == (len(frozen.made), frozen.frozen is not None)
    for name, digest in frozen.made[-1].files.items():
        assert digest == sha256(kept[name] or b"").hexdigest()
    [fault] = desk.faults()
    desk.done("fault", "rule", fault.no, "--party", "unit", "--why", "停电")
    for command in ("draw", "freeze"):
        assert "is frozen: what is found later" in desk.refused("report", command, *MONTH)
    assert (frozen, kept) == (desk.edition(), desk.kept())
    assert [] == findings(desk), "what drafts kept went with them, and nothing else"


def test_a_late_ruling_is_an_amendment_of_the_next_edition_and_of_no_other(desk: Desk) -> None:
    """What was published stays; the next report says what it was and what it is."""
    desk.done("report", "freeze", *MONTH)
    published = desk.spelled()
    [fault] = desk.faults()
    desk.done("fault", "rule", fault.no, "--party", "unit", "--why", "停电")
    assert published == desk.spelled()
    later = ("--from", f"{LAST.last}", "--to", f"{LAST.last} 12:00")
    following = desk.out / "following"
    desk.done("report", "--out", str(following), "--format", "json", *later)
    [other] = following.iterdir()
    assert [] == json.loads(other.read_text())["amendments"], "of another kind of period"
    running = LAST.span[1].astimezone(LAST.zone)
    desk.done("report", "--out", str(following), "--format", "json", "--month", f"{running:%Y-%m}")
    [amendment] = json.loads(next(following.glob(f"{running:%Y-%m}-*")).read_text())["amendments"]
    assert KEY == amendment["edition"]
    assert {fault.no: [["late", "undetermined"], ["exempt", "unit"]]} == amendment["faults"]
    told = amendment["details"][fault.no]
    assert ("L1", "late", "exempt") == (told["line"], told["before"]["verdict"], told["after"]["verdict"])
    [ruling] = told["rulings"]
    assert ("party_ruled", "停电") == (ruling["what"], ruling["detail"]["why"])
    changed = {each["key"]: (each["before"]["count"], each["after"]["count"]) for each in _counts(amendment)}
    assert (1, 0) == changed["county.late"]
    assert (1, 0) == changed["carrier:unicom.accountable"]


def test_a_kept_file_that_is_not_as_it_was_is_found(plain: Desk) -> None:
    """By the ledger's verification and by that of the editions; a file of nothing too."""
    plain.done("report", "freeze", *MONTH)
    made = plain.edition().made[-1]
    change(plain, f"UPDATE edition_body SET digest = '{'0' * 64}' WHERE digest = '{made.files['docx']}'")
    assert [What.EDITION, What.EDITION] == [what for what, _ in findings(plain)]
    assert 1 == plain.found("report", "verify")[0]


def test_texts_are_kept_with_their_versions_and_stand_in_the_next_drawing(plain: Desk, tmp_path: Path) -> None:
    """Given before the first drawing and after it; of a frozen edition no more."""
    orders, done = tmp_path / "next.txt", tmp_path / "last.txt"
    orders.write_text("各运营商须在9月底前完成老旧线路改造。\n", encoding="utf-8")
    done.write_text("上月两起超时已约谈，联系13812345678。", encoding="utf-8")
    plain.done("report", "text", *MONTH, "--next-orders", str(orders), "--who", "王伟")
    assert () == plain.edition().made, "texts alone draw nothing up"
    plain.done("report", "draw", *MONTH)
    assert {"last_orders": None, "next_orders": "各运营商须在9月底前完成老旧线路改造。"} == plain.spelled()["texts"]
    plain.done("report", "text", *MONTH, "--last-orders", str(done))
    edition = plain.edition()
    assert ([1, 2], 2) == ([each.version for each in edition.worded], len(edition.made))
    assert "王伟" == edition.worded[0].who
    assert {"上月两起超时已约谈，联系138****5678。", "各运营商须在9月底前完成老旧线路改造。"} == set(
        plain.spelled()["texts"].values()
    )
    plain.done("report", "freeze", *MONTH)
    assert "its texts cannot be changed" in plain.refused("report", "text", *MONTH, "--next-orders", str(orders))


def test_texts_for_which_page_one_has_no_room_are_refused_with_how_much_there_is(plain: Desk, tmp_path: Path) -> None:
    """Five thousand characters, given before the first drawing or after it: nothing of them is put on record."""
    orders = tmp_path / "next.txt"
    asked = ("report", "text", *MONTH, "--next-orders", str(orders))
    orders.write_text("Rectify.\n" * 500, encoding="utf-8")
    for state in ("no drawing", "draft"):
        if state == "draft":
            plain.done("report", "draw", *MONTH)
        refusal = plain.refused(*asked)
        [room] = re.findall(r"have 4499 characters, and page one has room for about (\d+) of them: shorten", refusal)
        assert () == plain.edition().worded
    orders.write_text(("Rectify.\n" * 500)[: int(room)], encoding="utf-8")
    plain.done(*asked)
    assert 1 == len(plain.edition().worded)


def test_a_page_one_that_has_become_too_long_is_drawn_with_a_warning_and_never_frozen(plain: Desk) -> None:
    """Texts that were on record before anybody looked whether they fit."""
    with Inbox(plain.url) as inbox:
        inbox.put("a", WordEdition(at=now(), by=Source.CENTRE, edition=KEY, version=1, next_orders="Rectify. " * 600))
        store = Store.open(plain.url)
        attend(plain.configuration, store, now())
        store.close()
    code, said = plain.found("report", "draw", *MONTH)
    told = rf"page one takes more than one page, and cannot be frozen so: .*{KEY}.* room for about \d+ of them"
    assert (0, True) == (code, re.search(f"{told}: shorten", said) is not None)
    assert "page one has room for about" in plain.refused("report", "freeze", *MONTH)
    assert None is plain.edition().frozen


def test_the_folder_has_the_files_and_the_command_writes_the_kept_ones(plain: Desk, tmp_path: Path) -> None:
    """``monitor report --month M`` gives a frozen edition's own bytes, whatever was ruled since."""
    plain.done("report", "freeze", *MONTH)
    kept = {f"{KEY}-report.{name}": content for name, content in plain.kept().items()}
    assert kept == plain.written()
    [fault] = plain.faults()
    plain.done("fault", "rule", fault.no, "--party", "unit", "--why", "停电")
    out = tmp_path / "elsewhere"
    plain.done("report", *MONTH, "--format", "docx,json", "--out", str(out))
    assert {name: kept[name] for name in (f"{KEY}-report.docx", f"{KEY}-report.json")} == {
        path.name: path.read_bytes() for path in out.iterdir()
    }


def test_what_is_asked_of_a_frozen_edition_is_explained_by_its_own_figures(plain: Desk) -> None:
    """The list that stands behind a figure comes to it, though the fault was ruled another's since."""
    plain.done("report", "freeze", *MONTH)
    [fault] = plain.faults()
    plain.done("fault", "rule", fault.no, "--party", "unit", "--why", "停电")
    found = json.loads(plain.done("report", *MONTH, "--explain", "carrier:unicom.late", "--json"))
    assert (1, [fault.no]) == (found["value"], [each["id"] for each in found["reasons"]])
    assert found["value"] == sum(each["part"] for each in found["reasons"])
    assert "did you mean carrier:unicom.late" in plain.refused("report", *MONTH, "--explain", "carrier:unicom.lat")


def test_a_carriers_place_is_explained_of_a_draft_and_of_a_frozen_edition(plain: Desk) -> None:
    """Here it has none: it says how many lines it has, and how many it would need."""
    asked = ("report", *MONTH, "--explain", "carrier:unicom.rank")
    for state in ("draft", "frozen"):
        if state == "frozen":
            plain.done("report", "freeze", *MONTH)
        found = json.loads(plain.done(*asked, "--json"))
        assert (None, "few_lines", 5) == (found["value"], found["why_not"], found["least"])
        [reason] = found["reasons"]
        assert {"carrier:unicom.lines"} == reason["decided"].keys()
        assert f"{asked[-1]} = —  (not ranked: at least 5 lines are wanted)" in plain.done(*asked)


def test_of_two_that_draw_it_up_at_once_one_is_put_on_record(desk: Desk) -> None:
    """The second is refused, and what it had made is gone."""
    drawings = [drawing(1, b"one"), drawing(1, b"other"), drawing(1, b"one", frozen=True)]
    with Inbox(desk.url) as inbox:
        for name, (action, kept) in zip("abc", drawings, strict=True):
            inbox.put(name, action, files=[kept])
        store = Store.open(desk.url)
        attend(desk.configuration, store, now())
        store.close()
        answers = [inbox.answer(name) for name in "abc"]
    assert [State.DONE, State.REFUSED, State.REFUSED] == [answer and answer.state for answer in answers]
    assert "somebody else drew it up meanwhile" in str(answers[1])
    assert (1, {"pdf": b"one"}) == (desk.edition().made[-1].number, desk.kept())
    assert [] == findings(desk)


def drawing(number: int, content: bytes, *, frozen: bool = False) -> tuple[DrawEdition, Kept]:
    kept = Kept.of(content)
    return DrawEdition(
        at=now(), by=Source.CENTRE, edition=KEY, begins_at=LAST.span[0], ends_at=LAST.span[1], number=number,
        as_of=LAST.span[1], policy="2026-1", ledger_seq=1, ledger_hash="0" * 64, figures=kept.digest,
        files={"pdf": kept.digest}, frozen=frozen,
    ), kept  # fmt: skip


def test_an_edition_made_anew_is_the_same_bytes(plain: Desk) -> None:
    """Also where another language is configured by now: the one that it was made in stands with it."""
    plain.done("report", "freeze", *MONTH)
    settings = plain.folder / "monitor.yaml"
    settings.write_text(settings.read_text().replace("locale: en", "locale: zh_CN"), encoding="utf-8")
    [found] = json.loads(plain.done("report", "verify", "--json"))
    assert {"edition": KEY, "state": "same", "files": [], "programs": {}} == found


def test_a_month_that_lies_ahead_is_refused(plain: Desk, tmp_path: Path) -> None:
    """To write for it too: what was put on record by a slip of the pen would stand there for good."""
    (tmp_path / "asked.txt").write_text("整改", encoding="utf-8")
    text = ("report", "text", "--next-orders", str(tmp_path / "asked.txt"))
    assert "it has not begun" in plain.refused(*text, "--month", "2199-01")
    assert "there is no edition" in plain.refused("report", "show", "--month", "2199-01")
    assert "it has not begun" in plain.refused("report", "--month", "2199-01")
    assert "it has not begun" in plain.refused("report", "draw", "--month", "2199-01")


def test_a_month_not_over_is_not_frozen(plain: Desk) -> None:
    running = LAST.span[1].astimezone(LAST.zone)
    assert "its period is not over" in plain.refused("report", "freeze", "--month", f"{running:%Y-%m}")
    assert [] == findings(plain), "nothing of what was refused is kept"


def test_a_folder_that_cannot_be_written_is_named_and_the_edition_stands(plain: Desk) -> None:
    plain.out.write_text("in the way")
    code, said = plain.found("report", "draw", *MONTH)
    assert (3, True) == (code, "name another (report.folder, or --out)" in said)
    assert 1 == len(plain.edition().made)


def test_weeks_years_and_other_periods(plain: Desk) -> None:
    """All by the same code; each has a key of its own."""
    begun = outage_begins().astimezone(LAST.zone).date()
    week = begun.isocalendar()
    periods = (
        (("--week", f"{week.year}-W{week.week:02}"), f"{week.year}-W{week.week:02}"),
        (("--year", f"{begun.year}"), f"{begun.year}"),
        (("--from", f"{begun}", "--to", f"{begun} 12:00"), f"{begun}..{begun}T120000"),
    )
    for options, name in periods:
        plain.done("report", *options, "--format", "json")
        found = json.loads((plain.out / f"{name}-report.json").read_text())
        assert {"count": 1} == found["overall"]["faults"]["now"]["value"], name
