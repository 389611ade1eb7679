"""What one inventory has that another has not, each value old and new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from monitor.archive.differences import Change, Difference, Differences, Value, differences
from monitor.inventory.model import Contact, Inventory, Unit, UnitKind
from tests.archive.workbooks import SMALL
from tests.inventories import SHANGHAI


def compared(new: Inventory, old: Inventory = SMALL) -> Differences:
    return differences(old, new, zone=SHANGHAI, chinese=True)


def with_lines(**changed: Any) -> Inventory:
    lines = {**SMALL.lines, "finance-1": replace(SMALL.lines["finance-1"], **changed)}
    return replace(SMALL, lines=lines)


def test_the_same_inventory_differs_in_nothing() -> None:
    assert not compared(SMALL)


def test_a_changed_line_has_each_value_as_it_was_and_as_it_is() -> None:
    found = compared(with_lines(address="192.0.2.9", in_service_to=datetime(2026, 4, 30, 16, tzinfo=UTC)))
    assert found.found == (
        Difference(
            change=Change.CHANGED,
            section="lines",
            id="finance-1",
            name="财政局",
            values=(Value("address", "192.0.2.1", "192.0.2.9"), Value("in_service_to", None, date(2026, 5, 1))),
        ),
    )


def test_new_and_gone_are_named_where_they_stand_and_gone_after_the_others() -> None:
    units = {key: unit for key, unit in SMALL.units.items() if key != "qingxi"}
    units["education"] = Unit(id="education", name="云岭县教育局", short_name="教育局", kind=UnitKind.DEPARTMENT)
    lines = {key: line for key, line in SMALL.lines.items() if key != "qingxi-1"}
    found = compared(replace(SMALL, units=units, lines=lines))
    assert [(each.change, each.section, each.id, each.name) for each in found.found] == [
        (Change.NEW, "units", "education", "云岭县教育局"),
        (Change.GONE, "units", "qingxi", "清溪镇人民政府"),
        (Change.GONE, "lines", "qingxi-1", "清溪镇"),
    ]
    assert ("qingxi-1",) == found.gone("lines")
    assert Value("kind", None, "县直部门") in found.found[0].values


def test_contacts_are_one_value_of_their_owner() -> None:
    contacts = (Contact(role="dispatch", name="赵工", phone="0000-66000209"),)
    carriers = {**SMALL.carriers, "unicom": replace(SMALL.carriers["unicom"], contacts=contacts)}
    [found] = compared(replace(SMALL, carriers=carriers)).found
    assert (Value("contacts", "调度值班 李工 000*-****0201", "调度值班 赵工 000*-****0209"),) == found.values


def test_a_number_that_looks_the_same_when_masked_is_a_change_all_the_same() -> None:
    [contact] = SMALL.carriers["unicom"].contacts
    contacts = (replace(contact, phone="0000-77000201"),)
    carriers = {**SMALL.carriers, "unicom": replace(SMALL.carriers["unicom"], contacts=contacts)}
    [found] = compared(replace(SMALL, carriers=carriers)).found
    assert (Value("contacts", "调度值班 李工 000*-****0201", "调度值班 李工 000*-****0201"),) == found.values


def test_another_order_is_a_difference_since_it_breaks_ties() -> None:
    found = compared(replace(SMALL, lines={key: SMALL.lines[key] for key in reversed(list(SMALL.lines))}))
    assert ((), ("lines",), True) == (found.found, found.reordered, bool(found))


def test_a_word_that_becomes_its_code_is_shown_as_it_is_kept() -> None:
    """A cell says 光纤 of both; only what the inventory keeps is other than before."""
    old = with_lines(type="光纤")
    [found] = compared(with_lines(type="fibre"), old).found
    assert (Value("type", "光纤", "fibre"),) == found.values
