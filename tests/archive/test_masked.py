"""A masked telephone number stays as it is: which contact's it is, and that nobody is given another's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from monitor.archive.masked import kept_numbers
from monitor.inventory.model import Contact

WANG = Contact(role="leader", name="王伟", phone="13812340001")
LI = Contact(role="network_admin", name="李娜", phone="13899990001")
NIGHT = Contact(role="dispatch", phone="0000-66000201")
DAY = Contact(role="dispatch", phone="0000-77000201")


def row(role: str, name: str | None = None, phone: str | None = "138****0001", **more: str) -> dict[str, Any]:
    return {"role": role, "name": name, "phone": phone, **more}


@pytest.mark.parametrize(
    ("rule", "rows", "contacts", "kept"),
    [
        ("The same contact's.", [row("leader", "王伟")], [WANG], {0: WANG.phone}),
        ("Each its own, in any order.", [row("network_admin", "李娜"), row("leader", "王伟")], [WANG, LI],
         {0: LI.phone, 1: WANG.phone}),
        ("A whole one is not asked for.", [row("leader", "王伟", "13900000000")], [WANG], {}),
        ("None is none.", [row("leader", "王伟", None)], [WANG], {}),
        ("Another role of the same person.", [row("dispatch", "李娜")], [WANG, LI], {0: LI.phone}),
        ("A name that is mended, where only one shows it.", [row("leader", "王玮")], [WANG], {0: WANG.phone}),
        ("A name that is mended, by its role.", [row("leader", "王玮"), row("network_admin", "李娜")], [WANG, LI],
         {0: WANG.phone, 1: LI.phone}),
        ("A person who is there twice.", [row("leader", "王伟"), row("dispatch", "王伟")], [WANG],
         {0: WANG.phone, 1: WANG.phone}),
        ("Two who are the same but for the number, in their order.",
         [row("dispatch", phone="000*-****0201"), row("dispatch", phone="000*-****0201")], [NIGHT, DAY],
         {0: NIGHT.phone, 1: DAY.phone}),
        ("Of those one is left: whose it is nobody can tell.", [row("dispatch", phone="000*-****0201")], [NIGHT, DAY],
         {}),
        ("A new person, where two show it.", [row("supervisor", "赵敏")], [WANG, LI], {}),
        ("A number that nobody shows.", [row("leader", "王伟", "138****0002")], [WANG], {}),
        ("Masked otherwise than files do.", [row("leader", "王伟", "1381234****")], [WANG], {}),
        ("An asterisk of its own.", [row("leader", phone="*8001")], [Contact(role="leader", phone="*8001")],
         {0: "*8001"}),
        ("Nobody is known.", [row("leader", "王伟")], [], {}),
    ],
)  # fmt: skip
def test_the_number_kept(
    rule: str, rows: list[dict[str, Any]], contacts: list[Contact], kept: Mapping[int, str]
) -> None:
    assert kept == kept_numbers(rows, contacts), rule
