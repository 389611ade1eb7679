"""The duty officer's place of the tests of actions, for those of the registers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.cli.desk import now
from tests.actions.conftest import ZONE, Office, either_office, office
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url

__all__ = ["cluster", "either_office", "office", "postgresql_url", "sqlite_url", "url"]
PHONE, OTHER = "13812345678", "0000-66001234"
TODAY = now().astimezone(ZONE).date()
AGO = TODAY - timedelta(days=10)


@pytest.fixture
def kept(office: Office) -> Office:
    """A place with something in every register, in Chinese."""
    settings = office.folder / "monitor.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("locale: en", "locale: zh_CN"), encoding="utf-8")
    for given in (
        f"admin_filing u1 leader=王伟 leader_phone={PHONE} administrator=李娜 administrator_phone={OTHER}"
        f" filed_on={AGO} confirmed_on={TODAY}",
        f"confidentiality_commitment u1 signatory=王伟 signed_on={AGO} retroactive=是 expires_on=2098-01-01",
        f"carrier_guarantee unicom signed_on={AGO} expires_on=2098-01-01 contact=调度 contact_phone={PHONE}",
        f"emergency_plan u1 version=V1 issued_on={AGO}",
        f"disaster_backup u1 system=办公系统 method=双机 last_restore_test_on={AGO}",
        f"access_review u1 application=接入 line=L1 decision=同意 approved_on={AGO}",
        f"lan_change_filing u1 what=换交换机 finished_on={AGO} filed_on={TODAY}",
    ):
        office.done("registers", "add", *given.split(" "))
    request = ("what=增加地址", "requested_at=2026-01-05 09:00", "first_answered_at=2026-01-05 10:30:30")
    office.done("registers", "add", "resource_request", "u1", *request)
    return office
