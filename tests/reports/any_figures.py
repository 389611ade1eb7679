"""Figures of any kind, drawn by their types: whatever a field may hold, it holds in some example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from monitor.reports.figures import Figures

FEW = 2  # of a list or mapping
FIRST = datetime(1900, 1, 1, tzinfo=UTC)
MOST = 300 * 365 * 86_400  # seconds
INSTANTS = st.integers(0, MOST * 10**6).map(lambda number: FIRST + timedelta(microseconds=number))
LENGTHS = st.timedeltas(timedelta(), timedelta(days=270 * 365)) | st.integers(0, 1_000 * MOST).map(
    lambda seconds: timedelta(seconds=seconds)
)
"""Of one line to the microsecond; of thousands together in whole seconds."""
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=4),
    bool: st.booleans(),
    int: st.integers(-(2**70), 2**70),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: INSTANTS,
    date: st.dates(),
    timedelta: LENGTHS,
    Fraction: st.fractions(0, 2) | st.integers(0, 10**18).map(lambda n: Fraction(n, 10**18)),
}


@cache
def drawn(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if hint is NoneType:
        return st.none()
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*(drawn(arg) for arg in args))
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(drawn(args[0]), max_size=FEW).map(tuple)
    if origin is tuple:
        return st.tuples(*(drawn(arg) for arg in args))
    if origin is Mapping:
        return st.dictionaries(drawn(args[0]), drawn(args[1]), max_size=FEW)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if is_dataclass(hint):
        kind: Any = hint
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: drawn(hints[field.name]) for field in fields(kind)})
    raise TypeError(f"nothing is drawn of {hint!r}")


ANY_FIGURES: st.SearchStrategy[Figures] = drawn(Figures)
