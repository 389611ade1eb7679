"""The provisioning files say nothing that Grafana's documentation does not know, and fit the dashboards."""

from __future__ import annotations

from typing import Any

import yaml

from grafana.generate import COMMITTED
from grafana.language import LOCALES
from tests.grafana.boards import board
from tests.prometheus.test_rules import FOLDER as PROMETHEUS

FOLDER = COMMITTED.parent / "provisioning"
# As Grafana's documentation, "Provision Grafana", names them.
DATASOURCE = {
    "name", "type", "access", "orgId", "uid", "url", "user", "database", "basicAuth", "basicAuthUser",
    "withCredentials", "isDefault", "jsonData", "secureJsonData", "version", "editable",
}  # fmt: skip
JSON_DATA = {"timeInterval", "httpMethod", "prometheusVersion", "prometheusType", "manageAlerts", "alertmanagerUid"}
PROVIDER = {
    "name", "orgId", "folder", "folderUid", "type", "disableDeletion", "updateIntervalSeconds", "allowUiUpdates",
    "options",
}  # fmt: skip
OPTIONS = {"path", "foldersFromFilesStructure"}
Yaml = Any


def read(name: str) -> Yaml:
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


def test_the_source_is_the_prometheus_that_scrapes_the_monitor() -> None:
    file = read("datasources/prometheus.yaml")
    (source,) = file["datasources"]
    assert {"apiVersion", "datasources"} == set(file)
    assert set(source) <= DATASOURCE
    assert set(source["jsonData"]) <= JSON_DATA
    assert ("prometheus", "proxy") == (source["type"], source["access"])
    scraping = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))["global"]["scrape_interval"]
    assert scraping == source["jsonData"]["timeInterval"]


def test_the_provider_reads_a_folder_of_one_language() -> None:
    """The last part of its path is the folder of a language; nothing can be changed where it would be overwritten."""
    file = read("dashboards/extranet.yaml")
    (provider,) = file["providers"]
    assert {"apiVersion", "providers"} == set(file)
    assert set(provider) <= PROVIDER
    assert set(provider["options"]) <= OPTIONS
    assert provider["options"]["path"].rpartition("/")[2] in LOCALES
    assert not provider["allowUiUpdates"]


def test_every_dashboard_takes_its_source_from_a_variable() -> None:
    """Whatever the Prometheus is called there."""
    for locale in LOCALES:
        for path in (COMMITTED / locale).glob("*.json"):
            of = board(path.stem, locale)
            assert "datasource" == of["templating"]["list"][0]["name"]
            sources = [panel["datasource"] for panel in of["panels"]]
            sources += [target["datasource"] for panel in of["panels"] for target in panel["targets"]]
            assert {"prometheus"} == {source["type"] for source in sources}
            assert {"${datasource}"} == {source["uid"] for source in sources}
