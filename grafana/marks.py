"""Marks across every curve of a dashboard, out of a query: Grafana's annotations, as Prometheus' plugin reads them."""

from __future__ import annotations

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import AnnotationQuery

from grafana.variables import SOURCE


class Marks(Builder[AnnotationQuery]):
    """A region for as long as a query has a value above 0; ``title`` is written with the series' labels."""

    def __init__(self, name: str, expr: str, *, title: str, colour: str) -> None:
        """Prepare the marks."""
        self._made = _Marks(name=name, datasource=SOURCE, enable=True, hide=False, icon_color=colour, built_in=None)
        self._made.query, self._made.title = expr, title

    def build(self) -> AnnotationQuery:
        """Return what the dashboard holds."""
        return self._made


class _Marks(AnnotationQuery):
    """The library knows annotations of Grafana's own database alone: a query's target is written here."""

    query = title = ""

    def to_json(self) -> dict[str, object]:
        target = {"refId": "Anno", "expr": self.query, "interval": "60s", "instant": False, "range": True}
        return super().to_json() | {"target": target, "titleFormat": self.title}
