"""Every command that acts, where no daemon runs: what it does, what it refuses by which rule, what it keeps."""

from __future__ import annotations

import json
import re
import stat
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.faults.events import (
    EtaGiven,
    ExclusionGranted,
    FaultAcknowledged,
    FaultNoted,
    FaultNotified,
    FaultReported,
    MaintenanceApproved,
    MaintenanceCancelled,
    ReportKept,
    RestorationClaimed,
)
from monitor.faults.fault import Status
from monitor.faults.terms import Party, Source
from monitor.store.attachments import Attachments
from monitor.store.errors import FileRefused
from tests.actions.conftest import MINUTE, ZONE, Office, local, office_at

HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.fromtimestamp(int(time.time()), UTC)


@pytest.fixture(scope="module")
def busy_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A place with one reported fault, for all that is refused: nothing there changes."""
    folder = tmp_path_factory.mktemp("busy")
    office = office_at(folder, f"sqlite:///{folder}/var/monitor.db")
    reported(office)
    return office


def reported(office: Office, line: str = "L1") -> str:
    """Report a fault of a line; return its number."""
    said = office.done("fault", "report", line, "--by", "unit")
    found = re.fullmatch(r"(F[0-9]{8}-[0-9]{4}): reported\n", said)
    assert found is not None, said
    return found[1]


def test_a_fault_is_reported_taken_on_claimed_noted_and_restored_by_hand(office: Office) -> None:
    no = reported(office)
    assert f"{no}: acknowledged\n" == office.done("fault", "acknowledge", no, "--by", "carrier", "--who", "李工")
    assert "the clock runs on" in office.done("fault", "claim", "L1", "--by", "carrier", "--why", "fibre spliced")
    assert f"{no}: noted\n" == office.done("fault", "note", no, "unit says it still flaps　全角")
    assert f"{no}: restored by hand\n" == office.done("fault", "restore", no, "--at", local(now()))
    [fault] = office.faults()
    assert (no, "L1", Source.UNIT, Status.RESTORED) == (fault.no, fault.line, fault.source, fault.status)
    assert None not in (fault.acknowledged_at, fault.claimed_at)
    [taken] = office.events(FaultAcknowledged)
    assert (Source.CARRIER, "李工") == (taken.by, taken.who)
    [claimed] = office.events(RestorationClaimed)
    assert (Source.CARRIER, "fibre spliced") == (claimed.by, claimed.why)
    [noted] = office.events(FaultNoted)
    assert (Source.CENTRE, "unit says it still flaps　全角") == (noted.by, noted.text)
    assert "the ledger verifies" in office.done("ledger", "verify")


def test_an_eta_is_given_and_shown_until_the_fault_is_over(office: Office) -> None:
    no = reported(office)
    for hours in (3, 5):
        at = local(now() + hours * HOUR)
        assert f"{no}: ETA kept; the clock runs on\n" == office.done(
            "fault", "eta", "L1", "--at", at, "--by", "carrier", "--who", "李工"
        )
    [first, second] = office.events(EtaGiven)
    assert [("carrier", "李工")] * 2 == [(each.by, each.who) for each in (first, second)]
    assert second.eta == office.faults()[0].eta
    expected = f"{second.eta.astimezone(ZONE):%m-%d %H:%M}"
    for command in (("status",), ("faults",), ("fault", "show", no)):
        shown = office.done(*command)
        assert ("ETA" in shown, expected in shown) == (True, True), command
    story = office.shown(no)
    assert at == story["eta"]
    assert [local(first.eta), at] == [each["eta"] for each in story["actions"] if each["kind"] == "eta_given"]
    assert "eta" not in json.loads(office.done("faults", "--json"))[0]  # an object of replay.md
    office.done("fault", "restore", no, "--at", local(now()))
    assert "ETA" not in office.done("faults")


def test_a_call_is_recorded_with_how_who_and_when(office: Office) -> None:
    begin = now() - HOUR
    office.outage("L1", begin, bad=30)
    [fault] = office.faults()
    said = office.done("fault", "notified", fault.no, "--by", "phone", "--who", "值班员", "--why", "robot blocked")
    assert f"{fault.no}: notice kept\n" == said
    told = begin + 10 * MINUTE
    office.done("fault", "notified", "L1", "--by", "in-person", "--at", local(told))
    first, second = office.events(FaultNotified)
    assert ("phone", "值班员", "robot blocked", 1, None) == (
        first.via,
        first.who,
        first.why,
        first.episode,
        first.notified_at,
    )
    assert ("in-person", told, True) == (second.via, second.notified_at, bool(second.who))
    assert told == office.faults()[0].episode.notified_at
    story = office.shown(fault.no)
    for part in ("messages", "actions"):
        assert ["phone", "in-person"] == [each["via"] for each in story[part] if each["kind"] == "fault_notified"]
    assert "the ledger verifies" in office.done("ledger", "verify")


def test_a_call_is_by_some_means_not_by_a_party(office: Office) -> None:
    help_text = office.done("fault", "notified", "--help")
    assert "phone|sms|email|chat|in-person" in help_text
    assert "unit|carrier|centre" not in help_text
    assert "unit|carrier|centre" in office.done("fault", "acknowledge", "--help")


def test_rulings_exclude_revoke_and_attribute(office: Office) -> None:
    no = reported(office)
    begin = now()
    span = ("--from", local(begin), "--to", local(begin + HOUR), "--reason", "access_denied")
    assert f"{no}: time excluded\nid x1\n" == office.done("fault", "exclude", no, *span, "--id", "x1")
    [granted] = office.events(ExclusionGranted)
    assert (begin, begin + HOUR, "access_denied") == (granted.begins_at, granted.ends_at, granted.reason)
    own = office.done("fault", "exclude", no, *span)
    assert re.search(r"^id x-[0-9a-f]{8}$", own, re.MULTILINE)
    assert f"{no}: exclusion revoked\n" == office.done("fault", "revoke", "x1")
    assert f"{no}: party ruled\n" == office.done("fault", "rule", no, "--party", "third_party")
    [fault] = office.faults()
    assert (Party.THIRD_PARTY, [True, False]) == (fault.party, [each.revoked for each in fault.exclusions])


def test_brackets_and_colons_in_ids_and_words_are_shown_as_they_are(office: Office) -> None:
    """They are no markup of the terminal, and stop no list."""
    reported(office)
    span = ("--from", local(now() + HOUR), "--to", local(now() + 2 * HOUR))
    office.done("maintenance", "add", "--line", "L1", *span, "--id", "[/x]")
    office.done("fault", "exclude", "L1", *span, "--reason", "other", "--id", "[red]", "--who", "[/b]", "--why", ":x:")
    assert "[/x]" in office.done("maintenance", "list")
    told = office.done("fault", "show", "L1")
    assert all(each in told for each in ("[red]", "[/b]", ":x:"))


def test_maintenance_is_approved_listed_and_cancelled(office: Office) -> None:
    assert "No planned maintenance.\n" == office.done("maintenance", "list")
    begin = now() + HOUR
    span = ("--from", local(begin), "--to", local(begin + HOUR))
    assert "m1: maintenance approved\n" == office.done("maintenance", "add", "--node", "east", *span, "--id", "m1")
    office.done("maintenance", "add", "--line", "L3", *span, "--id", "m2", "--why", "cut-over")
    wanted = {"id": "m1", "scope": "node", "subject": "east", "from": local(begin), "to": local(begin + HOUR)}
    listed = json.loads(office.done("maintenance", "list", "--json"))
    assert [wanted, wanted | {"id": "m2", "scope": "line", "subject": "L3"}] == listed
    assert "to come" in office.done("maintenance", "list")
    assert "m1: maintenance cancelled or ended\n" == office.done("maintenance", "cancel", "m1")
    everyone = office.done("maintenance", "list", "--all")
    assert (1, 1) == (everyone.count("cancelled"), everyone.count("to come"))
    assert ["m2"] == [window["id"] for window in json.loads(office.done("maintenance", "list", "--json"))]
    assert ["m1", "m2"] == [
        window["id"] for window in json.loads(office.done("maintenance", "list", "--all", "--json"))
    ]
    [approved, _] = office.events(MaintenanceApproved)
    [cancelled] = office.events(MaintenanceCancelled)
    assert (begin, begin) == (approved.begins_at, cancelled.ends_at)


def test_numbers_changed_under_a_version_that_has_judged_are_named_by_check(office: Office) -> None:
    """As they are by a start and a reload, which would not go on with them; under another version they are fine."""
    policy = office.folder / "policy.yaml"
    policy.write_text("clock: {limit: 6h}\n", encoding="utf-8")
    assert "can run" in office.done("check"), "nothing has judged yet"
    reported(office)
    assert "can run" in office.done("check")
    for head, place in (("", "1:1"), ("clock: {limit: 7h}\n# the county's\nversion: 2026-1\n", "3:10")):
        policy.write_text(head or "clock: {limit: 7h}\n", encoding="utf-8")
        result = CliRunner().invoke(main, ["check", "--config", str(office.folder)])
        said = f"{policy}:{place}: version: 2026-1: clock.limit was 6h, is 7h: a version that has judged is not changed"
        assert (2, True) == (result.exit_code, result.stdout.startswith(said)), result.output
    policy.write_text("version: 2026-2\nclock: {limit: 7h}\n", encoding="utf-8")
    assert "can run" in office.done("check")


def test_a_report_inside_a_window_is_kept_and_opens_nothing(office: Office, tmp_path: Path) -> None:
    begin = now() + timedelta(seconds=2)
    office.done("maintenance", "add", "--carrier", "unicom", "--from", local(begin), "--to", local(begin + HOUR))
    time.sleep(max(0.0, (begin - datetime.now(UTC)).total_seconds()))
    photo = tmp_path / "photo"
    photo.write_bytes(b"dark")
    assert "report kept" in office.done("fault", "report", "L1", "--by", "unit", "--attach", str(photo))
    [kept] = office.events(ReportKept)
    assert ("L1", sha256(b"dark").hexdigest(), []) == (kept.line, kept.attachment, office.faults())


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ("fault acknowledge L2", "line L2 has no fault yet; report one first"),
        ("fault report L9", "there is no line L9 in the inventory"),
        ("fault rule NO --party unit --by unit", "only the centre may decide whose a fault is (section 8)"),
        ("fault restore NO --at NOW --by carrier", "only the centre may restore a fault by hand (section 4)"),
        ("fault restore NO --at 2020-01-01", "restored_at must lie between the fault's discovery and now (section 4)"),
        (
            "fault exclude NO --from 2026-09-02 --to 2026-09-01 --reason other",
            "an exclusion begins before it ends (section 7)",
        ),
        (
            "fault exclude NO --from 2026-09-01 --to 9999-12-31 --reason other",
            "ends_at 9999-12-30 lies more than ten years off: look at its year",
        ),
        ("fault eta NO --at 2020-01-01", "an ETA lies in the future: 2019-12-31T16:00:00Z is past"),
        ("fault eta NO --at 2999-01-01", "lies more than ten years off: look at its year"),
        ("fault eta NO", "Missing option '--at'"),
        ("fault notified NO --by phone --at 2999-01-01", "lies more than ten years off: look at its year"),
        ("fault notified NO --by phone --at 2020-01-01", "a notice comes after the discovery, which was at"),
        ("fault notified NO --by centre", "'centre' is not one of 'phone', 'sms', 'email', 'chat', 'in-person'"),
        ("fault notified NO", "Missing option '--by'"),
        ("fault revoke x9", "there is no exclusion x9 (section 7)"),
        ("fault revoke x9 --by unit", "only the centre may revoke an exclusion (section 7)"),
        (
            "maintenance add --line L1 --from 2026-01-01 --to 2026-01-02",
            "maintenance is approved before it begins; afterwards use an exclusion (section 6)",
        ),
        ("maintenance cancel m9", "there is no window m9 (section 6)"),
        ("maintenance cancel m9 --by carrier", "only the centre may cancel maintenance (section 6)"),
        ("maintenance add --from 2026-01-01 --to 2026-01-02", "name one of --line, --node and --carrier"),
        ("fault acknowledge F20200101-0001", "there is neither a fault nor a line F20200101-0001"),
        ("fault show F20200101-0001", "there is no fault F20200101-0001"),
        ("fault show L2", "no line L2 that had one: monitor faults lists them"),
        ("fault restore NO --at yesterday", "--at: write a time as '2026-09-01 13:00' (local) or"),
        ("fault restore NO --at 2026-02-30T10:00", "--at: there is no such time"),
        ("fault report L1 --attach nothing.jpg", "the attachment nothing.jpg cannot be kept: No such file"),
        ("fault report L1 --why \x07", "it holds control characters or broken ones"),
    ],
)
def test_what_is_refused_names_its_rule(busy_office: Office, arguments: str, rule: str) -> None:
    office = busy_office
    [fault] = before = office.faults()
    no = fault.no
    parts = [no if part == "NO" else local(now()) if part == "NOW" else part for part in arguments.split(" ")]
    assert rule in office.refused(*parts)
    assert before == office.faults()


def test_a_measured_outage_ends_by_measurement_alone(office: Office) -> None:
    office.outage("L1", now() - HOUR)
    refusal = office.refused("fault", "restore", "L1", "--at", local(now()))
    assert "was confirmed by the monitor: it ends by measurement (section 4)" in refusal


def test_called_again_with_its_id_nothing_is_done_twice(office: Office) -> None:
    no = reported(office)
    for _ in range(2):
        assert f"{no}: noted\n" == office.done("fault", "note", no, "once", "--request", "r1")
    assert 1 == len(office.events(FaultNoted))
    assert "the id r1 was given to another action before" in office.refused(
        "fault", "note", no, "twice", "--request", "r1"
    )


def test_local_times_are_read_in_the_configured_zone(office: Office) -> None:
    no = reported(office)
    span = ("--from", "2026-09-01 13:00", "--to", "2026-09-01T13:30:15", "--reason", "unit_power")
    office.done("fault", "exclude", no, *span)
    [granted] = office.events(ExclusionGranted)
    assert datetime(2026, 9, 1, 5, 0, tzinfo=UTC) == granted.begins_at
    assert datetime(2026, 9, 1, 5, 30, 15, tzinfo=UTC) == granted.ends_at


def test_the_words_are_chinese_where_the_locale_is(office: Office) -> None:
    settings = office.folder / "monitor.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("locale: en", "locale: zh_CN"), encoding="utf-8")
    assert office.done("fault", "report", "L1").endswith(": 已报障\n")
    assert "历次判定" in office.done("fault", "show", office.faults()[0].no)


def test_an_attachment_is_kept_once_by_its_hash(office: Office, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"a cut fibre")
    digest = sha256(b"a cut fibre").hexdigest()
    for _ in range(2):
        office.done("fault", "report", "L1", "--by", "carrier", "--attach", str(photo))
    assert [digest] * 2 == [each.attachment for each in office.events(FaultReported)]
    kept = tmp_path / "var" / "attachments"
    assert [kept / digest] == list(kept.iterdir())
    assert b"a cut fibre" == (kept / digest).read_bytes()
    assert not (kept / digest).stat().st_mode & stat.S_IWUSR
    photo.write_bytes(b"another")
    office.done("fault", "report", "L1", "--by", "carrier", "--attach", str(photo))
    assert b"a cut fibre" == (kept / digest).read_bytes()
    assert 2 == len(list(kept.iterdir()))


def test_an_attachment_is_a_file_and_nothing_that_has_no_end(office: Office) -> None:
    for path in ("/dev/zero", str(office.folder)):
        said = office.refused(
            "registers", "add", "emergency_plan", "u1", "version=1", "issued_on=2026-09-01", "--attach", path
        )
        assert f"the attachment {path} cannot be kept: it is a folder, a device or a pipe; name a file" in said


def test_a_damaged_attachment_is_found_not_overwritten(office: Office, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"a cut fibre")
    attachments = Attachments(office.url)
    kept = attachments.path(attachments.keep(photo))
    kept.chmod(0o640)
    kept.write_bytes(b"a whole one")
    with pytest.raises(FileRefused, match="is not what was kept there"):
        attachments.keep(photo)
    assert b"a whole one" == kept.read_bytes()
    with pytest.raises(FileRefused, match="cannot be kept: it is a folder"):
        attachments.keep(tmp_path)


def test_beside_postgresql_attachments_have_a_folder_of_their_own() -> None:
    assert Path("var/attachments") == Attachments("postgresql+psycopg://monitor@db/monitor").folder


def test_without_a_database_the_cure_is_named(office: Office) -> None:
    import shutil

    from click.testing import CliRunner

    from monitor.cli import main

    shutil.rmtree(office.folder / "var")
    result = CliRunner().invoke(main, ["fault", "report", "L1", "--config", str(office.folder)])
    assert (3, True) == (result.exit_code, "`monitor run` or `monitor db upgrade` makes it" in result.stderr)
