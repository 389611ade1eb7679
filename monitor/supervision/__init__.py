"""The county under supervision, one instant at a time (Art. 4 and 26). Pure.

county.py     the order of an instant: actions, references, lines, then what falls due
casebook.py   the faults: opened, relapsed, restored, closed, and when each is to be looked at next
people.py     what people do to them, and what is refused
filing.py     what the centre enters in the registers
windows.py    planned maintenance
grouping.py   incidents, grouped anew as faults arrive
testimony.py  what devices say after a recovery
"""

from monitor.supervision.county import Supervision
from monitor.supervision.standing import Standing

__all__ = ["Standing", "Supervision"]
