"""The files of a report, a format each; the same figures and programs give the same bytes.

The writers are imported when they are needed: they cost a second, and the daemon never draws anything itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

from monitor import __version__
from monitor.reports.composing import compose
from monitor.reports.document import Document
from monitor.reports.figures import Figures, PeriodKind
from monitor.reports.fonts import FOLDER, NEEDED
from monitor.reports.spelling import of_json, to_json

FORMATS = ("pdf", "docx", "xlsx", "html", "json")
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
PROGRAMS = ("matplotlib", "python-docx", "typst", "xlsxwriter")
TITLES = {
    "zh_CN": {
        PeriodKind.MONTH: "月报",
        PeriodKind.WEEK: "周报",
        PeriodKind.YEAR: "年报",
        PeriodKind.ANY: "运行情况报告",
    },
    "en": dict.fromkeys(PeriodKind, "report"),
}


class CannotRender(Exception):
    """A file cannot be made: a font or program is missing, the disk is full; the text names the format and why."""


def rendered(
    figures: Figures,
    *,
    locale: str,
    edition: str,
    draft: bool,
    compiler: str,
    formats: Iterable[str] = FORMATS,
    told: Callable[[str], None] = lambda _: None,
) -> dict[str, bytes]:
    """Return the files of a report by format; ``told`` is called with each format before it is made.

    The figures are taken as they read from their own JSON, so that a file made from what an edition keeps is the same.

    Raises:
        CannotRender: a file cannot be made.
    """
    text = to_json(figures)
    files: dict[str, bytes] = {}
    document: Document | None = None
    for name in formats:
        told(name)
        if name == "json":
            files[name] = text.encode()
            continue
        if document is None:
            document = compose(of_json(text), locale=locale, edition=edition, draft=draft, compiler=compiler)
        try:
            files[name] = _writer(name, figures.as_of)(document)
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise CannotRender(f"the {name} file cannot be made: {reason}") from error
    return files


def made_with() -> dict[str, str]:
    """Return the versions of the programs that make the files, and a digest of the fonts."""
    return {"monitor": __version__, "fonts": _fonts()} | {name: _version(name) for name in PROGRAMS}


def file_name(key: str, kind: PeriodKind, format_: str, locale: str) -> str:
    """Return the name of a report's file, as ``2026-09-月报.pdf``."""
    return f"{key.replace(':', '')}-{TITLES[locale][kind]}.{format_}"


@cache
def _fonts() -> str:
    digest = sha256()
    for name in NEEDED:
        path = FOLDER / name
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()[:16]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _writer(name: str, created: datetime) -> Callable[[Document], bytes]:
    match name:
        case "pdf":
            from monitor.reports.writers.pdf import pdf  # noqa: PLC0415 - see above

            return partial(pdf, created=created)
        case "docx":
            from monitor.reports.writers.docx import docx  # noqa: PLC0415

            return docx
        case "xlsx":
            from monitor.reports.writers.xlsx import xlsx  # noqa: PLC0415

            return xlsx
        case "html":
            from monitor.reports.writers.html import html  # noqa: PLC0415

            return html
        case _:
            raise ValueError(f"there is no format {name}")
