"""Streaks, gaps, blips and outages of one line (section 3 of the fault rules), to the second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.faults.outage import Finding, Watch, drop_streak, observe, streak_since
from monitor.policy import Detection
from tests.histories import at, since_start


def spelled(finding: Finding) -> str:
    """Return a finding as its name and its seconds."""
    values = [str(since_start(value) if not isinstance(value, int) else value) for value in finding]
    return " ".join([type(finding).__name__, *values])


def watched(moments: str, *, rules: Detection | None = None) -> tuple[Watch | None, list[str]]:
    """Take rounds spelled like ``"0o 60x 120x"``; ``300!`` drops the streak as going blind does."""
    watch: Watch | None = None
    found: list[str] = []
    for moment in moments.split():
        second, what = int(moment[:-1]), moment[-1]
        if what == "!":
            watch = watch and drop_streak(watch)
            continue
        watch, findings = observe(watch, at(second), what == "o", rules or Detection())
        found += [f"{second}: {spelled(finding)}" for finding in findings]
    return watch, found


ONCE = Detection(confirm_rounds=1, restore_rounds=1)


@pytest.mark.parametrize(
    ("rule", "moments", "rules", "expected"),
    [
        ("The first accepted round is told.", "5o 65o", None, ["5: FirstSeen 5"]),
        (
            "Three consecutive bad rounds confirm an outage, back-dated to the first of them.",
            "0o 60x 120x 180x",
            None,
            ["0: FirstSeen 0", "180: Confirmed 60"],
        ),
        ("The first rounds of all may be bad.", "0x 60x 120x", None, ["0: FirstSeen 0", "120: Confirmed 0"]),
        ("An outage is confirmed once.", "0x 10x 20x 30x 40x 50x 60x", None, ["0: FirstSeen 0", "20: Confirmed 0"]),
        (
            "Fewer bad rounds, ended by a good one, are a blip.",
            "0o 60x 120x 180o",
            None,
            ["0: FirstSeen 0", "180: Blip 60 2"],
        ),
        ("One bad round is a blip too.", "0o 60x 120o", None, ["0: FirstSeen 0", "120: Blip 60 1"]),
        (
            "After a blip the streak starts afresh.",
            "0o 60x 120x 180o 240x 300x",
            None,
            ["0: FirstSeen 0", "180: Blip 60 2"],
        ),
        (
            "A streak dropped by blindness is no blip.",
            "0o 60x 120x 150! 180o",
            None,
            ["0: FirstSeen 0"],
        ),
        (
            "A streak dropped by blindness does not count on.",
            "0o 60x 120x 150! 180x 240x 300x",
            None,
            ["0: FirstSeen 0", "300: Confirmed 180"],
        ),
        (
            "Blindness drops no confirmed outage.",
            "0x 10x 20x 25! 30x 40o 50o 60o",
            None,
            ["0: FirstSeen 0", "20: Confirmed 0", "60: Ended 0 40 30"],
        ),
        (
            "Three consecutive good rounds end it; it is restored at the first of them, last bad just before.",
            "0x 60x 120x 180x 240o 300o 360o",
            None,
            ["0: FirstSeen 0", "120: Confirmed 0", "360: Ended 0 240 180"],
        ),
        (
            "A bad round breaks the restoring streak; the next begins later.",
            "0x 10x 20x 30o 40o 50x 60o 70o 80o",
            None,
            ["0: FirstSeen 0", "20: Confirmed 0", "80: Ended 0 60 50"],
        ),
        (
            "After an outage the next streak starts afresh.",
            "0x 10x 20x 30o 40o 50o 60x 70x 80x",
            None,
            ["0: FirstSeen 0", "20: Confirmed 0", "50: Ended 0 30 20", "80: Confirmed 60"],
        ),
        ("confirm_rounds 1: one bad round confirms.", "0o 60x", ONCE, ["0: FirstSeen 0", "60: Confirmed 60"]),
        (
            "restore_rounds 1: one good round ends it; there is no blip.",
            "0o 60x 120o",
            ONCE,
            ["0: FirstSeen 0", "60: Confirmed 60", "120: Ended 60 120 60"],
        ),
        ("The first round of all may confirm.", "0x", ONCE, ["0: FirstSeen 0", "0: Confirmed 0"]),
        ("Rounds exactly stale_after apart make no gap.", "0o 180o", None, ["0: FirstSeen 0"]),
        (
            "A second more makes one: unknown from the earlier and one interval on.",
            "0o 181o",
            None,
            ["0: FirstSeen 0", "181: Gap 60 181"],
        ),
        (
            "Bad rounds exactly stale_after apart are one streak.",
            "0x 180x 360x",
            None,
            ["0: FirstSeen 0", "360: Confirmed 0"],
        ),
        (
            "A gap starts the bad streak afresh at the later round.",
            "0o 60x 120x 301x 361x 421x",
            None,
            ["0: FirstSeen 0", "301: Gap 180 301", "421: Confirmed 301"],
        ),
        (
            "A streak dropped by a gap is no blip.",
            "0o 60x 120x 301o",
            None,
            ["0: FirstSeen 0", "301: Gap 180 301"],
        ),
        (
            "A confirmed outage stays open across a gap.",
            "0x 10x 20x 1000o 1060o 1120o",
            None,
            ["0: FirstSeen 0", "20: Confirmed 0", "1000: Gap 80 1000", "1120: Ended 0 1000 20"],
        ),
        (
            "A gap starts the restoring streak afresh at the later round.",
            "0x 10x 20x 30o 40o 300o 310o 320o",
            None,
            ["0: FirstSeen 0", "20: Confirmed 0", "300: Gap 100 300", "320: Ended 0 300 20"],
        ),
        (
            "A gap and the confirmation at its end can fall on one round.",
            "0o 500x",
            ONCE,
            ["0: FirstSeen 0", "500: Gap 60 500", "500: Confirmed 500"],
        ),
        (
            "A gap and the restoration at its end can fall on one round.",
            "0x 500o",
            ONCE,
            ["0: FirstSeen 0", "0: Confirmed 0", "500: Gap 60 500", "500: Ended 0 500 0"],
        ),
        ("Two rounds of one instant both count.", "0o 60x 60x 60x", None, ["0: FirstSeen 0", "60: Confirmed 60"]),
    ],
)
def test_a_line_is_watched(rule: str, moments: str, rules: Detection | None, expected: list[str]) -> None:
    assert watched(moments, rules=rules)[1] == expected, rule


@pytest.mark.parametrize(
    ("rule", "moments", "now", "expected"),
    [
        ("There is no streak before the first round.", "", 0, None),
        ("A good line has none.", "0o", 10, None),
        ("The streak is as old as its first bad round.", "0o 60x 120x", 130, 60),
        ("It is current while its last round is at most stale_after old.", "0o 60x 120x", 300, 60),
        ("A second later it is not.", "0o 60x 120x", 301, None),
        ("A streak dropped by blindness is none.", "0o 60x 120x 125!", 130, None),
        ("A blip that ended is none.", "0o 60x 120o", 130, None),
        ("A confirmed streak is as old as the outage.", "0o 60x 120x 180x 240o 300x", 310, 60),
        ("The outage goes on, but its bad streak ended with a good round.", "0o 60x 120x 180x 240o", 250, None),
        ("So it did where every later good round begins anew.", "0o 60x 120x 180x 240o 500o", 510, None),
    ],
)
def test_the_current_bad_streak(rule: str, moments: str, now: int, expected: int | None) -> None:
    since = streak_since(watched(moments)[0], at(now), Detection())
    assert (None if since is None else since_start(since)) == expected, rule


@pytest.mark.parametrize(
    ("rule", "moments", "expected"),
    [
        ("A good line restores nothing.", "0o", False),
        ("A suspect line restores nothing.", "0o 60x", False),
        ("A line that is down restores nothing.", "0x 10x 20x", False),
        ("Down with the latest round good: a restoring streak is in progress.", "0x 10x 20x 30o", True),
        ("It is until a bad round breaks it.", "0x 10x 20x 30o 40x", False),
        ("It is no more when it is complete.", "0x 10x 20x 30o 40o 50o", False),
        ("It is across a gap too, as long as the latest round is good.", "0x 10x 20x 30o 900o", True),
    ],
)
def test_a_restoring_streak_is_seen(rule: str, moments: str, expected: bool) -> None:
    watch = watched(moments)[0]
    assert watch is not None
    assert watch.restoring == expected, rule


def test_a_gap_shorter_than_the_interval_ends_at_its_own_beginning() -> None:
    """With stale_after below the interval a gap can be empty; it still starts the streaks afresh."""
    rules = Detection(interval=timedelta(seconds=60), stale_after=timedelta(seconds=30))
    assert watched("0x 40x 80x", rules=rules)[1] == ["0: FirstSeen 0", "40: Gap 60 40", "80: Gap 100 80"]
