"""The PromQL that several panels share. What comes of a line is chosen by carrier, kind of unit and unit."""

from __future__ import annotations

from enum import IntEnum

LIMIT_H = 12  # hours from discovery to repair (Art. 26); a demonstration's policy may have another
CHOSEN = 'carrier=~"$carrier",unit=~"$unit"'
ONE = 'line=~"$line"'  # where lines are chosen one by one
BY_LINE = "line, role, unit_name, carrier_name"
CARRIERS = "max by (carrier, carrier_name) (extranet_line_info)"
ANSWERS = 'party=~"carrier|undetermined"'  # faults for which a carrier is held to the limit


class State(IntEnum):
    """What is known of a line, as `states` counts it."""

    DOWN = 0
    UP = 1
    UNKNOWN = 2
    SUSPECT = 3
    MAINTENANCE = 4
    DEGRADED = 5


def lines(metric: str, *more: str, one: bool = False) -> str:
    """Return a family by line, with the names of unit and carrier; ``more`` are further matchers.

    Of lines chosen one by one (``one``) neither figures nor names of others are read: over a day that is most of it.
    """
    return _with_names(_chosen(metric, *more, one=one), one=one)


def states(*, one: bool = False) -> str:
    """Return the state of each line as a number of `State`, in the order in which the console decides it."""
    up, known, loss, maintenance, degraded = (
        _chosen(f"extranet_line_{name}", one=one) for name in ("up", "known", "loss_ratio", "maintenance", "degraded")
    )
    return _with_names(
        f"(({maintenance} == 1) * {State.MAINTENANCE}"
        f" or ({known} == 0) + {State.UNKNOWN}"
        f" or {up} == {State.DOWN}"
        f" or ({loss} == 1) * {State.SUSPECT}"
        f" or ({degraded} == 1) * {State.DEGRADED}"
        f" or {up})",
        one=one,
    )


def _chosen(metric: str, *more: str, one: bool) -> str:
    return f"{metric}{{{','.join([CHOSEN, *([ONE] if one else []), *more])}}}"


def _with_names(figures: str, *, one: bool) -> str:
    info = f'extranet_line_info{{kind=~"$kind"{"," + ONE if one else ""}}}'
    return f"max by ({BY_LINE}) ({figures} * on (instance, line) group_left (unit_name, carrier_name) {info})"


def number(of: str) -> str:
    """Return how many there are: 0 where there is none, nothing where no monitor says so."""
    return f"count({of}) or max(monitor_blind) * 0"


def held(figures: str, *, one: bool = False) -> str:
    """Leave out of figures by line those whose fault is another party's: no limit holds for it, nobody is to hurry."""
    return f"({figures} unless on (line) {lines('extranet_fault_exempt', one=one)} == 1)"


def named(by_carrier: str) -> str:
    """Return figures by carrier with the carrier's name."""
    return f"max by (carrier, carrier_name) (({by_carrier}) * on (carrier) group_left (carrier_name) {CARRIERS})"


def lines_of() -> str:
    """Return how many of the lines chosen each carrier has."""
    return f'count by (carrier) (extranet_line_info{{{CHOSEN},kind=~"$kind"}})'


def counted(metric: str, value: int, *, outside: str = "") -> str:
    """Return of how many of the lines chosen a family has a value, by carrier: 0 where there is none.

    Those of which the family ``outside`` is 1 are not counted.
    """
    chosen = f'{metric}{{{CHOSEN}}} == {value} and on (instance, line) extranet_line_info{{kind=~"$kind"}}'
    if outside:
        chosen = f"{chosen} unless on (instance, line) {outside} == 1"
    return f"count by (carrier) ({chosen}) or {lines_of()} * 0"


def share(of: str) -> str:
    """Return a share cut, not rounded, to two decimals of a percent: 99.999 % stays 99.99 %."""
    return f"floor(({of}) * 10000 + 1e-7) / 10000"


def left_hours(*, one: bool = False) -> str:
    """Return the hours that are left on each open fault's clock, below 0 when it is over its limit."""
    return held(f"({lines('extranet_fault_deadline_timestamp_seconds', one=one)} - time()) / 3600", one=one)


def elapsed_hours(*, one: bool = False) -> str:
    """Return the hours that each open fault's clock shows."""
    return held(f"{lines('extranet_fault_elapsed_seconds', one=one)} / 3600", one=one)


def used_share() -> str:
    """Return the share of the limit that each open fault has used up, in whole percents, none of them rounded up."""
    return f"floor({elapsed_hours()} / $limit * 100 + 1e-7) / 100"


def on_time(by: str = "carrier") -> str:
    """Return the share of this month's settled faults that were repaired in time (section 11 of the fault rules).

    Settled are those on time, late or overdue; of a carrier without any there is nothing.
    """
    of = f'carrier=~"$carrier",{ANSWERS}'
    settled = f'sum by ({by}) (extranet_month_faults{{{of},verdict=~"on_time|late|overdue"}})'
    kept = f'sum by ({by}) (extranet_month_faults{{{of},verdict="on_time"}})'
    return share(f"({kept} or {settled} * 0) / {settled}")


def since(counter: str) -> str:
    """Return by how much a counter that never resets has grown over the panel's time, whole and exact."""
    return f"{counter} - min_over_time({counter}[$__range])"


def month_availability(basis: str) -> str:
    """Return each carrier's availability of this month so far, as recorded: a year of every line would take minutes."""
    return share(f'carrier:extranet_line_availability:mean{{carrier=~"$carrier",basis="{basis}"}}')
