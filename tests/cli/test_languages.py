"""People's output is in their language: the configured one, else the shell's, Chinese unless that is English."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.wording.chinese import CHINESE
from monitor.wording.english import ENGLISH

SCENARIO = Path(__file__).parents[1] / "scenarios" / "11-blips-and-streaks.yaml"
INVENTORY = """\
carriers: [{id: unicom, name: 联通}]
units: [{id: u1, name: 财政局}]
lines: [{id: L1, unit: u1, carrier: unicom, address: 127.0.0.2}]
"""
CASES = [({"LANG": "en_US.UTF-8"}, ENGLISH), ({"LANG": "zh_CN.UTF-8"}, CHINESE), ({"LANG": "C"}, CHINESE),
         ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, CHINESE)]  # fmt: skip


def said(*arguments: str, env: dict[str, str]) -> str:
    silent = {"LC_ALL": "", "LC_MESSAGES": "", "COLUMNS": "160"}
    answer = CliRunner().invoke(main, arguments, env=silent | env)
    assert 0 == answer.exit_code, answer.output
    return answer.output


def test_both_languages_have_the_same_words() -> None:
    assert CHINESE.keys() == ENGLISH.keys()


@pytest.mark.parametrize("name", [name for name in CHINESE if name.endswith("_columns")])
def test_a_table_has_as_many_columns_in_both_languages(name: str) -> None:
    assert len(CHINESE[name].split(",")) == len(ENGLISH[name].split(","))


@pytest.mark.parametrize(("env", "words"), CASES)
def test_replay_speaks_the_language_of_the_shell(env: dict[str, str], words: dict[str, str]) -> None:
    output = said("replay", str(SCENARIO), env=env)
    assert words["availability"] in output
    assert words["blip_found"].split()[0] in output


@pytest.mark.parametrize(("locale", "words"), [("en", ENGLISH), ("zh_CN", CHINESE)])
def test_a_line_is_probed_in_the_language_configured(tmp_path: Path, locale: str, words: dict[str, str]) -> None:
    (tmp_path / "inventory.yaml").write_text(INVENTORY, encoding="utf-8")
    (tmp_path / "policy.yaml").touch()
    (tmp_path / "monitor.yaml").write_text(f"locale: {locale}\n", encoding="utf-8")
    output = said("probe", "L1", "--config", str(tmp_path), "--count", "1", env={"LANG": "fr_FR"})
    assert words["echoes_answered"].format(received=1, sent=1, times="").strip() in output
