"""A packed file that says nothing of when it was packed: the same parts give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - said of every file; the report itself says what it is as of
FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say


def sealed(packed: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """Return a ZIP file packed anew, its parts in their order, some of them changed."""
    content = io.BytesIO()
    with ZipFile(io.BytesIO(packed)) as old, ZipFile(content, "w") as new:
        for name in old.namelist():
            part = ZipInfo(name, FIRST)
            part.compress_type, part.create_system = ZIP_DEFLATED, 3
            told = old.read(name)
            new.writestr(part, changes[name](told) if name in changes else told)
    return content.getvalue()
