"""A text made to fit: always within the limit, whole where it can be, else cut at a line's end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.channels.fitting import fit, in_bytes

ENDING = "…余"
TEXTS = st.text(st.sampled_from("a灾\n😀 "), max_size=200)


@given(TEXTS, st.integers(in_bytes(ENDING) + 1, 400))
def test_a_text_fits_whatever_it_is(text: str, limit: int) -> None:
    """The result is within the limit; what fits is unchanged, and what is cut begins as the text does and is marked."""
    fitted = fit(text, limit, ending=ENDING)
    assert in_bytes(fitted) <= limit
    if in_bytes(text) <= limit:
        assert text == fitted
    else:
        assert text.startswith(fitted.removesuffix(ENDING).removesuffix("\n"))
        assert fitted.endswith(ENDING)


@given(TEXTS, st.integers(in_bytes(ENDING) + 1, 400))
def test_as_many_lines_stay_as_fit(text: str, limit: int) -> None:
    """One line more would be too much."""
    fitted = fit(text, limit, ending=ENDING)
    lines = text.split("\n")
    kept = fitted.split("\n")[:-1] if fitted != text else lines
    if fitted != text:
        assert in_bytes("\n".join([*lines[: len(kept) + 1], ENDING])) > limit


def test_a_first_line_too_long_is_cut_within() -> None:
    """Characters are kept whole where a line cannot be."""
    assert "灾灾…余" == fit("灾" * 50, 13, ending=ENDING)
