"""Links in messages: each is for one fault, one carrier and some days, and nothing else can be made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.links import LASTS, LinkExpired, LinkRefused, Links, Permit
from monitor.config.secret import Secret
from monitor.config.settings import Settings

NOW = datetime(2026, 9, 1, 4, 0, 7, tzinfo=UTC)
NO = "F20260901-0007"
CARRIERS = ("mobile", "unicom", "telecom", "电信")
LINKS = Links("https://monitor.example", ["the secret of the tests"])
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
NUMBERS = st.builds(
    lambda day, count: f"F{day:%Y%m%d}-{count:04d}",
    st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    st.integers(1, 65_535),
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - it adds it


def token(no: str = NO, carrier: str = "unicom", now: datetime = NOW, *, links: Links = LINKS) -> str:
    url = links.url(no, carrier, now)
    assert url is not None
    start, _, made = url.rpartition("/")
    assert "https://monitor.example/a" == start
    return made


@given(NUMBERS, st.sampled_from(CARRIERS), MOMENTS)
def test_a_link_names_its_fault_its_carrier_and_its_end(no: str, carrier: str, now: datetime) -> None:
    """What was put in comes back, to the second."""
    permit = LINKS.read(token(no, carrier, now), CARRIERS, now)
    assert Permit(no=no, carrier=carrier, expires_at=(now + LASTS).replace(microsecond=0)) == permit


@given(NUMBERS, st.sampled_from(CARRIERS))
def test_a_link_is_short_enough_for_an_sms(no: str, carrier: str) -> None:
    """34 characters, all of which a telephone takes as part of a link, also at its end."""
    made = token(no, carrier)
    assert (34, True, True) == (len(made), set(made) <= set(LETTERS), made[-1].isalnum())


@given(NUMBERS, st.data())
def test_whatever_is_altered_in_a_link_it_is_none(no: str, data: st.DataObject) -> None:
    """Any other letter in any place, any cut, any addition."""
    made = token(no)
    place = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.sampled_from([letter for letter in LETTERS if letter != made[place]]))
    altered = [
        f"{made[:place]}{other}{made[place + 1 :]}",
        made[:place],
        made[place + 1 :],
        f"{made}{other}",
        f"{other}{made}",
        f"{made}=",
        f"{made}\n",
        made.swapcase(),
    ]
    for each in altered:
        with pytest.raises(LinkRefused):
            LINKS.read(each, CARRIERS, NOW)


@given(st.text(max_size=80) | st.text(LETTERS, min_size=34, max_size=34) | st.from_regex(r"[\w-]{11}\.[\w-]{21}[AQgw]"))
def test_no_text_is_a_link(text: str) -> None:
    """Whatever is asked for, the answer is the same refusal, and never another error."""
    with pytest.raises(LinkRefused):
        LINKS.read(text, CARRIERS, NOW)


@given(NUMBERS, NUMBERS)
def test_the_signature_of_one_fault_is_no_good_for_another(one: str, other: str) -> None:
    """Two links cannot be mixed."""
    first, second = token(one).split("."), token(other, now=NOW + timedelta(seconds=1)).split(".")
    for mixed in (f"{first[0]}.{second[1]}", f"{second[0]}.{first[1]}"):
        with pytest.raises(LinkRefused):
            LINKS.read(mixed, CARRIERS, NOW)


def test_a_link_of_one_carrier_is_no_good_where_another_answers() -> None:
    """As after a new database, in which the number is another carrier's fault; or where its carrier has left."""
    made = token(carrier="unicom")
    with pytest.raises(LinkRefused):
        LINKS.read(made, ["mobile", "telecom"], NOW)
    assert "unicom" == LINKS.read(made, CARRIERS, NOW).carrier


@given(st.integers(-5, 5))
def test_a_link_ends_to_the_second(beside: int) -> None:
    """Good before its end, expired from it on; and an altered one is not called expired."""
    made, now = token(), NOW + LASTS + timedelta(seconds=beside)
    if beside < 0:
        assert NO == LINKS.read(made, CARRIERS, now).no
    else:
        with pytest.raises(LinkExpired):
            LINKS.read(made, CARRIERS, now)
    with pytest.raises(LinkRefused):
        LINKS.read(f"A{made[1:]}" if made[0] != "A" else f"B{made[1:]}", CARRIERS, now)


def test_without_a_secret_there_are_no_links() -> None:
    """And with another one those of before are none."""
    assert Links.of(Settings()) is None
    other = Links.of(replace(Settings(), secret=Secret("another secret")))
    assert other is not None
    with pytest.raises(LinkRefused):
        other.read(token(), CARRIERS, NOW)


def test_links_of_a_former_secret_are_good_as_long_as_it_is_named() -> None:
    """The newest signs."""
    settings = replace(Settings(), secret=Secret("new"), former_secrets=(Secret("older"), Secret("oldest")))
    links = Links.of(settings)
    assert links is not None
    for secret in ("new", "older", "oldest"):
        made = token(links=Links("https://monitor.example", [secret]))
        assert NO == links.read(made, CARRIERS, NOW).no
    assert NO == Links("", ["new"]).read(token(links=links), CARRIERS, NOW).no


@pytest.mark.parametrize(
    "no", ["", "F20260901", "F20260231-0001", "F20260901-70000", "F19991231-0001", "F20260901-١٢٣٤"]
)
def test_a_number_that_no_casebook_gives_has_no_link(no: str) -> None:
    """There is None, and no error in the middle of a storm."""
    assert LINKS.url(no, "unicom", NOW) is None


def test_nothing_of_the_secret_is_shown() -> None:
    """Neither by the links nor by what they make."""
    links = Links("https://monitor.example", ["open-sesame"])
    assert "open-sesame" not in f"{links!r} {vars(links).keys()} {links.url(NO, 'unicom', NOW)}"
