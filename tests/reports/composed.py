"""A report composed as the county's office has it."""

from __future__ import annotations

from monitor.reports.composing import compose
from monitor.reports.document import Document
from monitor.reports.figures import (
    Figures,
)


def composed(figures: Figures, *, locale: str = "zh_CN", draft: bool = False) -> Document:
    return compose(figures, locale=locale, edition="2026-09", draft=draft, compiler="云岭县政府信息中心")
