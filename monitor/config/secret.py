"""Secrets: written in no file of the configuration, only where to find them, and shown by nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

LITERAL = "a secret is not written here: write {env: NAME} or {file: PATH}, and keep the secret there"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CREDENTIAL = re.compile(r"\$(?:CREDENTIALS_DIRECTORY|\{CREDENTIALS_DIRECTORY\})/([^/]+)")
LARGEST = 65_536  # bytes: a larger file was named by mistake


class Secret:
    """A text that only `reveal` tells; printing, formatting, dumping and pickling do not."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep a text to oneself."""
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        """Return what may be shown, which is nothing of the text."""
        return "Secret(not shown)"

    def __eq__(self, other: object) -> bool:
        """Tell whether both keep the same text, so that a reload sees a change."""
        return self._text == other._text if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash of the text, which differs from run to run."""
        return hash(self._text)

    def __copy__(self) -> Secret:
        """Return itself: it does not change."""
        return self

    def __deepcopy__(self, _: object) -> Secret:
        """Return itself: it does not change."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled.

        Raises:
            TypeError: always.
        """
        raise TypeError("a secret is not pickled")


def resolve(reference: object, *, environ: Mapping[str, str], folder: Path) -> Secret:
    """Fetch the secret that ``{env: NAME}`` or ``{file: PATH}`` refers to; a relative path begins at the folder.

    Where systemd has loaded a file as a credential (`_credential`), it is read there: the service then needs no right
    to the file itself.

    Raises:
        ValueError: it is no such reference, or there is nothing there. The message never repeats what was written,
            since that may be the secret itself.
    """
    match reference:
        case {"env": str() as name, **others} if not others:
            return _from_environment(name, environ)
        case {"file": str() as path, **others} if not others:
            return _from_file(_credential(path, environ) or folder / path)
        case _:
            raise ValueError(LITERAL)


def _from_environment(name: str, environ: Mapping[str, str]) -> Secret:
    if VARIABLE.fullmatch(name) is None:
        raise ValueError("this is no name of an environment variable: letters, digits and _ only")
    shown = f"the environment variable {name}" if name.isupper() else "this environment variable"
    if not environ.get(name):
        raise ValueError(f"{shown} is not set: export it before the monitor starts")
    return Secret(environ[name])


def _credential(path: str, environ: Mapping[str, str]) -> Path | None:
    """Return where systemd keeps the credential of a file, None where it keeps none.

    ``$CREDENTIALS_DIRECTORY/NAME`` (with braces or without) names one outright. A relative ``secrets/NAME`` is that
    which ``LoadCredential=secrets:DIR`` makes of DIR/NAME: ``secrets_NAME`` (systemd.exec(5), Credentials).

    Raises:
        ValueError: one is named outright, and systemd has loaded none.
    """
    folder, named = environ.get("CREDENTIALS_DIRECTORY"), CREDENTIAL.fullmatch(path)
    if named is not None:
        if not folder:
            raise ValueError("CREDENTIALS_DIRECTORY is not set: only systemd's services have it")
        return Path(folder) / named[1]
    if not folder or path.startswith("/"):
        return None
    loaded = Path(folder) / path.replace("/", "_")
    return loaded if loaded.is_file() else None


def _from_file(path: Path) -> Secret:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise ValueError(f"the file of this secret cannot be read: {error.strerror}") from None
    except ValueError:  # not UTF-8, or a path with a zero byte: the error would quote the content
        raise ValueError("the file of this secret cannot be read as UTF-8 text") from None
    if not text or len(content) > LARGEST:
        raise ValueError("the file of this secret is " + ("empty" if not text else "too large to be one"))
    return Secret(text)
