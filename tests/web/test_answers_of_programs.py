"""The same answers, given by programs in JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.alerts.links import LASTS
from monitor.faults.events import EtaGiven, FaultAcknowledged
from monitor.web import desk
from tests.store.conftest import cluster, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures
from tests.web.answering import NOW, Answering, answering_at, counted


async def test_a_program_answers_by_the_same_rules(judged: Answering) -> None:
    """It is told what came of it."""
    slip = {"action": "acknowledge", "who": "系统", "eta": "2026-09-01T15:30:00+08:00", "id": "job-7"}
    said = await judged.post(json=slip)
    assert 200 == said.status_code
    found = said.json()
    assert ("done", "job-7") == (found["state"], found["id"])
    assert {
        "no": judged.no,
        "unit": "u1",
        "role": "primary",
        "status": "open",
        "first_failed_at": "2026-09-01T04:00:00Z",
        "discovered_at": "2026-09-01T04:02:00Z",
        "restored_at": None,
        "deadline_at": "2026-09-01T16:02:00Z",
        "verdict": "running",
        "acknowledged_at": "2026-09-01T04:30:00Z",
        "eta": "2026-09-01T07:30:00Z",
        "claimed_at": None,
    } == found["fault"]
    assert found == (await judged.post(json=slip)).json()
    assert (1, 1) == (len(judged.events(FaultAcknowledged)), len(judged.events(EtaGiven)))


async def test_without_an_id_each_answer_is_its_own(judged: Answering) -> None:
    """14:00, 16:00 and 14:00 again: the last word is 14:00."""
    for hour in (14, 16, 14):
        said = await judged.post(json={"action": "eta", "eta": f"2026-09-01T{hour}:00:00+08:00"})
        assert 200 == said.status_code
    assert [6, 8, 6] == [each.eta.hour for each in judged.events(EtaGiven)]


@pytest.mark.parametrize(
    ("slip", "status", "field"),
    [
        ({"action": "acknowledge", "who": 7}, 400, "who"),
        ({"action": ["acknowledge"]}, 400, "action"),
        ({"action": "eta", "eta": "2026-09-01T04:00:00Z"}, 400, "eta"),
        ({"action": "acknowledge", "why": {}}, 400, "why"),
        ({"action": "acknowledge", "x" * 100: 1}, 400, "x" * 40),
    ],
)
async def test_a_program_is_told_which_field_is_wrong(
    place: Answering, slip: dict[str, object], status: int, field: str
) -> None:
    """In one sentence, in English."""
    before = counted(place)
    said = await place.post(json=slip)
    assert (status, field, before) == (said.status_code, said.json()["field"], counted(place))


async def test_a_program_learns_of_waiting_refusals_and_dead_links(
    place: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """202, 409 with the rule, 404 and 410."""
    monkeypatch.setattr(desk, "PAUSE_S", 0.01)
    assert 202 == (await place.post(json={"action": "acknowledge", "id": "x"})).status_code
    place.judge()
    assert 200 == (await place.post(json={"action": "acknowledge", "id": "x"})).status_code
    for path, status in (("/a/x", 404), (place.link(made=NOW - LASTS), 410)):
        said = await place.post(path=path, json={"action": "acknowledge"})
        assert (status, ["error"]) == (said.status_code, list(said.json()))


async def test_a_program_is_told_the_rule_that_refused_it(tmp_path: Path) -> None:
    """409."""
    place = answering_at(tmp_path, bad=20, good=5)
    async with place.judged():
        said = await place.post(json={"action": "eta", "eta": "2026-09-01T15:00:00+08:00"})
    assert (409, "refused") == (said.status_code, said.json()["state"])
    assert said.json()["error"] == f"fault {place.no} is restored: an ETA is given while it is open (section 4)"
