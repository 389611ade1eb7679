"""What is broken in the county at an instant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce


@dataclass(frozen=True, kw_only=True)
class Damage:
    """Everything broken at once; a whole state, not a change, so that telling it twice does no harm.

    ``cut`` lines have lost their fibre, ``dark`` ones the power at the unit's end; below a node of ``nodes`` nothing
    passes; ``loss`` gives the share of a line's packets that is lost, above 0 and below 1; ``blind`` says that the
    monitor's own link is cut.
    """

    cut: frozenset[str] = frozenset()
    dark: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    loss: Mapping[str, float] = field(default_factory=dict)
    blind: bool = False

    def __or__(self, other: Damage) -> Damage:
        """Return both damages at once."""
        return Damage(
            cut=self.cut | other.cut,
            dark=self.dark | other.dark,
            nodes=self.nodes | other.nodes,
            loss={**self.loss, **other.loss},
            blind=self.blind or other.blind,
        )


NONE = Damage()


def together(damages: Iterable[Damage]) -> Damage:
    """Return all the damages at once."""
    return reduce(Damage.__or__, damages, NONE)


def to_json(damage: Damage) -> str:
    """Write a damage as one line of JSON."""
    return json.dumps(
        {
            "cut": sorted(damage.cut),
            "dark": sorted(damage.dark),
            "nodes": sorted(damage.nodes),
            "loss": dict(damage.loss),
            "blind": damage.blind,
        }
    )


def from_json(text: str) -> Damage:
    """Read a damage as `to_json` writes it.

    Raises:
        ValueError: it is no such line.
    """
    try:
        read = json.loads(text)
        return Damage(
            cut=frozenset(read["cut"]),
            dark=frozenset(read["dark"]),
            nodes=frozenset(read["nodes"]),
            loss={str(line): float(share) for line, share in read["loss"].items()},
            blind=bool(read["blind"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a damage: {text[:80]}") from error
