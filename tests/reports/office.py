"""LibreOffice, run once over several files, and what its pages say."""

from __future__ import annotations

import os
import signal
import subprocess
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pypdfium2

from tests.needs import need

TIMEOUT = 120  # seconds; a run takes a few


def pages(files: Mapping[str, bytes], folder: Path) -> dict[str, list[str]]:
    """Return the text of each page of files, by their names; without blanks, and letters in their plain form."""
    soffice = need("soffice", package="libreoffice-writer-nogui")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder / "pdf"), *files]
    with subprocess.Popen(command, cwd=folder, start_new_session=True, stdout=subprocess.DEVNULL) as running:
        try:
            assert running.wait(timeout=TIMEOUT) == 0
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
    return {name: _texts(folder / "pdf" / f"{Path(name).stem}.pdf") for name in files}


def face_of(name: str) -> str:
    """Return the face that this machine sets for another."""
    found = subprocess.run(
        [need("fc-match", package="fontconfig"), "-f", "%{family}", name], capture_output=True, check=True
    )
    return found.stdout.decode()


def squeezed(text: str) -> str:
    """Return a text without blanks, its letters in their plain form; a hyphen that ends a line is one."""
    mended = text.replace("\ufffe", "-").replace("\x02", "-").replace("\ufffd", "")
    return "".join(unicodedata.normalize("NFKC", mended).split())


def _texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [squeezed(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()
