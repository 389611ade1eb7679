"""``make check``, last part: documents, changelog, lock files and the example configuration say what is true.

Prints what is wrong, one line each, and exits 1 if anything is.
"""

from __future__ import annotations

import re
import runpy
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click

from monitor import __version__
from monitor.cli import COMMANDS
from monitor.cli import main as commands_line
from monitor.config.folder import load
from monitor.config.problem import ConfigurationRefused

TOP = Path(__file__).parent.parent
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"\s*#.*$", re.MULTILINE)
NAMED = re.compile(r"^\| `monitor ([a-z-]+)", re.MULTILINE)
SAID = re.compile(r"^(?:\S*/)?monitor ([a-z].*)")
SPAN = re.compile(r"`([^`\n]+)`")
WRAPPED = re.compile(
    r"^.*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]\n *(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])", re.MULTILINE
)
VERSION = re.compile(r"^## \[(.+?)\]", re.MULTILINE)
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


def wrong() -> Iterator[str]:
    """Name everything that is not true."""
    yield from links()
    yield from equal_readmes()
    yield from commands()
    yield from said_commands()
    yield from pictures()
    yield from wrapped_chinese()
    yield from changelog()
    yield from lock_files()
    yield from example()


def documents() -> list[Path]:
    return sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md"), *TOP.glob("deploy/**/*.md")])


def links() -> Iterator[str]:
    for document in documents():
        for target in LINK.findall(document.read_text(encoding="utf-8")):
            if "://" not in target and not (document.parent / target).exists():
                yield f"{document.relative_to(TOP)}: there is no {target}"


def equal_readmes() -> Iterator[str]:
    """The two READMEs have the same headings, commands, links and table rows, in the same order."""
    ours, theirs = ((TOP / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    for what, of in (
        ("headings", lambda text: HEADING.findall(CODE.sub("", text))),
        ("commands", lambda text: [COMMENT.sub("", code) for code in CODE.findall(text)]),
        ("links", lambda text: [link for link in LINK.findall(text) if not link.startswith("README")]),
        ("table rows", lambda text: text.count("\n|")),
        ("list entries", lambda text: text.count("\n- ")),
    ):
        if of(ours) != of(theirs):
            yield f"README.md and README.zh-CN.md differ in their {what}: {of(ours)} and {of(theirs)}"


def commands() -> Iterator[str]:
    named = set(NAMED.findall((TOP / "README.md").read_text(encoding="utf-8")))
    for missing in sorted(COMMANDS.keys() - named):
        yield f"README.md does not name the command monitor {missing}"
    for strange in sorted(named - COMMANDS.keys()):
        yield f"README.md names monitor {strange}, which does not exist"


def said_commands() -> Iterator[str]:
    """Commands and options that a document names exist."""
    for document in documents():
        if document.name == "CHANGELOG.md":
            continue
        text = document.read_text(encoding="utf-8")
        code = [line for block in CODE.findall(text) for line in COMMENT.sub("", block).splitlines()]
        for said in (*code, *SPAN.findall(CODE.sub("", text))):
            found = SAID.match(said.strip())
            for strange in _strange(found[1].replace("\\|", "|").split()) if found else ():
                yield f"{document.relative_to(TOP)}: {said.strip()}: there is no {strange}"


def _strange(words: list[str]) -> Iterator[str]:
    """Name what the command line does not have; `a|b` names two commands."""
    found: click.Command = commands_line
    context = click.Context(commands_line)
    while words and isinstance(found, click.Group):
        name, *words = words
        choices = [found.get_command(context, each) for each in name.split("|")]
        if None in choices:
            if name[0].isalpha() and name.islower():
                yield name
            return
        found = choices[0] or found
        if len(choices) > 1:
            return
    options = {option for parameter in found.params for option in parameter.opts}
    yield from (each for each in (word.partition("=")[0] for word in words) if each[:2] == "--" and each not in options)


def wrapped_chinese() -> Iterator[str]:
    """No line of Chinese is broken within a paragraph: a break is shown as a space, which Chinese has not."""
    for document in documents():
        for line in WRAPPED.findall(CODE.sub("", document.read_text(encoding="utf-8"))):
            yield f"{document.relative_to(TOP)}: Chinese is broken after: {line.strip()[-20:]}"


def pictures() -> Iterator[str]:
    """The life of a fault is drawn from the table by which it is judged."""
    drawn: bytes = runpy.run_path(str(TOP / "docs/transitions.py"))["picture"]()
    if drawn != (TOP / "docs/transitions.svg").read_bytes():
        yield "docs/transitions.svg is not the table of monitor/faults/fault.py: python docs/transitions.py"


def changelog() -> Iterator[str]:
    versions = VERSION.findall((TOP / "CHANGELOG.md").read_text(encoding="utf-8"))
    if not versions or versions[0] != "Unreleased":
        yield "CHANGELOG.md does not begin with [Unreleased]"
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if project["version"] != __version__:
        yield f"pyproject.toml says version {project['version']}, monitor/__init__.py {__version__}"


def lock_files() -> Iterator[str]:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for name, parts in (("run", ("fast", "postgresql", "build")), ("test", tuple(extras))):
        file = f"deploy/requirements-{name}.txt"
        text = (TOP / file).read_text(encoding="utf-8")
        locked = {package.lower().replace("_", "-") for package in PACKAGE.findall(text)}
        wanted = [*project["dependencies"], *(requirement for part in parts for requirement in extras[part])]
        for requirement in wanted:
            found = REQUIREMENT.match(requirement)
            if found and found[0].lower() not in locked:
                yield f"{file} lacks {found[0]}: make lock"
        if "://" in text or "--index" in text or "--find-links" in text:
            yield f"{file} names an index"
        if len(PACKAGE.findall(text)) > text.count("--hash=sha256:"):
            yield f"{file} lacks hashes: make lock"


def example() -> Iterator[str]:
    try:
        load(TOP / "config", environ={})
    except ConfigurationRefused as refused:
        yield from (f"the example configuration is refused: {problem}" for problem in refused.problems)


def main() -> int:
    """Print what is wrong."""
    found = list(wrong())
    for each in found:
        print(each, file=sys.stderr)
    print(f"documents, changelog, lock files, example: {len(found)} wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
