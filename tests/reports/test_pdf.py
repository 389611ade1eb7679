"""The report as PDF: every text, on its page, in its face, within the margins; the same bytes each time."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw

from monitor.reports import fonts
from monitor.reports.breaking import MAY_BREAK, breakable, claims, width
from monitor.reports.composing import compose
from monitor.reports.document import Annex, Block, Cell, Chart, Document, Heading, Paragraph, Table
from monitor.reports.figures import Figures
from monitor.reports.fonts import FontsMissing
from monitor.reports.writers import long_annexes
from monitor.reports.writers.column_widths import fitted
from monitor.reports.writers.pdf import FRONT, _blocks, pdf
from monitor.reports.writers.typesetting import TypesettingFailed, typeset
from tests.needs import lacking
from tests.reports.documents import CARRIERS, LONG_NAME, annex, cells, drawn, faults, front, report, table
from tests.reports.paper import tokens
from tests.reports.sample import sample
from tests.reports.variants import long_ids, six_carriers

CREATED = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
MARGIN = 56.69  # 20 mm
RISE = 6  # how far the signs of a title stand above the line that the margin is measured to
STAMP = 22  # the stamp and the page number stand above this
HOSTILE = (
    "#pagebreak() #sys.version $x^2$ *a* _b_ `c` <d> @e = f",
    "'single' \"double\" \\ \\n \\u{41} //c /*d*/ ~ -- --- ...",
    '"}], #panic("no") {{page}} {pages} [e] <row>',
    "https://a.example/b?c=d&e=%20",
)


@pytest.fixture(autouse=True)
def _fonts() -> None:
    try:
        fonts.find_fonts()
    except FontsMissing as error:
        lacking("Noto CJK", str(error))


def opened(document: Document) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(pdf(document, created=CREATED))


def plain(text: str) -> str:
    """Return a text without what lines are broken at: hyphenation has marks of its own."""
    return re.sub(r"[\s\ufffe\u0002\u200b\u00ad]", "", text)


def said(page: pypdfium2.PdfPage) -> str:
    return plain(page.get_textpage().get_text_range())


def pages_of(document: Document) -> list[str]:
    return [said(page) for page in opened(document)]


def texts_of(blocks: Iterator[Block] | list[Block] | tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield block.text
            case Chart():
                yield block.said
            case Table() if not block.rows:
                yield block.empty
            case Table():
                yield from (column.title for column in block.columns)
                yield from (cell.text for row in block.rows for cell in row)


def outside(page: pypdfium2.PdfPage) -> list[str]:
    """Return the characters of a page that stand outside its text, its footer apart."""
    text, (wide, high) = page.get_textpage(), page.get_size()
    found = []
    for place in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(place)
        within = left > MARGIN - 1 and right < wide - MARGIN + 1 and top < high - MARGIN + RISE and bottom > STAMP
        if right > left and not within:
            found.append(text.get_text_range(place, 1))
    return [character for character in found if not character.isspace()]


def bookmarks(opened: pypdfium2.PdfDocument) -> list[tuple[int, str, int]]:
    """Return the bookmarks: their depth, their text and their page."""
    return [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in opened.get_toc()]


def faces(page: pypdfium2.PdfPage) -> dict[str, bool]:
    """Return the faces of a page's text, and whether each is embedded."""
    found = {}
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(thing.raw)
        name = ctypes.create_string_buffer(100)
        raw.FPDFFont_GetBaseFontName(font, name, 100)
        found[name.value.decode().split("+")[-1].split("-Identity")[0]] = bool(raw.FPDFFont_GetIsEmbedded(font))
    return found


def test_prints_every_text() -> None:
    """Front, charts and annexes: every text of the report stands in the file, in order of the pages."""
    document = report(charts=drawn())
    pages = pages_of(document)
    whole = "".join(pages)
    assert [] == [
        line
        for line in (document.title, *document.head, *texts_of(list(document.front)))
        if plain(line) not in pages[0]
    ]
    assert [] == [
        text for text in (document.charts_title, *texts_of(list(document.charts))) if plain(text) not in pages[1]
    ]
    for each in document.annexes:
        assert [] == [text for text in (each.title, *texts_of(list(each.blocks))) if plain(text) not in whole]
    assert plain(document.annexes[0].title) in pages[2]
    for number, page in enumerate(pages, 1):
        assert plain(document.stamp) in page
        assert f"第{number}页,共{len(pages)}页" in page


@pytest.mark.parametrize("carriers", [3, 4, 5, 6])
def test_page_one_holds_the_front_and_nothing_more(carriers: int) -> None:
    """With three to six carriers and names of 30 signs the front fills one page, and the next begins with the annex."""
    document = report(carriers=carriers)
    assert max(map(len, CARRIERS)) >= 28
    pages = opened(document)
    assert [] == [text for text in texts_of(list(document.front)) if plain(text) not in said(pages[0])]
    assert said(pages[1]).startswith(plain(document.annexes[0].title))
    assert [] == outside(pages[0])


def test_a_date_in_the_title_is_not_broken() -> None:
    """The title of a week takes two lines: the second begins with a whole date."""
    title = "云岭县电子政务外网运行情况周报（2026年9月28日至2026年10月4日）"
    lines = opened(replace(report(carriers=3), title=title))[0].get_textpage().get_text_range().splitlines()
    assert ["云岭县电子政务外网运行情况周报（2026年9月28日至", "2026年10月4日）"] == [
        each.strip() for each in lines[:2]
    ]


def test_a_front_that_is_too_long_flows_on() -> None:
    """Nothing is cut off where even the smallest letters do not fit: the front goes on over the next page."""
    long = [*front(CARRIERS), *(Paragraph(text=f"{number}号:{LONG_NAME * 4}") for number in range(60))]
    document = report(blocks=long)
    pages = pages_of(document)
    assert plain(document.annexes[0].title) not in pages[1]
    assert [] == [text for text in texts_of(long) if plain(text) not in "".join(pages)]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("figures", [sample, six_carriers], ids=["sample", "six_carriers"])
def test_sets_the_sample_county(figures: Callable[[], Figures], locale: str) -> None:
    """September of the sample county: page one on one page, every text of the annexes, nothing outside, no word cut."""
    document = compose(figures(), locale=locale, edition="2026-09", draft=False, compiler="大数据中心")
    pages = opened(document)
    whole = "".join(said(page) for page in pages)
    assert [] == [text for text in texts_of(list(document.front)) if plain(text) not in said(pages[0])]
    assert plain(document.charts_title) in said(pages[1])
    assert [] == [text for each in document.annexes for text in texts_of(list(each.blocks)) if plain(text) not in whole]
    assert [] == [character for page in pages for character in outside(page)]


def test_repeats_the_head_of_a_table_on_every_page() -> None:
    """A table over several pages has its head on each, no row is torn, none is lost and none stands outside."""
    table = faults(120)
    pages = list(opened(report(blocks=[Paragraph(text="无")], annexes=[annex("附件2", table)])))[1:]
    assert 4 == len(pages)
    head = "".join(column.title for column in table.columns)
    for page in pages:
        assert head in said(page)
        assert [] == outside(page)
    numbers = re.findall(r"F20260901-(\d{5})", "".join(map(said, pages)))
    assert [f"{number:05d}" for number in range(120)] == numbers


def test_a_long_table_reads_as_if_it_were_set_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set in parts, each page has the text of one set whole: before the table, at its seams and after it."""
    blocks = (faults(300), Paragraph(text="尾声"), Heading(text="又一节"), faults(4))
    document = report(annexes=[annex("附件1", faults(2)), annex("附件2", *blocks), annex("附件3", faults(0))])
    whole = opened(document)
    monkeypatch.setattr(long_annexes, "LONG", 200)
    monkeypatch.setattr(long_annexes, "ROWS", 90)
    parts = opened(document)
    assert [said(page) for page in whole] == [said(page) for page in parts]
    assert bookmarks(whole) == bookmarks(parts)
    assert [(0, "附件1"), (0, "附件2"), (1, "又一节"), (0, "附件3")] == [mark[:2] for mark in bookmarks(parts)][-4:]
    assert [] == [character for page in parts for character in outside(page)]


def test_a_long_annex_of_short_tables_reads_as_if_it_were_set_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of faults with a small table each are cut between them and within them, and nothing is said twice."""
    blocks = [block for number in range(60) for block in (Heading(text=f"题{number:02d}"), faults(1 + number % 5))]
    document = report(annexes=[annex("附件1", *blocks)])
    whole = opened(document)
    monkeypatch.setattr(long_annexes, "LONG", 50)
    for rows in (40, 61):
        monkeypatch.setattr(long_annexes, "ROWS", rows)
        parts = opened(document)
        assert [said(page) for page in whole] == [said(page) for page in parts]
        assert bookmarks(whole) == bookmarks(parts)


def test_what_cannot_be_set_is_one_error(tmp_path: Path) -> None:
    """The typesetter's refusal is said in one line, without its listing."""
    with pytest.raises(TypesettingFailed, match=r"^the typesetter refused the report: [^\n]+$"):
        typeset(tmp_path, "report.pdf", {"lang": "zh"}, CREATED, archival=True)


def test_a_row_higher_than_a_page_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A timeline of 3,000 signs goes on over the next page, in a table set whole and in one set in parts."""
    story = "".join(f"[{number:04d}]某某时刻发生了某事" for number in range(220))
    rows = [cells(f"A{number}", story if number == 5 else "无") for number in range(8)]
    document = report(blocks=[], annexes=[annex("附件1", table("逐条", ("编号", "经过"), rows))])
    for _ in range(2):
        pages = opened(document)
        told = "".join(said(page) for page in pages)
        assert [f"{number:04d}" for number in range(220)] == re.findall(r"\[(\d{4})\]", told)
        assert [] == [character for page in pages for character in outside(page)]
        monkeypatch.setattr(long_annexes, "LONG", 4)
        monkeypatch.setattr(long_annexes, "ROWS", 6)


def test_is_set_in_real_faces() -> None:
    """Headings and heads of tables in bold without serifs, strong cells in bold with them; all faces are embedded."""
    rows = [[Cell(text="强", strong=True), Cell(text="弱")]]
    page = opened(report(blocks=[Heading(text="一"), Paragraph(text="正文"), table("表", ("甲", "乙"), rows)]))[0]
    assert {"NotoSerifCJKsc-Regular": True, "NotoSerifCJKsc-Bold": True, "NotoSansCJKsc-Bold": True} == faces(page)


def test_prints_hostile_text_literally() -> None:
    """Nothing in a name, a heading, a title or the stamp is markup; it stands there as it was given."""
    for text in HOSTILE:
        blocks: list[Block] = [Heading(text=text), Paragraph(text=text), table(text, (text, "乙"), [cells(text, text)])]
        document = Document(
            locale="zh_CN",
            title=text,
            head=[text],
            front=blocks,
            charts_title=text,
            charts=[],
            annexes=[Annex(title=text, blocks=[*blocks, Table(name=text, columns=[], rows=[], empty=text)])],
            stamp=text,
            page="{page}/{pages}",
            draft=None,
            properties={"author": text, text: text},
        )
        pages = pages_of(document)
        assert 2 == len(pages)
        assert [8, 8] == [page.count(plain(text)) for page in pages], text


def test_prints_the_number_of_a_sign_that_no_face_has() -> None:
    """An unknown sign is said by its number, and white space that no face has is a space: no box is printed."""
    page = opened(report(blocks=[Paragraph(text="甲\U0001f600乙\x07丙\u2009丁\u200b\U00030000")]))[0]
    assert "甲[U+1F600]乙[U+0007]丙丁[U+200B][U+30000]" in said(page)


def test_a_break_in_a_text_is_a_new_line() -> None:
    """The steps of a timeline stand below each other in their cell."""
    page = opened(report(blocks=[table("表", ("甲",), [cells("9月1日中断\n9月2日恢复")])]))[0]
    assert re.search(r"9月1日中断\r?\n9月2日恢复", page.get_textpage().get_text_range())


def test_marks_a_draft_on_every_page() -> None:
    """The word stands across each page of a draft and on none of a frozen report."""
    document = report(annexes=[annex("附件1", faults(60))], draft="草稿")
    assert [True] * 3 == ["草稿" in page for page in pages_of(document)]
    assert not any("草稿" in page for page in pages_of(report()))


def test_no_heading_stands_alone_at_the_foot() -> None:
    """Wherever a heading falls, the paragraph or the first row after it stands on the same page."""
    annexes = []
    for above in range(34, 44):
        lines: list[Block] = [Paragraph(text="行") for _ in range(above)]
        paragraph: list[Block] = [*lines, Heading(text=f"题{above}甲"), Paragraph(text=f"后{above}甲")]
        rows: list[Block] = [
            *lines,
            Heading(text=f"题{above}乙"),
            table("表", ("甲",), [cells(f"后{above}乙"), cells("末")]),
        ]
        annexes += [annex(f"附件{above}甲", *paragraph), annex(f"附件{above}乙", *rows)]
    pages = pages_of(report(annexes=annexes))
    on = {mark: number for number, page in enumerate(pages) for mark in re.findall(r"[题后]\d\d[甲乙]", page)}
    assert 40 == len(on)
    assert len(pages) > 21 + 5
    assert [] == [mark for mark, page in on.items() if page != on[f"后{mark[1:]}"]]


def test_says_what_it_is() -> None:
    """Title, author, time and language are said of the file; the bookmarks are its headings."""
    document = report(annexes=[annex("附件1 超时故障", Heading(text="甲"), faults(1))])
    written = pdf(document, created=CREATED)
    opened = pypdfium2.PdfDocument(written)
    about = opened.get_metadata_dict()
    assert document.title == about["Title"]
    assert "某某县大数据中心" == about["Author"]
    assert about["CreationDate"].startswith("D:20261001003000")
    assert b"/Lang(zh-CN)" in written
    assert b"<pdfaid:part>2</pdfaid:part>" in written
    marks = bookmarks(opened)
    assert (0, "一、总体情况", 0) == marks[0]
    assert [(0, "附件1 超时故障", 1), (1, "甲", 1)] == marks[-2:]


def test_writes_the_same_bytes_every_time() -> None:
    """Twice here and once in a process of its own; another time of making makes another file."""
    document = report(charts=drawn())
    first = pdf(document, created=CREATED)
    code = (
        "import sys; from tests.reports.test_pdf import *;"
        "sys.stdout.buffer.write(pdf(report(charts=drawn()), created=CREATED))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=Path(__file__).parents[2])
    assert first == ran.stdout
    assert first == pdf(document, created=CREATED)
    assert first != pdf(document, created=CREATED.replace(minute=31))


def test_says_the_cure_where_fonts_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the fonts gets one sentence with the package to install."""
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(FontsMissing, match="apt install fonts-noto-cjk"):
        pdf(report(), created=CREATED)


def test_no_word_is_cut_while_other_columns_have_room() -> None:
    """A narrow column is widened to its longest word, at the others' cost; what nobody has room for is set smaller."""
    shares = (0.2, 1.0, 1.0)
    rows = [cells("primary", "甲", "finance-bureau-1")]
    widened = fitted(table("表", ("Role", "单位", "线路"), rows, shares), whole=480, inset=5, sizes=(8, 7))
    assert 8 == widened.size
    assert 480 == pytest.approx(sum(widened.widths))
    assert widened.widths[0] >= width("primary", 8) + 5
    short = fitted(table("表", ("类", "单位"), [cells("县直部门", "甲")], (0.05, 1)), whole=480, inset=5, sizes=(8, 7))
    assert short.widths[0] >= width("县直部门", 8) + 5
    many = table("表", ["Verdict"] * 12, [cells(*["disputable"] * 12)])
    assert 7 == fitted(many, whole=540, inset=5, sizes=(8, 7, 6)).size
    hopeless = fitted(many, whole=100, inset=5, sizes=(8, 7))
    assert 7 == hopeless.size
    assert 100 == pytest.approx(sum(hopeless.widths))


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("figures", [sample, long_ids], ids=["sample", "long_ids"])
def test_no_number_id_date_or_time_is_broken(figures: Callable[[], Figures], locale: str) -> None:
    """Every one of them stands in one line on every page, ids of thirty letters and names of thirty signs too."""
    known = figures()
    document = compose(known, locale=locale, edition="2026-09", draft=False, compiler="大数据中心")
    found = [token for page in opened(document) for token in tokens(page, known)]
    assert {name for fault in known.faults for name in (fault.no, fault.line)} <= {text for text, _ in found}
    assert len(found) > 200
    assert [] == [text for text, lines in found if lines > 1]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_no_word_is_cut_on_page_one(locale: str) -> None:
    """Its tables are set smaller before a word of them is cut."""
    whole = compose(six_carriers(), locale=locale, edition="2026-09", draft=False, compiler="大数据中心")
    cut = [
        cell for each in _blocks(whole.front, locale, FRONT) for row in each.get("rows", ()) for cell in row["cells"]
    ]
    assert [] == [cell for cell in cut if MAY_BREAK in str(cell)]


def test_cuts_a_word_that_is_wider_than_its_column() -> None:
    """An id breaks behind its signs, a part that is still too long anywhere; no number or time at its point."""
    assert "finance-\u200bbureau-\u200b1" == breakable("finance-bureau-1", 40, 8)
    assert "x" * 40 == breakable("x" * 40, 40, 8).replace("\u200b", "")
    assert breakable("x" * 40, 40, 8).count("\u200b") == 39
    exactly = width("100.00%", 7.5)
    assert "100.00%" == breakable("100.00%", exactly - 1e-9, 7.5)
    assert 4 < claims("20:14:00")[0] < 5
    assert claims("100.00%")[0] > 4
    assert "短" == breakable("短", 8, 8)
