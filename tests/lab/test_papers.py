"""The sample county's registers have gaps on purpose, and just those."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from monitor.cli.desk import attend
from monitor.config.folder import load
from monitor.inspection import inspect
from monitor.lab.county import SEED, generate
from monitor.lab.entering import REQUEST, enter_papers, entered
from monitor.lab.folder import CALM, DATABASE, Folder, Listen
from monitor.lab.papers import ZONE, draw_up
from monitor.policy import Policies, Policy
from monitor.registers.gaps import Ground, counted, gaps
from monitor.store.bodies import fields_of
from monitor.store.inbox import Inbox, State
from monitor.store.records import Records
from monitor.store.store import Store
from monitor.supervision import Supervision

DAYS = [date(2026, 9, 1), date(2028, 2, 29), date(2027, 1, 1)]


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), ZONE).astimezone(UTC)


@pytest.mark.parametrize("on", DAYS)
@pytest.mark.parametrize("seed", [SEED, 1, 99])
def test_the_gaps_are_those_of_the_generators_list(seed: int, on: date) -> None:
    """Entered as an officer would, judged by the rules of gaps, for any seed and day: equal, and in order."""
    county = generate(seed)
    papers = draw_up(county, on)
    supervision = Supervision(county.inventory, Policies([Policy()]), ZONE)
    action, _ = entered(papers, noon(on))
    supervision.act(action)
    ground = Ground(entries=supervision.cases.registers, inventory=county.inventory, zone=ZONE)
    assert list(papers.gaps) == gaps(ground, on)


def test_the_list_is_ten_percent_fifteen_percent_and_one() -> None:
    papers = draw_up(generate(), DAYS[0])
    assert {"admin_filing": 10, "confidentiality_commitment": 15, "carrier_guarantee": 1} == Counter(
        gap.register for gap in papers.gaps
    )
    assert {"expired", "missing"} == {gap.kind.value for gap in papers.gaps}


def test_the_same_county_and_day_give_the_same_papers() -> None:
    assert draw_up(generate(), DAYS[0]) == draw_up(generate(), DAYS[0])
    assert draw_up(generate(), DAYS[0]) != draw_up(generate(1), DAYS[0])


def test_every_telephone_number_is_one_that_nobody_has() -> None:
    _, bodies = entered(draw_up(generate(), DAYS[0]), noon(DAYS[0]))
    fields = [fields_of(body.text) for body in bodies]
    phones = [value for each in fields for name, value in each.items() if name.endswith("phone")]
    assert phones
    assert all(phone.startswith("0000-6600") for phone in phones)


def test_they_are_entered_once_through_the_inbox_and_everything_agrees(tmp_path: Path) -> None:
    """The record, the metrics' counts and the page of gaps say what the generator's list says."""
    county, now = generate(), datetime.now(UTC).replace(microsecond=0)
    with Folder(tmp_path / "lab", keep=False) as folder:
        listen = Listen(web="127.0.0.1:0", metrics="127.0.0.1:0")
        folder.write(county, pace=CALM, listen=listen, locale="zh_CN", agents=False)
    configuration, url = load(tmp_path / "lab"), f"sqlite:///{tmp_path}/lab/{DATABASE}"
    Store.open(url).close()
    for _ in range(2):
        enter_papers(county, tmp_path / "lab", now)
        store = Store.open(url)
        attend(configuration, store, now)
        store.close()
    on = now.astimezone(ZONE).date()
    with Inbox(url) as inbox:
        answer = inbox.answer(REQUEST)
    assert answer is not None
    assert (State.DONE, None) == (answer.state, answer.text)
    with Records.of(url) as records:
        inspection = inspect(records, configuration, on)
        assert () == records.verify().findings
    assert draw_up(county, on).gaps == inspection.gaps
    assert () == inspection.hints
    counts = counted(inspection.gaps)
    assert (10, 15, 1, 0) == tuple(
        counts[name] for name in ("admin_filing", "confidentiality_commitment", "carrier_guarantee", "access_review")
    )
    assert [(60, 60), (18, 18), (24, 24)] == [(each.listed, each.connected) for each in inspection.coverage]
    assert (15, 14, 1) == (
        inspection.answers.requests,
        inspection.answers.answered,
        inspection.answers.waiting,
    )
