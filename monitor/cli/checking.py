"""Whether editions are what they were: kept content against its digests, files made anew against those kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.config.folder import Configuration
    from monitor.editions.edition import Edition
    from monitor.publishing import Publisher

SAME, PROGRAMS, DIFFER, GONE, ALTERED = "same", "programs", "differ", "gone", "altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found of an edition: ``files`` are the formats that are not the same, ``programs`` what changed."""

    key: str
    state: str
    files: tuple[str, ...] = ()
    programs: Mapping[str, tuple[str, str]]

    @property
    def wrong(self) -> bool:
        """Tell whether it is not what it was."""
        return self.state in (DIFFER, GONE, ALTERED)

    def said(self, words: Mapping[str, str]) -> str:
        """Say it in a line."""
        changed = ", ".join(f"{name} {before} → {now}" for name, (before, now) in self.programs.items())
        told = words[f"report_check_{self.state}"].format(files=", ".join(self.files), programs=changed)
        return f"{self.key}: {told}"

    def spelled(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        changed = {name: {"then": before, "now": now} for name, (before, now) in self.programs.items()}
        return {"edition": self.key, "state": self.state, "files": list(self.files), "programs": changed}


def checked(making: Publisher, loaded: Configuration) -> list[Checked]:
    """Check every edition that was drawn up.

    Raises:
        StoreError: the database cannot be read.
    """
    from monitor.store.records import Records

    with Records.of(loaded.settings.database.reveal()) as records:
        known = records.editions().all()
    return [_checked(making, edition, loaded) for edition in known if edition.made]


def _checked(making: Publisher, edition: Edition, loaded: Configuration) -> Checked:
    from monitor.publishing import NotPublished
    from monitor.reports.periods import named
    from monitor.reports.rendering import made_with

    made, now = edition.latest, made_with()
    if made is None:
        raise ValueError(f"edition {edition.key} was never drawn up")
    then = made.made_with
    programs = {name: (then.get(name, "—"), now.get(name, "—")) for name in now if then.get(name) != now.get(name)}
    try:
        kept, figures = making.kept(made), making.published(edition)
    except NotPublished:
        return Checked(key=edition.key, state=GONE, programs=programs)
    altered = tuple(name for name, content in kept.items() if sha256(content).hexdigest() != made.files[name])
    if altered:
        return Checked(key=edition.key, state=ALTERED, files=altered, programs=programs)
    period = named(edition.key, loaded.settings.timezone)
    try:
        anew = making.files(figures, period, draft=edition.frozen is None, formats=tuple(kept), like=made)
    except NotPublished as error:
        return Checked(key=edition.key, state=PROGRAMS if programs else DIFFER, files=(str(error),), programs=programs)
    other = tuple(name for name, content in kept.items() if anew[name] != content)
    if not other:
        return Checked(key=edition.key, state=SAME, programs=programs)
    return Checked(key=edition.key, state=PROGRAMS if programs else DIFFER, files=other, programs=programs)
