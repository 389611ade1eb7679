"""What is read of YAML and JSON, and where it says it was."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.composer import Spelled, plain
from monitor.config.source import documents, parse, read

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(-1e9, 1e9) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=80), below, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "word",
    ["no", "yes", "on", "off", "y", "0123", "12:30", "1:30:00", "0x1f", "0o17", "1_000", "2019-01-01", ".5", "+5",
     ".inf", ".nan", "NaN", "=", "2026-01-01T00:00:00+08:00", "1e400", "9" * 5000],
)  # fmt: skip
def test_a_word_that_yaml_1_1_would_make_something_of_stays_text(word: str) -> None:
    assert {"key": word} == parse(f"key: {word}", file="f").value


@pytest.mark.parametrize(
    ("word", "meant"),
    [("~", None), ("null", None), ("", None), ("true", True), ("False", False), ("7", 7), ("-7", -7), ("0.5", 0.5),
     ("1e3", 1000.0)],
)  # fmt: skip
def test_nulls_truths_and_numbers_are_what_json_says(word: str, meant: object) -> None:
    value = parse(f"key: {word}", file="f").value
    assert {"key": meant} == value


def test_a_number_keeps_the_way_it_was_written() -> None:
    version = plain("1.10")
    assert isinstance(version, Spelled)
    assert version.text == "1.10"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a: 1\na: 2", ["f:2:1: a: this key was given before, 1 line above: keep one"]),
        ("{a: {b: 1, b: 2}}", ["f:1:12: a.b: this key was given before in this line: keep one"]),
        ("[{x: 1}, {x: 1, x: 2}]", ["f:1:17: [1].x: this key was given before in this line: keep one"]),
        ("a:\n\tb: 1", ["f:2:1: nothing may begin with this character: indent with spaces, not tabs, and quote text "
                        "that begins with @, ` or %"]),
        ("a: b: c", ["f:1:5: a colon is not allowed here: check the indentation, or quote the text"]),
        ("a: 'x\n", ["f:1:4: the quotation opened here is never closed"]),
        ("a: [1, 2", ["f:2:1: this list is not closed: a comma or ] is missing"]),
        ("--- a\n--- b", ["f:2:1: a second document begins here (---): a file holds one"]),
        ("a: *word", ["f:1:4: * refers to an anchor (&) that is not complete above: quote text that begins with *"]),
        ("a: &a [*a]", ["f:1:8: * refers to an anchor (&) that is not complete above: quote text that begins with *"]),
        ("a: !!int 3", ["f:1:4: a: a tag (a word after !) is not read here: delete it"]),
        ("? [a]\n: b", ['f:1:3: ["?"]: a key is a word, not a list, a mapping or a *reference: quote it']),
        ("a: 1\nb: 2\n# c\n\nc:3\nd: 4", ["f:5:2: a blank is missing behind this colon"]),
        ("a: 1\nb c\nd: 4", ["f:2:1: a colon and a value are missing after this key"]),
        ("a：1\nb: 2", ["f:1:2: this colon is full-width (：): write an ordinary one, with a blank behind it"]),
        ("a:\n  b：1\n  # c\n  c: 2",
         ["f:2:4: this colon is full-width (：): write an ordinary one, with a blank behind it"]),
        ("- {a: 1, b： {c: 3}}",
         ["f:1:11: this colon is full-width (：): write an ordinary one, with a blank behind it"]),
        ("- {a: 甲，b: 乙}", ["f:1:8: this comma is full-width (，): write an ordinary one, with a blank behind it"]),
        ("a:\n\u3000b: 1\n  c: 2", ["f:2:1: this blank is full-width: indent with ordinary ones"]),
        ("名: 甲\n乙: \x07", ["f:2:4: a control character is not allowed here: delete it"]),
        ("a: " + "[" * 100_000, ["f:1:43: this is nested deeper than 40 levels"]),
        ("- " * 100_000, ["f:1:81: this is nested deeper than 40 levels"]),
    ],
)  # fmt: skip
def test_broken_writing_is_named_with_its_place(text: str, problems: list[str]) -> None:
    assert problems == [str(problem) for problem in parse(text, file="f").problems]


def test_places_count_characters_not_bytes() -> None:
    document = parse("{名称: 财政局, 地址: 乙}", file="f")
    assert document.place(("地址",), key=True) == (1, 11)
    assert document.place(("地址",)) == (1, 15)


def test_a_place_that_is_not_there_is_that_of_the_value_above() -> None:
    document = parse("lines:\n  - id: a\n", file="f")
    assert document.place(("lines", 0, "address", "x")) == (2, 5)
    assert document.place(("nodes", 3)) == (1, 1)


def test_an_anchor_is_read_where_it_is_used() -> None:
    document = parse("a: &x [1, 2]\nb: *x", file="f")
    assert document.value == {"a": [1, 2], "b": [1, 2]}
    assert not document.problems


@pytest.mark.parametrize("text", ["", "# nothing", "---\n", "~"])
def test_an_empty_file_has_no_value_and_no_problem(text: str) -> None:
    document = parse(text, file="f")
    assert document.value is None
    assert not document.problems
    assert not document.broken


@given(JSON_VALUES)
def test_json_reads_as_what_it_says(value: object) -> None:
    assert value == parse(json.dumps({"value": value}, indent="\t"), file="f").value["value"]  # type: ignore[index]


def test_escapes_of_json_beyond_the_plane_of_bmp_are_read() -> None:
    assert parse(r'["\ud83d\ude00", "\\ud83d\\ude00"]', file="f").value == ["\U0001f600", "\\ud83d\\ude00"]


@given(st.text(max_size=40))
def test_no_text_crashes_the_reader(text: str) -> None:
    document = parse(text, file="f")
    assert document.value is not None or document.problems or document.root is None or document.root.value is None


@given(st.text(alphabet="ab:-[]{},&*!?|>'\"%@`#\n\t 01.", max_size=40))
def test_no_punctuation_crashes_the_reader(text: str) -> None:
    for problem in parse(text, file="f").problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert "\n" not in str(problem)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(st.characters(codec="utf-8")), max_size=5))
def test_what_yaml_writes_is_read_back(mapping: dict[str, str]) -> None:
    written = yaml.safe_dump(mapping, allow_unicode=True, default_style='"')
    assert (mapping or {}) == parse(written, file="f").value


def test_a_file_in_gbk_is_named_with_the_place_and_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "monitor.yaml"
    path.write_bytes(b"a: 1\ncounty: " + "云岭县".encode("gbk"))
    (problem,) = read(path).problems
    assert (problem.line, problem.column) == (2, 9)
    assert "save the file in that encoding" in problem.message


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = read(tmp_path / "none.yaml").problems
    assert problem.message == "the file cannot be read: No such file or directory"


def test_json_lines_are_a_document_a_line_with_the_places_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text('{"start": "x"}\n\n{"line": "L1", "at": 1.10}\n{"a": 1, "a": 2}\n', encoding="utf-8")
    head, entry, twice = documents(path)
    assert head.value == {"start": "x"}
    assert entry.place(("at",)) == (3, 22)
    assert [f"{problem.line}:{problem.column}: {problem.path}" for problem in twice.problems] == ["4:10: a"]


def test_a_gzipped_file_is_read_and_a_damaged_one_named(tmp_path: Path) -> None:
    path = tmp_path / "history.gz"
    path.write_bytes(gzip.compress(b'{"a": 1}\n{"b": 2}\n'))
    assert [document.value for document in documents(path)] == [{"a": 1}, {"b": 2}]
    path.write_bytes(path.read_bytes()[:-9])
    assert "the file is gzip, but damaged" in documents(path)[0].problems[0].message
