"""The language of templates: Jinja's, in a sandbox, with few filters and no way to anything but the facts.

What is printed is checked: a field that is not known raises, and so does one that has no value here. In a title and
in markdown, names lose whatever could end or begin markup. The robots agree on no escape (a backslash, an entity), so
such a character becomes its full-width twin, which every one of them shows as it stands.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Undefined
from jinja2.sandbox import SandboxedEnvironment

from monitor.config.problem import did_you_mean
from monitor.config.templates import Form

FILTERS = ("default", "first", "int", "join", "last", "length", "lower", "replace", "trim", "unique", "upper")
TESTS = ("defined", "divisibleby", "eq", "even", "ge", "gt", "in", "le", "lt", "ne", "none", "odd")
ELLIPSIS = "…"
OF_A_LOOP = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
FORBIDDEN = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
}
MARKUP = str.maketrans("\\`*_[]()<>#|~!&", "＼｀＊＿［］（）＜＞＃｜～！＆")
INSIDE_A_WORD = re.compile(r"(?<=[0-9A-Za-z])_(?=[0-9A-Za-z])")
KEPT = "\ue000"  # stands for an underscore inside a word, which begins no emphasis; of the area for private use
BULLET = re.compile(r"^(\s*)([-+=])|^(\s*[0-9]+)(\.)(?=\s|$)")
BULLETS = str.maketrans("-+=.", "－＋＝．")
IN_A_LINK = str.maketrans({letter: f"%{ord(letter):02X}" for letter in " ()<>\\\"'\r\n"})


class Address(str):
    """A link that is printed as it stands, also in markdown, where nothing of it could end the link."""

    __slots__ = ()

    def __new__(cls, link: str) -> Address:
        """Take a link; what could end one is encoded."""
        return super().__new__(cls, link.translate(IN_A_LINK))


class Unsayable(UndefinedError):
    """Something was to be printed that has no value here, or is no text."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a template, in which of its lines (from 1), and about which word."""

    line: int
    message: str
    word: str = ""


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox without arithmetic that could fill the memory."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> NoReturn:  # noqa: ARG002
        """Refuse an operator.

        Raises:
            SecurityError: always.
        """
        raise SecurityError(f"the operator {operator} is not allowed in a template")


def neutral(text: str) -> str:
    """Return a text that is only text wherever it stands in markdown."""
    kept = INSIDE_A_WORD.sub(KEPT, text).translate(MARKUP).replace("://", "：//").replace(KEPT, "_")
    return BULLET.sub(lambda found: found.group().translate(BULLETS), kept)


def shorten(text: str, most: int) -> str:
    """Return a text cut to so many characters, the last of which then says that it was."""
    return text if len(text) <= most else text[: max(0, most - 1)] + ELLIPSIS


@cache
def language(form: Form) -> Sandbox:
    """Return the environment in which the templates of a form are filled in."""
    marked = form in (Form.TITLE, Form.MARKDOWN)
    sandbox = Sandbox(
        undefined=StrictUndefined,
        finalize=_printed_in_markup if marked else _printed,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # none of the forms is HTML
    )
    sandbox.globals.clear()
    sandbox.filters = {name: sandbox.filters[name] for name in FILTERS} | {"shorten": shorten}
    sandbox.tests = {name: sandbox.tests[name] for name in TESTS}
    return sandbox


@cache
def compiled(text: str, form: Form) -> Template:
    """Return a template, ready to be filled in.

    Raises:
        TemplateError: it is not written as one.
    """
    return language(form).from_string(text)


def filled_in(template: Template, form: Form, fields: dict[str, Any]) -> str:
    """Return a template with the fields in their places; in one line where the form is one.

    Raises:
        Exception: whatever the template does wrong.
    """
    said = template.render(fields)
    return " ".join(said.split()) if form in (Form.SMS, Form.TITLE) else said.strip()


def mistakes(
    text: str, form: Form, *, fields: Sequence[str], attributes: Sequence[str], cures: Mapping[str, str]
) -> Iterator[Mistake]:
    """Name what is wrong with a template before it is filled in.

    ``fields`` are the names that it may use, ``attributes`` those after a dot; ``cures`` say what to write for a name
    that is a field elsewhere.
    """
    sandbox = language(form)
    try:
        tree = sandbox.parse(text)
    except TemplateSyntaxError as error:
        yield Mistake(error.lineno, _said(error))
        return
    found = [*_forbidden(tree), *_unknown_attributes(tree, attributes)]
    found += _unknown(tree, nodes.Filter, "filter", list(sandbox.filters))
    found += _unknown(tree, nodes.Test, "test", list(sandbox.tests))
    found += _unknown_fields(tree, sandbox, fields, cures)
    if not found:
        try:
            sandbox.compile(tree)
        except TemplateSyntaxError as error:
            found.append(Mistake(error.lineno, _said(error)))
    yield from sorted(set(found), key=lambda mistake: (mistake.line, mistake.message))


def line_of(error: BaseException) -> int:
    """Return the line of the template, from 1, in which filling it in failed."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return lines[-1] or 1 if lines else 1


def _said(error: TemplateSyntaxError) -> str:
    message = str(error.message).rstrip(".")
    return message[:1].lower() + message[1:]


def _printed(value: object) -> object:
    """Let through what can be printed.

    Raises:
        Unsayable: it has no value, or is no text.
    """
    match value:
        case Undefined():
            return value  # printing it raises, and names it
        case None:
            raise Unsayable("a field printed here has no value")
        case bool():
            raise Unsayable("a yes or no is printed here: use it in {% if … %}")
        case str() | int() | float():
            return value
        case _:
            raise Unsayable("a list is printed here: use {{ … | join('、') }} or {% for … %}")


def _printed_in_markup(value: object) -> object:
    printed = _printed(value)
    return neutral(printed) if isinstance(printed, str) and not isinstance(printed, Address) else printed


def _forbidden(tree: nodes.Template) -> Iterator[Mistake]:
    for node in tree.find_all(tuple(FORBIDDEN)):
        word = FORBIDDEN[type(node)]
        yield Mistake(node.lineno, f"there is no {word} in these templates: write the text here", word)
    for call in tree.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name):
            yield Mistake(call.lineno, "nothing is called in these templates: use a filter, as in {{ unit | upper }}")


def _unknown_fields(
    tree: nodes.Template, sandbox: Sandbox, fields: Sequence[str], cures: Mapping[str, str]
) -> Iterator[Mistake]:
    lenient = Sandbox()  # else an unknown filter would end the search
    lenient.filters |= {node.name: shorten for node in tree.find_all(nodes.Filter)}
    lenient.tests |= {node.name: shorten for node in tree.find_all(nodes.Test)}
    tree.set_environment(lenient)
    undeclared = meta.find_undeclared_variables(tree) - set(fields)
    tree.set_environment(sandbox)
    for node in tree.find_all(nodes.Name):
        if node.name in undeclared:
            cure = f": {cures[node.name]}" if node.name in cures else did_you_mean(node.name, fields)
            yield Mistake(node.lineno, f"there is no field {node.name} here{cure}", node.name)


def _unknown_attributes(tree: nodes.Template, attributes: Sequence[str]) -> Iterator[Mistake]:
    for node in tree.find_all(nodes.Getattr):
        loop = isinstance(node.node, nodes.Name) and node.node.name == "loop"
        known = sorted(OF_A_LOOP) if loop else attributes
        if node.attr not in known:
            message = f"there is no field {node.attr} after a dot{did_you_mean(node.attr, known)}"
            yield Mistake(node.lineno, message, node.attr)


def _unknown(
    tree: nodes.Template, kind: type[nodes.Filter] | type[nodes.Test], what: str, known: list[str]
) -> Iterator[Mistake]:
    for node in tree.find_all(kind):
        if node.name not in known:
            yield Mistake(node.lineno, f"there is no {what} {node.name}{did_you_mean(node.name, known)}", node.name)
