"""Values as people write them, as the ledger has them, as they are shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.registers.definitions import DEFINED, REGISTERS
from monitor.registers.register import Field, FieldKind, Title, choice, day, flag, instant, phone, text
from monitor.registers.values import Value, missing, read, show, slips, spell, spelled
from tests.registers.papers import ZONE, on

DAY, INSTANT, FLAG, PHONE, TEXT = day("d", "日", "d"), instant("i", "时", "i"), flag("f", "否", "f"), phone(
    "p", "电话", "p"
), text("t", "文", "t")  # fmt: skip
CHOICE = choice("c", "选", "c", approved=Title("同意", "approved"), refused=Title("不同意", "not approved"))
NOON = datetime(2026, 9, 1, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        (DAY, "2026-09-01", on("2026-09-01")),
        (DAY, " 2026/9/1 ", on("2026-09-01")),
        (DAY, "2026.09.01", on("2026-09-01")),
        (DAY, "2026年9月1日", on("2026-09-01")),
        (DAY, "20260901", on("2026-09-01")),
        (INSTANT, "2026-09-01 12:05", NOON),
        (INSTANT, "2026/9/1 12：05：00", NOON),
        (INSTANT, "2026-09-01T12:05", NOON),
        (INSTANT, "2026-09-01T04:05:00Z", NOON),
        (INSTANT, "2026年9月1日", datetime(2026, 8, 31, 16, tzinfo=UTC)),
        (FLAG, "是", True),
        (FLAG, "YES", True),
        (FLAG, "否", False),
        (CHOICE, "同意", "approved"),
        (CHOICE, "Not Approved", "refused"),
        (CHOICE, "refused", "refused"),
        (PHONE, "138 0000 0000", "138 0000 0000"),
        (PHONE, "+86-0000-66000001 转 8", "+86-0000-66000001 转 8"),
        (PHONE, "120", "120"),
        (TEXT, "  两   个字 ", "两 个字"),
    ],
)
def test_what_people_write_is_read(field: Field, written: str, value: Value) -> None:
    assert value == read(field, written, ZONE)


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        (DAY, "1.9.2026", "a date is wanted, such as 2026-09-01 or 2026年9月1日"),
        (DAY, "2026-02-30", "there is no such day; a date is wanted"),
        (DAY, "昨天", "a date is wanted"),
        (INSTANT, "2026-09-01 25:00", "a time is wanted, such as 2026-09-01 13:05"),
        (INSTANT, "13:05", "a time is wanted"),
        (INSTANT, "2026-09-01T99:05:00Z", "a time is wanted"),
        (FLAG, "也许", r"是 or 否 \(yes or no\) is wanted"),
        (CHOICE, "maybe", r"one of 同意 \(approved\), 不同意 \(refused\) is wanted"),
        (PHONE, "138****0000", "this telephone number is masked: write it whole"),
        (PHONE, "王伟", "a telephone number is wanted, such as 13800000000 or 0000-66000000"),
        (PHONE, "12", "a telephone number is wanted"),
        (TEXT, "   ", "it is empty"),
        (TEXT, "a\x07b", "it holds control characters or broken ones"),
        (TEXT, "字" * 201, "at most 200 characters are kept; it has 201: attach a file instead"),
    ],
)
def test_what_is_no_value_is_refused_with_its_cure(field: Field, written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(field, written, ZONE)


VALUES: dict[FieldKind, st.SearchStrategy[Value]] = {
    FieldKind.DAY: st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    FieldKind.INSTANT: st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001 - made aware here
        lambda at: at.replace(microsecond=0, tzinfo=UTC)
    ),
    FieldKind.FLAG: st.booleans(),
    FieldKind.CHOICE: st.sampled_from(sorted(CHOICE.choices)),
}
FIELDS = {FieldKind.DAY: DAY, FieldKind.INSTANT: INSTANT, FieldKind.FLAG: FLAG, FieldKind.CHOICE: CHOICE}
KINDS = st.sampled_from(sorted(FIELDS))


@given(st.data())
def test_the_ledgers_spelling_reads_back_the_same(data: st.DataObject) -> None:
    """And so does what is shown, but for the seconds of a time."""
    kind = data.draw(KINDS)
    value = data.draw(VALUES[kind])
    assert value == spelled(FIELDS[kind], spell(value))
    for locale in ("zh_CN", "en"):
        shown = read(FIELDS[kind], show(FIELDS[kind], value, locale=locale, zone=ZONE), ZONE)
        assert (value if not isinstance(value, datetime) else value - timedelta(seconds=value.second)) == shown


@pytest.mark.parametrize(
    ("number", "masked"),
    [("13800000001", "138****0001"), ("0000-66000001", "000*-****0001"), ("66000001", "****0001"), ("120", "120")],
)
def test_telephone_numbers_are_shown_masked_unless_asked_for_whole(number: str, masked: str) -> None:
    assert masked == show(PHONE, number, locale="zh_CN", zone=ZONE, full=False)
    assert number == show(PHONE, number, locale="zh_CN", zone=ZONE)


def test_what_is_shown_is_in_the_language_of_its_reader() -> None:
    assert ["是", "yes"] == [show(FLAG, True, locale=locale, zone=ZONE) for locale in ("zh_CN", "en")]
    assert ["同意", "approved"] == [show(CHOICE, "approved", locale=locale, zone=ZONE) for locale in ("zh_CN", "en")]
    assert ["", "2026-09-01 12:05", "2026-09-01"] == [
        show(field, value, locale="en", zone=ZONE)
        for field, value in ((DAY, None), (INSTANT, NOON), (DAY, on("2026-09-01")))
    ]


@pytest.mark.parametrize(
    ("register", "values", "expected"),
    [
        ("admin_filing", {"filed_on": on("2026-09-01")}, {}),
        ("admin_filing", {"filed_on": on("2026-09-02")}, {"filed_on": "2026-09-02 lies in the future"}),
        ("admin_filing", {"filed_on": on("1926-09-01")}, {"filed_on": "the year of 1926-09-01 cannot be right"}),
        (
            "admin_filing",
            {"filed_on": on("2026-09-01"), "confirmed_on": on("2026-08-01")},
            {"confirmed_on": "2026-08-01 is before filed_on 2026-09-01"},
        ),
        ("carrier_guarantee", {"signed_on": on("2026-09-01"), "expires_on": on("2028-08-31")}, {}),
        (
            "carrier_guarantee",
            {"signed_on": on("2026-09-01"), "expires_on": on("2206-08-31")},
            {"expires_on": "the year of 2206-08-31 cannot be right"},
        ),
        (
            "resource_request",
            {"requested_at": NOON, "first_answered_at": NOON - timedelta(minutes=1)},
            {"first_answered_at": "2026-09-01 12:04 is before requested_at 2026-09-01 12:05"},
        ),
        ("resource_request", {"requested_at": NOON, "closed_at": NOON}, {}),
    ],
)
def test_what_cannot_be_is_named_by_field(register: str, values: dict[str, Value], expected: dict[str, str]) -> None:
    found = slips(REGISTERS[register], values, on("2026-09-01"), ZONE)
    assert expected == {name: str(slip) for name, slip in found.items()}


def test_what_is_needed_and_not_there_is_named() -> None:
    filing = REGISTERS["admin_filing"]
    assert ("leader", "leader_phone", "administrator", "administrator_phone") == missing(
        filing, {"filed_on": on("2026-09-01")}
    )
    assert ("filed_on",) == missing(filing, {}, apart=False)


def test_the_registers_are_the_eight_of_the_regulation_and_whole() -> None:
    """Every field that a rule names is one of the register's, and of the kind that the rule reads."""
    assert [
        "admin_filing",
        "confidentiality_commitment",
        "carrier_guarantee",
        "emergency_plan",
        "disaster_backup",
        "access_review",
        "lan_change_filing",
        "resource_request",
    ] == list(REGISTERS)
    for register in DEFINED:
        days = (register.begins, register.expires, register.exercised, register.explains, *register.renewed)
        for name in (*days, *register.in_order):
            assert name is None or register.by_name[name].kind in (FieldKind.DAY, FieldKind.INSTANT), name
        for name in register.several:
            assert name in register.by_name
        if register.accepted is not None:
            assert register.accepted[1] in register.by_name[register.accepted[0]].choices
        assert len(register.by_name) == len(register.fields)
