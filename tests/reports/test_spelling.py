"""A report's figures as JSON: without loss, the same bytes every time, as the published schema says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from monitor.reports.drawing_up import draw_up
from monitor.reports.explaining import explain
from monitor.reports.figures import Figures, Indicator, Value
from monitor.reports.forms import Misspelled, form, percent
from monitor.reports.grounds import ground_of
from monitor.reports.spelling import first_page, of_json, printed, schema, spelled, to_json
from tests.histories import ZONE
from tests.reports.any_figures import ANY_FIGURES
from tests.reports.material import AUGUST, HEAD, HOUR, month
from tests.reports.test_drawing_up import EVERY

FIGURES = draw_up(month(*EVERY), HEAD, before=ground_of(month(*EVERY, period=AUGUST)))
PUBLISHED = Path(__file__).parents[2] / "docs" / "report.schema.json"
FEWER = settings(
    max_examples=max(15, settings.default.max_examples // 33) if settings.default else 15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def validator() -> Any:
    """Read what the project publishes."""
    return jsonschema.Draft202012Validator(
        json.loads(PUBLISHED.read_text(encoding="utf-8")),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


@FEWER
@given(ANY_FIGURES)
def test_figures_of_any_kind_are_read_back_equal(figures: Figures) -> None:
    """Whatever a field may hold: nothing is lost, and written again it is the same text."""
    text = to_json(figures)
    assert figures == of_json(text)
    assert text == to_json(of_json(text))
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))


def test_the_published_schema_is_the_code_s() -> None:
    """After a change: ``python -m tests.reports.publish_schema``."""
    assert schema() == json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema())


def test_a_month_is_what_the_published_schema_says(validator: Any) -> None:
    """And it would not take one that lacks something, or says something else."""
    tree = json.loads(to_json(FIGURES))
    validator.validate(tree)
    for broken in (
        {**tree, "other": 1},
        {name: tree[name] for name in tree if name != "overall"},
        {**tree, "version": 2},
        {**tree, "as_of": "2026-10-01 00:00"},
        {**tree, "faults": [{**tree["faults"][0], "verdict": "guilty"}]},
        {**tree, "overall": {"county": tree["overall"]["faults"]}},
    ):
        assert not validator.is_valid(broken)


def test_an_edition_is_small_numbers_and_plain_texts() -> None:
    """Times in UTC, lengths in seconds, shares exact and in percent, as the documentation shows them."""
    tree = json.loads(to_json(FIGURES))
    assert {"from": "2026-08-31T16:00:00Z", "to": "2026-09-30T16:00:00Z"} == tree["period"]
    row = tree["faults"][1]
    assert ("2026-09-01T16:00:00Z", 7200, "on_time", "carrier") == (
        row["discovered_at"],
        row["elapsed_s"],
        row["verdict"],
        row["party"],
    )
    assert {"share": {"exact": "1/3", "percent": "33.33"}} == tree["overall"]["on_time_rate"]["now"]["value"]
    assert {"count": 6} == tree["overall"]["faults"]["now"]["value"]
    assert {"seconds": 43560} == tree["overall"]["median_repair"]["now"]["value"]
    assert {"version": "2026-1", "limit_s": 43200} == {
        "version": tree["policy"]["version"],
        "limit_s": tree["policy"]["clock"]["limit_s"],
    }


def test_page_one_s_numbers_stand_together_as_they_are_printed() -> None:
    """Every one of them can be explained, and is told in both languages."""
    page = json.loads(to_json(FIGURES))["first_page"]
    shown = {each["key"]: each for each in page["figures"]}
    assert {"zh_CN": "12小时6分", "en": "12h6m"} == shown["county.median_repair"]["printed"]
    assert {"zh_CN": "33.33", "en": "33.33"} == shown["county.on_time_rate"]["printed"]
    assert {"last:county.availability", "last:county.missed", "carrier:c2.assessed"} <= shown.keys()
    assert [("c1", "few_lines"), ("c2", "few_lines")] == [
        (each["carrier"], each["rank"]["why_not"]) for each in page["ranks"]
    ]
    for each in first_page(FIGURES).figures:
        assert each.value == explain(FIGURES, each.key).value


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(99_999, 100_000), "99.99"),
        (Fraction(1), "100.00"),
        (Fraction(2, 3), "66.66"),
        (Fraction(0), "0.00"),
        (Fraction(1, 1000), "0.10"),
    ],
)
def test_a_percent_is_cut_off_and_never_rounded_up(share: Fraction, text: str) -> None:
    """Section 11: 99.999 % prints 99.99 %."""
    assert (text, text) == (percent(share), printed(share, "en"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (0, "0"),
        (12, "12"),
        (4.4 * HOUR + timedelta(seconds=59), "4小时24分"),
        (27 * HOUR, "27小时"),
        (timedelta(minutes=3, seconds=59), "3分钟"),
        (timedelta(seconds=59.5), "59秒"),
        (timedelta(), "0分钟"),
    ],
)
def test_numbers_are_printed_as_page_one_has_them(value: Value, text: str) -> None:
    """Durations are floored; hours go on above a day, as the limit's do; what is not known is a dash."""
    assert text == printed(value, "zh_CN")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 9}, "the report is of version 9; this software reads version 1"),
        ({"other": 1}, "unknown key 'other'"),
        ({"zone": None}, "zone: None is not of type str"),
        ({"as_of": "2026-10-01T00:00:00+08:00"}, "as_of: '2026-10-01T00:00:00+08:00' is not a time in UTC"),
        ({"period": {"from": "2026-10-01T00:00:00Z"}}, "period: a period has from and to"),
        ({"days": {"yesterday": 1}}, "days: yesterday: 'yesterday' is not a day"),
        ({"units": [{}]}, "units: 0: "),
        ({"overall": {"luck": None}}, "overall: luck: 'luck' is not a valid Indicator"),
    ],
)
def test_what_is_no_report_is_told_with_its_place(change: dict[str, Any], said: str) -> None:
    """One line with the way to it."""
    with pytest.raises(Misspelled) as caught:
        of_json(json.dumps(json.loads(to_json(FIGURES)) | change))
    assert said in str(caught.value)


def test_a_field_of_a_later_version_takes_its_default() -> None:
    """What an earlier version kept is read all the same: here before it kept lines, incidents and texts."""
    tree = json.loads(to_json(FIGURES))
    for name in ("lines", "incidents", "before", "texts", "amendments"):
        del tree[name]
    assert replace(FIGURES, lines=(), incidents=(), before=None) == of_json(json.dumps(tree))


@pytest.mark.parametrize("text", ["", "[]", "7", '{"version": 1}', "{" * 100_000])
def test_what_is_no_json_of_a_report_is_refused(text: str) -> None:
    """An error of its own kind, whatever comes."""
    with pytest.raises(Misspelled):
        of_json(text)


@pytest.mark.parametrize(
    "odd", [{"share": {"exact": "1/0", "percent": "0.00"}}, {"count": 1.5}, {"count": 1, "x": 2}, 7]
)
def test_what_is_no_figure_is_refused(odd: Any) -> None:
    """Numbers of one kind at a time."""
    tree = spelled(FIGURES)
    tree["overall"]["faults"]["now"]["value"] = odd
    with pytest.raises(Misspelled, match="overall: faults: now: value"):
        of_json(json.dumps(tree))


def test_times_are_written_in_utc_and_naive_ones_refused() -> None:
    """A local time is the same instant; one without a zone is none."""
    local = FIGURES.as_of.astimezone(ZONE)
    times = form(datetime)
    assert "2026-09-30T16:00:00Z" == times.write(local)
    assert UTC == times.read("2026-09-30T16:00:00Z").tzinfo
    with pytest.raises(ValueError, match="no time zone"):
        times.write(local.replace(tzinfo=None))


def test_a_length_that_no_number_holds_is_refused() -> None:
    """Centuries and a microsecond: better no edition than one that lost something."""
    lengths = form(timedelta)
    assert 2.5 == lengths.write(timedelta(seconds=2.5))
    with pytest.raises(ValueError, match="too long"):
        lengths.write(timedelta(days=900_000_000, microseconds=1))


def test_keys_of_figures_follow_the_order_of_their_terms() -> None:
    """Whatever the order in which a mapping was made, its text is the same."""
    backwards = replace(
        FIGURES,
        overall=dict(reversed(list(FIGURES.overall.items()))),
        days=dict(reversed(list(FIGURES.days.items()))),
    )
    assert to_json(FIGURES) == to_json(backwards)
    assert list(Indicator) == list(spelled(backwards)["overall"])
    assert sorted(spelled(FIGURES)["days"]) == list(spelled(backwards)["days"])
