"""A whole configuration folder: read and validated whole, or refused whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.config.installation import Installation, read_installation
from monitor.config.inventory import read_inventory
from monitor.config.on_call import on_call_problems, on_call_warnings
from monitor.config.policy import read_policies
from monitor.config.problem import ConfigurationRefused, Problem, did_you_mean
from monitor.config.reach import reach_problems, reach_warnings
from monitor.config.routes import dangling_carriers
from monitor.config.settings import Retention, Settings, SnmpSettings
from monitor.config.source import Document, read
from monitor.config.templates import Examine, Templates, read_templates, unexamined
from monitor.inventory.model import Inventory
from monitor.policy import Policies

SUFFIXES = (".yaml", ".yml", ".json")
CURES = {
    "monitor": "create it; an empty one takes every default",
    "policy": "create it, or a folder policy with a version a file; an empty one takes every default",
    "inventory": "create it, or a folder inventory of such files, with the carriers, units and lines",
}
MONTH_AND_REPORT = timedelta(days=62)  # a month, and as long again until its report is frozen and disputed
SHORTEST_SECRET = 16  # characters, of which whoever has one link can try as many as he likes
AT_START_ONLY = ("database", "listen", "icmp", "timezone")  # sockets and connections are made once
SNMP_AT_START_ONLY = ("client", "devices")  # and so is whatever asks devices


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything the monitor is told. ``digest`` is a SHA-256 of what the files say, comments left out.

    ``templates`` are the texts of messages that stand above the built-in ones.
    """

    folder: Path
    settings: Settings
    policies: Policies
    inventory: Inventory
    warnings: tuple[Problem, ...]
    digest: str
    templates: Templates = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What a new configuration changes: lines by their ids, other things by their names in the files.

    ``restart`` are those among the settings that take effect only when the daemon is started anew.
    """

    lines_added: tuple[str, ...] = ()
    lines_removed: tuple[str, ...] = ()
    lines_changed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return any(getattr(self, item.name) for item in fields(self))

    def __str__(self) -> str:
        """Say in one line what changed."""
        counts = [("added", self.lines_added), ("removed", self.lines_removed), ("changed", self.lines_changed)]
        said = [f"lines {how}: {len(lines)}" for how, lines in counts if lines]
        said += [f"changed: {', '.join(self.changed)}"] if self.changed else []
        said += [f"only after a restart: {', '.join(self.restart)}"] if self.restart else []
        return "; ".join(said) or "nothing changed"


def load(
    folder: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    at: datetime | None = None,
    examine: Examine = unexamined,
    inventory_files: Sequence[Document] | None = None,
) -> Configuration:
    """Read and validate a configuration folder; ``examine`` says what is wrong with what its templates say.

    ``at`` is now: lines that have left by then need no route, and what will soon be lacking is warned of. Without it
    every line needs one, and only what the files lack at any time is warned of. ``inventory_files`` are taken in the
    place of the folder's own, before they are written there.

    Raises:
        ConfigurationRefused: anything in it is wrong; its ``problems`` name all of it.
    """
    if not folder.is_dir():
        message = "there is no such folder: copy the example config/ and edit it, or name another with --config"
        raise ConfigurationRefused([Problem(str(folder), 1, 1, "", message)])
    problems: list[Problem] = []
    given = {} if inventory_files is None else {"inventory": inventory_files}
    files: dict[str, Sequence[Document]] = {
        name: given[name] if name in given else _documents(folder, name, problems) for name in CURES
    }
    monitor = _one(files["monitor"], problems)
    installation = read_installation(monitor, environ=environ, folder=folder, problems=problems)
    zone = installation.settings.timezone
    warnings: list[Problem] = []
    policies = read_policies(files["policy"], zone=zone, problems=problems, warnings=warnings)
    profiles = None if monitor.broken else installation.named_profiles
    inventory = read_inventory(files["inventory"], zone=zone, profiles=profiles, problems=problems, warnings=warnings)
    dangling = list(_dangling_carriers(installation, files["inventory"]))
    problems += dangling
    if installation.telling_whole and not dangling:
        problems += reach_problems(monitor, installation.settings, inventory, at)
        problems += on_call_problems(monitor, installation.settings)
    problems += _echoes_outlasting(installation, policies, at)
    templates, files["templates"] = read_templates(folder, channels=_named_channels(monitor), problems=problems)
    problems += examine(templates)
    if problems:
        raise ConfigurationRefused(problems)
    return Configuration(
        folder=folder,
        settings=installation.settings,
        policies=policies,
        inventory=inventory,
        warnings=(*_warnings(installation, files["inventory"][0], inventory, at), *warnings),
        digest=_digest(files),
        templates=templates,
    )


def reload(
    old: Configuration,
    *,
    environ: Mapping[str, str] = os.environ,
    at: datetime | None = None,
    examine: Examine = unexamined,
) -> tuple[Configuration, Differences]:
    """Read a configuration's folder again; return the new one, and what it changes. The old one stays as it is.

    ``at`` is as in `load`.

    Raises:
        ConfigurationRefused: anything in it is wrong: keep the old one.
    """
    new = load(old.folder, environ=environ, at=at, examine=examine)
    return new, differences(old, new)


def differences(old: Configuration, new: Configuration) -> Differences:
    """Say what changes from one configuration to another."""
    before, after = old.inventory.lines, new.inventory.lines
    same = replace(old.settings, snmp=_with_start_of(old.settings.snmp, new.settings.snmp))
    settings = [item.name for item in fields(Settings) if _changed(same, new.settings, item.name)]
    snmp = [name for name in SNMP_AT_START_ONLY if _changed(old.settings.snmp, new.settings.snmp, name)]
    entities = [name for name in ("carriers", "nodes", "units", "references")
                if _changed(old.inventory, new.inventory, name)]  # fmt: skip
    policies = ["policy"] if old.policies.versions != new.policies.versions else []
    templates = ["templates"] if old.templates != new.templates else []
    return Differences(
        lines_added=tuple(line for line in after if line not in before),
        lines_removed=tuple(line for line in before if line not in after),
        lines_changed=tuple(line for line in after if line in before and after[line] != before[line]),
        changed=(*(name for name in settings if name not in AT_START_ONLY), *policies, *entities, *templates),
        restart=(*(name for name in settings if name in AT_START_ONLY), *(f"snmp.{name}" for name in snmp)),
    )


def _with_start_of(old: SnmpSettings, new: SnmpSettings) -> SnmpSettings:
    """Return the old settings with those of the new that only a start takes."""
    return replace(old, client=new.client, devices=new.devices)


def _changed(old: object, new: object, name: str) -> bool:
    return bool(getattr(old, name) != getattr(new, name))


def paths_of(folder: Path, name: str) -> Sequence[Path]:
    """Return the files of one kind, in their order: by its name, or every file in the folder of that name."""
    paths = [folder / f"{name}{suffix}" for suffix in SUFFIXES]
    if name != "monitor" and (folder / name).is_dir():
        paths += sorted(path for path in (folder / name).iterdir() if path.suffix in SUFFIXES)
    return [path for path in paths if path.is_file()]


def installation_in(
    folder: Path, *, environ: Mapping[str, str] = os.environ, problems: list[Problem] | None = None
) -> Installation:
    """Read ``monitor.yaml`` alone, as far as it is right: what is wrong or missing takes its default.

    What is wrong is added to the problems, if those are asked for.
    """
    monitor = next((read(path) for path in paths_of(folder, "monitor")), Document("monitor.yaml"))
    found = [] if problems is None else problems
    return read_installation(monitor, environ=environ, folder=folder, problems=found)


def _documents(folder: Path, name: str, problems: list[Problem]) -> Sequence[Document]:
    paths = paths_of(folder, name)
    if not paths:
        others = [path.stem for path in folder.iterdir() if path.suffix in SUFFIXES and path.stem not in CURES]
        near = did_you_mean(name, others).replace("did you mean", "is it")
        message = f"there is no such file: {CURES[name]}{near}"
        problems.append(Problem(str(folder / f"{name}.yaml"), 1, 1, "", message))
    return [read(path) for path in paths]


def _one(documents: Sequence[Document], problems: list[Problem]) -> Document:
    for other in documents[1:]:
        problems.append(other.problem((), f"there is {documents[0].file} too: keep one of them"))
    return documents[0] if documents else Document("monitor.yaml")


def _named_channels(monitor: Document) -> list[str] | None:
    """Return the channels that are written, right or wrong; None where that cannot be read."""
    given = monitor.value.get("channels") if isinstance(monitor.value, dict) else None
    return None if monitor.broken else list(given) if isinstance(given, dict) else []


def _dangling_carriers(installation: Installation, inventory: Sequence[Document]) -> Iterator[Problem]:
    """Name the carriers of routes that the inventory does not have, right or wrong."""
    value = installation.document.value
    sections = [document.value.get("carriers") for document in inventory if isinstance(document.value, dict)]
    carriers = [item for section in sections if isinstance(section, list) for item in section]
    known = [str(carrier.get("id")) for carrier in carriers if isinstance(carrier, dict)]
    if isinstance(value, dict) and known and not any(document.broken for document in inventory):
        yield from dangling_carriers(installation.document, value, known)


def _echoes_outlasting(installation: Installation, policies: Policies, at: datetime | None) -> Iterator[Problem]:
    """Name a timeout by which outages are not found: a silent line would be stale before its next round is known."""
    timeout = installation.settings.icmp.timeout
    for policy in policies.versions:
        rules, until = policy.detection, policies.until(policy.effective_from)
        over = at is not None and until is not None and until <= at
        if not over and timeout + rules.fast_interval >= rules.stale_after:
            message = (
                f"together with detection.fast_interval it must be shorter than detection.stale_after of policy "
                f"{policy.version}: else a line that does not answer is unknown, and its outage is found late or never"
            )
            yield installation.document.problem(("icmp", "timeout"), message)


def _kept_too_short(document: Document, kept: Retention) -> Iterator[Problem]:
    """Say that what proves a fault is deleted soon; what is gone does not come back with the next reload."""
    if kept.rounds < MONTH_AND_REPORT:
        message = (
            "rounds older than this are deleted for good: no dispute of a past month can be decided; default: 400d"
        )
        yield document.problem(("retention", "rounds"), message)
    if kept.rollups < kept.rounds:
        message = "hourly figures are kept for a shorter time than the rounds they are of; default: 1830d"
        yield document.problem(("retention", "rollups"), message)


def _warnings(
    installation: Installation, inventory_file: Document, inventory: Inventory, at: datetime | None
) -> Iterator[Problem]:
    """Say what a configuration that can run still lacks."""
    document, settings = installation.document, installation.settings
    given = document.value if isinstance(document.value, dict) else {}
    if not settings.routes:
        yield document.problem(("routes",), "no routes are given: nobody is told of a fault", key=True)
    for name in ("public_url", "duty_phone") if settings.routes else ():
        if given.get(name) is None:
            yield document.problem((name,), f"{name} is not given: messages carry the example's", key=True)
    if settings.secret is not None and len(settings.secret.reveal()) < SHORTEST_SECRET:
        message = (
            f"shorter than {SHORTEST_SECRET} characters: who has a link can guess it; openssl rand -hex 32 makes one"
        )
        yield document.problem(("secret",), message)
    if settings.attachments is None and settings.database.reveal().startswith("postgresql"):
        message = (
            "with PostgreSQL attached files go to var/attachments of where a command is started: name a whole path"
        )
        yield document.problem(("attachments",), message, key=True)
    yield from _kept_too_short(document, settings.retention)
    yield from reach_warnings(document, settings, inventory, at)
    yield from on_call_warnings(document, settings, at)
    if settings.listen.traps is not None and not any(line.snmp for line in inventory.lines.values()):
        message = "traps are listened for, but no line names an SNMP profile: none is heard"
        yield document.problem(("listen", "traps"), message, key=True)
    if not inventory.references:
        message = "no references are given: the monitor cannot tell its own blindness from faults of lines"
        yield inventory_file.problem(("references",), message, key=True)


def _digest(files: Mapping[str, Sequence[Document]]) -> str:
    said = {name: [document.value for document in documents] for name, documents in files.items() if documents}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
