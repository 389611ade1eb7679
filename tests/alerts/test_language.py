"""The language of templates: what it prints, what it refuses, and that no name leaves its place in markdown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError
from markdown_it import MarkdownIt

from monitor.alerts.language import Address, Unsayable, compiled, filled_in, line_of, mistakes, neutral, shorten
from monitor.config.templates import Form

FIELDS = ("unit", "deadline", "late", "units", "members")
EVIL = "*_[x](https://evil.example)_* **b** `c` <at id=all></at> # | ~~ ![i](j)\\"


def said(text: str, form: Form = Form.TEXT, **fields: Any) -> str:
    return filled_in(compiled(text, form), form, fields)


@pytest.mark.parametrize(
    ("rule", "template", "expected"),
    [
        ("A field is printed.", "{{ unit }}中断", "财政局中断"),
        ("A number is printed.", "{{ count }}条", "3条"),
        ("A list is joined.", "{{ units | join('、') }}", "财政局、教育局"),
        ("A long text is cut.", "{{ unit | shorten(2) }}", "财…"),
        ("A missing value can be said.", "{{ deadline | default('—', true) }}", "—"),
        ("A line with nothing but a condition leaves no empty line.", "a\n{% if unit %}\nb\n{% endif %}\nc", "a\nb\nc"),
    ],
)
def test_a_template_is_filled_in(rule: str, template: str, expected: str) -> None:
    fields: dict[str, Any] = {"unit": "财政局", "units": ("财政局", "教育局"), "count": 3, "deadline": None}
    assert expected == said(template, **fields), rule


def test_an_sms_and_a_title_are_one_line() -> None:
    for form in (Form.SMS, Form.TITLE):
        assert "a b" == said("\n a\n  b \n", form)


@pytest.mark.parametrize(
    ("rule", "template", "line"),
    [
        ("A field without a value.", "x\n{{ deadline }}", 2),
        ("A yes or no.", "{{ late }}", 1),
        ("A list.", "\n\n{{ units }}", 3),
    ],
)
def test_what_is_no_text_is_not_printed(rule: str, template: str, line: int) -> None:
    with pytest.raises(Unsayable) as caught:
        said(template, deadline=None, late=True, units=())
    assert line == line_of(caught.value), rule


@pytest.mark.parametrize(
    "template",
    [
        "{{ nothing }}",
        "{{ unit.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{% for i in range(9) %}{% endfor %}",
        "{{ lipsum() }}",
        "{% include 'opened.yaml' %}",
        "{{ unit | attr('upper') }}",
        "{{ unit | center(1000000000) }}",
    ],
)
def test_a_template_reaches_nothing_but_the_facts(template: str) -> None:
    with pytest.raises((TemplateError, TypeError)):
        said(template, unit="x")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ unit }}{% if deadline %}{{ deadline }}{% endif %}", []),
        ("{% for m in members %}{{ m.no }}{{ loop.index }}{% endfor %}", []),
        ("{% set x = unit %}{{ x }}", []),
        ("a\n{{ untis }}", [(2, "there is no field untis here; did you mean 'units'?")]),
        ("{{ link }}", [(1, "there is no field link here: each member has its own")]),
        ("{% if late %}\n{{ unti }}{% endif %}", [(2, "there is no field unti here; did you mean 'unit'?")]),
        ("{{ unit | uper }}", [(1, "there is no filter uper; did you mean 'upper'?")]),
        ("{{ unti | uper }}", [(1, "there is no field unti here; did you mean 'unit'?"),
                               (1, "there is no filter uper; did you mean 'upper'?")]),
        ("{% if unit is evn %}{% endif %}", [(1, "there is no test evn; did you mean 'even'?")]),
        ("{% for m in members %}{{ m.noo }}{% endfor %}",
         [(1, "there is no field noo after a dot; did you mean 'no'?")]),
        ("{% for m in members %}{{ loop.idx }}{% endfor %}",
         [(1, "there is no field idx after a dot; did you mean 'index'?")]),
        ("{{ unit.upper() }}", [(1, "nothing is called in these templates: use a filter, as in {{ unit | upper }}"),
                                (1, "there is no field upper after a dot")]),
        ("{% include 'x' %}", [(1, "there is no include in these templates: write the text here")]),
        ("{{ unit", [(1, "unexpected end of template, expected 'end of print statement'")]),
        ("a\nb\n{% if unit %}", [(3, "unexpected end of template. Jinja was looking for the following tags: 'elif' or "
                                     "'else' or 'endif'. The innermost block that needs to be closed is 'if'")]),
        ("{% fi %}", [(1, "encountered unknown tag 'fi'")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_before_it_is_filled_in(template: str, expected: list[tuple[int, str]]) -> None:
    cures = {"link": "each member has its own"}
    found = mistakes(template, Form.SMS, fields=FIELDS, attributes=("no",), cures=cures)
    assert expected == [(mistake.line, mistake.message) for mistake in found]


READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def elements(text: str) -> list[tuple[str, str, object]]:
    """What a reader of markdown finds in it: kinds of elements, their tags and attributes, without their texts."""
    tokens = READER.parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    return [(each.type, each.tag, each.attrs) for each in (*tokens, *inline)]


TEMPLATES = (
    "- {{ unit }}\n- **{{ unit }}**",
    "{{ unit }} x\n\n> {{ unit }}\n\n[a]({{ link }})",
    "[{{ unit }}]({{ link }})",
    "{{ unit }}\n",
)


@pytest.mark.parametrize("template", TEMPLATES)
@given(name=st.one_of(st.text(alphabet="*_[]()<>#`~|!\\&-+=1. \n中a:/@", min_size=1), st.just(EVIL)))
def test_no_name_leaves_its_place_in_markdown(template: str, name: str) -> None:
    """A markdown reader finds the same elements whatever the name is, as if it were a plain word."""
    link = Address("https://monitor.example/a/b_c")
    plain = elements(said(template, Form.MARKDOWN, unit="中", link=link))
    assert plain == elements(said(template, Form.MARKDOWN, unit=neutral_line(name), link=link))


def neutral_line(name: str) -> str:
    """As the office gives it: in one line, and not empty."""
    return " ".join(name.split()) or "中"


@given(st.text(alphabet="()[]<>\"' \n\\ab_", max_size=20))
def test_no_link_ends_before_its_end(tail: str) -> None:
    text = said("[a]({{ link }})", Form.MARKDOWN, link=Address(f"https://monitor.example/{tail}"))
    assert re.fullmatch(r"\[a\]\([^()<>\"' \n]*\)", text)


@pytest.mark.parametrize(
    ("rule", "name", "expected"),
    [
        ("What could be markup becomes its twin.", "A*B_ [c](d)", "A＊B＿ ［c］（d）"),
        ("An underscore within a word stays, so that ids can be copied.", "line_1-a", "line_1-a"),
        ("Nobody is called by a name.", "<at id=all>", "＜at id=all＞"),
        ("An address of the web is no link.", "https://x.example", "https：//x.example"),
        ("A name begins no list.", "- 财政局", "－ 财政局"),
        ("Nor a numbered one.", "1. 财政局", "1． 财政局"),
        ("A decimal stays.", "1.5小时", "1.5小时"),
        ("A fault's number stays.", "F20260901-0007", "F20260901-0007"),
    ],
)
def test_a_name_becomes_neutral(rule: str, name: str, expected: str) -> None:
    assert expected == neutral(name), rule


@given(st.text(max_size=30), st.integers(1, 30))
def test_a_text_is_shortened_to_at_most_the_length(text: str, most: int) -> None:
    assert len(shorten(text, most)) <= most
    assert shorten(text, most) == text or shorten(text, most).endswith("…")
