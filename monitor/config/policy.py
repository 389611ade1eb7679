"""``policy.yaml`` and ``policy/*.yaml``, one version a file, read into `Policies`; and overrides of one version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainValidator
from typing_extensions import TypedDict

from monitor.config.fields import (
    AnyDuration,
    Count,
    Duration,
    Factor,
    Flag,
    Fractions,
    Instant,
    MonthDay,
    Share,
    ShareAboveZero,
    Surroundings,
    Text,
    as_choice,
)
from monitor.config.problem import Path, Problem
from monitor.config.quantities import format_duration
from monitor.config.schema import Schema, known_keys_only, without_nulls
from monitor.config.settings import ZONE
from monitor.config.source import Document
from monitor.faults.degradation import never_told
from monitor.policy import (
    ClockStart,
    DegradationRule,
    Policies,
    Policy,
)

OVERRIDDEN = "+overrides"


@known_keys_only
class DetectionKeys(TypedDict, total=False):
    """``detection``."""

    interval: Duration
    fast_interval: Duration
    packets: Count
    confirm_rounds: Count
    restore_rounds: Count
    stale_after: Duration


@known_keys_only
class ClockKeys(TypedDict, total=False):
    """``clock``."""

    start: Annotated[ClockStart, PlainValidator(as_choice(ClockStart))]
    limit: Duration
    observe_for: AnyDuration
    repeat_within: AnyDuration


@known_keys_only
class IncidentKeys(TypedDict, total=False):
    """``incident``."""

    within: AnyDuration
    min_lines: Count
    min_share: Share


@known_keys_only
class RemindersKeys(TypedDict, total=False):
    """``reminders``."""

    fractions: Fractions
    overdue_every: Duration
    ack_target: Duration


# ``for`` is no name of Python's.
DegradationKeys = TypedDict(
    "DegradationKeys", {"loss": ShareAboveZero, "rtt_factor": Factor, "for": Duration}, total=False
)
known_keys_only(DegradationKeys)


@known_keys_only
class FlappingKeys(TypedDict, total=False):
    """``flapping``."""

    relapses: Count
    within: Duration


@known_keys_only
class AvailabilityKeys(TypedDict, total=False):
    """``availability``."""

    count_blips: Flag
    reference: ShareAboveZero


@known_keys_only
class ReportKeys(TypedDict, total=False):
    """``report``."""

    draw_up_day: MonthDay
    freeze_day: MonthDay
    rank_min_lines: Count
    rank_min_coverage: Share


@known_keys_only
class PolicyKeys(TypedDict, total=False):
    """All of ``policy.yaml``."""

    version: Text
    effective_from: Instant
    detection: Annotated[DetectionKeys, BeforeValidator(without_nulls(DetectionKeys))]
    clock: Annotated[ClockKeys, BeforeValidator(without_nulls(ClockKeys))]
    incident: Annotated[IncidentKeys, BeforeValidator(without_nulls(IncidentKeys))]
    reminders: Annotated[RemindersKeys, BeforeValidator(without_nulls(RemindersKeys))]
    degradation: Annotated[DegradationKeys, BeforeValidator(without_nulls(DegradationKeys))]
    flapping: Annotated[FlappingKeys, BeforeValidator(without_nulls(FlappingKeys))]
    availability: Annotated[AvailabilityKeys, BeforeValidator(without_nulls(AvailabilityKeys))]
    report: Annotated[ReportKeys, BeforeValidator(without_nulls(ReportKeys))]


POLICY = Schema(PolicyKeys)


class Rule(NamedTuple):
    """Two numbers of a section that must agree, and what to say, at the first of them given, when they do not."""

    section: str
    keys: tuple[str, str]
    agree: Callable[[Any], bool]
    message: str


RULES = (
    Rule("detection", ("stale_after", "interval"), lambda rule: rule.stale_after > rule.interval,
         "stale_after must be longer than interval: else every round would be a gap"),
    Rule("detection", ("fast_interval", "interval"), lambda rule: rule.fast_interval <= rule.interval,
         "fast_interval must not be longer than interval"),
    Rule("report", ("freeze_day", "draw_up_day"), lambda rule: rule.freeze_day >= rule.draw_up_day,
         "freeze_day must not come before draw_up_day"),
)  # fmt: skip


def read_policies(
    documents: Sequence[Document],
    *,
    zone: ZoneInfo,
    problems: list[Problem],
    warnings: list[Problem] | None = None,
) -> Policies:
    """Read the versions of the policy, one a document; a date alone is a midnight of the zone.

    What is wrong is added to the problems; the result then holds as much as could be read. What can run but comes to
    nothing is added to the warnings.
    """
    versions = []
    for document in documents:
        wrong = list(document.problems)
        policy = _version(Policy(), document, (), document.value, zone=zone, problems=wrong)
        problems += wrong
        if not document.broken:
            versions.append(Stated(document, (), document.file, policy))
    if warnings is not None:
        warnings += _ineffective(versions)
    return _side_by_side(versions, problems)


def overriding(base: Policies, document: Document, key: str, *, problems: list[Problem]) -> Policies:
    """Return the policies of a document that gives other numbers under a key, each named with ``+overrides``.

    A mapping overrides numbers of every version of the base; a list is of whole versions, as files of a ``policy``
    folder are, and takes the base's place. What is wrong is added to the problems.
    """
    value = document.value.get(key) if isinstance(document.value, dict) else None
    zone, versions = ZoneInfo(ZONE), list[Stated]()
    if not isinstance(value, list):
        wrong: list[Problem] = []
        policies = [_version(each, document, (key,), value, zone=zone, problems=wrong) for each in base.versions]
        problems += dict.fromkeys(wrong)
        return Policies(_overridden(policy) for policy in policies)
    for number, each in enumerate(value):
        path = (key, number)
        policy = _version(Policy(), document, path, each, zone=zone, problems=problems)
        versions.append(Stated(document, path, f"{key}[{number}]", policy))
    if not versions:
        problems.append(document.problem((key,), "a version is wanted, or leave the key away"))
    return Policies(_overridden(policy) for policy in _side_by_side(versions, problems).versions)


def _overridden(policy: Policy) -> Policy:
    return replace(policy, version=policy.version + OVERRIDDEN)


class Stated(NamedTuple):
    """A version and where it stands; ``name`` is how that place is told to people."""

    document: Document
    path: Path
    name: str
    policy: Policy


def _side_by_side(versions: Sequence[Stated], problems: list[Problem]) -> Policies:
    """Return the versions together; those that repeat another's name or beginning are added to the problems."""
    problems += _repeated(versions)
    named = {each.policy.version: each.policy for each in versions}
    return Policies({policy.effective_from: policy for policy in named.values()}.values() or [Policy()])


def _version(
    base: Policy, document: Document, path: Path, value: object, *, zone: ZoneInfo, problems: list[Problem]
) -> Policy:
    within = Surroundings(environ={}, folder=FilePath(), zone=zone)
    wrong: list[Problem] = []
    keys = POLICY.read(document, path, {} if value is None else value, within=within, problems=wrong)
    policy = _merged(base, keys)
    if isinstance(value, dict) and not wrong:
        wrong += _disagreements(policy, document, path, value)
    problems += wrong
    return policy


def _merged(base: Policy, keys: PolicyKeys) -> Policy:
    degradation: DegradationKeys = keys.get("degradation", {})
    return Policy(
        version=keys.get("version", base.version),
        effective_from=keys.get("effective_from", base.effective_from),
        detection=replace(base.detection, **keys.get("detection", {})),
        clock=replace(base.clock, **keys.get("clock", {})),
        incident=replace(base.incident, **keys.get("incident", {})),
        reminders=replace(base.reminders, **keys.get("reminders", {})),
        degradation=DegradationRule(
            loss=degradation.get("loss", base.degradation.loss),
            rtt_factor=degradation.get("rtt_factor", base.degradation.rtt_factor),
            lasting=degradation.get("for", base.degradation.lasting),
        ),
        flapping=replace(base.flapping, **keys.get("flapping", {})),
        availability=replace(base.availability, **keys.get("availability", {})),
        report=replace(base.report, **keys.get("report", {})),
    )


def _disagreements(policy: Policy, document: Document, path: Path, value: Mapping[str, Any]) -> Iterator[Problem]:
    for section, keys, agree, message in RULES:
        if not agree(getattr(policy, section)):
            given = value.get(section)
            key = next((key for key in keys if isinstance(given, dict) and key in given), keys[0])
            yield document.problem((*path, section, key), message)


def _ineffective(versions: Sequence[Stated]) -> Iterator[Problem]:
    """Name the versions by which no line can ever be told to be degraded (section 12)."""
    for document, path, _, policy in versions:
        interval, least = policy.detection.interval, never_told(policy.detection.interval)
        if policy.degradation.lasting <= least:
            given = document.value.get("degradation") if isinstance(document.value, dict) else None
            section = "degradation" if isinstance(given, dict) and "for" in given else "detection"
            key = "for" if section == "degradation" else "interval"
            lasting, every, longer = map(format_duration, (policy.degradation.lasting, interval, least))
            why = f"one round every {every} is too few in {lasting}; degradation.for wants more than {longer}"
            yield document.problem((*path, section, key), f"no degradation is ever told: {why}")


def _repeated(versions: Sequence[Stated]) -> Iterator[Problem]:
    """Name every version that has the name or the beginning of one before it."""
    names: dict[object, str] = {}
    begins: dict[object, str] = {}
    for document, path, name, policy in versions:
        first = names.setdefault(policy.version, name)
        if first != name:
            message = f"version {policy.version} stands in {first} too: give each its own name"
            yield document.problem((*path, "version"), message)
        first = begins.setdefault(policy.effective_from, name)
        if first != name:
            message = f"the version in {first} begins at the same instant: only one can be in force"
            yield document.problem((*path, "effective_from"), message)
