"""What a reader chooses by: carrier, kind of unit, unit, line; and the source of the data."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import (
    ConstantVariable,
    CustomVariable,
    DatasourceVariable,
    QueryVariable,
    TextBoxVariable,
)
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from grafana.language import Language
from grafana.queries import LIMIT_H

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
EVERY = VariableOption(selected=True, text=["All"], value=["$__all"])
KINDS = (("县直部门", "department"), ("乡镇", "township"), ("村（社区）", "village"), ("其他", "other"))


def source(language: Language) -> DatasourceVariable:
    """Return the choice of a Prometheus."""
    return DatasourceVariable("datasource").label(language.say("数据源", "Source")).type("prometheus")


def console(language: Language) -> ConstantVariable:
    """Return the address of the console, for links."""
    variable = ConstantVariable("console").label(language.say("控制台", "Console")).value(language.console)
    variable.build().hide = VariableHide.HIDE_VARIABLE  # the builder knows no hide
    return variable


def limit(language: Language) -> TextBoxVariable:
    """Return the limit in hours: the regulation's 12, or those of a demonstration's policy."""
    hours = str(LIMIT_H)
    return (
        TextBoxVariable("limit")
        .label(language.say("时限（小时）", "Limit (hours)"))
        .default_value(hours)
        .current(VariableOption(selected=True, text=hours, value=hours))
    )


def carrier(language: Language) -> QueryVariable:
    """Return the choice of carriers, by name."""
    return _from_info("carrier", language.say("运营商", "Carrier"), "carrier_name", "")


def kind(language: Language) -> CustomVariable:
    """Return the choice of kinds of unit."""
    words = ",".join(f"{language.say(chinese, name)} : {name}" for chinese, name in KINDS)
    return (
        CustomVariable("kind")
        .label(language.say("单位类别", "Kind of unit"))
        .values(words)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(EVERY)
    )


def unit(language: Language) -> QueryVariable:
    """Return the choice of units of the carriers and kinds chosen, by name."""
    return _from_info("unit", language.say("接入单位", "Unit"), "unit_name", 'carrier=~"$carrier",kind=~"$kind"')


def line(language: Language) -> QueryVariable:
    """Return the choice of lines of the units chosen: some of them, never all, of which no curve could be told."""
    of = 'carrier=~"$carrier",kind=~"$kind",unit=~"$unit"'
    query = f"label_values(extranet_line_info{{{of}}}, line)"
    return _queried("line", language.say("线路", "Line"), query)


def _from_info(name: str, label: str, text: str, of: str) -> QueryVariable:
    """Return a choice that shows the names and holds the identifiers, by named groups of a regular expression."""
    query = f"query_result(count by ({name}, {text}) (extranet_line_info{{{of}}}))"
    regex = f'/[{{,]{name}="(?<value>[^"]+)".*{text}="(?<text>[^"]+)"/'
    return _queried(name, label, query).regex(regex).include_all(True).all_value(".*").current(EVERY)


def _queried(name: str, label: str, query: str) -> QueryVariable:
    return (
        QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query({"query": query, "refId": f"variable-{name}"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
    )
