"""Templates of a configuration: what would fail at night is refused when it is loaded, with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.alerts.examining import examine
from monitor.alerts.texts import BUILT_IN
from monitor.config.folder import load, reload
from monitor.config.problem import ConfigurationRefused, Problem
from monitor.config.settings import Locale
from monitor.config.source import read
from monitor.config.templates import read_sheet
from monitor.faults.terms import MessageKind
from tests.config.test_templates import put


def refused(folder: Path) -> list[str]:
    with pytest.raises(ConfigurationRefused) as caught:
        load(folder, environ={}, examine=examine)
    return [str(problem).replace(f"{folder}/templates/zh_CN/", "") for problem in caught.value.problems]


@pytest.mark.parametrize("locale", list(Locale))
def test_the_built_in_templates_pass_for_those_of_a_configuration(locale: Locale) -> None:
    """So whoever copies one of them to change a word begins with one that is right."""
    problems: list[Problem] = []
    given = {
        (locale, kind): read_sheet(read(BUILT_IN / locale / f"{kind}.yaml"), channels=(), problems=problems)
        for kind in MessageKind
    }
    assert [] == problems
    assert [] == list(examine(given))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("Plain text.", "sms: 有线路中断\n"),
        ("A field that is always there.", 'sms: "{{ unit }}中断"\n'),
        ("One that is not, behind a condition.", 'sms: "{{ unit }}{% if deadline %}限{{ deadline }}{% endif %}"\n'),
        ("Or with something in its place.", "sms: \"{{ unit }}限{{ deadline | default('未定', true) }}\"\n"),
        ("A group by its members.", 'group: {sms: "{% for m in members %}{{ m.no_short }}{% endfor %}"}\n'),
        ("A channel's own.", 'channels: {unicom-sms: {sms: "{{ unit_id }}"}}\n'),
    ],
)
def test_what_is_right_is_taken(tmp_path: Path, rule: str, text: str) -> None:
    assert load(put(tmp_path, text), environ={}, examine=examine).templates, rule


@pytest.mark.parametrize(
    ("rule", "text", "problem"),
    [
        ("An unknown field.", "sms: 甲{{ unti }}\n",
         "opened.yaml:1:10: sms: there is no field unti here; did you mean 'unit'?"),
        ("In a block, on its own line.", "markdown: |\n  - 甲\n  - 乙 {{ unti }}\n",
         "opened.yaml:3:10: markdown: there is no field unti here; did you mean 'unit'?"),
        ("In a folded text, wherever it is.", "text: >\n  甲\n  乙 {{ unti }}\n",
         "opened.yaml:3:8: text: there is no field unti here; did you mean 'unit'?"),
        ("Also where no sample goes.", "sms: \"甲{% if late and not late %}{{ unti }}{% endif %}\"\n",
         "opened.yaml:1:37: sms: there is no field unti here; did you mean 'unit'?"),
        ("In the second of several.", "sms:\n  - 甲\n  - 乙{{ unti }}\n",
         "opened.yaml:3:9: sms[1]: there is no field unti here; did you mean 'unit'?"),
        ("For one channel.", "channels:\n  unicom-sms:\n    sms: 甲{{ unti }}\n",
         "opened.yaml:3:14: channels.unicom-sms.sms: there is no field unti here; did you mean 'unit'?"),
        ("A field of single messages, in a group.", "group:\n  sms: 甲{{ no }}\n",
         "opened.yaml:2:12: group.sms: there is no field no here: each member has its own, "
         "{% for m in members %}{{ m.no }}{% endfor %}"),
        ("A field of groups, in a single message.", "sms: \"{{ members | length }}\"\n",
         "opened.yaml:1:10: sms: there is no field members here: it is a field of a group, under group"),
        ("A member's unknown field.", "group: {sms: \"{% for m in members %}{{ m.nos }}{% endfor %}\"}\n",
         "opened.yaml:1:42: group.sms: there is no field nos after a dot; did you mean 'no'?"),
        ("An unknown filter.", "sms: \"{{ unit | uper }}\"\n",
         "opened.yaml:1:17: sms: there is no filter uper; did you mean 'upper'?"),
        ("A broken template.", "text: |\n  甲\n  {% if unit %}\n",
         "opened.yaml:3:3: text: unexpected end of template. Jinja was looking for the following tags: 'elif' or "
         "'else' or 'endif'. The innermost block that needs to be closed is 'if'"),
        ("One cut short.", "title: 甲{{ unit }\n",
         "opened.yaml:1:8: title: unexpected '}'"),
        ("A value that is not always there.", "text: |\n  甲\n  限{{ deadline }}\n",
         "opened.yaml:3:7: text: deadline has no value in the sample 'opened, not notified yet': print it inside "
         "{% if deadline %}, or as deadline | default('—', true)"),
        ("One that this kind never has.", "sms: \"{{ gap }}\"\n",
         "opened.yaml:1:10: sms: gap has no value in the sample 'opened': print it inside {% if gap %}, or as "
         "gap | default('—', true)"),
        ("A member's value.", "group: {sms: \"{% for m in members %}{{ m.left }}{% endfor %}\"}\n",
         "opened.yaml:1:40: group.sms: m.left has no value in the sample 'opened, several, exempt': print it inside "
         "{% if m.left %}, or as m.left | default('—', true)"),
        ("A list.", "group: {sms: \"{{ units }}\"}\n",
         "opened.yaml:1:14: group.sms: it fails on the sample 'opened, several, with evidence': a list is printed "
         "here: use {{ … | join('、') }} or {% for … %}"),
        ("A yes or no.", "sms: \"{{ late }}\"\n",
         "opened.yaml:1:6: sms: it fails on the sample 'opened': a yes or no is printed here: use it in {% if … %}"),
        ("What Python cannot do.", "sms: \"{{ unit | int + unit }}\"\n",
         "opened.yaml:1:6: sms: it fails on the sample 'opened': TypeError: unsupported operand type(s) for +: "
         "'int' and 'str'"),
        ("What is not allowed.", "sms: \"{{ unit * 9 }}\"\n",
         "opened.yaml:1:6: sms: it fails on the sample 'opened': the operator * is not allowed in a template"),
        ("Nothing at all.", "title: \"{% if late %}迟发{% endif %}\"\n",
         "opened.yaml:1:8: title: it says nothing on the sample 'opened'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, rule: str, text: str, problem: str) -> None:
    assert [problem] == refused(put(tmp_path, text)), rule


@pytest.mark.parametrize("page", ["messages.md", "zh/messages.md"])
def test_the_example_of_the_documentation_is_right(tmp_path: Path, page: str) -> None:
    """The template that a page shows is accepted as it stands."""
    document = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", document, re.DOTALL)
    assert load(put(tmp_path, example), environ={}, examine=examine).templates


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    put(tmp_path, "sms: 甲{{ a1 }}{{ b1 }}\ntitle: 乙{{ c1 }}\n")
    assert 3 == len(refused(tmp_path))


def test_a_running_configuration_is_kept_when_a_template_is_wrong(tmp_path: Path) -> None:
    running = load(put(tmp_path, "sms: 甲\n"), environ={}, examine=examine)
    put(tmp_path, "sms: 甲{{ unti }}\n")
    with pytest.raises(ConfigurationRefused):
        reload(running, environ={}, examine=examine)
    put(tmp_path, "sms: 甲{{ unit }}\n")
    _, changes = reload(running, environ={}, examine=examine)
    assert "changed: templates" == str(changes)
