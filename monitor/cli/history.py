"""A report out of a history in the format of replay, by the same code as out of the record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.exits import WrongInput
from monitor.cli.period import period_named

if TYPE_CHECKING:
    from monitor.accounting import Books
    from monitor.config.folder import Configuration
    from monitor.faults.events import Event
    from monitor.replay import Judgement
    from monitor.reports.figures import Figures
    from monitor.reports.periods import Period
    from monitor.sla.review import Material
    from monitor.sla.spans import Span


def figures_of_history(file: Path, named: Sequence[str | None], loaded: Configuration) -> tuple[Period, Figures]:
    """Judge a history, and draw up the figures of the period named, else of the month in which it ends.

    Inventory, rules and time zone are the history's own; the county's name is the configuration's.

    Raises:
        WrongInput: the file is refused, or an action in it; the message names the first place.
    """
    from monitor.accounting import account
    from monitor.config.problem import ConfigurationRefused
    from monitor.config.scenario import load
    from monitor.replay import replay

    try:
        scenario = load(file, base=loaded.policies, zone=loaded.settings.timezone)
    except ConfigurationRefused as refused:
        raise WrongInput(str(refused.problems[0])) from refused
    judgement = replay(scenario)
    if judgement.refusals:
        refusal = judgement.refusals[0]
        raise WrongInput(f"{file}:{refusal.taken.place.line}:{refusal.taken.place.column}: {refusal.reason}")
    last = max(scenario.start, scenario.end - scenario.end.resolution).astimezone(loaded.settings.timezone).date()
    period = period_named(named, scenario.zone, of=last)
    return period, account(_books(judgement), period, loaded.settings.county)


def _books(judgement: Judgement) -> Books:
    from monitor.accounting import Books
    from monitor.editions.edition import Editions

    def nothing_published(_: object) -> Figures:
        raise LookupError("a history has no editions")

    return Books(
        now=judgement.scenario.end,
        since=judgement.scenario.start,
        material=lambda period: _material(judgement, period),
        events=lambda faults: _events(judgement, {fault.no for fault in faults}),
        editions=Editions(),
        published=nothing_published,
    )


def _material(judgement: Judgement, period: Span) -> Material:
    from monitor.sla.history import concerns
    from monitor.sla.review import Material

    scenario = judgement.scenario
    inside = {no for no, fault in judgement.faults.items() if concerns(fault, period)}
    incidents = [each for each in judgement.incidents.values() if not inside.isdisjoint(each.faults)]
    wanted = inside.union(*(each.faults for each in incidents))
    return Material(
        now=scenario.end,
        period=period,
        histories=judgement.histories,
        last_seen=judgement.last_seen,
        faults=tuple(fault for no, fault in judgement.faults.items() if no in wanted),
        inventory=scenario.inventory,
        policies=scenario.policies,
        windows=judgement.windows,
        incidents=incidents,
    )


def _events(judgement: Judgement, nos: set[str]) -> list[Event]:
    from monitor.accounting import OF_NO_FAULT
    from monitor.faults.events import FaultEvent, MessageDue

    return [
        event
        for event in judgement.events
        if isinstance(event, OF_NO_FAULT) or (isinstance(event, FaultEvent | MessageDue) and event.no in nos)
    ]
