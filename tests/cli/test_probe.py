"""What ``monitor probe`` says of what was mistyped."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from tests.config.written import write


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


def test_a_device_is_read_by_the_file_of_devices_that_the_configuration_names(tmp_path: Path) -> None:
    """Whoever adds a vendor tries it by probe: what is wrong in the file is named, and it is not passed over."""
    monitor = "snmp: {devices: own.yaml, profiles: {p: {community: {env: COMMUNITY}}}}\n"
    write(tmp_path, monitor=monitor)
    (tmp_path / "own.yaml").write_text("devices: [{name: ours}]\n", encoding="utf-8")
    command = ["probe", "127.0.0.1", "--profile", "p", "--no-ping", "--config", str(tmp_path)]
    answer = CliRunner().invoke(main, command, env={"COMMUNITY": "c"})
    assert (2, True) == (answer.exit_code, f"{tmp_path}/own.yaml:1:11: devices.0.prefixes:" in answer.output)
