"""Tables put together of several queries: one row a line or carrier, one column a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.builders.dashboard import FieldColor as FieldColorBuilder
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
)

from grafana.colours import CALM
from grafana.panels import COUNT, SHARE, Steps, Words, mapping, query, thresholds
from grafana.variables import SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of figures. With ``steps`` or ``words`` its cells stand on their colour, ``below`` the first step."""

    title: str
    expr: str
    unit: str = COUNT
    decimals: int | None = None
    below: str = CALM
    steps: Steps = ()
    words: Words | None = None
    width: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A column of names: a label of the queries; ``url`` is where a click leads, ``words`` what values are called."""

    name: str
    title: str
    url: str = ""
    hint: str = ""
    words: Mapping[str, str] | None = None
    hidden: bool = False


def figures(
    title: str,
    labels: Sequence[Label],
    columns: Sequence[Column],
    *,
    sort: str,
    descending: bool = False,
    width: int = 24,
    height: int = 9,
    none: str = "",
    about: str = "",
) -> table.Panel:
    """Return a table of one row a set of labels; ``sort`` is the title of the column that it is sorted by.

    ``none`` stands in every cell of which nothing is known, and alone where there is no row.
    """
    refs = [chr(ord("A") + place) for place in range(len(columns))]
    values = [f"Value #{ref}" for ref in refs] if len(refs) > 1 else ["Value"]
    titles = {label.name: label.title for label in labels} | {
        value: column.title for value, column in zip(values, columns, strict=True)
    }
    organised = DataTransformerConfig(
        id_val="organize",
        options={
            "excludeByName": {"Time": True} | {label.name: True for label in labels if label.hidden},
            "indexByName": {name: place for place, name in enumerate(titles)},
            "renameByName": titles,
        },
    )
    sorted_by = DataTransformerConfig(id_val="sortBy", options={"sort": [{"field": sort, "desc": descending}]})
    panel = _bare(title, width, height, about).targets(
        [query(column.expr, ref=ref, way="table") for ref, column in zip(refs, columns, strict=True)]
    )
    panel = panel.transformations([DataTransformerConfig(id_val="merge", options={}), organised, sorted_by])
    for label in labels:
        if properties := list(_named(label)):
            panel = panel.override_by_name(label.title, properties)
    for column in columns:
        panel = panel.override_by_name(column.title, list(_shown(column)))
    return panel.no_value(none)


def months(
    title: str,
    month: str,
    expr: str,
    by: str,
    *,
    below: str,
    steps: Steps,
    width: int = 24,
    height: int = 8,
    about: str = "",
) -> table.Panel:
    """Return a table of the last twelve months: a row a ``month``, a column a value of the label ``by``.

    ``expr`` is a share "this month so far": what it last showed in a month is the month's.
    """
    return (
        _bare(title, width, height, about)
        .time_from("12M")
        .interval("6h")
        .unit(SHARE)
        .decimals(2)
        .thresholds(thresholds(below, steps))
        .color_scheme(FieldColorBuilder().mode(FieldColorModeId.THRESHOLDS))
        .cell_options(looks.TableColorTextCellOptions())
        .targets([query(expr, way="months")])
        .transformations(
            [
                DataTransformerConfig(id_val="sortBy", options={"sort": [{"field": "Time", "desc": False}]}),
                DataTransformerConfig(
                    id_val="formatTime",
                    options={"timeField": "Time", "outputFormat": "YYYY-MM", "useTimezone": True},
                ),
                DataTransformerConfig(
                    id_val="groupBy",
                    options={
                        "fields": {
                            "Time": {"operation": "groupby", "aggregations": []},
                            by: {"operation": "groupby", "aggregations": []},
                            "Value": {"operation": "aggregate", "aggregations": ["lastNotNull"]},
                        }
                    },
                ),
                DataTransformerConfig(
                    id_val="groupingToMatrix",
                    options={"columnField": by, "rowField": "Time", "valueField": "Value (lastNotNull)"},
                ),
                DataTransformerConfig(id_val="organize", options={"renameByName": {f"Time\\{by}": month}}),
            ]
        )
        .override_by_name(month, [DynamicConfigValue(id_val="custom.cellOptions", value=looks.TableAutoCellOptions())])
    )


def _bare(title: str, width: int, height: int, about: str) -> table.Panel:
    return (
        table.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .span(width)
        .height(height)
        .show_header(True)
        .cell_height(looks.TableCellHeight.MD)
        .align(looks.FieldTextAlignment.AUTO)
    )


def _named(label: Label) -> list[DynamicConfigValue]:
    found = []
    if label.url:
        found.append(DynamicConfigValue(id_val="links", value=[{"title": label.hint, "url": label.url}]))
    if label.words:
        texts = {value: {"text": text, "index": place} for place, (value, text) in enumerate(label.words.items())}
        found.append(DynamicConfigValue(id_val="mappings", value=[{"type": "value", "options": texts}]))
    return found


def _shown(column: Column) -> list[DynamicConfigValue]:
    found = [DynamicConfigValue(id_val="unit", value=column.unit)]
    if column.decimals is not None:
        found.append(DynamicConfigValue(id_val="decimals", value=column.decimals))
    if column.words:
        found.append(DynamicConfigValue(id_val="mappings", value=[mapping(column.words)]))
    if column.steps or column.words:
        solid = looks.TableColoredBackgroundCellOptions(mode=looks.TableCellBackgroundDisplayMode.BASIC)
        found += [
            DynamicConfigValue(id_val="thresholds", value=thresholds(column.below, column.steps).build()),
            DynamicConfigValue(id_val="color", value={"mode": FieldColorModeId.THRESHOLDS.value}),
            DynamicConfigValue(id_val="custom.cellOptions", value=solid),
        ]
    if column.width is not None:
        found.append(DynamicConfigValue(id_val="custom.width", value=column.width))
    return found
