"""The ways of one configuration: which channels a message takes, and which of them tell the carrier."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.alerts.ways import ConfiguredWays
from monitor.config.folder import load
from tests.alerts.deliveries import after, message
from tests.config.written import write

CHANNELS = "channels: {robot: {kind: console}, boss: {kind: console}, centre: {kind: console}}\nroutes:\n"
ALL = "  - {kinds: all, channels: [robot]}\n"


@pytest.mark.parametrize(
    ("rule", "routes", "theirs"),
    [
        ("No route names it: wherever its faults go.", ALL, {"robot"}),
        ("Those that name it; the centre's is not its own.",
         "  - {carrier: [unicom, mobile], kinds: all, channels: [robot]}\n"
         "  - {kinds: [opened, overdue, alarms], channels: [centre]}\n", {"robot"}),
        ("One that names it for the escalation alone adds its boss to the others.",
         f"{ALL}  - {{carrier: unicom, kinds: [unacknowledged], channels: [boss]}}\n", {"robot", "boss"}),
        ("One that names it for what is overdue alone does too.",
         f"{ALL}  - {{carrier: unicom, kinds: [overdue], channels: [boss]}}\n", {"robot"}),
        ("Another carrier's is not its own.",
         "  - {carrier: unicom, kinds: all, channels: [robot]}\n  - {carrier: mobile, kinds: all, channels: [boss]}\n",
         {"robot"}),
    ],
)  # fmt: skip
def test_which_channels_tell_the_carrier(tmp_path: Path, rule: str, routes: str, theirs: set[str]) -> None:
    """These get links, count as notices, and when none of them delivers somebody must telephone."""
    configuration = load(write(tmp_path, monitor=CHANNELS + routes))
    ways = ConfiguredWays(configuration, configuration.policies, now=lambda: after(0), simulated=False)
    found = ways.deliveries(message(1), None, after(0))
    assert theirs == {each.channel for each in found if each.to_carrier}, rule


@pytest.mark.parametrize(
    ("rule", "routes", "mute"),
    [
        ("Somebody is on call.", ALL.replace("robot", "duty"), ()),
        ("The roster has ended: the carriers that it alone was for.",
         "  - {kinds: all, channels: [ended]}\n  - {carrier: mobile, kinds: all, channels: [robot]}\n", ("unicom",)),
        ("Without routes nobody is told, as the check warns of.", "  []\n", ()),
    ],
)  # fmt: skip
def test_of_whose_faults_nobody_would_be_told(tmp_path: Path, rule: str, routes: str, mute: tuple[str, ...]) -> None:
    """What comes by the passing of time, which the check of a configuration lets pass."""
    sms = "  NAME: {kind: sms, url: 'http://127.0.0.1:9/', roster: NAME}\n"
    channels = CHANNELS.replace("channels: {robot: {kind: console}, boss: {kind: console}, centre: {kind: console}}",
                                f"channels:\n  robot: {{kind: console}}\n{sms}".replace("NAME", "duty")
                                + sms.replace("NAME", "ended"))  # fmt: skip
    rosters = "rosters: {duty: [{phone: '119'}], ended: [{phone: '119', dates: [null, 2026-01-01]}]}\n"
    configuration = load(write(tmp_path, monitor=channels + routes + rosters))
    ways = ConfiguredWays(configuration, configuration.policies, now=lambda: after(0), simulated=False)
    assert mute == ways.unreached(after(0)), rule
