"""Whether page one is one page, and how much of the centre's texts it has room for.

All else on it is bounded: of what went wrong a few are named, the rest is counted. What the centre writes is not.
"""

from __future__ import annotations

from dataclasses import replace

from monitor.reports.composing import page_one
from monitor.reports.figures import Figures, Texts
from monitor.reports.rendering import CannotRender

MOST = 4000  # characters: more than page one ever has room for
NEARLY = 50  # characters: how nearly the room is told
TIGHT = 1  # of the steps to smaller letters, the last: a larger text finds room on the larger page of the PDF anyhow


def fits(figures: Figures, *, locale: str, compiler: str) -> bool:
    """Tell whether page one is one page, in the PDF and as reckoned in the Word file, in the smallest letters.

    Raises:
        CannotRender: it cannot be set.
    """
    from monitor.reports.writers import docx_sizes, pdf  # noqa: PLC0415 - they cost a second

    first = page_one(figures, locale=locale, edition="", draft=False, compiler=compiler)
    step = docx_sizes.smaller(first.title, first.head, first.front, chinese=locale == "zh_CN")
    if step is None or step < len(docx_sizes.STEPS) - TIGHT:
        return step is not None
    try:
        return pdf.front_pages(first, created=figures.as_of) == 1
    except Exception as error:
        raise CannotRender(f"page one cannot be set: {' '.join(str(error).split())}") from error


def room_for_texts(figures: Figures, *, locale: str, compiler: str) -> int | None:
    """Return about how many characters of the texts find room; None where all do, or where they are not the cause.

    Raises:
        CannotRender: it cannot be set.
    """
    texts = figures.texts

    def fit(shown: Texts) -> bool:
        return fits(replace(figures, texts=shown), locale=locale, compiler=compiler)

    length = written(texts)
    if not length or fit(texts) or not fit(Texts()):
        return None
    known, over = 0, min(length, MOST)
    while over - known > NEARLY:
        middle = (known + over) // 2
        known, over = (middle, over) if fit(_cut(texts, middle)) else (known, middle)
    return known // NEARLY * NEARLY


def written(texts: Texts) -> int:
    """Return how many characters the centre wrote."""
    return len(texts.last_orders or "") + len(texts.next_orders or "")


def _cut(texts: Texts, length: int) -> Texts:
    """Return the first so many characters of the texts together."""
    last, following = texts.last_orders or "", texts.next_orders or ""
    return Texts(last_orders=last[:length], next_orders=following[: max(0, length - len(last))])
