"""Templates in a configuration folder: which files there may be, and what a file may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.folder import differences, load
from monitor.config.problem import ConfigurationRefused
from monitor.config.settings import Locale
from monitor.config.templates import Form, Templates
from monitor.faults.terms import MessageKind
from tests.config.written import write

CHANNELS = "channels:\n  unicom-sms: {kind: sms, url: https://sms.example/send, recipients: [0000-66000011]}\n"
OPENED = (Locale.CHINESE, MessageKind.OPENED)


def put(folder: Path, text: str, name: str = "zh_CN/opened.yaml") -> Path:
    """Write a file of templates into a configuration that can run; return the configuration's folder."""
    if not (folder / "monitor.yaml").exists():
        write(folder, monitor=f"routes: []\n{CHANNELS}")
    file = folder / "templates" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return folder


def templates(folder: Path) -> Templates:
    return load(folder, environ={}).templates


def refused(folder: Path) -> list[str]:
    with pytest.raises(ConfigurationRefused) as caught:
        load(folder, environ={})
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def texts(found: Templates, *, grouped: bool = False, channel: str | None = None) -> dict[Form, list[str]]:
    sheet = found[OPENED]
    drafts = sheet.drafts if channel is None else sheet.channels[channel]
    forms = drafts.group if grouped else drafts.alone
    return {form: [draft.text for draft in several] for form, several in forms.items()}


def test_without_the_folder_there_are_none(tmp_path: Path) -> None:
    assert {} == templates(write(tmp_path))


def test_a_file_gives_any_of_the_forms_for_all_channels_and_for_one(tmp_path: Path) -> None:
    put(
        tmp_path,
        "sms: [长的, 短的]\n"
        "title: 标题\n"
        "markdown: |\n  - 甲\n  - 乙\n"
        "text: null\n"
        "group: {title: 合并}\n"
        "channels:\n  unicom-sms: {sms: 专用, group: {sms: 专用合并}}\n",
    )
    found = templates(tmp_path)
    assert {OPENED} == found.keys()
    assert {Form.SMS: ["长的", "短的"], Form.TITLE: ["标题"], Form.MARKDOWN: ["- 甲\n- 乙\n"]} == texts(found)
    assert {Form.TITLE: ["合并"]} == texts(found, grouped=True)
    assert {Form.SMS: ["专用"]} == texts(found, channel="unicom-sms")
    assert {Form.SMS: ["专用合并"]} == texts(found, grouped=True, channel="unicom-sms")


def test_an_empty_file_overrides_nothing(tmp_path: Path) -> None:
    assert {} == texts(templates(put(tmp_path, "# nothing yet\n")))


@pytest.mark.parametrize(
    ("rule", "text", "name", "problem"),
    [
        ("A folder is a locale.", "", "zh/opened.yaml",
         "templates/zh:1:1: there is no locale of this name: there are zh_CN, en"),
        ("A near one is suggested.", "", "zh_cn/opened.yaml",
         "templates/zh_cn:1:1: there is no locale of this name: there are zh_CN, en; did you mean 'zh_CN'?"),
        ("A file is a kind.", "", "en/over_due.yaml",
         "templates/en/over_due.yaml:1:1: there is no kind of message of this name; did you mean 'overdue'?"),
        ("A file is of YAML.", "", "en/overdue.txt",
         "templates/en/overdue.txt:1:1: this is no file of templates: name it <kind>.yaml, or put it elsewhere"),
        ("What is put around every message stays.", "", "en/marks.yaml",
         "templates/en/marks.yaml:1:1: there is no kind of message of this name"),
        ("A key is a form.", "smss: x\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:1: smss: unknown form, of sms, title, markdown, text, group, channels; "
         "did you mean 'sms'?"),
        ("Of a group too.", "group:\n  titel: x\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:2:3: group.titel: unknown form, of sms, title, markdown, text; "
         "did you mean 'title'?"),
        ("A group has no channels below.", "group: {channels: {}}\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:9: group.channels: unknown form, of sms, title, markdown, text"),
        ("A channel is one of monitor.yaml.", "channels:\n  unicom-smss: {sms: x}\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:2:3: channels.unicom-smss: there is no channel of this name in monitor.yaml; "
         "did you mean 'unicom-sms'?"),
        ("A form is a text.", "title: 12\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:8: title: text is wanted here: put it in quotes, or below a |"),
        ("A title is one text.", "title: [a, b]\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:8: title: text is wanted here: put it in quotes, or below a |"),
        ("An SMS may be several.", "sms: [a, {b: c}]\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:10: sms[1]: text, or a list of texts, is wanted here: put it in quotes, "
         "or below a |"),
        ("At least one.", "sms: []\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:6: sms: at least one text is wanted here"),
        ("None of them empty.", "text: ' '\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:7: text: text is wanted here, and this is empty"),
        ("A file is a mapping.", "- sms\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:1: a mapping is wanted here, with the forms sms, title, markdown, text"),
        ("So is a group.", "group: x\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:8: group: a mapping is wanted here, with the forms sms, title, markdown, text"),
        ("So are the channels.", "channels: x\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:11: channels: a mapping of channels by their names is wanted here"),
        ("So is a channel.", "channels: {unicom-sms: x}\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:24: channels.unicom-sms: a mapping is wanted here, with the forms sms, title, "
         "markdown, text"),
        ("A field alone needs quotes in YAML.", "sms: {{ unit }}\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:7: sms[\"?\"]: a key is a word, not a list, a mapping or a *reference: quote it"),
        ("The writing itself may be broken.", "sms: 'x\n", "en/overdue.yaml",
         "templates/en/overdue.yaml:1:6: the quotation opened here is never closed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, rule: str, text: str, name: str, problem: str) -> None:
    assert problem in refused(put(tmp_path, text, name)), rule


def test_a_kind_is_given_once(tmp_path: Path) -> None:
    put(tmp_path, "sms: x\n")
    put(tmp_path, '{"sms": "x"}', "zh_CN/opened.json")
    (problem,) = refused(tmp_path)
    assert problem.startswith("templates/zh_CN/opened.yaml:1:1: there is ")
    assert problem.endswith("opened.json too: keep one of them")


def test_what_editors_leave_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "sms: x\n")
    for name in (".opened.yaml.swp", "opened.yaml~", ".gitkeep"):
        (tmp_path / "templates" / "zh_CN" / name).write_text("{", encoding="utf-8")
    (tmp_path / "templates" / ".git").mkdir()
    assert {OPENED} == templates(tmp_path).keys()


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "templates").write_text("", encoding="utf-8")
    assert ["templates:1:1: a folder is wanted here: templates/<locale>/<kind>.yaml"] == refused(tmp_path)


def test_broken_settings_make_no_channel_wrong(tmp_path: Path) -> None:
    put(tmp_path, "channels: {any: {sms: x}}\n")
    (tmp_path / "monitor.yaml").write_text("a: [", encoding="utf-8")
    assert ["monitor.yaml:2:1: a value is missing here"] == refused(tmp_path)


def test_a_change_of_a_text_is_a_change_and_one_of_a_comment_is_none(tmp_path: Path) -> None:
    put(tmp_path, "sms: x\n")
    before = load(tmp_path, environ={})
    put(tmp_path, "# why\n\nsms: x\n")
    commented = load(tmp_path, environ={})
    put(tmp_path, "sms: y\n")
    after = load(tmp_path, environ={})
    assert before.templates == commented.templates
    assert not differences(before, commented)
    assert ("templates",) == differences(commented, after).changed
    assert before.digest == commented.digest != after.digest


def test_templates_that_are_not_there_change_no_digest(tmp_path: Path) -> None:
    before = load(write(tmp_path), environ={}).digest
    (tmp_path / "templates" / "en").mkdir(parents=True)
    assert before == load(tmp_path, environ={}).digest
