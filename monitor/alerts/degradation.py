"""Which lines are degraded, in words for whoever looks at a screen (section 12 of the fault rules). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from monitor.inventory.model import Inventory
from monitor.sla.survey import LineState, Survey


def say_degradations(survey: Survey, inventory: Inventory, words: Mapping[str, str], *, zone: tzinfo) -> dict[str, str]:
    """Say of each line that is degraded by what and since when, by line, oldest first; its state too unless it is up.

    A line of which nothing is known now was degraded when it was last judged: that is not kept quiet.
    """
    said = {}
    for line, began in survey.degraded.items():
        of, state = inventory.lines[line], survey.states[line]
        said[line] = words["degraded_line"].format(
            unit=inventory.units[of.unit].short_name,
            line=line,
            carrier=inventory.carriers[of.carrier].short_name,
            cause=words[f"cause_{began.cause}"],
            since=f"{began.began_at.astimezone(zone):%m-%d %H:%M:%S}",
            now="" if state is LineState.UP else words["degraded_now"].format(state=words[state.value]),
        )
    return said
