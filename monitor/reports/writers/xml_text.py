"""What text a file of XML can hold."""

from __future__ import annotations

import re

NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")


def held(text: str) -> str:
    """Return a text with its line breaks as ``\\n``, and U+FFFD for each character that XML 1.0 (2.2) has not.

    A report is not held up by a name that should never have been let in; the reader sees that something stood there.
    """
    return NO_XML.sub("\ufffd", BREAKS.sub("\n", text))
