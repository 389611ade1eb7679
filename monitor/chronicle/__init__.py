"""History out: what the record holds of a period, written so that replay judges it anew (``replay.md``).

`write` takes the material that `gather` read from the database and returns a `Chronicle`, whose lines are JSON Lines.

A period's figures need more than the period: an outage under way at its beginning, the fault that another one repeats,
the faults that form one incident. `reach` says since when each line is needed; its rounds begin at the last accepted
good round before that, after which nothing is known of a line but that it answered.
"""

from monitor.chronicle.gathering import Material, NothingJudged, gather
from monitor.chronicle.writing import Chronicle, write

__all__ = ["Chronicle", "Material", "NothingJudged", "gather", "write"]
