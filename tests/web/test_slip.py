"""Whatever fills in a slip, it is a slip within its limits or one flaw, never another error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.faults.actions import FARTHEST_ETA, Acknowledge, ClaimRestored, GiveEta
from monitor.faults.terms import Source
from monitor.web.slip import FIELDS, LONGEST, Deed, Flaw, Misfilled, Slip, read_slip
from monitor.web.words import ANSWERING

NOW = datetime(2026, 9, 1, 4, 30, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
NO, LINE = "F20260901-0001", "L1"
VALUES = (
    st.text(max_size=60)
    | st.none()
    | st.integers()
    | st.lists(st.text(max_size=3), max_size=2)
    | st.sampled_from([*Deed, "2026-09-01T15:00", "2026-09-02", "李工", " 李  工　"])
)


def read(**given: object) -> Slip:
    return read_slip(given, id_else="else", now=NOW, zone=ZONE)


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), VALUES, max_size=6))
def test_anything_is_a_slip_or_has_a_flaw(given: dict[str, object]) -> None:
    """Limits hold for whatever is taken."""
    try:
        slip = read_slip(given, id_else="else", now=NOW, zone=ZONE)
    except Misfilled:
        return
    for field in ("who", "why"):
        text = getattr(slip, field)
        assert text is None or (0 < len(text) <= LONGEST[field] and text == " ".join(text.split()))
    assert slip.eta is None or NOW < slip.eta <= NOW + FARTHEST_ETA
    assert slip.id


def test_spaces_are_evened_out() -> None:
    """Also the wide ones of Chinese input."""
    assert "欧阳 李工" == read(action="acknowledge", who="　欧阳　 李工 ").who


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"action": "acknowledge"}, [Acknowledge]),
        ({"action": "acknowledge", "eta": "2026-09-01 15:00"}, [Acknowledge, GiveEta]),
        ({"action": "eta", "eta": "2026-09-01T07:00:00Z"}, [GiveEta]),
        ({"action": "claim_restored"}, [ClaimRestored]),
    ],
)
def test_a_slip_asks_for_what_it_says_by_the_carrier(fields: dict[str, str], asked: list[type]) -> None:
    """Of that very fault."""
    actions = [action for _, action in read(**fields, who="李工").asked(NO, LINE)]
    assert asked == [type(action) for action in actions]
    assert {(NO, LINE, Source.CARRIER, "李工", NOW)} == {(a.no, a.line, a.by, a.who, a.at) for a in actions}
    times = [action.eta for action in actions if isinstance(action, GiveEta)]
    assert [datetime(2026, 9, 1, 7, tzinfo=UTC)] * len(times) == times


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["a", "a\nb", "b"]), st.sampled_from([None, "b"]))))
def test_the_same_slip_has_the_same_names_and_no_other_has(slips: list[tuple[str, str, str | None]]) -> None:
    """The id and every word count."""
    names = {
        slip: next(Slip(at=NOW, id=slip[0], deed=Deed.CLAIM, who=slip[1], why=slip[2]).asked(NO, LINE))[0]
        for slip in slips
    }
    assert len(set(names.values())) == len(names)
    later = {
        slip: next(Slip(at=NOW + timedelta(1), id=slip[0], deed=Deed.CLAIM, who=slip[1], why=slip[2]).asked(NO, LINE))[
            0
        ]
        for slip in slips
    }
    assert names == later


def test_every_flaw_and_every_word_is_there_in_both_languages() -> None:
    """Nothing is left to fill in but what is filled in."""
    chinese, english = ANSWERING["zh_CN"], ANSWERING["en"]
    assert chinese.keys() == english.keys()
    assert {f"flaw_{flaw.value}" for flaw in Flaw} == {name for name in chinese if name.startswith("flaw_")}
    for name, text in chinese.items():
        assert (text.count("{"), bool(text)) == (english[name].count("{"), True), name
