"""The dashboards are what the code says, hold together, and can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grafana.colours import PALETTE
from grafana.generate import BOARDS, COMMITTED, differing, main, written
from grafana.language import LOCALES, Language
from tests.grafana.boards import VARIABLE, board, panels

COLOUR = re.compile(r'"(#[0-9A-Fa-f]{3,8})"')
NAMED_COLOUR = re.compile(r'"(?:color|fixedColor|iconColor)": "([^#"]+)"')
KNOWN_BY_GRAFANA = {"${datasource}", "${console}", "${__value.raw}", "${carrier:text}"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
EVERY = [(locale, name) for locale in LOCALES for name in BOARDS]


def text(locale: str, name: str) -> str:
    return (COMMITTED / locale / f"{name}.json").read_text("utf-8")


def test_what_is_committed_is_what_the_code_says() -> None:
    """A dashboard is changed in the code, never in the JSON."""
    assert [] == differing(COMMITTED, [each for locale in LOCALES for each in written(Language(locale))])
    assert 0 == main(["--check"])


def test_a_difference_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["--out", str(tmp_path), "--language", "en", "--console", "https://centre.example/"])
    assert '"https://centre.example"' in (tmp_path / "en" / "line.json").read_text("utf-8")
    (tmp_path / "en" / "line.json").write_text("{}", encoding="utf-8")
    (tmp_path / "en" / "old.json").write_text("{}", encoding="utf-8")
    told = ["--out", str(tmp_path), "--language", "en", "--console", "https://centre.example", "--check"]
    assert 1 == main(told)
    said = capsys.readouterr().err
    assert ["en/line.json", "en/old.json"] == re.findall(r"en/\w+\.json", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--console", "console.example"], "--console: an address such as https://console.monitor.example is wanted"),
        (["--out", "{folder}/file"], "{folder}/file/zh_CN cannot be written: Not a directory"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as ended:
        main([each.format(folder=tmp_path) for each in arguments])
    assert 2 == ended.value.code
    assert said.format(folder=tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize(("locale", "name"), EVERY)
def test_every_colour_is_one_of_the_palette(locale: str, name: str) -> None:
    """Okabe and Ito's, which no colour blindness confuses; none by Grafana's names, no red beside green."""
    assert set(COLOUR.findall(text(locale, name))) <= PALETTE
    assert [] == NAMED_COLOUR.findall(text(locale, name))
    assert "palette-classic" not in text(locale, name)


@pytest.mark.parametrize(("locale", "name"), EVERY)
def test_it_fits_the_grid_and_nothing_lies_on_anything(locale: str, name: str) -> None:
    """Twenty-four columns, every cell taken at most once, every identifier given once."""
    taken: set[tuple[int, int]] = set()
    of = panels(board(name, locale))
    for panel in of:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
    assert len(of) == len({panel["id"] for panel in of})


@pytest.mark.parametrize(("locale", "name"), EVERY)
def test_it_links_to_the_others_and_to_the_console(locale: str, name: str) -> None:
    """By the tag that those of its language bear; every variable that it names is its own or Grafana's."""
    of = board(name, locale)
    others, console = of["links"]
    assert of["tags"] == others["tags"]
    assert "${console}" == console["url"]
    own = {variable["name"] for variable in of["templating"]["list"]}
    strange = {
        found
        for found in VARIABLE.findall(text(locale, name).replace("$__all", ""))
        if found not in KNOWN_BY_GRAFANA and not found.startswith("$__") and found.strip("$") not in own
    }
    assert set() == strange


def test_a_click_on_a_line_leads_to_a_dashboard_that_exists() -> None:
    for locale, name in EVERY:
        targets = set(re.findall(r'"/d/([\w-]+)\?', text(locale, name)))
        assert targets <= {board("line", locale)["uid"]}


def test_identifiers_differ_so_that_both_languages_may_stand_side_by_side() -> None:
    uids = [board(name, locale)["uid"] for locale, name in EVERY]
    assert len(uids) == len(set(uids))


def test_the_words_are_chinese_by_default_and_english_at_choice() -> None:
    """Every title of the one has Chinese in it or is an abbreviation; the other has none."""
    for name in BOARDS:
        titles = [panel["title"] for panel in panels(board(name))]
        assert {"SNMP"} >= {title for title in titles if not CHINESE.search(title)}
        assert not CHINESE.search(text("en", name))


def test_the_wall_is_read_from_five_metres() -> None:
    """Every figure of the duty room outside its tables says how large it is: at least 24 pixels."""
    for panel in panels(board("duty-room")):
        if panel["type"] != "table":
            assert min(panel["options"]["text"].values()) >= 24, panel["title"]


def test_the_thresholds_of_the_clock_are_at_50_75_and_100_percent() -> None:
    table = next(panel for panel in panels(board("duty-room")) if panel["type"] == "table")
    used = next(each for each in table["fieldConfig"]["overrides"] if each["matcher"]["options"] == "已用时限")
    steps = next(each["value"]["steps"] for each in used["properties"] if each["id"] == "thresholds")
    assert [None, 0.5, 0.75, 1] == [step["value"] for step in steps]
