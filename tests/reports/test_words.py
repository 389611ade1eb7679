"""The words of the report: one table a language, of one shape."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from monitor.reports import composing
from monitor.reports.composing.chinese import CHINESE
from monitor.reports.composing.english import ENGLISH

HALF_WIDTH = ",;:!?()"
PERIODS = {"this", "last"}


def fields(text: str) -> set[str]:
    """Return the names of the fields of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_words() -> None:
    """What can be said in one language can be said in the other."""
    assert sorted(CHINESE) == sorted(ENGLISH)


def test_both_languages_fill_in_the_same_fields() -> None:
    """A text says the same of a thing in both languages; only ``this`` and ``last`` may be left unsaid."""
    assert [] == [key for key in CHINESE if fields(CHINESE[key]) - PERIODS != fields(ENGLISH[key]) - PERIODS]


def test_chinese_is_punctuated_in_full_width() -> None:
    """Chinese words have no half-width punctuation; lists of months and weekdays are lists for the program."""
    assert {"months", "whole_months", "weekdays"} == {
        key for key, text in CHINESE.items() if any(mark in text for mark in HALF_WIDTH)
    }


def test_every_word_is_said_somewhere() -> None:
    """No word is left over: each stands in the code by its name, or by the beginning of a family's name."""
    files = [file for file in Path(composing.__path__[0]).glob("*.py") if file.stem not in ("chinese", "english")]
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    families = tuple(found + "_" for found in re.findall(r'"([a-z_]+)_\{', code))
    assert [] == [key for key in CHINESE if f'"{key}"' not in code and not key.startswith(families)]
