"""Standard output as a channel."""

from __future__ import annotations

import io
import sys

import pytest

from monitor.alerts.channels import make_sender
from monitor.alerts.letter import Fate
from monitor.config.settings import Channel, ChannelKind
from tests.alerts.channels.letters import letter

CHANNEL = Channel(name="screen", kind=ChannelKind.CONSOLE)


async def test_a_letter_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Title and text stand there with the channel's name, and nothing of it is kept back."""
    outcome = await make_sender(CHANNEL).send(letter(text="一\n二"))
    assert Fate.DELIVERED is outcome.fate
    assert "[screen] 【新故障】F20260901-0007 财政局\n    一\n    二\n" == capsys.readouterr().out


async def test_a_closed_output_is_no_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can read it, it is tried again."""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    outcome = await make_sender(CHANNEL).send(letter())
    monkeypatch.undo()
    assert (Fate.AGAIN, "closed", True) == (outcome.fate, outcome.status, outcome.unreachable)
