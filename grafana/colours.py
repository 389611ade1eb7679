"""What each colour says: eight of Okabe and Ito's, which readers with any of the colour blindnesses can tell apart.

Masataka Okabe and Kei Ito, Color Universal Design (2008). No colour speaks alone: a word or a number stands with it.
"""

from __future__ import annotations

GOOD = "#56B4E9"  # sky blue: up, in time
SEEN = "#0072B2"  # blue: the first of several curves, planned maintenance
OTHER = "#E69F00"  # orange: the second of several curves; three quarters of the limit
HALF = "#F0E442"  # yellow: half of the limit
LATE = "#E69F00"
BAD = "#D55E00"  # vermillion: down, over the limit
UNKNOWN = "#CC79A7"  # reddish purple: nothing is known
THIRD = "#009E73"  # bluish green: the third of several curves
CALM = "#999999"  # grey: a figure that is neither good nor bad

PALETTE = frozenset({GOOD, SEEN, OTHER, HALF, LATE, BAD, UNKNOWN, THIRD, CALM})
