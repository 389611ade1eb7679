"""Tell whether the monitor judges: exits 0 where its metrics page says that an instant of the last minute was judged.

``healthy.py [URL]``; default: the metrics page on this machine.
"""

from __future__ import annotations

import re
import sys
import time
import urllib.request

PAGE = "http://127.0.0.1:9780/metrics"
JUDGED = re.compile(r"^monitor_last_sweep_timestamp_seconds (\S+)$", re.MULTILINE)
STILL = 60.0  # seconds


def main(url: str) -> int:
    """Return 0 where instants are judged, else 1 and say why on stderr."""
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:  # noqa: S310 - an address on this machine
            judged = JUDGED.search(answer.read().decode())
    except (OSError, ValueError) as error:
        print(f"the metrics page does not answer: {error}", file=sys.stderr)  # noqa: T201
        return 1
    ago = time.time() - float(judged[1]) if judged else float("inf")
    if ago > STILL:
        print(f"the last instant was judged {ago:.0f} s ago", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [PAGE]))
