"""``monitor notify preview``: every text as it would be sent, with its length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.alerts.segments import measure
from monitor.cli import main
from monitor.faults.terms import MessageKind
from tests.config.written import INVENTORY, write

MONITOR = """\
county: 清河县
sms_signature: 清河信息中心
duty_phone: 0000-66009999
channels:
  unicom-sms: {kind: sms, url: https://sms.example/send, recipients: [0000-66000011]}
  unicom-hook: {kind: webhook, url: https://hook.example/}
  centre-hook: {kind: webhook, url: https://hook.example/centre}
"""


def asked(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["notify", "preview", "--config", str(folder), *arguments])


def spelled(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    answer = asked(folder, "--json", *arguments)
    assert 0 == answer.exit_code, answer.output
    found: list[dict[str, Any]] = json.loads(answer.stdout)
    return found


def test_each_form_is_shown_with_its_length_where_no_channel_is_configured(tmp_path: Path) -> None:
    found = spelled(write(tmp_path), "--kind", "overdue")
    assert {"sms", "title", "markdown", "text"} == {each["form"] for each in found}
    assert {"overdue", "overdue, incident"} == {each["sample"] for each in found}
    for each in found:
        assert [] == each["channels"]
        if each["form"] == "sms":
            length = measure(each["text"])
            assert (length.characters, length.segments, "UCS-2") == (
                each["characters"], each["segments"], each["alphabet"])  # fmt: skip
        else:
            assert (len(each["text"]), len(each["text"].encode())) == (each["characters"], each["bytes"])


def test_the_county_is_the_configured_one(tmp_path: Path) -> None:
    (sms,) = [each for each in spelled(write(tmp_path, monitor=MONITOR), "--kind", "opened", "--channel", "unicom-sms")
              if each["sample"] == "opened"]  # fmt: skip
    assert sms["text"].startswith("【清河信息中心】")
    assert "财政局主用" in sms["text"]
    assert sms["text"].endswith("请回复0000-66009999")


def test_channels_that_carry_the_same_are_shown_together(tmp_path: Path) -> None:
    found = spelled(write(tmp_path, monitor=MONITOR), "--kind", "monitor_blind")
    assert [("sms", ["unicom-sms"]), ("text", ["unicom-hook", "centre-hook"])] == [
        (each["form"], each["channels"]) for each in found
    ]


def test_a_channel_shows_its_own_template(tmp_path: Path) -> None:
    folder = write(tmp_path, monitor=MONITOR)
    file = folder / "templates" / "zh_CN" / "opened.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("channels: {centre-hook: {text: '{{ unit }}专用'}}\n", encoding="utf-8")
    texts = {name: each["text"] for each in spelled(folder, "--kind", "opened") for name in each["channels"]
             if each["sample"] == "opened"}  # fmt: skip
    assert "财政局专用" == texts["centre-hook"]
    assert texts["unicom-hook"].startswith("故障编号：")


def test_every_kind_is_shown_without_a_choice_and_every_sample_if_wanted(tmp_path: Path) -> None:
    folder = write(tmp_path)
    usual = spelled(folder)
    assert [kind.value for kind in MessageKind] == list(dict.fromkeys(each["kind"] for each in usual))
    every = spelled(folder, "--kind", "restored", "--all")
    assert {"restored", "restored, late", "restored, disputable", "restored, sent late"} <= {
        each["sample"] for each in every
    }


def test_another_language_may_be_asked_for(tmp_path: Path) -> None:
    (title,) = [each["text"] for each in spelled(write(tmp_path), "--kind", "monitor_blind", "--locale", "en")
                if each["form"] == "title"]  # fmt: skip
    assert title.startswith("Monitor blind since ")


LENGTHS = [("zh_CN", "字（UCS-2），1 条短信"), ("en", "characters (UCS-2), 2 SMS")]


@pytest.mark.parametrize(("locale", "length"), LENGTHS)
def test_people_read_the_texts_with_their_lengths(tmp_path: Path, locale: str, length: str) -> None:
    folder = write(tmp_path, monitor=f"locale: {locale}\n{MONITOR}")
    answer = asked(folder, "--kind", "opened", "--channel", "unicom-sms")
    assert 0 == answer.exit_code
    assert "■ opened\nsms unicom-sms · " in answer.stdout
    assert length in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "overdu"), "monitor: there is no kind of message 'overdu'; did you mean 'overdue'?"),
        (("--channel", "unicom-smss"), "there is no channel 'unicom-smss' in "),
        (("--channel", "unicom-smss"), "; did you mean 'unicom-sms'?"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = asked(write(tmp_path, monitor=MONITOR), *arguments)
    assert 2 == answer.exit_code
    assert said in answer.stderr


def test_a_wrong_template_is_named_before_anything_is_shown(tmp_path: Path) -> None:
    file = write(tmp_path, inventory=INVENTORY) / "templates" / "zh_CN" / "opened.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("sms: 甲{{ unti }}\n", encoding="utf-8")
    for command in (["notify", "preview"], ["check"]):
        answer = CliRunner().invoke(main, [*command, "--config", str(tmp_path)])
        assert 2 == answer.exit_code
        assert "opened.yaml:1:10: sms: there is no field unti here; did you mean 'unit'?" in answer.output


def test_numbers_of_contacts_are_masked_and_counted_as_they_would_be_sent(tmp_path: Path) -> None:
    """Who looks at whole numbers is put on record elsewhere; here nobody needs them."""
    contact = "contacts: [{role: dispatch, name: 值班, phone: (0000) 66000201}]"
    folder = write(tmp_path, inventory=INVENTORY.replace("{id: unicom, ", f"{{id: unicom, {contact}, ", 1))
    for options in ((), ("--json",)):
        shown = asked(folder, "--kind", "unreached", "--all", *options).output
        assert "66000201" not in shown
        assert shown.count("0201") > 3
    [sms, *_] = [each for each in spelled(folder, "--kind", "unreached") if each["form"] == "sms"]
    assert len(sms["text"]) == sms["characters"]
