"""A packed file that says nothing of when it was packed: the same parts give the same bytes."""

from __future__ import annotations

import io
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - said of every file; the report itself says what it is as of
FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say


def sealed(packed: bytes) -> bytes:
    """Return a ZIP file packed anew, its parts in their order."""
    content = io.BytesIO()
    with ZipFile(io.BytesIO(packed)) as old, ZipFile(content, "w") as new:
        for name in old.namelist():
            part = ZipInfo(name, FIRST)
            part.compress_type, part.create_system = ZIP_DEFLATED, 3
            new.writestr(part, old.read(name))
    return content.getvalue()
