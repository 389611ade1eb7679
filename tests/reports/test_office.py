"""What another office program makes of the files for editing and reckoning: every text on its page, none lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.reports.composing import compose
from monitor.reports.document import Block, Chart, Document, Heading, Paragraph, Table
from monitor.reports.figures import Figures
from monitor.reports.writers.docx import docx
from monitor.reports.writers.xlsx import xlsx
from monitor.reports.writers.xml_text import held
from tests.needs import lacking
from tests.reports.office import face_of, pages, squeezed
from tests.reports.paper import tokens
from tests.reports.papers import hostile
from tests.reports.sample import sample
from tests.reports.strategies import figures
from tests.reports.test_docx import assert_texts
from tests.reports.test_xlsx import assert_cells
from tests.reports.variants import long_ids, six_carriers


def said(figures: Figures, locale: str) -> Document:
    return compose(figures, locale=locale, edition="2026-09", draft=True, compiler="云岭县大数据中心")


DOCUMENTS = {
    "chinese": said(sample(), "zh_CN"),
    "english": said(sample(), "en"),
    "six": said(six_carriers(), "zh_CN"),
    "hostile": hostile(),
    "long": said(long_ids(), "zh_CN"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def turned(folder: Path) -> dict[str, list[str]]:
    """Return the pages of all documents, as Word files and as workbooks.

    LibreOffice swallows a comma at the end of some lines, wherever they end: those of the face it takes are tried.
    """
    if not face_of("Times New Roman").startswith("Liberation Serif"):
        lacking("a face as wide as Times New Roman", "apt install fonts-liberation")
    files = {f"{name}.docx": docx(document) for name, document in DOCUMENTS.items()}
    files |= {f"{name}-book.xlsx": xlsx(DOCUMENTS[name]) for name in ("chinese", "hostile")}
    return pages(files, folder)


def texts(blocks: Iterator[Block], *, shown: bool = False) -> Iterator[str]:
    """Yield the texts of blocks; ``shown``: without times and lengths, which a workbook shows its own way."""
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield block.text
            case Table():
                yield from (column.title for column in block.columns if block.rows or shown)
                cells = (cell for row in block.rows for cell in row)
                yield from (cell.text for cell in cells if not (shown and isinstance(cell.value, date | timedelta)))
                if not block.rows:
                    yield block.empty
            case Chart():
                pass


def body(page: str, document: Document) -> str:
    """Return a page without what stands at its head and foot: a paragraph may go on over them."""
    inner = page.removeprefix(squeezed(document.draft or "")).removesuffix(squeezed(document.stamp))
    return re.sub(r"(—\d+—|Page\d+of\d+)$", "", inner)


def blocks_of(document: Document) -> Iterator[Block]:
    yield from document.front
    for annex in document.annexes:
        yield from annex.blocks


@pytest.mark.parametrize("name", DOCUMENTS)
def test_pages_of_the_word_file_hold_every_text(name: str, turned: dict[str, list[str]]) -> None:
    """Nothing of a report is cut off or hidden in its Word file: all of it is on the pages, with the stamp on each."""
    document, found = DOCUMENTS[name], turned[f"{name}.docx"]
    whole = "".join(body(page, document) for page in found)
    missing = [text for text in texts(blocks_of(document)) if squeezed(held(text)) not in whole]
    assert [] == missing
    assert all(squeezed(document.stamp) in page for page in found)
    assert all(squeezed(document.draft or "") in page for page in found)


@pytest.mark.parametrize("name", ["chinese", "hostile"])
def test_pages_of_the_workbook_show_every_text(name: str, turned: dict[str, list[str]]) -> None:
    """A workbook shows its numbers as the report says them, and all texts beside them."""
    whole = "".join(turned[f"{name}-book.xlsx"])
    missing = [text for text in texts(blocks_of(DOCUMENTS[name]), shown=True) if squeezed(held(text)) not in whole]
    assert [] == missing


@pytest.mark.parametrize(("name", "known"), [("chinese", sample), ("english", sample), ("long", long_ids)])
def test_no_number_id_date_or_time_is_broken_in_an_annex(
    name: str, known: Callable[[], Figures], turned: dict[str, list[str]], folder: Path
) -> None:
    """In tables; among running words a text processor follows hyphens and signs of its own, this one does not."""
    assert f"{name}.docx" in turned
    with pypdfium2.PdfDocument(folder / "pdf" / f"{name}.pdf") as opened:
        found = [token for page in list(opened)[1:] for token in tokens(page, known())]
    assert len(found) > 180
    assert [] == [text for text, lines in found if lines > 1]


@pytest.mark.parametrize("name", ["chinese", "english", "six"])
def test_front_page_is_one_page(name: str, turned: dict[str, list[str]]) -> None:
    """Page one ends with the front's last words and page two begins with the charts, with six long names too."""
    document, (first, second, *_) = DOCUMENTS[name], turned[f"{name}.docx"]
    assert squeezed(list(texts(iter(document.front)))[-1]) in first
    assert squeezed(document.charts_title) in second


def test_pages_are_numbered(turned: dict[str, list[str]]) -> None:
    """Every page says its number, the official way in Chinese."""
    assert [f"—{number}—" in page for number, page in enumerate(turned["chinese.docx"], start=1)].count(False) == 0
    assert "Page2of" in turned["english.docx"][1]
    assert squeezed("第2页，共") in turned["chinese-book.xlsx"][1]


def test_heads_of_long_tables_are_repeated(turned: dict[str, list[str]]) -> None:
    """A table that goes on for pages has its head on each of them."""
    units = next(block for block in DOCUMENTS["chinese"].annexes[2].blocks if isinstance(block, Table))
    first, last = units.rows[0][0].text, units.rows[-1][0].text
    found = turned["chinese.docx"]
    begins = next(place for place, page in enumerate(found) if squeezed(DOCUMENTS["chinese"].annexes[2].title) in page)
    pages_of = [page for page in found[begins:] if squeezed("".join(c.title for c in units.columns)) in page]
    assert len(pages_of) > 1
    assert first in pages_of[0]
    assert last in pages_of[-1]


@settings(max_examples=30)
@given(figures(names=st.text(max_size=40)), st.sampled_from(["zh_CN", "en"]))
def test_any_report_is_read_back_whole(drawn: Figures, locale: str) -> None:
    """Whatever the figures and the names in them, both files say all of it, each value of its type."""
    document = replace(said(drawn, locale), charts=[])
    assert_texts(document)
    assert_cells(document)
