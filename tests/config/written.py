"""A small configuration that can run, and variations of it, written into a folder."""

from __future__ import annotations

from pathlib import Path

MONITOR = "routes: []\n"
POLICY = "{}\n"
INVENTORY = """\
carriers: [{id: unicom, name: 联通}, {id: mobile, name: 移动}]
nodes: [{id: east, carrier: unicom}, {id: north, carrier: mobile}]
units: [{id: u1, name: 财政局}, {id: u2, name: 教育局}]
lines:
  - {id: L1, unit: u1, carrier: unicom, node: east, address: 192.0.2.1}
  - {id: L2, unit: u2, carrier: mobile, address: 192.0.2.2}
references: [{id: gateway, address: 203.0.113.1}]
"""


def write(folder: Path, *, monitor: str = MONITOR, policy: str = POLICY, inventory: str = INVENTORY) -> Path:
    """Write the three files, and return the folder."""
    folder.mkdir(exist_ok=True)
    for name, text in (("monitor", monitor), ("policy", policy), ("inventory", inventory)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder
