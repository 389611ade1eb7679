"""Telephone numbers as screens, exports and reports show them: masked, so that nobody is called who need not be."""

from __future__ import annotations

import re

SHOWN_BEFORE, SHOWN_AFTER = 3, 4  # digits of a masked telephone number
SHORT, MOBILE = 7, 11  # digits
HIDDEN = "*"
WRITTEN = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(?:1[3-9][0-9](?:[ -]?[0-9]{4}){2}|0[0-9]{2,3}[ -]?[0-9]{7,8})(?![0-9])"
)
"""A mobile number, or one of a landline with its area code, as people write them."""


def mask(phone: str) -> str:
    """Return a telephone number with its middle digits hidden, as ``138****0001``; of a local one only the end stays.

    A number of less than seven digits is nobody's own, and stays as it is.
    """
    digits = [place for place, letter in enumerate(phone) if letter.isdigit()]
    if len(digits) < SHORT:
        return phone
    hidden = set(digits[SHOWN_BEFORE if len(digits) >= MOBILE else 0 : -SHOWN_AFTER])
    return "".join(HIDDEN if place in hidden else letter for place, letter in enumerate(phone))


def mask_within(text: str) -> str:
    """Return a text with the telephone numbers in it masked: mobile ones, and those that have an area code."""
    return WRITTEN.sub(lambda found: mask(found.group()), text)
