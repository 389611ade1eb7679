"""Page one's numbers in the JSON are those that page one prints: composed, and on the paper of the PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest

from monitor.reports import fonts
from monitor.reports.composing import compose
from monitor.reports.composing.speech import Speech
from monitor.reports.document import Document, Paragraph
from monitor.reports.explaining import explain
from monitor.reports.figures import Figures, Indicator, Value
from monitor.reports.fonts import FontsMissing
from monitor.reports.spelling import CARRIER_SHOWN, COMPARED_SHOWN, first_page, of_json, printed, to_json
from monitor.reports.writers.pdf import pdf
from tests.needs import lacking
from tests.reports.reading import front, rows, tables
from tests.reports.sample import sample
from tests.reports.variants import first_month, low_coverage, no_data, six_carriers

SAMPLES = (sample, first_month, no_data, low_coverage, six_carriers)
LOCALES = ("zh_CN", "en")
CREATED = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
MEASURES = "%起家条"
every = pytest.mark.parametrize(
    ("figures", "locale"),
    [pytest.param(made, locale, id=f"{made.__name__}-{locale}") for made in SAMPLES for locale in LOCALES],
)


def composed(figures: Figures, locale: str) -> Document:
    return compose(figures, locale=locale, edition="2026-09", draft=False, compiler="云岭县政府信息中心")


def numbers(text: str) -> list[str]:
    """Return what stands between signs that belong to no number, a length's units with it."""
    return [found.rstrip(".") for found in re.findall(r"(?:\d+(?:\.\d+)?(?:小时|分钟|分|秒|[hms](?![a-z]))?)+|—", text)]


def shown(figures: Figures, locale: str) -> list[tuple[str, str]]:
    return [(each.key, each.printed[locale]) for each in first_page(figures).figures]


def in_the_tables(figures: Figures, locale: str) -> Iterator[tuple[str, str]]:
    """Yield the key of every figure in page one's two tables with the text of its cell, without its measure."""
    overall, compared = tables(composed(figures, locale).front)[:2]
    for name, (_, now, before, _) in zip(COMPARED_SHOWN, rows(overall), strict=True):
        yield f"county.{name}", now.rstrip(MEASURES)
        if figures.overall[name].before is not None:
            yield f"last:county.{name}", before.rstrip(MEASURES)
    for carrier, (_, *cells, _) in zip(figures.carriers, rows(compared), strict=True):
        keys = (carrier.figures[name].key for name in CARRIER_SHOWN)
        yield from ((key, cell.rstrip(MEASURES)) for key, cell in zip(keys, cells, strict=True))


@every
def test_the_tables_print_what_the_json_says_they_print(figures: Callable[[], Figures], locale: str) -> None:
    """Cell by cell, every figure by its key."""
    found = list(in_the_tables(figures(), locale))
    assert not Counter(found) - Counter(shown(figures(), locale))
    assert len(COMPARED_SHOWN) + len(CARRIER_SHOWN) * len(figures().carriers) <= len(found)


@pytest.mark.parametrize("made", SAMPLES)
@pytest.mark.parametrize("frozen", [False, True], ids=["draft", "frozen"])
def test_every_figure_of_page_one_is_explained_by_a_list_that_comes_to_it(
    made: Callable[[], Figures], *, frozen: bool
) -> None:
    """Key by key, the places of the carriers too; of a frozen edition from what it keeps."""
    figures = of_json(to_json(made())) if frozen else made()
    page = first_page(figures)
    assert {each.key: each.value for each in page.figures} == {
        each.key: explain(figures, each.key).value for each in page.figures
    }
    places = {each.key: explain(figures, each.key) for each in page.ranks}
    assert {each.key: (each.rank.place, each.rank.why_not) for each in page.ranks} == {
        key: (found.value, found.why_not) for key, found in places.items()
    }
    assert {each.key: each.rank.place or 1 for each in page.ranks} == {
        key: len(found.reasons) for key, found in places.items()
    }


@every
def test_the_paragraph_has_the_numbers_that_no_table_has(figures: Callable[[], Figures], locale: str) -> None:
    """Units, lines and the verdicts one by one; where nothing is known of any, one sentence for all of them."""
    known, in_tables = shown(figures(), locale), {key for key, _ in in_the_tables(figures(), locale)}
    lacking_in_tables = [text for key, text in known if key not in in_tables and text != "—"]
    assert lacking_in_tables
    said = [each.text for each in composed(figures(), locale).front if isinstance(each, Paragraph)]
    assert not Counter(lacking_in_tables) - Counter(numbers("\n".join(said)))


@every
def test_the_paper_of_page_one_has_every_number_of_the_json(figures: Callable[[], Figures], locale: str) -> None:
    """The text taken out of the PDF holds each of them, as often as there are figures of it."""
    try:
        fonts.find_fonts()
    except FontsMissing as error:
        lacking("Noto CJK", str(error))
    document = composed(figures(), locale)
    with pypdfium2.PdfDocument(pdf(document, created=CREATED)) as opened:
        page = opened[0].get_textpage().get_text_range()
    wanted = Counter(text for _, text in shown(figures(), locale))
    assert not wanted - Counter(numbers(page.replace("\u200b", "")))
    assert not wanted - Counter(numbers(front(document)))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "length",
    [
        timedelta(),
        timedelta(seconds=59.9),
        timedelta(minutes=1),
        timedelta(minutes=59, seconds=59),
        timedelta(hours=1),
        timedelta(hours=12, seconds=1),
        timedelta(days=3, minutes=5),
        -timedelta(seconds=1),
        None,
    ],
)
def test_lengths_are_said_alike(length: Value, locale: str) -> None:
    """The JSON and the report have one rule for them."""
    speech = Speech.of(sample(), locale)
    assert speech.value(Indicator.MEAN_REPAIR, length) == printed(length, locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_number_of_a_fault_is_found_by_who_searches_for_it(locale: str) -> None:
    """It stands in one piece, without a sign that nobody sees, where the table has room for it."""
    try:
        pages = pypdfium2.PdfDocument(pdf(composed(sample(), locale), created=CREATED))
    except FontsMissing:
        lacking(f"no fonts in {fonts.FOLDER}", "apt install fonts-noto-cjk")
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    for fault in sample().faults:
        assert fault.no in text
