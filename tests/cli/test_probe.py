"""What ``monitor probe`` says of what was mistyped."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["256.1.1.1"], "'256.1.1.1' is no address, and as a line it cannot be looked up: "),
        (["127.0.0.1", "--no-ping"], "leave out --no-ping, or give --community or --profile"),
        (["127.0.0.1", "--no-ping", "--no-snmp"], "leave out --no-ping or --no-snmp"),
        (["127.0.0.1", "--no-ping", "--no-snmp", "--community", "c"], "leave out --no-ping or --no-snmp"),
    ],
)
def test_what_cannot_be_measured_is_named_with_its_cure(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    answer = CliRunner().invoke(main, ["probe", *arguments, "--config", str(tmp_path / "none")])
    assert (2, True) == (answer.exit_code, complaint in answer.output), answer.output
